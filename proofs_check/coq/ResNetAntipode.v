(* Opposite inputs, c = -1: the error n_L - Omega is at most -(1/30) sqrt(eta L), so no constant makes the rate L^(1 - 2 gamma)
   uniform on [-1,1]; with resnet_4B the exponent 1/2 - gamma is exact there. *)
From Coq Require Import Reals Lra Lia ZArith.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap Depth ResNet ResNetCertificate ResNetReLU.
Open Scope R_scope.

Section Antipode.
Variable e : R.
Hypothesis E : 0 < e <= 1.
Let cs (l : nat) := cos (ang e PI l).

Lemma ang_PI_range l : 0 <= ang e PI l <= PI.
Proof. assert (P := PI_bounds). assert (R := orbit_range 1 e ltac:(lra) E PI l ltac:(lra)). rewrite Rmult_1_r in R. exact R. Qed.

Lemma cs_step l : cs (S l) = cs l + e * gain (ang e PI l).
Proof. assert (P := PI_bounds). assert (X := orbit_cos 1 e ltac:(lra) E PI l ltac:(lra)). rewrite Rmult_1_r in X. exact X. Qed.

Lemma gain_at_least t : 0 <= t <= PI -> - cos t <= gain t.
Proof. intros H. assert (K := kappa1_nonneg (cos t) (COS_bound t)). rewrite kappa1_cos in K by exact H. lra. Qed.

Lemma cs_bounds l : -1 + e * INR l - e^2 * INR l * (INR l - 1) / 2 <= cs l <= -1 + e * INR l.
Proof.
assert (P := PI_bounds). induction l.
- unfold cs. simpl. rewrite cos_PI. split; lra.
- rewrite cs_step, S_INR. assert (R := ang_PI_range l). assert (K := gain_at_least _ R). assert (K1 := gain_le_1 _ R).
  fold (cs l) in K. set (x := cs l) in *. set (n := INR l) in *. set (g := gain (ang e PI l)) in *.
  assert (e * (- (-1 + e * n)) <= e * g) by (apply Rmult_le_compat_l; lra). assert (e * g <= e * 1) by (apply Rmult_le_compat_l; lra).
  split; lra.
Qed.

Lemma Om_negative l : e * INR l <= 1/10 -> Om 1 (ang e PI l) <= - (17/100) * sqrt (e * INR l).
Proof.
intros Z. assert (P := PI_bounds). assert (N := pos_INR l). destruct (cs_bounds l) as [LO UP]. unfold cs in *.
assert (R := ang_PI_range l). set (t := ang e PI l) in *. set (z := e * INR l) in *.
assert (Z0 : 0 <= z) by (unfold z; nra).
assert (V : 95/100 * z <= cos t + 1).
{ assert (e^2 * INR l * (INR l - 1) = z * z - e * z) by (unfold z; ring). assert (0 <= e * z) by nra. nra. }
set (x := PI - t). assert (X0 : 0 <= x <= PI) by (unfold x; lra).
assert (CX : cos x = - cos t). { unfold x. replace (PI - t) with (- t + PI) by ring. rewrite neg_cos, cos_neg. lra. }
assert (SX : sin x = sin t) by (unfold x; apply sin_PI_x).
assert (SL := sin_le_x x ltac:(lra)).
assert (OM : Om 1 t = (sin x - 2 * x * cos x) / (2 * PI)).
{ unfold Om, gain. rewrite SX, CX. unfold x. field. lra. }
assert (X2 : 19/10 * z <= x^2).
{ assert (HF := cos_2a_sin (x/2)). replace (2 * (x/2)) with x in HF by field.
  assert (S2 := sin_le_x (x/2) ltac:(lra)). assert (S3 : 0 <= sin (x/2)) by (apply sin_ge_0; lra).
  assert (sin (x/2) * sin (x/2) <= (x/2) * (x/2)) by (apply Rmult_le_compat; lra). lra. }
