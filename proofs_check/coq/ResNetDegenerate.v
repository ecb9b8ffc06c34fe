(* Residual networks with strong branches, eta L -> infinity: the normalised kernel tends to 1/4, with explicit bounds for
   every depth and every h <= 1. From the hypotheses M2-start, M2-half and source of docs/metatheorems.md. *)
From Coq Require Import Reals Lra Lia ZArith.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Kernels AngleMap Depth ResNet.
Open Scope R_scope.

(* ---- delta <= A m^2 t + K m t^2 for m <= 1/2, t <= 2 ---- *)
Definition bulk (A K t : R) := t / (3*PI) + A/2 * t^2 + K * t^3.
Record small_step (A K : R) : Prop := {
  ss_A : 0 <= A;
  ss_K : 0 <= K;
  ss_start : forall t, 0 < t <= 2 -> gain t <= t^2 * sin t * (1/(3*PI) + K * t^2);
  ss_half : forall t, 0 < t <= 2 -> gain t * (1 + bulk A K t / 2)^3 <= t^2 * sin t * (1/(3*PI) + K * t^2 + A * t)
}.

Lemma cube_chord s v : 0 <= s <= 1 -> 0 <= v -> (1 + s * v)^3 <= (1 - s) + s * (1 + v)^3.
Proof.
intros H V. assert (0 <= v^2) by (apply pow_le; lra). assert (0 <= v^3) by (apply pow_le; lra).
assert (s^2 <= s) by nra. assert (s^3 <= s) by nra.
replace ((1 + s*v)^3) with (1 + 3*s*v + 3*(s^2*v^2) + s^3*v^3) by ring.
replace ((1 - s) + s * (1 + v)^3) with (1 + 3*s*v + 3*(s*v^2) + s*v^3) by ring.
assert (s^2 * v^2 <= s * v^2) by (apply Rmult_le_compat_r; lra). assert (s^3 * v^3 <= s * v^3) by (apply Rmult_le_compat_r; lra). lra.
Qed.

Section Small.
Variables A K : R.
Hypothesis SS : small_step A K.

Lemma delta_small m t : 0 < m <= 1/2 -> 0 < t <= 2 -> delta m t <= A * m^2 * t + K * m * t^2.
Proof.
intros M H. assert (P := PI_bounds). assert (A0 := ss_A A K SS). assert (K0 := ss_K A K SS).
assert (T2 : 0 < t^2) by (apply pow_lt; lra). assert (T3 : 0 < t^3) by (apply pow_lt; lra).
assert (U1 : 0 < t / (3*PI)) by (apply Rdiv_lt_0_compat; lra).
assert (U0 : 0 <= bulk A K t). { unfold bulk. assert (0 <= A/2 * t^2) by (apply Rmult_le_pos; lra). assert (0 <= K * t^3) by (apply Rmult_le_pos; lra). lra. }
set (D := fun x => 1 + x * (t / (3*PI)) + A * x^2 * t^2 + K * x * t^3).
assert (D1 : forall x, 0 <= x -> 1 <= D x).
{ intros x Hx. unfold D. assert (0 <= x * (t/(3*PI))) by (apply Rmult_le_pos; lra).
  assert (0 <= A * x^2 * t^2) by (apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow_le; lra] | lra]).
  assert (0 <= K * x * t^3) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | lra]). lra. }
