(* ReLU residual networks at every depth: both sides of the transition in the branch strength h = L^(-2 gamma), what happens at
   gamma = 1/2, and why no rate of order L^(1 - 2 gamma) is uniform: at opposite inputs the error is of order sqrt(eta L). *)
From Coq Require Import Reals Lra Lia ZArith.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap Depth Certificate Hypotheses FFNet ResNet ResNetDegenerate ResNetCertificate.
Open Scope R_scope.

Definition resntk (h c : R) (L : nat) := normalised kappa1 kappa0 h c L.
Definition limit_kernel (c : R) := (kappa1 c + c * kappa0 c) / 2.

Lemma Kres_ext k k' h c l : (forall x, k x = k' x) -> Kres k h c l = Kres k' h c l.
Proof. intros H. induction l; simpl. reflexivity. now rewrite IHl, H. Qed.

Lemma Tres_ext k k' d d' h c l : (forall x, k x = k' x) -> (forall x, d x = d' x) -> Tres k d h c l = Tres k' d' h c l.
Proof. intros H E. induction l; simpl. reflexivity. now rewrite IHl, (Kres_ext k k'), H, E by exact H. Qed.

Lemma resntk_family h c L : resntk h c L = normalised (dual 1) (ddual 1) h c L.
Proof. unfold resntk, normalised. f_equal; apply Tres_ext; intros x; apply (relu_dual x). Qed.

Lemma limit_family c : limit_kernel c = Omega 1 c.
Proof. unfold limit_kernel, Omega, dual, ddual. field. Qed.

Theorem relu_resnet_certificate : resnet_certificate 1 (1327/2000) (201/200) (3/50) (1/80) (1693/500) (19/2) (27/10).
Proof. prove_resnet_certificate. Qed.

(* ---- Theorem 4B ---- *)
Theorem resnet_4B h c L : 0 < h -> -1 <= c <= 1 -> (1 <= L)%nat ->
  Rabs (resntk h c L - limit_kernel c) <= eta h * (INR L - 1) / 2 * (acos c / PI) + 983/1000 * sqrt (eta h * INR L).
Proof.
intros H C N. rewrite resntk_family, limit_family. eapply Rle_trans. apply (res_uniform _ _ _ _ _ _ _ _ relu_resnet_certificate h c L H C N).
rewrite Rmult_1_r. apply Rplus_le_compat_l. apply Rmult_le_compat_r. apply sqrt_pos. interval.
Qed.

(* ---- Theorem 4A ---- *)
Theorem resnet_4A h c L : 0 < h -> -1 < c < 1 -> (1 <= L)%nat ->
  Rabs (resntk h c L - limit_kernel c) <= eta h * (INR L - 1) / 2 * (acos c / PI + 1327/1000 * (kappa1 c - c) / sqrt (1 - c*c)).
Proof.
intros H C N. rewrite resntk_family, limit_family. eapply Rle_trans. apply (res_inner _ _ _ _ _ _ _ _ relu_resnet_certificate h c L H C N).
rewrite Rmult_1_r. apply Req_le. assert (0 < sqrt (1 - c*c)) by (apply sqrt_lt_R0; nra). assert (P := PI_bounds). field. lra.
Qed.

(* ---- the first-order constant ---- *)
Definition slope_kernel (c : R) := let t := acos c in
  (kappa1 c - c) / sqrt (1 - c*c) * (sin t - (2*t*sin t - cos t)/(2*PI)) - t/PI * limit_kernel c.

Theorem resnet_first_order h c L : 0 < h -> -1 < c < 1 -> (1 <= L)%nat ->
  Rabs (resntk h c L - (limit_kernel c + eta h * (INR L - 1) / 2 * slope_kernel c)) <= (eta h * INR L)^2 * second (1327/2000) (201/200) c.
Proof.
intros H C N. rewrite resntk_family. assert (X := res_first_order _ _ _ _ _ _ _ _ relu_resnet_certificate h c L H C N).
rewrite !Rmult_1_r in X. assert (P := PI_bounds).
replace (slope_kernel c) with (first 1 c). rewrite limit_family. exact X.
unfold first, slope_kernel, Om'. cbv zeta. rewrite <- limit_family. unfold Rdiv. field. split. lra.
intro Z. assert (0 < sqrt (1 - c*c)) by (apply sqrt_lt_R0; nra). lra.
Qed.

(* so (n - Omega)/(eta (L-1)/2) -> slope_kernel along every schedule with L h_L -> 0 *)
Theorem resnet_first_order_limit (h : nat -> R) c : -1 < c < 1 -> (forall L, (1 <= L)%nat -> 0 < h L) ->
  Un_cv (fun L => INR L * h L) 0 ->
  Un_cv (fun L => (resntk (h L) c L - limit_kernel c) / (eta (h L) * (INR L - 1) / 2)) (slope_kernel c).
Proof.
intros C H V eps He. set (q := Rabs (second (1327/2000) (201/200) c)). assert (q0 := Rabs_pos (second (1327/2000) (201/200) c)). fold q in q0.
destruct (V (eps / (8 * (q + 1))) ltac:(apply Rdiv_lt_0_compat; lra)) as [N HN]. exists (max N 2). intros L HL. unfold R_dist.
assert (L1 : (1 <= L)%nat) by lia. specialize (HN L ltac:(lia)). specialize (H L L1).
unfold R_dist in HN. rewrite Rminus_0_r in HN. apply Rabs_def2 in HN.
destruct (eta_range (h L) H) as [E E2]. assert (M : 2 <= INR L) by (apply (le_INR 2); lia).
assert (X := resnet_first_order (h L) c L H C L1). set (n := INR L) in *. set (e := eta (h L)) in *.
set (s := e * (n - 1) / 2) in *. assert (s0 : 0 < s) by (unfold s; nra).
replace ((resntk (h L) c L - limit_kernel c) / s - slope_kernel c) with ((resntk (h L) c L - (limit_kernel c + s * slope_kernel c)) * / s) by (field; lra).
rewrite Rabs_mult, (Rabs_right (/ s)) by (left; apply Rinv_0_lt_compat; lra).
apply Rmult_lt_reg_r with s. lra. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
assert (en : e * n <= 4 * s) by (unfold s; nra). assert (en0 : 0 < e * n) by nra.
assert (en1 : e * n < eps / (8 * (q + 1))) by nra.
assert (Y : (e * n)^2 * second (1327/2000) (201/200) c <= (e * n)^2 * q) by (apply Rmult_le_compat_l; [apply pow_le; lra | apply Rle_abs]).
eapply Rle_lt_trans. exact X. eapply Rle_lt_trans. exact Y.
assert (Z : e * n * (8 * (q + 1)) < eps).
{ apply Rlt_le_trans with (eps / (8 * (q + 1)) * (8 * (q + 1))). apply Rmult_lt_compat_r; lra. apply Req_le. field. lra. }
assert (e * n * q <= eps / 8) by nra.
replace ((e * n)^2 * q) with (e * n * q * (e * n)) by ring. apply Rle_lt_trans with (eps / 8 * (4 * s)). apply Rmult_le_compat; nra. nra.
Qed.

(* ---- Theorem 4C ---- *)
Theorem resnet_4C h c L : 0 < h <= 1 -> -1 <= c < 1 -> (1 <= L)%nat ->
  Rabs (resntk h c L - 1/4) <= (3*PI/(2*acos c) + 19/2 + 27/10 * eta h * ln (1 + eta h * INR L)) / (2 * (eta h * INR L)).
Proof.
intros H C N. rewrite resntk_family. assert (X := res_degeneration _ _ _ _ _ _ _ _ relu_resnet_certificate h c L H C N).
rewrite Rmult_1_r in X. exact X.
Qed.

(* ---- the schedules h = L^(-2 gamma) ---- *)
Definition hL (gamma : R) (L : nat) := Rpower (INR L) (- (2 * gamma)).

Lemma hL_pos gamma L : 0 < hL gamma L.
Proof. unfold hL, Rpower. apply exp_pos. Qed.

Lemma L_hL gamma L : (1 <= L)%nat -> INR L * hL gamma L = Rpower (INR L) (1 - 2 * gamma).
Proof.
intros H. assert (M : 1 <= INR L) by (apply (le_INR 1); exact H). unfold hL.
rewrite <- (Rpower_1 (INR L)) at 1 by lra. rewrite <- Rpower_plus. f_equal.
Qed.

Lemma Rpower_cv s : 0 < s -> Un_cv (fun L => Rpower (INR L) (- s)) 0.
Proof.
intros Hs eps Heps. set (X := exp (- ln eps / s)). assert (X0 : 0 < X) by apply exp_pos.
exists (Z.to_nat (Rdefinitions.up X)). intros n Hn. apply le_INR in Hn. destruct (archimed X) as [U _].
rewrite (INR_IZR_INZ (Z.to_nat _)), Z2Nat.id in Hn by (apply le_IZR; lra).
unfold R_dist. rewrite Rminus_0_r. unfold Rpower. rewrite Rabs_right by (left; apply exp_pos).
rewrite <- (exp_ln eps) by exact Heps. apply exp_increasing.
assert (LX : - ln eps / s < ln (INR n)). { rewrite <- (ln_exp (- ln eps / s)). apply ln_increasing. exact X0. fold X. lra. }
assert (Y : s * (- ln eps / s) < s * ln (INR n)) by (apply Rmult_lt_compat_l; assumption).
replace (s * (- ln eps / s)) with (- ln eps) in Y by (field; lra). lra.
Qed.

Lemma L_hL_cv gamma : 1/2 < gamma -> Un_cv (fun L => INR L * hL gamma L) 0.
Proof.
intros H eps Heps. destruct (Rpower_cv (2 * gamma - 1) ltac:(lra) eps Heps) as [N HN].
exists (max N 1). intros n Hn. rewrite L_hL by lia. replace (1 - 2 * gamma) with (- (2 * gamma - 1)) by ring. apply HN. lia.
Qed.

Lemma L_hL_infty gamma : gamma < 1/2 -> cv_infty (fun L => INR L * hL gamma L).
Proof.
intros H M. set (d := 1 / (Rabs M + 1)).
assert (A := Rabs_pos M). assert (D0 : 0 < d) by (apply Rdiv_lt_0_compat; lra).
destruct (Rpower_cv (1 - 2 * gamma) ltac:(lra) d D0) as [N HN]. exists (max N 1). intros n Hn.
rewrite L_hL by lia. specialize (HN n ltac:(lia)). unfold R_dist in HN. rewrite Rminus_0_r in HN. apply Rabs_def2 in HN.
rewrite Rpower_Ropp in HN. set (x := Rpower (INR n) (1 - 2 * gamma)) in *.
assert (X : 0 < x) by (unfold x, Rpower; apply exp_pos).
apply Rle_lt_trans with (Rabs M). apply Rle_abs. destruct HN as [HN _].
assert (Y : x * / x < x * d) by (apply Rmult_lt_compat_l; lra). rewrite Rinv_r in Y by lra.
assert (d * (Rabs M + 1) = 1) by (unfold d; field; lra). nra.
Qed.

Theorem resnet_limit_uniform gamma : 1/2 < gamma -> forall eps, 0 < eps ->
  exists N, forall L, (N <= L)%nat -> forall c, -1 <= c <= 1 -> Rabs (resntk (hL gamma L) c L - limit_kernel c) < eps.
Proof.
intros H eps He. destruct (res_limit_uniform _ _ _ _ _ _ _ _ relu_resnet_certificate (hL gamma) (fun L _ => hL_pos gamma L) (L_hL_cv gamma H) eps He) as [N HN].
exists N. intros L HL c C. rewrite resntk_family, limit_family. apply HN; assumption.
Qed.

Theorem resnet_limit gamma c : 1/2 < gamma -> -1 <= c <= 1 -> Un_cv (fun L => resntk (hL gamma L) c L) (limit_kernel c).
Proof.
intros H C eps He. destruct (resnet_limit_uniform gamma H eps He) as [N HN]. exists N. intros n Hn. unfold R_dist. apply HN; [lia | exact C].
Qed.

Theorem resnet_limit_small gamma c : 0 <= gamma < 1/2 -> -1 <= c < 1 -> Un_cv (fun L => resntk (hL gamma L) c L) (1/4).
Proof.
intros H C. assert (X : Un_cv (fun L => normalised (dual 1) (ddual 1) (hL gamma L) c L) (1/4)).
{ apply (res_limit_quarter _ _ _ _ _ _ _ _ relu_resnet_certificate (hL gamma) c C); [| apply L_hL_infty; lra].
  intros L HL. split. apply hL_pos. assert (M : 1 <= INR L) by (apply (le_INR 1); exact HL).
  unfold hL. rewrite Rpower_Ropp, <- Rinv_1. apply Rinv_le_contravar. lra.
  rewrite <- (Rpower_O (INR L)) by lra. apply Rle_Rpower; lra. }
intros eps He. destruct (X eps He) as [N HN]. exists N. intros n Hn. rewrite resntk_family. apply HN. exact Hn.
Qed.

(* the two regimes side by side, with the feedforward kernel *)
Theorem resnet_transition c : -1 <= c < 1 ->
  (forall gamma, 1/2 < gamma -> Un_cv (fun L => resntk (hL gamma L) c L) (limit_kernel c))
  /\ (forall gamma, 0 <= gamma < 1/2 -> Un_cv (fun L => resntk (hL gamma L) c L) (1/4))
  /\ Un_cv (fun L => Theta c L / Theta 1 L) (1/4).
Proof.
intros C. split; [|split].
- intros gamma H. apply resnet_limit; [exact H | lra].
- intros gamma H. now apply resnet_limit_small.
- now apply ffnet_limit.
Qed.

Theorem resnet_rate gamma c L : -1 < c < 1 -> (1 <= L)%nat ->
  Rabs (resntk (hL gamma L) c L - limit_kernel c)
  <= (acos c / PI + 1327/1000 * (kappa1 c - c) / sqrt (1 - c*c)) / 2 * Rpower (INR L) (1 - 2 * gamma).
Proof.
intros C N. assert (H := hL_pos gamma L). destruct (eta_range _ H) as [E E2].
assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
eapply Rle_trans. apply resnet_4A; assumption. rewrite <- L_hL by exact N.
set (y := acos c / PI + 1327/1000 * (kappa1 c - c) / sqrt (1 - c*c)).
assert (Y : 0 <= y).
{ assert (Q := angle_over_PI c). assert (A := kappa1_range c ltac:(lra)).
  assert (0 <= 1327/1000 * (kappa1 c - c) / sqrt (1 - c*c)) by (apply div_nonneg; [lra | apply sqrt_lt_R0; nra]). unfold y; lra. }
assert (eta (hL gamma L) * (INR L - 1) <= INR L * hL gamma L) by nra. nra.
Qed.

(* ---- non-degeneracy at every depth ---- *)
Lemma kernel_at_0 : kappa1 0 = 1/PI /\ limit_kernel 0 = 1/(2*PI).
Proof.
assert (P := PI_bounds). unfold limit_kernel, kappa1. rewrite acos_0. replace (1 - 0*0) with 1 by ring. rewrite sqrt_1. split; field; lra.
Qed.

Lemma acos_09 : 451/1000 <= acos (9/10) <= 4511/10000.
Proof.
assert (P := PI_bounds). split.
- rewrite <- (acos_cos (451/1000)) by lra. apply acos_anti. split. lra. interval. apply COS_bound.
- rewrite <- (acos_cos (4511/10000)) by lra. apply acos_anti. split. apply COS_bound. interval. lra.
Qed.

Theorem resnet_gap h L : 0 < h -> (1 <= L)%nat -> 17/25 - 14/25 * (h * (INR L - 1)) <= resntk h (9/10) L - resntk h 0 L.
Proof.
intros H N. assert (P := PI_bounds). destruct (eta_range h H) as [E E2]. assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
assert (X := resnet_4A h 0 L H ltac:(lra) N). assert (Y := resnet_4A h (9/10) L H ltac:(lra) N).
destruct kernel_at_0 as [K0 O0]. assert (A := acos_09).
rewrite K0, O0, acos_0 in X. replace (1 - 0*0) with 1 in X by ring. rewrite sqrt_1 in X.
assert (X1 : PI/2/PI + 1327/1000 * (1/PI - 0) / 1 <= 0.94) by interval.
assert (X0 : 0 <= PI/2/PI + 1327/1000 * (1/PI - 0) / 1) by interval.
unfold limit_kernel in Y. set (u := acos (9/10)) in *.
assert (K1 : 0.9095 <= kappa1 (9/10) <= 0.9097) by (unfold kappa1; fold u; split; interval).
assert (K2 : 0.8563 <= kappa0 (9/10)) by (unfold kappa0; fold u; interval).
set (k := kappa1 (9/10)) in *. set (k0 := kappa0 (9/10)) in *.
assert (Y1 : u/PI + 1327/1000 * (k - 9/10) / sqrt (1 - 9/10*(9/10)) <= 0.18) by interval.
assert (Y0 : 0 <= u/PI + 1327/1000 * (k - 9/10) / sqrt (1 - 9/10*(9/10))) by interval.
assert (Z : 0 <= eta h * (INR L - 1) / 2 <= h * (INR L - 1) / 2).
{ assert (0 <= eta h * (INR L - 1)) by (apply Rmult_le_pos; lra).
  assert (eta h * (INR L - 1) <= h * (INR L - 1)) by (apply Rmult_le_compat_r; lra). lra. }
assert (W : 1/(2*PI) <= 0.1592) by interval.
apply Rabs_elim in X. apply Rabs_elim in Y.
set (z := eta h * (INR L - 1) / 2) in *. set (x1 := PI/2/PI + 1327/1000 * (1/PI - 0) / 1) in *.
set (y1 := u/PI + 1327/1000 * (k - 9/10) / sqrt (1 - 9/10*(9/10))) in *.
assert (z * x1 <= h * (INR L - 1) / 2 * 0.94) by (apply Rmult_le_compat; lra).
assert (z * y1 <= h * (INR L - 1) / 2 * 0.18) by (apply Rmult_le_compat; lra). lra.
Qed.

Corollary resnet_nondegenerate gamma L : 1/2 <= gamma -> (1 <= L)%nat -> 3/25 <= resntk (hL gamma L) (9/10) L - resntk (hL gamma L) 0 L.
Proof.
intros G N. assert (A := resnet_gap (hL gamma L) L (hL_pos gamma L) N). assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
assert (B : INR L * hL gamma L <= 1).
{ rewrite L_hL by exact N. apply Rle_trans with (Rpower (INR L) 0). apply Rle_Rpower; lra. rewrite Rpower_O; lra. }
assert (C := hL_pos gamma L). lra.
Qed.

Corollary resnet_nondegenerate_1 L : (1 <= L)%nat -> 1/2 <= resntk (hL 1 L) (9/10) L - resntk (hL 1 L) 0 L.
Proof.
intros N. assert (GAP := resnet_gap (hL 1 L) L (hL_pos 1 L) N). assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
assert (A := L_hL 1 L N). replace (1 - 2*1) with (Ropp 1) in A by ring. rewrite Rpower_Ropp, Rpower_1 in A by lra.
assert (B : hL 1 L = / INR L * / INR L). { rewrite <- A at 1. field. lra. }
rewrite B in GAP |- *. set (n := INR L) in *. replace (/ n * / n * (n - 1)) with (/n - /n * /n) in GAP by (field; lra).
assert (Q := Rle_0_sqr (/ n - 1/2)). unfold Rsqr in Q. lra.
Qed.

(* ---- gamma = 1/2: neither Omega nor 1/4 ---- *)
Lemma h_half L : (1 <= L)%nat -> eta (hL (1/2) L) = / (INR L + 1).
Proof.
intros N. assert (M : 1 <= INR L) by (apply (le_INR 1); exact N). unfold eta, hL. replace (- (2 * (1/2))) with (Ropp 1) by field.
rewrite Rpower_Ropp, Rpower_1 by lra. field. lra.
Qed.

Definition theta_last := 45102/100000 - 2 * ((sin (4511/10000) - 4511/10000 * cos (4511/10000)) / PI) / sin (45102/100000).

Lemma orbit_09 e L l : 0 < e <= 1 -> e * INR L <= 1 -> (l <= L)%nat -> theta_last <= ang e (acos (9/10)) l <= 4511/10000.
Proof.
intros E EL HL. assert (P := PI_bounds). set (t := acos (9/10)).
assert (A : 45102/100000 <= t <= 4511/10000).
{ split; [|apply acos_09]. unfold t. rewrite <- (acos_cos (45102/100000)) by lra. apply acos_anti. split. lra. interval. apply COS_bound. }
apply le_INR in HL. assert (NL := pos_INR l).
assert (X := angle_move_inner 1 e ltac:(lra) E t l ltac:(lra)). assert (R := orbit_range 1 e ltac:(lra) E t l ltac:(lra)).
rewrite Rmult_1_r in X, R. split; [|lra].
assert (S0 : sin (45102/100000) <= sin t) by (apply sin_incr_1; lra). assert (S1 : 0 < sin (45102/100000)) by (apply sin_gt_0; lra).
assert (G1 := gain_mono t (4511/10000) ltac:(lra) ltac:(lra)). assert (G0 := gain_nonneg t ltac:(lra)).
assert (r : gain t / sin t <= gain (4511/10000) / sin (45102/100000)).
{ unfold Rdiv. apply Rmult_le_compat. exact G0. left; apply Rinv_0_lt_compat; lra. exact G1. apply Rinv_le_contravar; lra. }
assert (r0 : 0 <= gain t / sin t) by (apply div_nonneg; lra).
assert (eL : 0 <= e * INR l <= 1) by (split; nra).
assert (2 * e * INR l * (gain t / sin t) <= 2 * 1 * (gain (4511/10000) / sin (45102/100000))).
{ replace (2 * e * INR l) with (2 * (e * INR l)) by ring. apply Rmult_le_compat; lra. }
unfold theta_last. fold (gain (4511/10000)). unfold Rdiv in *. lra.
Qed.

Lemma Om_falls u v : 0 <= u <= v -> v <= 1 -> Om 1 v <= Om 1 u.
Proof.
intros H K. cut (- Om 1 u <= - Om 1 v). lra. apply (grow (fun x => - Om 1 x) (fun x => - Om' 1 x)). lra.
- intros x Hx. apply derivable_pt_lim_opp. apply Om_derive.
- intros x Hx. unfold Om'. assert (0 <= x <= 1) by lra. clear - H0. 
  assert (0 <= sin x - 1/2 * (2 * x * sin x - cos x) / PI) by interval with (i_bisect x). lra.
Qed.

Definition binom2 (n : R) := n * (n - 1) / 2.
Definition binom3 (n : R) := n * (n - 1) * (n - 2) / 6.

Theorem resnet_at_half L : (20 <= L)%nat -> 3/4 <= resntk (hL (1/2) L) (9/10) L <= limit_kernel (9/10) - 1/50.
Proof.
intros N. assert (P := PI_bounds). assert (M : 20 <= INR L) by (replace 20 with (INR 20) by (simpl; lra); apply le_INR; exact N).
assert (H := hL_pos (1/2) L). rewrite resntk_family, res_normalised by (lra || lia).
assert (EV := h_half L ltac:(lia)). set (e := eta (hL (1/2) L)) in *. set (n := INR L) in *.
assert (E : 0 < e <= 1/21). { rewrite EV. split. apply Rinv_0_lt_compat; lra. apply Rle_trans with (/21). apply Rinv_le_contravar; lra. lra. }
assert (EN : e * (n + 1) = 1) by (rewrite EV; field; lra).
set (t := acos (9/10)).
assert (A : 45102/100000 <= t <= 4511/10000).
{ split; [|apply acos_09]. unfold t. rewrite <- (acos_cos (45102/100000)) by lra. apply acos_anti. split. lra. interval. apply COS_bound. }
assert (TL : 0.40 <= theta_last <= 45102/100000) by (unfold theta_last; split; interval).
assert (O0 : limit_kernel (9/10) = Om 1 t). { rewrite limit_family. unfold t. rewrite <- (cos_acos (9/10)) at 1 by lra. apply Omega_cos. apply acos_bound. }
set (hi := Om 1 theta_last). set (lo := Om 1 (4511/10000)).
assert (Olo : lo <= Om 1 t) by (apply Om_falls; lra).
assert (hi0 : 0 < hi) by (unfold hi, Om, gain, theta_last; interval).
assert (lo0 : 0 < lo) by (unfold lo, Om, gain; interval).
set (v := theta_last / PI). set (q := 4511/10000 / PI).
assert (v0 : 0 <= v) by (apply div_nonneg; lra). assert (v1 : v <= 1) by (apply div_le_1; lra).
assert (q0 : 0 <= q) by (apply div_nonneg; lra). assert (q1 : q <= 1) by (apply div_le_1; lra).
assert (BND : forall l, (l <= L)%nat ->
  2*e*lo * (INR l - binom2 (INR l) * (e*q)) <= red 1 e t l <= 2*e*hi * (INR l - binom2 (INR l) * (e*v) + binom3 (INR l) * (e*v)^2)
  /\ 0 <= red 1 e t l).
{ induction l; intros HL.
  - change (red 1 e t 0) with 0. unfold binom2, binom3. simpl INR. split; [split|]; lra.
  - specialize (IHl ltac:(lia)). rewrite (red_step 1 e), S_INR. rewrite Rmult_1_r.
    assert (OR := orbit_09 e L l ltac:(lra) ltac:(fold n; lra) ltac:(lia)). fold t in OR. set (w := ang e t l) in *.
    assert (O1 : Om 1 w <= hi) by (apply Om_falls; lra). assert (O2 : lo <= Om 1 w) by (apply Om_falls; lra).
    assert (V1 : e * v <= e * w / PI <= e * q).
    { replace (e * w / PI) with (e * (w / PI)) by (field; lra). unfold v, q. split; apply Rmult_le_compat_l; try lra;
      unfold Rdiv; apply Rmult_le_compat_r; try lra; left; apply Rinv_0_lt_compat; lra. }
    set (z := e * w / PI) in *. set (x := red 1 e t l) in *. assert (NL := pos_INR l).
    assert (LN : INR l <= n) by (apply le_INR; lia). set (k := INR l) in *.
    assert (zz : 0 <= z <= 1) by (split; nra).
    assert (k2 : 0 <= binom2 k). { unfold binom2, k. destruct l. simpl; lra. rewrite S_INR. assert (Q := pos_INR l). nra. }
    assert (k3 : 0 <= binom3 k). { unfold binom3, k. destruct l as [|[|l]]. simpl; lra. simpl; lra. rewrite !S_INR. assert (Q := pos_INR l).
      replace ((INR l + 1 + 1) * (INR l + 1 + 1 - 1) * (INR l + 1 + 1 - 2) / 6) with ((INR l + 2) * ((INR l + 1) * INR l) / 6) by field.
      assert (0 <= (INR l + 1) * INR l) by nra. nra. }
    destruct IHl as [[B1 B2] B3].
    assert (xe : x <= 2*e*k*hi).
    { eapply Rle_trans. exact B2. assert (K3 : binom3 k * (e*v)^2 <= binom2 k * (e*v)).
      { unfold binom3, binom2. assert (ekv : 0 <= e * v) by nra. assert (kk : k * (e*v) <= 1) by nra.
        destruct (Rle_lt_dec k 2). { unfold binom2, binom3 in *. assert (0 <= k*(k-1)/2 * (e*v)) by (apply Rmult_le_pos; lra).
          assert (k*(k-1)*(k-2)/6 * (e*v)^2 <= 0). { assert (0 <= k * (k-1)) by lra. assert (0 <= (e*v)^2) by nra. assert (k*(k-1)*(k-2) <= 0) by nra. nra. } lra. }
        replace (k*(k-1)*(k-2)/6*(e*v)^2) with ((k*(k-1)/2*(e*v)) * ((k-2)*(e*v)/3)) by field.
        rewrite <- (Rmult_1_r (k*(k-1)/2*(e*v))) at 2. apply Rmult_le_compat_l. apply Rmult_le_pos; unfold binom2 in k2; lra. nra. }
      assert (0 <= 2*e*hi) by nra. nra. }
    split; [split|].
    + (* below *)
      assert (C1 : (1 - e*q) * (2*e*lo * (k - binom2 k * (e*q))) <= (1 - z) * x).
      { apply Rle_trans with ((1 - e*q) * x). apply Rmult_le_compat_l. nra. exact B1. apply Rmult_le_compat_r; lra. }
      assert (C2 : 2*e*lo <= 2*e*Om 1 w) by (apply Rmult_le_compat_l; lra).
      assert (C3 : 2*e*lo * (k + 1 - binom2 (k+1) * (e*q)) <= (1 - e*q) * (2*e*lo * (k - binom2 k * (e*q))) + 2*e*lo).
      { assert (Z : 0 <= 2*e*lo * (binom2 k * (e*q) * (e*q))) by (apply Rmult_le_pos; [nra | apply Rmult_le_pos; [apply Rmult_le_pos; nra | nra]]).
        replace ((1 - e*q) * (2*e*lo * (k - binom2 k * (e*q))) + 2*e*lo) with (2*e*lo * (k + 1 - binom2 (k+1) * (e*q)) + 2*e*lo * (binom2 k * (e*q) * (e*q))) by (unfold binom2; field). lra. }
      lra.
    + assert (C1 : (1 - z) * x <= (1 - e*v) * (2*e*hi * (k - binom2 k * (e*v) + binom3 k * (e*v)^2))).
      { apply Rle_trans with ((1 - e*v) * x). apply Rmult_le_compat_r; lra. apply Rmult_le_compat_l. nra. exact B2. }
      assert (C2 : 2*e*Om 1 w <= 2*e*hi) by (apply Rmult_le_compat_l; lra).
      assert (Z : 0 <= 2*e*hi * (binom3 k * (e*v)^2 * (e*v))) by (apply Rmult_le_pos; [nra | apply Rmult_le_pos; [apply Rmult_le_pos; [lra | nra] | nra]]).
      replace (2*e*hi * (k + 1 - binom2 (k+1) * (e*v) + binom3 (k+1) * (e*v)^2))
        with ((1 - e*v) * (2*e*hi * (k - binom2 k * (e*v) + binom3 k * (e*v)^2)) + 2*e*hi + 2*e*hi * (binom3 k * (e*v)^2 * (e*v))) by (unfold binom2, binom3; field). lra.
    + assert (0 <= (1 - z) * x) by (apply Rmult_le_pos; lra). assert (0 <= 2*e*Om 1 w) by (apply Rmult_le_pos; lra). lra. }
destruct (BND L (Nat.le_refl L)) as [[B1 B2] _]. fold n in B1, B2.
assert (en : 0 < 2 * e * n) by nra.
assert (EM : e * (n - 1) = 1 - 2 * e) by lra.
split.
- (* 3/4 *)
  apply Rmult_le_reg_r with (2*e*n). exact en. replace (red 1 e t L / (2*e*n) * (2*e*n)) with (red 1 e t L) by (field; split; nra).
  eapply Rle_trans; [|exact B1]. unfold binom2.
  replace (2*e*lo*(n - n*(n-1)/2*(e*q))) with (lo * (1 - (e*(n-1))*q/2) * (2*e*n)) by field. apply Rmult_le_compat_r. lra. rewrite EM.
  assert (X : 3/4 <= lo * (1 - q/2)) by (unfold lo, q, Om, gain; interval).
  assert (0 <= lo * (e * q)) by (apply Rmult_le_pos; nra). lra.
- apply Rmult_le_reg_r with (2*e*n). exact en. replace (red 1 e t L / (2*e*n) * (2*e*n)) with (red 1 e t L) by (field; split; nra).
  eapply Rle_trans. exact B2. rewrite O0. unfold binom2, binom3.
  replace (2*e*hi*(n - n*(n-1)/2*(e*v) + n*(n-1)*(n-2)/6*(e*v)^2)) with (hi * (1 - (e*(n-1))*v/2 + (e*(n-1))*(e*(n-2))*v^2/6) * (2*e*n)) by field.
  apply Rmult_le_compat_r. lra. rewrite EM. replace (e*(n-2)) with (1 - 3*e) by lra.
  assert (X : hi * (1 - 19/42*v + v^2/6) <= lo - 1/50) by (unfold hi, lo, v, Om, gain, theta_last; interval).
  assert (Y : 1 - (1 - 2*e)*v/2 + (1 - 2*e)*(1 - 3*e)*v^2/6 <= 1 - 19/42*v + v^2/6).
  { assert (0 <= (1/21 - e) * v) by (apply Rmult_le_pos; lra). assert (0 <= v^2) by nra. assert ((1 - 2*e)*(1 - 3*e) <= 1) by nra. nra. }
  assert (hi * (1 - (1 - 2*e)*v/2 + (1 - 2*e)*(1 - 3*e)*v^2/6) <= hi * (1 - 19/42*v + v^2/6)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Corollary resnet_half_is_no_limit_kernel : ~ Un_cv (fun L => resntk (hL (1/2) L) (9/10) L) (limit_kernel (9/10))
  /\ ~ Un_cv (fun L => resntk (hL (1/2) L) (9/10) L) (1/4).
Proof.
split; intros V.
- destruct (V (1/100) ltac:(lra)) as [N HN]. specialize (HN (max N 20) ltac:(lia)). assert (X := resnet_at_half (max N 20) ltac:(lia)).
  unfold R_dist in HN. apply Rabs_def2 in HN. lra.
- destruct (V (1/100) ltac:(lra)) as [N HN]. specialize (HN (max N 20) ltac:(lia)). assert (X := resnet_at_half (max N 20) ltac:(lia)).
  unfold R_dist in HN. apply Rabs_def2 in HN. lra.
Qed.