assert (Q := sqrt_pos z). assert (QE : sqrt z * sqrt z = z) by (apply sqrt_sqrt; exact Z0).
assert (XS : 137/100 * sqrt z <= x) by (apply Rsqr_incr_0_var; [unfold Rsqr; nra | lra]).
rewrite OM. apply Rmult_le_reg_r with (2 * PI). lra.
replace ((sin x - 2 * x * cos x) / (2 * PI) * (2 * PI)) with (sin x - 2 * x * cos x) by (field; lra).
assert (x * (9/10) <= x * cos x) by (apply Rmult_le_compat_l; lra).
assert (sqrt z * PI <= sqrt z * 3.1416) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma sqrt_sum n : 0 <= n -> (n + 1) * sqrt (e * (n + 1)) <= n * sqrt (e * n) + 3/2 * sqrt (e * (n + 1)).
Proof.
intros N. rewrite !sqrt_mult by lra. assert (S0 := sqrt_pos e).
cut ((n - 1/2) * sqrt (n + 1) <= n * sqrt n). intros; nra.
assert (A := sqrt_pos n). assert (B := sqrt_pos (n+1)).
assert (A2 : sqrt n * sqrt n = n) by (apply sqrt_sqrt; lra). assert (B2 : sqrt (n+1) * sqrt (n+1) = n+1) by (apply sqrt_sqrt; lra).
destruct (Rle_lt_dec n (1/2)) as [L|L]. assert (0 <= n * sqrt n) by nra. nra.
apply Rsqr_incr_0_var; [|nra]. unfold Rsqr.
replace ((n - 1/2) * sqrt (n+1) * ((n - 1/2) * sqrt (n+1))) with ((n - 1/2)^2 * (sqrt (n+1) * sqrt (n+1))) by ring.
replace (n * sqrt n * (n * sqrt n)) with (n^2 * (sqrt n * sqrt n)) by ring. rewrite A2, B2. nra.
Qed.

Lemma red_negative n : e * INR (S n) <= 1/10 -> red 1 e PI (S n) <= - (1/5 * e * (INR n * sqrt (e * INR n))).
Proof.
induction n; intros Z.
- rewrite (red_step 1 e), Rmult_1_r. assert (O := Om_negative 0 ltac:(simpl; lra)).
  simpl INR in O. rewrite Rmult_0_r, sqrt_0 in O. simpl INR. rewrite Rmult_0_l. change (red 1 e PI 0) with 0. nra.
- assert (NN := pos_INR n). rewrite S_INR in Z. assert (Z' : e * INR (S n) <= 1/10) by (rewrite S_INR in *; nra).
  specialize (IHn Z'). rewrite (red_step 1 e), Rmult_1_r. assert (O := Om_negative (S n) Z').
  assert (F := factor_range 1 e ltac:(lra) E PI (S n) ltac:(assert (P := PI_bounds); lra)). rewrite Rmult_1_r in F.
  set (w := e * ang e PI (S n) / PI) in *. set (t := red 1 e PI (S n)) in *.
  rewrite S_INR in *. set (m := INR n) in *. set (o := Om 1 (ang e PI (S n))) in *.
  assert (Q := sqrt_sum m NN).
  assert (SI : sqrt (e * m) <= sqrt (e * (m + 1))) by (apply sqrt_le_1_alt; nra).
  assert (P0 := sqrt_pos (e * m)). set (s0 := sqrt (e * m)) in *. set (s1 := sqrt (e * (m+1))) in *.
  set (A := 1/5 * e * (m * s0)) in *.
  assert (A0 : 0 <= A) by (unfold A; apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]).
  assert (EQ : 0 <= w <= e) by lra.
  assert (B1 : (1 - w) * t <= - A + e * A).
  { apply Rle_trans with ((1 - w) * (- A)). apply Rmult_le_compat_l; lra. nra. }
  assert (B2 : 2 * e * o <= 2 * e * (- (17/100) * s1)) by (apply Rmult_le_compat_l; lra).
  assert (EM : e * m <= 1/10) by nra.
  assert (B3 : e * A <= 1/5 * e * (1/10 * s1)).
  { replace (e * A) with (1/5 * e * ((e * m) * s0)) by (unfold A; ring). apply Rmult_le_compat_l. lra. apply Rmult_le_compat; nra. }
  assert (B4 : 1/5 * e * ((m + 1) * s1) <= 1/5 * e * (m * s0 + 3/2 * s1)) by (apply Rmult_le_compat_l; lra).
  assert (0 <= e * s1) by nra. unfold A in *. lra.
Qed.
End Antipode.

Lemma limit_kernel_m1 : limit_kernel (-1) = 0.
Proof.
assert (P := PI_bounds). rewrite limit_family, <- cos_PI, (Omega_cos 1) by lra. unfold Om, gain. rewrite cos_PI, sin_PI. field. lra.
Qed.

Theorem resnet_m1 h L : 0 < h -> (2 <= L)%nat -> eta h * INR L <= 1/10 ->
  resntk h (-1) L - limit_kernel (-1) <= - (1/30) * sqrt (eta h * INR L).