assert (D2 : forall x, 0 <= x <= 1/2 -> D x <= 1 + x * bulk A K t).
{ intros x Hx. unfold D, bulk. assert (0 <= (1/2 - x) * (x * (A * t^2))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]]). lra. }
assert (C : cos t + m * gain t <= cos (t / D m)).
{ set (f := fun x => cos (t / D x) - cos t - x * gain t).
  cut (f 0 <= f m).
  { unfold f. replace (D 0) with 1 by (unfold D; ring). replace (t/1) with t by field. lra. }
  apply (grow f (fun x => (t / D x)^2 * sin (t / D x) * (1/(3*PI) + 2*A*x*t + K*t^2) - gain t)). lra.
  - intros x Hx. assert (Z := D1 x ltac:(lra)).
    assert (DD : is_derive D x (t/(3*PI) + 2*A*x*t^2 + K*t^3)) by (unfold D; auto_derive; [exact I | field; lra]).
    apply is_derive_Reals. unfold f. clearbody D. auto_derive. repeat split; [exists (t/(3*PI) + 2*A*x*t^2 + K*t^3); exact DD | lra].
    replace (Derive (fun x0 : R => D x0) x) with (t/(3*PI) + 2*A*x*t^2 + K*t^3) by (symmetry; apply is_derive_unique; exact DD).
    unfold Rdiv. field. lra.
  - intros x Hx. assert (Z := D1 x ltac:(lra)). assert (Z2 := D2 x ltac:(lra)).
    set (y := t / D x). assert (Y : 0 < y <= t).
    { unfold y. split. apply Rdiv_lt_0_compat; lra. apply Rmult_le_reg_r with (D x). lra. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
    assert (ST : 0 < sin t) by (apply sin_gt_0; lra). assert (SY : 0 < sin y) by (apply sin_gt_0; lra).
    assert (SC := sinc y t ltac:(lra) ltac:(lra)).
    set (g := gain t). set (q := 1/(3*PI) + 2*A*x*t + K*t^2).
    assert (g0 : 0 <= g) by (apply gain_nonneg; lra).
    assert (q0 : 0 <= q). { unfold q. assert (0 < 1/(3*PI)) by (apply Rdiv_lt_0_compat; lra).
      assert (0 <= 2*A*x*t) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra). assert (0 <= K*t^2) by (apply Rmult_le_pos; lra). lra. }
    (* linear above convex *)
    assert (X1 : g * (D x)^3 <= t^2 * sin t * q).
    { apply Rle_trans with (g * ((1 - 2*x) + 2*x * (1 + bulk A K t / 2)^3)).
      - apply Rmult_le_compat_l. exact g0. eapply Rle_trans. apply (pow_incr (D x) (1 + x * bulk A K t)). lra.
        replace (x * bulk A K t) with (2*x * (bulk A K t / 2)) by field. apply cube_chord; lra.
      - assert (S1 := ss_start A K SS t H). assert (S2 := ss_half A K SS t H). fold g in S1, S2.
        replace (t^2 * sin t * q) with ((1 - 2*x) * (t^2 * sin t * (1/(3*PI) + K * t^2)) + 2*x * (t^2 * sin t * (1/(3*PI) + K * t^2 + A * t))) by (unfold q; field; lra).
        replace (g * ((1 - 2*x) + 2*x * (1 + bulk A K t / 2)^3)) with ((1 - 2*x) * g + 2*x * (g * (1 + bulk A K t / 2)^3)) by ring.
        apply Rplus_le_compat; apply Rmult_le_compat_l; lra. }
    assert (X2 : t^2 * sin t <= y^2 * sin y * (D x)^3).
    { assert (TY : t = y * D x) by (unfold y; field; lra).
      replace (y^2 * sin y * (D x)^3) with (t^2 * (D x * sin y)) by (rewrite TY at 1; ring).
      apply Rmult_le_compat_l. lra. apply Rmult_le_reg_l with y. lra. 
      replace (y * (D x * sin y)) with (t * sin y) by (rewrite TY at 1; ring). exact SC. }
    assert (D3 : 0 < (D x)^3) by (apply pow_lt; lra).
    assert (X3 : g * (D x)^3 <= (y^2 * sin y * q) * (D x)^3).
    { eapply Rle_trans. exact X1. replace (y^2 * sin y * q * (D x)^3) with (y^2 * sin y * (D x)^3 * q) by ring.
      apply Rmult_le_compat_r; assumption. }
    assert (g <= y^2 * sin y * q) by (apply Rmult_le_reg_r with ((D x)^3); assumption). lra. }
assert (B := bracket_above m ltac:(lra) t (D m) ltac:(lra) ltac:(nra) (D1 m ltac:(lra)) C). unfold delta, slope.
replace (D m / t) with (1/t + m/(3*PI) + A * m^2 * t + K * m * t^2) in B by (unfold D; field; lra). lra.
Qed.

(* ---- the kernel against its pole 3 pi/(2 mu theta) - 1 ---- *)
Variables mu e e1 : R.
Hypothesis Mu : 0 < mu <= 1.
Hypothesis E : 0 < e <= 1/2.
Hypothesis Source : forall t, 0 < t <= PI -> 2 * (1 - Om mu t) <= e1 * (mu * t / PI).
Let m := e * mu.
Definition front2 := 3 * PI / (2 * mu).
Definition climb := e1 + 3*PI^2/(2*mu) * (A/2 + 2*K).
Hypothesis Climb : 1 <= climb.

