(* Residual networks (bottleneck branches of strength h > 0, duals k and kd): K, D and Theta as printed, and their reduction to
   the angle. With eta = h/(1+h) and m = eta mu the angles are the orbit of the angle map of parameter m, and t = Theta/D obeys
     t' = (1 - m theta/pi) t + 2 eta Omega(theta),  t_0 = 0;  the diagonal is 2 eta l, so n_L = t_L/(2 eta L).
   From |Omega'| <= B on [0,pi]: bounds of n_L - Omega for every depth, uniform in the inputs and of order eta L inside. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Kernels AngleMap Depth.
Open Scope R_scope.

Fixpoint Dres (h : R) (l : nat) : R := match l with O => 1 | S j => (1 + h) * Dres h j end.
Fixpoint Kres (k : R -> R) (h c : R) (l : nat) : R :=
  match l with O => c | S j => Kres k h c j + h * Dres h j * k (Kres k h c j / Dres h j) end.
Fixpoint Tres (k kd : R -> R) (h c : R) (l : nat) : R :=
  match l with O => 0 | S j => (1 + h * kd (Kres k h c j / Dres h j)) * Tres k kd h c j
    + h * (Dres h j * k (Kres k h c j / Dres h j) + Kres k h c j * kd (Kres k h c j / Dres h j)) end.
Definition normalised (k kd : R -> R) (h c : R) (l : nat) := Tres k kd h c l / Tres k kd h 1 l.

(* the kernel of one layer *)
Definition Omega (mu c : R) := (dual mu c + c * ddual mu c) / 2.

(* ---- in the angle ---- *)
Definition eta (h : R) := h / (1 + h).
Definition Om (mu t : R) := cos t + mu/2 * (gain t - t * cos t / PI).
Fixpoint red (mu e t : R) (l : nat) : R :=
  match l with O => 0 | S j => (1 - e * mu * ang (e * mu) t j / PI) * red mu e t j + 2 * e * Om mu (ang (e * mu) t j) end.

Lemma eta_range h : 0 < h -> 0 < eta h < 1 /\ eta h < h.
Proof.
intros H. unfold eta. assert (A : 0 < h / (1+h)) by (apply Rdiv_lt_0_compat; lra).
assert (B : h/(1+h) * (1+h) = h) by (field; lra). split; [split|]; nra.
Qed.

Lemma Dres_pos h l : 0 < h -> 0 < Dres h l.
Proof. intros H. induction l; simpl. lra. apply Rmult_lt_0_compat; lra. Qed.

Section Angle.
Variables mu e : R.
Hypothesis Mu : 0 < mu <= 1.
Hypothesis E : 0 < e <= 1.
Let m := e * mu.

Lemma m_range : 0 < m <= 1.
Proof. unfold m. split; nra. Qed.

Lemma m_le_e : m <= e.
Proof. unfold m. nra. Qed.

Lemma orbit_range t l : 0 <= t <= PI -> 0 <= ang m t l <= t.
Proof.
intros H. induction l; simpl. lra. destruct (G_cos m (proj1 m_range) (ang m t l) ltac:(lra) ltac:(apply (fits _ _ m_range); lra)). lra.
Qed.

Lemma Omega_cos t : 0 <= t <= PI -> Omega mu (cos t) = Om mu t.
Proof. intros H. assert (P := PI_bounds). unfold Omega, Om. rewrite dual_cos, ddual_cos by exact H. field. lra. Qed.

Lemma Om_le_1 t : 0 <= t <= PI -> -1 <= Om mu t <= 1.
Proof.
intros H. assert (P := PI_bounds). assert (C := COS_bound t).
destruct (G_cos mu (proj1 Mu) t H (fits mu t Mu (proj2 H))) as [GC _]. assert (CG := COS_bound (G mu t)). rewrite GC in CG.
assert (U1 := div_nonneg t PI ltac:(lra) ltac:(lra)). assert (U2 := div_le_1 t PI ltac:(lra) ltac:(lra)).
unfold Om. replace (t * cos t / PI) with (t / PI * cos t) by (field; lra). set (q := t / PI) in *.
assert (0 <= mu * q <= 1) by (split; nra). split; nra.
Qed.

Lemma Om_0 : Om mu 0 = 1.
Proof. assert (P := PI_bounds). unfold Om. rewrite cos_0, gain_0. field. lra. Qed.

Lemma ang_zero l : ang m 0 l = 0.
Proof. assert (P := PI_bounds). assert (R := orbit_range 0 l ltac:(lra)). lra. Qed.

Lemma factor_range t l : 0 <= t <= PI -> 0 <= m * ang m t l / PI <= m * (t / PI) /\ m * (t / PI) <= m.
Proof.
intros H. assert (P := PI_bounds). assert (R := orbit_range t l H). assert (M := m_range).
replace (m * ang m t l / PI) with (m * (ang m t l / PI)) by (field; lra).
assert (U1 := div_nonneg (ang m t l) PI ltac:(lra) ltac:(lra)).
assert (U2 := div_le_1 t PI ltac:(lra) ltac:(lra)).
assert (ang m t l / PI <= t / PI). { unfold Rdiv. apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. lra. }
split; [split|]; nra.
Qed.

Lemma red_step t l : red mu e t (S l) = (1 - m * ang m t l / PI) * red mu e t l + 2 * e * Om mu (ang m t l).
Proof. reflexivity. Qed.

Lemma red_bound t l : 0 <= t <= PI -> Rabs (red mu e t l) <= 2 * e * INR l.
Proof.
intros H. induction l. simpl. rewrite Rabs_R0; lra.
rewrite red_step, S_INR. destruct (factor_range t l H) as [[F1 F2] F3]. assert (R := orbit_range t l H).
assert (O := Om_le_1 (ang m t l) ltac:(lra)). assert (M := m_range). apply Rabs_elim in IHl.
set (z := m * ang m t l / PI) in *. set (x := red mu e t l) in *. set (o := Om mu (ang m t l)) in *.
assert (0 <= z <= 1) by lra. assert (e * -1 <= e * o <= e * 1) by (split; apply Rmult_le_compat_l; lra).
apply Rabs_le. split; nra.
Qed.

Lemma red_zero l : red mu e 0 l = 2 * e * INR l.
Proof.
induction l. simpl. ring. rewrite red_step, S_INR, IHl, ang_zero, Om_0. assert (P := PI_bounds). field. lra.
Qed.

Lemma orbit_cos t l : 0 <= t <= PI -> cos (ang m t (S l)) = cos (ang m t l) + m * gain (ang m t l).
Proof. intros H. assert (R := orbit_range t l H). destruct (G_cos m (proj1 m_range) (ang m t l) ltac:(lra) ltac:(apply (fits _ _ m_range); lra)). simpl. assumption. Qed.

Lemma orbit_sum t l : 0 <= t <= PI -> cos (ang m t l) - cos t = m * psum (fun k => gain (ang m t k)) l.
Proof.
intros H. induction l. simpl. ring. rewrite orbit_cos by exact H. cbn [psum]. rewrite Rmult_plus_distr_l, <- IHl. ring.
Qed.

Lemma orbit_gain t k : 0 <= t <= PI -> 0 <= gain (ang m t k) <= gain t.
Proof. intros H. assert (R := orbit_range t k H). split. apply gain_nonneg; lra. apply gain_mono; lra. Qed.

(* correlations move by at most m l gain t <= eta l *)
Theorem correlation_move t l : 0 <= t <= PI -> 0 <= cos (ang m t l) - cos t <= m * (INR l * gain t).
Proof.
intros H. assert (M := m_range). rewrite orbit_sum by exact H. split.
- apply Rmult_le_pos. lra. apply psum_nonneg. intros k _. apply orbit_gain; exact H.
- apply Rmult_le_compat_l. lra. rewrite <- psum_const. apply psum_le. intros k _. apply orbit_gain; exact H.
Qed.

Lemma correlation_move_eta t l : 0 <= t <= PI -> cos (ang m t l) - cos t <= e * INR l.
Proof.
intros H. destruct (correlation_move t l H) as [_ X]. assert (S1 := gain_le_1 t H). assert (S0 := gain_nonneg t H).
assert (N := pos_INR l). assert (M := m_range). assert (ME := m_le_e).
assert (INR l * gain t <= INR l * 1) by (apply Rmult_le_compat_l; lra).
assert (m * (INR l * gain t) <= e * (INR l * 1)). { apply Rmult_le_compat; try lra. apply Rmult_le_pos; lra. } lra.
Qed.

(* ---- Omega in the angle ---- *)
Definition Om' (t : R) := - sin t + mu/2 * (2 * t * sin t - cos t) / PI.

Lemma Om_derive x : derivable_pt_lim (Om mu) x (Om' x).
Proof.
assert (P := PI_bounds). apply is_derive_Reals. unfold Om, Om', gain. auto_derive. exact I. field. lra.
Qed.

Section Move.
Variable B : R.
Hypothesis HB : forall t, 0 <= t <= PI -> Rabs (Om' t) <= B.

Lemma B_nonneg : 0 <= B.
Proof. assert (P := PI_bounds). assert (A := HB 0 ltac:(lra)). assert (A' := Rabs_pos (Om' 0)). lra. Qed.

Lemma Om_move t l : 0 <= t <= PI -> Rabs (Om mu (ang m t l) - Om mu t) <= B * (t - ang m t l).
Proof.
intros H. assert (R := orbit_range t l H). apply (lipschitz (Om mu) Om'). lra. intros; apply Om_derive. intros; apply HB; lra.
Qed.

(* a bound g l on the move of Omega gives one on t_l - 2 eta l Omega *)
Lemma error_sum t (g : nat -> R) : 0 <= t <= PI -> (forall l, Rabs (Om mu (ang m t l) - Om mu t) <= g l) ->
  forall l, Rabs (red mu e t l - 2 * e * INR l * Om mu t) <= e * m * (t / PI) * (INR l * (INR l - 1)) + 2 * e * psum g l.
Proof.
intros H Hg l. induction l.
- simpl. match goal with |- Rabs ?x <= ?y => replace x with 0 by ring; replace y with 0 by ring end. rewrite Rabs_R0; lra.
- rewrite red_step, S_INR. cbn [psum]. assert (Q := red_bound t l H). destruct (factor_range t l H) as [[F1 F2] F3].
  specialize (Hg l). set (z := m * ang m t l / PI) in *. set (q := t / PI) in *. set (x := red mu e t l) in *.
  set (o := Om mu (ang m t l)) in *. set (o0 := Om mu t) in *.
  replace ((1 - z) * x + 2 * e * o - 2 * e * (INR l + 1) * o0)
    with ((x - 2 * e * INR l * o0) + (- z * x + 2 * e * (o - o0))) by ring.
  eapply Rle_trans. apply Rabs_triang.
  assert (U : Rabs (- z * x + 2 * e * (o - o0)) <= m * q * (2 * e * INR l) + 2 * e * g l).
  { eapply Rle_trans. apply Rabs_triang. apply Rplus_le_compat.
    - rewrite Rabs_mult, Rabs_Ropp, (Rabs_right z) by lra. apply Rmult_le_compat; [lra | apply Rabs_pos | lra | exact Q].
    - rewrite Rabs_mult, (Rabs_right (2 * e)) by lra. apply Rmult_le_compat_l; lra. }
  lra.
Qed.

(* the angle moves by at most pi sqrt(eta l/2), and by at most 2 m l gain t/sin t *)
Lemma angle_move_uniform t l : 0 <= t <= PI -> t - ang m t l <= PI * sqrt (e * INR l / 2).
Proof.
intros H. assert (P := PI_bounds). assert (R := orbit_range t l H). destruct (cos_gap (ang m t l) t ltac:(lra) ltac:(lra)) as [Q _].
assert (C := correlation_move_eta t l H). set (x := t - ang m t l) in *.
assert (X : x^2 <= PI^2 * (e * INR l / 2)).
{ replace (x^2) with (2 * x^2 / PI^2 * (PI^2 / 2)) by (field; lra). replace (PI^2 * (e * INR l / 2)) with (e * INR l * (PI^2/2)) by field.
  apply Rmult_le_compat_r. nra. lra. }
assert (N := pos_INR l). assert (0 <= e * INR l) by (apply Rmult_le_pos; lra).
assert (S0 := sqrt_pos (e * INR l / 2)). assert (S2 := sqrt_sqrt (e * INR l / 2) ltac:(lra)).
set (s := sqrt (e * INR l / 2)) in *. apply Rsqr_incr_0_var; unfold Rsqr; nra.
Qed.

Lemma angle_move_inner t l : 0 < t < PI -> t - ang m t l <= 2 * m * INR l * (gain t / sin t).
Proof.
intros H. assert (R := orbit_range t l ltac:(lra)). destruct (cos_gap (ang m t l) t ltac:(lra) ltac:(lra)) as [_ Q].
destruct (correlation_move t l ltac:(lra)) as [_ C]. assert (ST : 0 < sin t) by (apply sin_gt_0; lra).
assert (SU : 0 <= sin (ang m t l)) by (apply sin_ge_0; lra).
assert (0 <= (t - ang m t l)/2 * sin (ang m t l)) by (apply Rmult_le_pos; lra).
apply Rmult_le_reg_r with (sin t). exact ST.
replace (2 * m * INR l * (gain t / sin t) * sin t) with (2 * (m * (INR l * gain t))) by (field; lra). lra.
Qed.

Lemma psum_id n : psum INR n = INR n * (INR n - 1) / 2.
Proof. induction n. simpl. field. rewrite S_INR. cbn [psum]. rewrite IHn. field. Qed.

Lemma psum_sqrt n : psum (fun k => sqrt (INR k)) n <= 2/3 * (INR n * sqrt (INR n)).
Proof.
induction n. simpl. lra. rewrite S_INR. cbn [psum]. assert (N := pos_INR n). set (x := INR n) in *.
assert (A := sqrt_pos x). assert (B1 := sqrt_pos (x+1)).
assert (A2 := sqrt_sqrt x N). assert (B2 := sqrt_sqrt (x+1) ltac:(lra)).
cut ((x + 3/2) * sqrt x <= (x + 1) * sqrt (x + 1)). intros; lra.
apply Rsqr_incr_0_var; [|nra]. unfold Rsqr.
replace ((x + 3/2) * sqrt x * ((x + 3/2) * sqrt x)) with ((x+3/2)^2 * (sqrt x * sqrt x)) by ring.
replace ((x + 1) * sqrt (x+1) * ((x + 1) * sqrt (x+1))) with ((x+1)^2 * (sqrt (x+1) * sqrt (x+1))) by ring.
rewrite A2, B2. nra.
Qed.

(* from t_L to n_L = t_L/(2 eta L) *)
Lemma error_norm t L x y : (1 <= L)%nat -> Rabs (red mu e t L - 2 * e * INR L * y) <= 2 * e * INR L * x ->
  Rabs (red mu e t L / (2 * e * INR L) - y) <= x.
Proof.
intros N X. assert (M : 1 <= INR L) by (apply (le_INR 1); exact N). assert (Z : 0 < 2 * e * INR L) by nra.
apply Rmult_le_reg_l with (2 * e * INR L). exact Z.
rewrite <- (Rabs_right (2 * e * INR L)) at 1 by lra. rewrite <- Rabs_mult.
replace (2 * e * INR L * (red mu e t L / (2 * e * INR L) - y)) with (red mu e t L - 2 * e * INR L * y). exact X.
field. nra.
Qed.

Theorem uniform_bound t L : 0 <= t <= PI -> (1 <= L)%nat ->
  Rabs (red mu e t L / (2 * e * INR L) - Om mu t) <= m * (INR L - 1) / 2 * (t / PI) + B * PI * sqrt 2 / 3 * sqrt (e * INR L).
Proof.
intros H N. assert (P := PI_bounds). assert (B0 := B_nonneg). assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
apply error_norm. exact N.
assert (W := error_sum t (fun l => B * PI * sqrt (e/2) * sqrt (INR l)) H).
eapply Rle_trans. apply W.
- intros l. eapply Rle_trans. apply Om_move; exact H. assert (A := angle_move_uniform t l H).
  replace (B * PI * sqrt (e/2) * sqrt (INR l)) with (B * (PI * sqrt (e * INR l / 2))).
  apply Rmult_le_compat_l; lra.
  replace (e * INR l / 2) with (e / 2 * INR l) by field. rewrite sqrt_mult by (try apply pos_INR; lra). ring.
- rewrite psum_scal. assert (Q := psum_sqrt L).
  assert (S2 : sqrt 2 * sqrt (e * INR L) = 2 * (sqrt (e/2) * sqrt (INR L))).
  { rewrite <- sqrt_mult by (try lra; nra). rewrite <- sqrt_mult by lra.
    replace (2 * (e * INR L)) with ((2 * 2) * (e/2 * INR L)) by field. rewrite (sqrt_mult (2*2)) by nra. rewrite sqrt_square by lra. reflexivity. }
  replace (B * PI * sqrt 2 / 3 * sqrt (e * INR L)) with (B * PI / 3 * (sqrt 2 * sqrt (e * INR L))) by field. rewrite S2.
  assert (A := sqrt_pos (e/2)).
  assert (2 * e * (B * PI * sqrt (e/2) * psum (fun l => sqrt (INR l)) L) <= 2 * e * (B * PI * sqrt (e/2) * (2/3 * (INR L * sqrt (INR L))))).
  { apply Rmult_le_compat_l. lra. apply Rmult_le_compat_l. apply Rmult_le_pos; nra. exact Q. }
  lra.
Qed.

Theorem inner_bound t L : 0 < t < PI -> (1 <= L)%nat ->
  Rabs (red mu e t L / (2 * e * INR L) - Om mu t) <= m * (INR L - 1) / 2 * (t / PI + 2 * B * (gain t / sin t)).
Proof.
intros H N. assert (B0 := B_nonneg). assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
apply error_norm. exact N. assert (ST : 0 < sin t) by (apply sin_gt_0; lra).
eapply Rle_trans. apply (error_sum t (fun l => B * 2 * m * (gain t / sin t) * INR l)). lra.
- intros l. eapply Rle_trans. apply Om_move; lra. assert (A := angle_move_inner t l H).
  replace (B * 2 * m * (gain t / sin t) * INR l) with (B * (2 * m * INR l * (gain t / sin t))) by ring. apply Rmult_le_compat_l; lra.
- rewrite psum_scal, psum_id. apply Req_le. field. split. lra. apply PI_neq0.
Qed.

(* ---- the first-order term ---- *)
Definition Om'' (t : R) := - cos t + mu/2 * (3 * sin t + 2 * t * cos t) / PI.
Lemma Om'_derive x : derivable_pt_lim Om' x (Om'' x).
Proof. assert (P := PI_bounds). apply is_derive_Reals. unfold Om', Om''. auto_derive. exact I. field. lra. Qed.

Variable D : R.
Hypothesis HD : forall t, 0 <= t <= PI -> Rabs (Om'' t) <= D.

Lemma Om_taylor u t : 0 <= u <= t -> t <= PI -> Rabs (Om mu u - Om mu t + Om' t * (t - u)) <= D / 2 * (t - u)^2.
Proof.
intros H K.
assert (L1 : forall x, u <= x <= t -> Rabs (Om' x - Om' t) <= D * (t - x)).
{ intros x Hx. apply (lipschitz Om' Om''). lra. intros; apply Om'_derive. intros; apply HD; lra. }
(* f x = Om x + Om' t (t - x) -+ D/2 (t - x)^2 grows or falls *)
assert (F1 : Om mu u + Om' t * (t - u) - D/2 * (t-u)^2 <= Om mu t + Om' t * (t - t) - D/2 * (t-t)^2).
{ apply (grow (fun x => Om mu x + Om' t * (t - x) - D/2 * (t-x)^2) (fun x => Om' x - Om' t + D * (t - x))). lra.
  - intros x Hx. apply is_derive_Reals. assert (Q := proj2 (is_derive_Reals _ _ _) (Om_derive x)).
    apply (is_derive_ext (fun x => plus (Om mu x) (Om' t * (t - x) - D/2 * (t-x)^2))). intros; unfold plus; simpl; ring.
    replace (Om' x - Om' t + D * (t - x)) with (plus (Om' x) (- Om' t + D * (t - x))) by (unfold plus; simpl; ring).
    apply (is_derive_plus (Om mu)). exact Q. auto_derive. exact I. field.
  - intros x Hx. specialize (L1 x Hx). apply Rabs_elim in L1. lra. }
assert (F2 : - (Om mu u + Om' t * (t - u) + D/2 * (t-u)^2) <= - (Om mu t + Om' t * (t - t) + D/2 * (t-t)^2)).
{ apply (grow (fun x => - (Om mu x + Om' t * (t - x) + D/2 * (t-x)^2)) (fun x => - (Om' x - Om' t - D * (t - x)))). lra.
  - intros x Hx. apply is_derive_Reals. assert (Q := proj2 (is_derive_Reals _ _ _) (Om_derive x)).
    apply (is_derive_ext (fun x => opp (plus (Om mu x) (Om' t * (t - x) + D/2 * (t-x)^2)))). intros; unfold plus, opp; simpl; ring.
    replace (- (Om' x - Om' t - D * (t - x))) with (opp (plus (Om' x) (- Om' t - D * (t - x)))) by (unfold plus, opp; simpl; ring).
    apply (is_derive_opp (fun x => plus (Om mu x) (Om' t * (t - x) + D/2 * (t-x)^2))).
    apply (is_derive_plus (Om mu)). exact Q. auto_derive. exact I. field.
  - intros x Hx. specialize (L1 x Hx). apply Rabs_elim in L1. lra. }
replace (t - t) with 0 in * by ring. apply Rabs_le. split; nra.
Qed.

Lemma gain_slope t : 0 <= t <= PI -> Rabs (t * sin t / PI) <= 29/50.
Proof.
intros H. assert (P := PI_above). assert (K : 0 <= t <= 355/113) by lra. clear - K. apply Rabs_le. split.
- assert (0 <= t * sin t / PI + 1/100) by interval with (i_bisect t, i_taylor t). lra.
- interval with (i_bisect t, i_taylor t).
Qed.

Lemma gain_move t k : 0 < t < PI -> 0 <= gain t - gain (ang m t k) <= 29/50 * (2 * m * (gain t / sin t) * INR k).
Proof.
intros H. assert (R := orbit_range t k ltac:(lra)). assert (A := angle_move_inner t k H). destruct (orbit_gain t k ltac:(lra)) as [_ X].
split. lra.
assert (Y := lipschitz gain (fun x => x * sin x / PI) (29/50) (ang m t k) t ltac:(lra) (fun x _ => gain_derive x)
  (fun x Hx => gain_slope x ltac:(lra))).
apply Rabs_elim in Y. lra.
Qed.

(* x_l = m l r to the second order *)
Lemma angle_move_second t l : 0 < t < PI -> let r := gain t / sin t in
  Rabs (t - ang m t l - m * INR l * r) <= m^2 * (INR l)^2 * ((29/50 * r + 2 * r^2) / sin t).
Proof.
intros H r. assert (ST : 0 < sin t) by (apply sin_gt_0; lra). assert (M := m_range).
assert (R := orbit_range t l ltac:(lra)). assert (A := angle_move_inner t l H). fold r in A.
assert (GT := gain_nonneg t ltac:(lra)). assert (r0 : 0 <= r) by (unfold r; apply div_nonneg; lra). assert (N := pos_INR l).
set (x := t - ang m t l) in *.
(* the cosine of the orbit *)
assert (S1 : m * INR l * gain t - m^2 * (INR l)^2 * (29/50 * r) <= cos (ang m t l) - cos t <= m * INR l * gain t).
{ destruct (correlation_move t l ltac:(lra)) as [_ C]. split; [|lra]. rewrite orbit_sum by lra.
  assert (Z : psum (fun k => gain t + - (29/50 * (2 * m * r)) * INR k) l <= psum (fun k => gain (ang m t k)) l).
  { apply psum_le. intros k _. destruct (gain_move t k H) as [_ X]. fold r in X. lra. }
  rewrite psum_plus, psum_scal, psum_const, psum_id in Z.
  assert (Z2 : INR l * gain t - 29/50 * m * r * (INR l)^2 <= psum (fun k => gain (ang m t k)) l).
  { assert (0 <= 29/50 * m * r * INR l). { apply Rmult_le_pos; [|lra]. apply Rmult_le_pos; [|lra]. lra. } nra. }
  apply (Rmult_le_compat_l m) in Z2; [|lra]. lra. }
(* the cosine by Taylor *)
assert (S2 : - (x^2/2) <= cos (ang m t l) - cos t - x * sin t <= x^2/2).
{ assert (U : ang m t l = t - x) by (unfold x; ring). rewrite U, cos_minus.
  assert (C1 := COS_bound t). assert (SX := sin_le_x x ltac:(lra)). assert (CX := COS_bound x).
  assert (HF := cos_2a_sin (x/2)). replace (2 * (x/2)) with x in HF by field.
  assert (S3 := sin_le_x (x/2) ltac:(lra)). assert (P := PI_bounds). assert (S4 : 0 <= sin (x/2)) by (apply sin_ge_0; lra).
  assert (K1 : 0 <= 1 - cos x <= x^2/2) by (split; nra).
  assert (K2 : 0 <= x - sin x <= x^3/6).
  { split. lra. assert (Y : 0^3/6 - (0 - sin 0) <= x^3/6 - (x - sin x)).
    { apply (grow (fun z => z^3/6 - (z - sin z)) (fun z => z^2/2 - (1 - cos z))). lra.
      - intros z _. apply is_derive_Reals. auto_derive. exact I. field.
      - intros z Hz. assert (HZ := cos_2a_sin (z/2)). replace (2 * (z/2)) with z in HZ by field.
        assert (S5 := sin_le_x (z/2) ltac:(lra)). assert (S6 : 0 <= sin (z/2)) by (apply sin_ge_0; lra). nra. }
    rewrite sin_0 in Y. lra. }
  (* Taylor in one go: the second derivative of cos is at most 1 *)
  assert (T1 : cos t * cos x + sin t * sin x - cos t - x * sin t = - (cos t * (1 - cos x) + sin t * (x - sin x))) by ring.
  rewrite T1.
  assert (T2 : (cos t * (1 - cos x) + sin t * (x - sin x))^2 <= (x^2/2)^2).
  { (* Cauchy and Schwarz, and (1 - cos x)^2 + (x - sin x)^2 <= x^4/4 *)
    assert (C2 := sin2_cos2 t). unfold Rsqr in C2. set (p := 1 - cos x) in *. set (q := x - sin x) in *.
    assert (Y : 0 <= x^4/4 - ((1 - cos x)^2 + (x - sin x)^2)).
    { assert (Y : 0^4/4 - ((1 - cos 0)^2 + (0 - sin 0)^2) <= x^4/4 - ((1 - cos x)^2 + (x - sin x)^2)).
      { apply (grow (fun z => z^4/4 - ((1 - cos z)^2 + (z - sin z)^2)) (fun z => z^3 - 2 * z * (1 - cos z))). lra.
        - intros z _. apply is_derive_Reals. auto_derive. exact I. assert (C3 := sin2_cos2 z). unfold Rsqr in C3. nra.
        - intros z Hz. assert (HZ := cos_2a_sin (z/2)). replace (2 * (z/2)) with z in HZ by field.
          assert (S5 := sin_le_x (z/2) ltac:(lra)). assert (S6 : 0 <= sin (z/2)) by (apply sin_ge_0; lra).
          assert (1 - cos z <= z^2/2) by nra. assert (0 <= 2 * z * (z^2/2 - (1 - cos z))) by (apply Rmult_le_pos; lra). lra. }
      rewrite cos_0, sin_0 in Y. lra. }
    fold p q in Y. assert (0 <= (cos t * q - sin t * p)^2) by apply pow2_ge_0.
    replace ((x^2/2)^2) with (x^4/4) by field.
    replace ((cos t * p + sin t * q)^2) with ((sin t * sin t + cos t * cos t) * (p^2 + q^2) - (cos t * q - sin t * p)^2) by ring.
    rewrite C2. lra. }
  assert (0 <= x^2/2) by nra. split; nra. }
assert (X2 : x^2/2 <= 2 * m^2 * (INR l)^2 * r^2).
{ replace (2 * m^2 * (INR l)^2 * r^2) with ((2 * m * INR l * r)^2 / 2) by field. assert (0 <= x) by (unfold x; lra).
  assert (x^2 <= (2 * m * INR l * r)^2) by (apply pow_incr; lra). lra. }
assert (GR : gain t = r * sin t) by (unfold r; field; lra).
assert (N2 : 0 <= m^2 * (INR l)^2 * (29/50 * r)). { apply Rmult_le_pos; [apply Rmult_le_pos; apply pow_le; lra | lra]. }
replace (m^2 * (INR l)^2 * ((29/50 * r + 2 * r^2) / sin t)) with ((m^2 * (INR l)^2 * (29/50 * r) + 2 * m^2 * (INR l)^2 * r^2) / sin t) by (field; lra).
replace (x - m * INR l * r) with ((x * sin t - m * INR l * gain t) / sin t) by (rewrite GR; field; lra).
unfold Rdiv at 1 2. rewrite Rabs_mult, (Rabs_right (/ sin t)) by (left; apply Rinv_0_lt_compat; lra).
apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. apply Rabs_le. split; lra.
Qed.

Lemma psum_squares n : psum (fun k => (INR k)^2) n <= (INR n)^3 / 3.
Proof. induction n. simpl. lra. rewrite S_INR. cbn [psum]. assert (N := pos_INR n). nra. Qed.

(* n_L = Omega + eta mu (L-1)/2 * first + O((eta mu L)^2) *)
Definition first_order t := - (gain t / sin t) * Om' t - t / PI * Om mu t.

Theorem first_order_bound t L : 0 < t < PI -> (1 <= L)%nat -> let r := gain t / sin t in
  Rabs (red mu e t L / (2 * e * INR L) - (Om mu t + m * (INR L - 1) / 2 * first_order t))
  <= (m * INR L)^2 * (t^2/(6*PI^2) + 2/3 * r/PI + B*t*r/(3*PI) + (2*D*r^2 + B * ((29/50*r + 2*r^2)/sin t))/3).
Proof.
intros H N r. assert (P := PI_bounds). assert (ST : 0 < sin t) by (apply sin_gt_0; lra). assert (B0 := B_nonneg). assert (M := m_range).
assert (D0 : 0 <= D). { assert (A := HD 0 ltac:(lra)). assert (A' := Rabs_pos (Om'' 0)). lra. }
assert (r0 : 0 <= r) by (unfold r; apply div_nonneg; [apply gain_nonneg; lra | lra]).
set (w := (29/50*r + 2*r^2)/sin t). assert (w0 : 0 <= w) by (unfold w; apply div_nonneg; nra).
set (Q := 4*r/PI + t/PI * (t/PI + 2*B*r) + 4*D*r^2 + 2*B*w).
set (k1 := first_order t). set (o0 := Om mu t).
assert (MAIN : forall l, Rabs (red mu e t l - 2*e*INR l * o0 - e*m*(INR l * (INR l - 1)) * k1) <= psum (fun l => e*m^2*Q * (INR l)^2) l).
{ induction l.
  - simpl. match goal with |- Rabs ?x <= _ => replace x with 0 by ring end. rewrite Rabs_R0; lra.
  - rewrite red_step, S_INR. cbn [psum]. assert (NL := pos_INR l). set (n := INR l) in *. set (x := red mu e t l) in *.
    assert (R := orbit_range t l ltac:(lra)). assert (A1 := angle_move_inner t l H). assert (A2 := angle_move_second t l H).
    fold r n in A1, A2. fold w in A2. set (u := ang m t l) in *.
    assert (T1 := Om_taylor u t ltac:(lra) ltac:(lra)). assert (RB := red_bound t l ltac:(lra)). fold x n in RB.
    assert (IB : Rabs (x - 2*e*n*o0) <= e*m*(t/PI + 2*B*r)*n^2).
    { eapply Rle_trans. apply (error_sum t (fun l => B * 2 * m * r * INR l)). lra.
      - intros j. eapply Rle_trans. apply Om_move; lra. assert (A := angle_move_inner t j H). fold r in A.
        replace (B * 2 * m * r * INR j) with (B * (2 * m * INR j * r)) by ring. apply Rmult_le_compat_l; lra.
      - rewrite psum_scal, psum_id. fold n.
        replace (e*m*(t/PI)*(n*(n-1)) + 2*e*(B*2*m*r*(n*(n-1)/2))) with (e*m*(t/PI + 2*B*r)*(n*(n-1))) by (field; lra).
        apply Rmult_le_compat_l. 2: nra. assert (0 <= t/PI) by (apply div_nonneg; lra). assert (0 <= B*r) by (apply Rmult_le_pos; lra).
        apply Rmult_le_pos. nra. lra. }
    assert (BO' : Rabs (Om' t) <= B) by (apply HB; lra).
    set (xl := t - u) in *.
    replace ((1 - m*u/PI)*x + 2*e*Om mu u - 2*e*(n+1)*o0 - e*m*((n+1)*(n+1-1))*k1)
      with ((x - 2*e*n*o0 - e*m*(n*(n-1))*k1)
        + (m/PI * (xl * x) + - (m*t/PI) * (x - 2*e*n*o0) + 2*e*(Om mu u - o0 + Om' t * xl) + - (2*e*Om' t) * (xl - m*n*r))).
    2:{ unfold k1, first_order, xl. fold r. fold o0. field. lra. }
    assert (E1 : Rabs (m/PI * (xl * x)) <= e*m^2*(4*r/PI)*n^2).
    { rewrite !Rabs_mult, (Rabs_right xl), (Rabs_right (m/PI)) by (try (unfold xl; lra); apply Rle_ge, div_nonneg; lra).
      apply Rle_trans with (m/PI * ((2*m*n*r) * (2*e*n))). apply Rmult_le_compat_l. apply div_nonneg; lra.
      apply Rmult_le_compat. unfold xl; lra. apply Rabs_pos. exact A1. exact RB. apply Req_le. field. lra. }
    assert (E2 : Rabs (- (m*t/PI) * (x - 2*e*n*o0)) <= e*m^2*(t/PI*(t/PI + 2*B*r))*n^2).
    { assert (MT : 0 <= m*t/PI) by (apply div_nonneg; nra). rewrite Rabs_mult, Rabs_Ropp, (Rabs_right (m*t/PI)) by lra.
      apply Rle_trans with (m*t/PI * (e*m*(t/PI + 2*B*r)*n^2)). apply Rmult_le_compat_l; lra. apply Req_le. field. lra. }
    assert (E3 : Rabs (2*e*(Om mu u - o0 + Om' t * xl)) <= e*m^2*(4*D*r^2)*n^2).
    { rewrite Rabs_mult, (Rabs_right (2*e)) by lra.
      apply Rle_trans with (2*e*(D/2 * (2*m*n*r)^2)). 2: apply Req_le; field.
      apply Rmult_le_compat_l. lra. eapply Rle_trans. exact T1. apply Rmult_le_compat_l. lra. apply pow_incr. unfold xl in *; lra. }
    assert (E4 : Rabs (- (2*e*Om' t) * (xl - m*n*r)) <= e*m^2*(2*B*w)*n^2).
    { rewrite Rabs_mult, Rabs_Ropp, Rabs_mult, (Rabs_right (2*e)) by lra.
      apply Rle_trans with (2*e*B * (m^2 * n^2 * w)). 2: apply Req_le; ring.
      apply Rmult_le_compat. apply Rmult_le_pos. lra. apply Rabs_pos. apply Rabs_pos. apply Rmult_le_compat_l; lra. exact A2. }
    eapply Rle_trans. apply Rabs_triang. rewrite Rplus_comm. rewrite (Rplus_comm (psum _ _)). apply Rplus_le_compat; [|exact IHl].
    eapply Rle_trans. apply Rabs_triang. apply Rle_trans with (e*m^2*(4*r/PI)*n^2 + e*m^2*(t/PI*(t/PI + 2*B*r))*n^2 + e*m^2*(4*D*r^2)*n^2 + e*m^2*(2*B*w)*n^2).
    + apply Rplus_le_compat; [|exact E4]. eapply Rle_trans. apply Rabs_triang. apply Rplus_le_compat; [|exact E3].
      eapply Rle_trans. apply Rabs_triang. apply Rplus_le_compat; assumption.
    + apply Req_le. unfold Q. field. lra. }
assert (MM : 1 <= INR L) by (apply (le_INR 1); exact N).
apply error_norm. exact N. fold o0. fold k1.
replace (red mu e t L - 2*e*INR L * (o0 + m*(INR L - 1)/2*k1)) with (red mu e t L - 2*e*INR L*o0 - e*m*(INR L*(INR L - 1))*k1) by field.
eapply Rle_trans. apply MAIN. rewrite psum_scal. fold w.
assert (Q0 : 0 <= Q).
{ unfold Q. assert (0 <= t/PI) by (apply div_nonneg; lra). assert (0 <= 4*r/PI) by (apply div_nonneg; lra). assert (0 <= B*r) by (apply Rmult_le_pos; lra).
  assert (0 <= t/PI*(t/PI + 2*B*r)) by (apply Rmult_le_pos; lra). assert (0 <= 4*D*r^2) by (apply Rmult_le_pos; nra). assert (0 <= 2*B*w) by (apply Rmult_le_pos; lra). lra. }
apply Rle_trans with (e*m^2*Q * ((INR L)^3/3)).
- apply Rmult_le_compat_l. apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow_le; lra] | exact Q0]. apply psum_squares.
- apply Req_le. unfold Q. field. lra.
Qed.
End Move.
End Angle.

(* ---- the kernels as printed, in the angle ---- *)
Lemma res_angle mu h t l : 0 < mu <= 1 -> 0 < h -> 0 <= t <= PI ->
  Kres (dual mu) h (cos t) l = Dres h l * cos (ang (eta h * mu) t l) /\ Tres (dual mu) (ddual mu) h (cos t) l = Dres h l * red mu (eta h) t l.
Proof.
intros M H Ht. assert (P := PI_bounds). destruct (eta_range h H) as [E _].
assert (E2 : 0 < eta h <= 1) by lra.
induction l. simpl. split; ring. destruct IHl as [IK IT].
assert (D := Dres_pos h l H). assert (R := orbit_range mu (eta h) M E2 t l Ht).
assert (Q : Kres (dual mu) h (cos t) l / Dres h l = cos (ang (eta h * mu) t l)) by (rewrite IK; field; lra).
assert (OC := orbit_cos mu (eta h) M E2 t l Ht).
split.
- rewrite OC. simpl Kres. rewrite Q, dual_cos, IK by lra. simpl Dres. unfold eta. field. lra.
- simpl Tres. rewrite Q, IK, IT, dual_cos, ddual_cos by lra. rewrite (red_step mu (eta h)).
  unfold Om. set (y := gain (ang (eta h * mu) t l)) in *. set (g := cos (ang (eta h * mu) t l)) in *.
  set (u := ang (eta h * mu) t l) in *. set (x := red mu (eta h) t l) in *. simpl Dres. unfold eta. field. lra.
Qed.

Theorem res_normalised mu h c l : 0 < mu <= 1 -> 0 < h -> -1 <= c <= 1 -> (1 <= l)%nat ->
  normalised (dual mu) (ddual mu) h c l = red mu (eta h) (acos c) l / (2 * eta h * INR l).
Proof.
intros M H C N. assert (P := PI_bounds). destruct (eta_range h H) as [E _]. assert (D := Dres_pos h l H).
assert (L : 1 <= INR l) by (apply (le_INR 1); exact N).
unfold normalised. rewrite <- (cos_acos c) at 1 by exact C. rewrite <- cos_0.
rewrite (proj2 (res_angle mu h (acos c) l M H (acos_bound c))), (proj2 (res_angle mu h 0 l M H ltac:(lra))).
rewrite (red_zero mu (eta h)) by lra. field. repeat split; lra.
Qed.