Proof.
intros H N Z. assert (P := PI_bounds). destruct (eta_range h H) as [E _].
rewrite limit_kernel_m1, Rminus_0_r, resntk_family, res_normalised by (lra || lia).
assert (AC : acos (-1) = PI) by (rewrite <- cos_PI; apply acos_cos; lra). rewrite AC.
destruct L as [|n]; [lia|]. assert (R := red_negative (eta h) ltac:(lra) n Z).
assert (M : 1 <= INR n) by (apply (le_INR 1); lia). rewrite S_INR in *. set (m := INR n) in *. set (e := eta h) in *.
assert (SQ : 7/10 * sqrt (e * (m + 1)) <= sqrt (e * m)).
{ assert (A := sqrt_pos (e * (m+1))). assert (B := sqrt_pos (e * m)).
  assert (A2 := sqrt_sqrt (e * (m+1)) ltac:(nra)). assert (B2 := sqrt_sqrt (e * m) ltac:(nra)).
  apply Rsqr_incr_0_var; [|lra]. unfold Rsqr.
  replace (7/10 * sqrt (e * (m+1)) * (7/10 * sqrt (e * (m+1)))) with (49/100 * (sqrt (e * (m+1)) * sqrt (e * (m+1)))) by field.
  rewrite A2, B2. nra. }
assert (A := sqrt_pos (e * (m+1))). set (s1 := sqrt (e * (m+1))) in *. set (s0 := sqrt (e * m)) in *.
apply Rmult_le_reg_r with (2 * e * (m + 1)). nra.
replace (red 1 e PI (S n) / (2 * e * (m+1)) * (2 * e * (m+1))) with (red 1 e PI (S n)) by (field; split; nra).
eapply Rle_trans. exact R.
assert (C1 : (m + 1)/2 * (7/10 * s1) <= m * s0) by (apply Rmult_le_compat; lra).
assert (C2 : 1/5 * e * ((m + 1)/2 * (7/10 * s1)) <= 1/5 * e * (m * s0)) by (apply Rmult_le_compat_l; lra).
assert (0 <= e * ((m + 1) * s1)). { apply Rmult_le_pos. lra. apply Rmult_le_pos; lra. } lra.
Qed.

(* so no constant makes the rate L^(1 - 2 gamma) uniform on [-1,1] *)
Theorem resnet_rate_not_uniform gamma C : 1/2 < gamma ->
  ~ (forall L c, (1 <= L)%nat -> -1 <= c <= 1 -> Rabs (resntk (hL gamma L) c L - limit_kernel c) <= C * Rpower (INR L) (1 - 2 * gamma)).
Proof.
intros G F. set (C' := Rabs C + 1). assert (C1 : 1 <= C') by (assert (A := Rabs_pos C); unfold C'; lra).
assert (C2 : C <= C') by (assert (A := Rle_abs C); unfold C'; lra).
set (d := Rmin (1/10) (1 / (3600 * C'^2))).
assert (C3 : 0 < C'^2) by nra.
assert (D0 : 0 < d) by (unfold d; apply Rmin_pos; [lra | apply Rdiv_lt_0_compat; lra]).
assert (D1 : d <= 1/10) by apply Rmin_l. assert (D2 : d <= 1 / (3600 * C'^2)) by apply Rmin_r.
destruct (L_hL_cv gamma G d D0) as [N HN]. set (L := max N 2). specialize (HN L ltac:(lia)).
unfold R_dist in HN. rewrite Rminus_0_r in HN. apply Rabs_def2 in HN.
assert (L2 : (2 <= L)%nat) by lia. assert (H := hL_pos gamma L). destruct (eta_range _ H) as [E E2].
assert (M : 2 <= INR L) by (apply (le_INR 2); exact L2).
specialize (F L (-1) ltac:(lia) ltac:(lra)). rewrite <- L_hL in F by lia.
set (z := INR L * hL gamma L) in *. assert (Z0 : 0 < z) by (unfold z; nra).
set (y := eta (hL gamma L) * INR L).
assert (Y1 : y <= z) by (unfold y, z; nra).
assert (H1 : hL gamma L <= 1) by (unfold z in *; nra).
assert (Y2 : z / 2 <= y).
{ assert (hL gamma L / 2 <= eta (hL gamma L)).
  { unfold eta, Rdiv. apply Rmult_le_compat_l. lra. apply Rinv_le_contravar; lra. } unfold y, z. nra. }
assert (X := resnet_m1 (hL gamma L) L H L2 ltac:(fold y; lra)). fold y in X.
apply Rabs_elim in F. assert (S0 := sqrt_pos y). assert (S2 := sqrt_sqrt y ltac:(lra)).
set (s := sqrt y) in *.
assert (F2 : s <= 30 * (C' * z)) by nra.
assert (F3 : z / 2 <= 900 * C'^2 * z * z).
{ assert (s * s <= (30 * (C' * z)) * (30 * (C' * z))) by (apply Rmult_le_compat; lra). lra. }
assert (F4 : 3600 * C'^2 * z < 1).
{ apply Rlt_le_trans with (3600 * C'^2 * (1 / (3600 * C'^2))). apply Rmult_lt_compat_l; lra. apply Req_le; field; nra. }
nra.
Qed.