Lemma m_half : 0 < m <= 1/2.
Proof. unfold m. split; nra. Qed.

Lemma front2_pos : 0 < front2.
Proof. assert (P := PI_bounds). unfold front2. apply Rdiv_lt_0_compat; lra. Qed.

Section FromState.
Variable t : R.
Variable s : nat.
Let u := ang m t s.
Hypothesis Hu : 0 < u <= 2.
Let gap (l : nat) := red mu e t (l + s) - (front2 / ang m t (l + s) - 1).

Lemma late l : 0 < ang m t (l + s) <= u.
Proof. assert (P := PI_bounds). assert (M := m_half). rewrite ang_plus. apply (ang_range m u ltac:(lra) ltac:(lra) ltac:(nra) l). Qed.

Lemma pole_gap l : - Rmax (- gap 0) climb <= gap l <= Rmax (gap 0) 1.
Proof.
assert (P := PI_bounds). assert (M := m_half). assert (A0 := ss_A A K SS). assert (K0 := ss_K A K SS).
set (V := Rmax (- gap 0) climb). assert (V1 : climb <= V) by apply Rmax_r. assert (V2 : - gap 0 <= V) by apply Rmax_l.
set (W := Rmax (gap 0) 1). assert (W1 : 1 <= W) by apply Rmax_r. assert (W2 : gap 0 <= W) by apply Rmax_l.
induction l. split; lra.
assert (R := late l). assert (R' := late (S l)). unfold gap in *. change (S l + s)%nat with (S (l + s)) in *.
rewrite (red_step mu e). fold m. simpl ang in *. set (v := ang m t (l + s)) in *. set (x := red mu e t (l + s)) in *.
assert (DS := delta_small m v M ltac:(lra)). assert (D0 := M1 m ltac:(lra) v ltac:(lra) ltac:(nra)).
assert (So := Source v ltac:(lra)). assert (O1 := Om_le_1 mu Mu v ltac:(lra)).
set (z := m * v / PI).
assert (Z : 0 <= z <= 1).
{ unfold z. split. apply div_nonneg; nra. apply div_le_1. lra. nra. }
set (F := front2 * delta m v).
assert (EQ : (1 - z) * x + 2 * e * Om mu v - (front2 / G m v - 1) = (1 - z) * (x - (front2 / v - 1)) - (e * (2 * (1 - Om mu v)) - z + F)).
{ unfold F, delta, slope, z. assert (front2 * (m / (3*PI)) = e / 2) by (unfold front2, m; field; lra).
  assert (m * v / PI * (front2 / v) = 3/2 * e) by (unfold front2, m; field; lra).
  replace (front2 * (1 / G m v - 1 / v - m / (3*PI))) with (front2 / G m v - front2 / v - front2 * (m / (3*PI))) by (field; lra). lra. }
rewrite EQ.
assert (f0 := front2_pos).
assert (F0 : 0 <= F) by (unfold F; apply Rmult_le_pos; lra).
assert (F1 : F <= 3*PI^2/(2*mu) * (A/2 + 2*K) * z).
{ unfold F. apply Rle_trans with (front2 * (m * v * (A/2 + 2*K))).
  - apply Rmult_le_compat_l. lra. eapply Rle_trans. exact DS.
    replace (m * v * (A/2 + 2*K)) with (A * m * v * (1/2) + K * m * v * 2) by field. apply Rplus_le_compat.
    + replace (A * m^2 * v) with (A * m * v * m) by ring. apply Rmult_le_compat_l. apply Rmult_le_pos; nra. lra.
    + replace (K * m * v^2) with (K * m * v * v) by ring. apply Rmult_le_compat_l. apply Rmult_le_pos; nra. lra.
  - apply Req_le. unfold front2, z. field. lra. }
assert (G1 : e * (2 * (1 - Om mu v)) <= e1 * z).
{ apply Rle_trans with (e * (e1 * (mu * v / PI))). apply Rmult_le_compat_l; lra. apply Req_le. unfold z, m. field. lra. }
assert (G0 : 0 <= e * (2 * (1 - Om mu v))) by (apply Rmult_le_pos; lra).
set (y := x - (front2 / v - 1)) in *. set (q := e * (2 * (1 - Om mu v)) - z + F).
assert (Q1 : - z <= q) by (unfold q; lra). assert (Q2 : q <= climb * z) by (unfold q, climb; lra).
assert (Z1 : 0 <= (1 - z) * (y + V)) by (apply Rmult_le_pos; lra). assert (Z2 : 0 <= z * (V - climb)) by (apply Rmult_le_pos; lra).
assert (Z3 : 0 <= (1 - z) * (W - y)) by (apply Rmult_le_pos; lra). assert (Z4 : 0 <= z * (W - 1)) by (apply Rmult_le_pos; lra).
clearbody z q y V W. clear - Q1 Q2 Z1 Z2 Z3 Z4. split; lra.
Qed.

Lemma late_inverse l : let ell := ln (1 + e * INR l) in
  front2 / u + e * INR l / 2 <= front2 / ang m t (l + s)
  <= front2 / u + e * INR l / 2 + (front2 * (A/2 + 2*K + 6*PI*K) + 9*PI^2/2 * A * e * ell).
Proof.
intros ell'. assert (P := PI_bounds). assert (M := m_half). assert (A0 := ss_A A K SS). assert (K0 := ss_K A K SS). assert (f0 := front2_pos).
assert (Mu1 : 0 < m) by lra. assert (Mu2 : m * u <= PI) by nra. assert (Hu1 : 0 < u <= PI) by lra.
rewrite ang_plus. fold u. assert (I := inverse_angle m u l).
assert (R := ang_range m u Mu1 Hu1 Mu2).
assert (S0 : 0 <= psum (fun k => delta m (ang m u k)) l).
{ apply psum_nonneg. intros k _. apply M1. exact Mu1. assert (Q := R k). lra. apply (ang_fits m u Mu1 Hu1 Mu2). }
assert (S1 : psum (fun k => delta m (ang m u k)) l <= psum (fun k => A * m^2 * ang m u k + K * m * (ang m u k)^2) l).
{ apply psum_le. intros k _. apply delta_small. exact M. assert (Q := R k). lra. }
rewrite psum_plus, !psum_scal in S1.
assert (S2 := sum_angles m u Mu1 Hu1 Mu2 l). assert (S3 := sum_squares m u Mu1 Hu1 Mu2 l).
assert (SI : 1 / slope m = 3*PI/m) by (unfold slope; field; lra).
assert (El : ell m u l <= ell').
{ unfold ell', ell. assert (N := pos_INR l). assert (SA : 0 <= slope m * u <= e).
  { unfold slope. replace (m / (3*PI) * u) with (m * (u / (3*PI))) by (field; lra). assert (0 <= u / (3*PI)) by (apply div_nonneg; lra).
    assert (u / (3*PI) <= 1) by (apply div_le_1; lra). unfold m. split; [apply Rmult_le_pos; nra|].
    assert (mu * (u / (3*PI)) <= 1) by nra. rewrite Rmult_assoc. nra. }
  apply ln_le. assert (0 <= slope m * u * INR l) by (apply Rmult_le_pos; lra). lra.
  apply Rplus_le_compat_l. apply Rmult_le_compat_r; lra. }
assert (El0 := ell_nonneg m u Mu1 Hu1 l).
assert (T1 : A * m^2 * psum (ang m u) l <= A * m^2 * (u + ell m u l / slope m)) by (apply Rmult_le_compat_l; [apply Rmult_le_pos; [lra | apply pow_le; lra] | exact S2]).
assert (T2 : K * m * psum (fun k => (ang m u k)^2) l <= K * m * (u^2 + u / slope m)) by (apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | exact S3]).
assert (T3 : A * m^2 * (u + ell m u l / slope m) <= A/2 + 3*PI*A*m*ell').
{ replace (A * m^2 * (u + ell m u l / slope m)) with (A * (m^2 * u) + 3*PI*A*m*ell m u l) by (unfold slope; field; lra).
  apply Rplus_le_compat. assert (m^2 * u <= 1/2) by nra. nra. apply Rmult_le_compat_l. apply Rmult_le_pos; nra. exact El. }
assert (T4 : K * m * (u^2 + u / slope m) <= 2*K + 6*PI*K).
{ replace (K * m * (u^2 + u / slope m)) with (K * (m * u^2) + 3*PI*K*u) by (unfold slope; field; lra).
  assert (m * u^2 <= 2) by nra. assert (K * (m * u^2) <= K * 2) by (apply Rmult_le_compat_l; lra).
  assert (3*PI*K*u <= 3*PI*K*2) by (apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | lra]). lra. }
replace (front2 / ang m u l) with (front2 * (1 / ang m u l)) by (field; assert (Q := R l); lra).
rewrite I. replace (front2 / u) with (front2 * (1/u)) by (field; lra).
assert (FS : front2 * (slope m * INR l) = e * INR l / 2) by (unfold front2, slope, m; field; lra).
rewrite !Rmult_plus_distr_l, FS.
assert (FX : front2 * psum (fun k => delta m (ang m u k)) l <= front2 * (A/2 + 3*PI*A*m*ell' + (2*K + 6*PI*K))) by (apply Rmult_le_compat_l; lra).
replace (front2 * (A/2 + 3*PI*A*m*ell' + (2*K + 6*PI*K))) with (front2 * (A/2 + 2*K + 6*PI*K) + 9*PI^2/2*A*e*ell') in FX by (unfold front2, m; field; lra).
assert (0 <= front2 * psum (fun k => delta m (ang m u k)) l) by (apply Rmult_le_pos; lra).
split; lra.
Qed.
End FromState.

(* above the angle 2 the correlation grows by at least m gain 2 a layer *)
Lemma burn_in t : 2 < t <= PI -> forall n, (exists s, (s <= n)%nat /\ 37/25 <= ang m t s <= 2)
  \/ (2 < ang m t n /\ -1 + 5543/10000 * m * INR n <= cos (ang m t n)).
Proof.
intros H n. assert (P := PI_bounds). assert (M := m_half). induction n.
- right. simpl. rewrite Rmult_0_r. assert (C := COS_bound t). lra.
- destruct IHn as [[s [S1 S2]] | [I1 I2]]. left; exists s; split; [lia | exact S2].
  assert (R := orbit_range mu e Mu ltac:(lra) t n ltac:(lra)). fold m in R.
  assert (OC := orbit_cos mu e Mu ltac:(lra) t n ltac:(lra)). fold m in OC. set (v := ang m t n) in *.
  assert (G2 : 5543/10000 <= gain 2) by (unfold gain; interval).
  assert (GM := gain_mono 2 v ltac:(lra) ltac:(lra)). assert (G1 := gain_le_1 v ltac:(lra)).
  destruct (Rle_lt_dec (ang m t (S n)) 2) as [L|L].
  + left. exists (S n). split. lia. split; [|exact L].
    assert (CV : cos v <= cos 2) by (apply cos_decr_1; lra).
    assert (C2 : cos 2 <= -0.4161) by interval. assert (C1 : 0.0906 <= cos (37/25)) by interval.
    simpl ang in *. apply G_above; [lra | unfold v in *; lra | unfold v in *; nra | lra |]. fold v. nra.
  + right. split. exact L. rewrite OC, S_INR. nra.
Qed.

Theorem degeneration t L : 0 < t <= PI -> (1 <= L)%nat ->
  Rabs (red mu e t L - e * INR L / 2)
  <= front2 / t + (front2 * (A/2 + 2*K + 6*PI*K) + climb + 39/10/mu) + 9*PI^2/2 * A * e * ln (1 + e * INR L).
Proof.
intros H N. assert (P := PI_bounds). assert (M := m_half). assert (f0 := front2_pos). assert (A0 := ss_A A K SS). assert (K0 := ss_K A K SS).
assert (LL : 1 <= INR L) by (apply (le_INR 1); exact N).
assert (I1 : 0 < 1/mu) by (apply Rdiv_lt_0_compat; lra).
assert (I39 : 39/10/mu = 39/10 * (1/mu)) by (field; lra). rewrite I39.
assert (I2 : 1 <= 1/mu). { apply Rmult_le_reg_r with mu. lra. replace (1/mu*mu) with 1 by (field; lra). lra. }
assert (FT : 0 < front2 / t) by (apply Rdiv_lt_0_compat; lra).
set (base := front2 * (A/2 + 2*K + 6*PI*K)).
assert (base0 : 0 <= base). { unfold base. apply Rmult_le_pos. lra. assert (0 <= 6*PI*K) by (apply Rmult_le_pos; lra). lra. }
assert (rate0 : 0 <= 9*PI^2/2 * A * e) by (apply Rmult_le_pos; [apply Rmult_le_pos; nra | lra]).
assert (LN : 0 <= ln (1 + e * INR L)) by (apply ln_nonneg; nra).
destruct (Rle_lt_dec t 2) as [T2|T2].
- (* no burn-in *)
  assert (X := pole_gap t 0 ltac:(simpl; lra) L). assert (W := late_inverse t 0 ltac:(simpl; lra) L).
  cbv zeta beta in W, X. rewrite Nat.add_0_r in W. change (ang m t 0) with t in W. fold base in W.
  rewrite !Nat.add_0_r in X. change (ang m t 0) with t in X. change (red mu e t 0) with 0 in X.
  assert (F1 : 1 <= front2 / t).
  { unfold front2. replace (3*PI/(2*mu)/t) with (1/mu * (3*PI/2/t)) by (field; lra).
    assert (1 <= 3*PI/2/t). { apply Rmult_le_reg_r with t. lra. replace (3*PI/2/t*t) with (3*PI/2) by (field; lra). lra. } nra. }
  rewrite (Rmax_right (0 - (front2 / t - 1)) 1) in X by lra.
  set (g := ln (1 + e * INR L)) in *. destruct X as [X1 X2].
  apply Rabs_le. split. 2: lra.
  revert X1. unfold Rmax. destruct (Rle_dec (- (0 - (front2/t - 1))) climb); intros; lra.
- (* burn-in *)
  set (n := Z.to_nat (Rdefinitions.up (10536/10000 / m))).
  assert (Q0 : 0 < 10536/10000 / m) by (apply Rdiv_lt_0_compat; lra).
  assert (Hn : 10536/10000 / m < INR n <= 10536/10000 / m + 1).
  { unfold n. destruct (archimed (10536/10000 / m)) as [U V]. rewrite INR_IZR_INZ, Z2Nat.id. lra. apply le_IZR. lra. }
  assert (Q1 : m * (10536/10000 / m) = 10536/10000) by (field; lra).
  assert (Hn2 : 10536/10000 < m * INR n <= 15536/10000).
  { split. rewrite <- Q1 at 1. apply Rmult_lt_compat_l; lra.
    apply Rle_trans with (m * (10536/10000 / m + 1)). apply Rmult_le_compat_l; lra. lra. }
  destruct (burn_in t ltac:(lra) n) as [[s [S1 S2]] | [B1 B2]].
  2:{ exfalso. assert (R := orbit_range mu e Mu ltac:(lra) t n ltac:(lra)). fold m in R.
      assert (CN : cos (ang m t n) <= cos 2) by (apply cos_decr_1; lra). assert (C2 : cos 2 <= -0.4161) by interval. lra. }
  apply le_INR in S1. assert (Ns := pos_INR s).
  assert (Es : e * INR s <= 15536/10000 * (1/mu)).
  { apply Rmult_le_reg_r with mu. lra. replace (15536/10000 * (1/mu) * mu) with (15536/10000) by (field; lra).
    replace (e * INR s * mu) with (m * INR s) by (unfold m; ring). apply Rle_trans with (m * INR n); [apply Rmult_le_compat_l|]; lra. }
  assert (Es0 : 0 <= e * INR s) by (apply Rmult_le_pos; lra).
  destruct (le_lt_dec s L) as [SL|SL].
  + assert (X := pole_gap t s ltac:(lra) (L - s)). assert (W := late_inverse t s ltac:(lra) (L - s)).
    cbv zeta beta in W, X. replace (L - s + s)%nat with L in X, W by lia. change (0 + s)%nat with s in X. fold base in W.
    assert (NLs : INR (L - s) = INR L - INR s) by (rewrite minus_INR by exact SL; ring).
    assert (Y := red_bound mu e Mu ltac:(lra) t s ltac:(lra)). apply Rabs_elim in Y.
    set (us := ang m t s) in *. set (ts := red mu e t s) in *.
    assert (Fs : 3*PI/4 * (1/mu) <= front2 / us <= 39/10 * (1/mu)).
    { unfold front2. replace (3*PI/(2*mu)/us) with (3*PI/2 * (1/us) * (1/mu)) by (field; lra).
      assert (V1 : 1/2 <= 1/us) by (apply inv_le; lra). assert (V2 : 1/us <= 1/(37/25)) by (apply inv_le; lra). assert (V3 : 3*PI/2 * (1/2) <= 3*PI/2 * (1/us)) by (apply Rmult_le_compat_l; lra).
      assert (V4 : 3*PI/2 * (1/us) <= 3*PI/2 * (1/(37/25))) by (apply Rmult_le_compat_l; lra).
      assert (V5 : 3*PI/2 * (1/(37/25)) <= 39/10) by interval. split; apply Rmult_le_compat_r; lra. }
    assert (Fs2 : 235/100 * (1/mu) <= 3*PI/4 * (1/mu)) by (apply Rmult_le_compat_r; lra).
    assert (LG : ln (1 + e * INR (L - s)) <= ln (1 + e * INR L)).
    { assert (Nl := pos_INR (L - s)). assert (0 <= e * INR (L - s)) by (apply Rmult_le_pos; lra). apply ln_le. lra. rewrite NLs. nra. }
    assert (LG2 : 9*PI^2/2 * A * e * ln (1 + e * INR (L - s)) <= 9*PI^2/2 * A * e * ln (1 + e * INR L)) by (apply Rmult_le_compat_l; assumption).
    set (g := 9*PI^2/2 * A * e * ln (1 + e * INR L)) in *. set (g' := 9*PI^2/2 * A * e * ln (1 + e * INR (L - s))) in *.
    rewrite NLs in W. destruct X as [X1 X2]. assert (g0 : 0 <= g) by (apply Rmult_le_pos; assumption).
    apply Rabs_le. split.
    * revert X1. unfold Rmax. destruct (Rle_dec (- (ts - (front2/us - 1))) climb); intros; lra.
    * revert X2. unfold Rmax. destruct (Rle_dec (ts - (front2/us - 1)) 1); intros; lra.
  + assert (Y := red_bound mu e Mu ltac:(lra) t L ltac:(lra)). apply Rabs_elim in Y. apply lt_INR in SL.
    assert (eL : e * INR L <= e * INR s) by (apply Rmult_le_compat_l; lra). assert (eL0 : 0 <= e * INR L) by (apply Rmult_le_pos; lra).
    assert (0 <= 9*PI^2/2 * A * e * ln (1 + e * INR L)) by (apply Rmult_le_pos; assumption).
    apply Rabs_le. split; lra.
Qed.

Corollary degeneration_normalised t L C0 C1 : 0 < t <= PI -> (1 <= L)%nat ->
  front2 * (A/2 + 2*K + 6*PI*K) + climb + 39/10/mu <= C0 -> 9*PI^2/2 * A <= C1 ->
  Rabs (red mu e t L / (2 * e * INR L) - 1/4) <= (front2 / t + C0 + C1 * e * ln (1 + e * INR L)) / (2 * e * INR L).
Proof.
intros H N H0 H1. assert (X := degeneration t L H N). assert (LL : 1 <= INR L) by (apply (le_INR 1); exact N).
assert (eL : 0 < e * INR L) by (apply Rmult_lt_0_compat; lra).
assert (LN : 0 <= ln (1 + e * INR L)) by (apply ln_nonneg; lra).
replace (red mu e t L / (2 * e * INR L) - 1/4) with ((red mu e t L - e * INR L / 2) * / (2 * e * INR L)) by (field; lra).
rewrite Rabs_mult, (Rabs_right (/ (2 * e * INR L))) by (left; apply Rinv_0_lt_compat; lra).
apply (Rmult_le_compat_r (/ (2 * e * INR L))). left; apply Rinv_0_lt_compat; lra.
eapply Rle_trans. exact X.
assert (9*PI^2/2 * A * (e * ln (1 + e * INR L)) <= C1 * (e * ln (1 + e * INR L))) by (apply Rmult_le_compat_r; [apply Rmult_le_pos; lra | exact H1]).
lra.
Qed.
End Small.
