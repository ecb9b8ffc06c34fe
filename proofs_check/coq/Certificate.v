(* The meta-theorem ffnet-critical-angle: what a certificate proves for every depth. Names as in docs/metatheorems.md. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Limits Kernels AngleMap Depth.
Open Scope R_scope.

(* hypotheses on (0,pi] and inequalities between the constants *)
Record ffnet_certificate (mu d_lo d_hi b E below above drift : R) : Prop := {
  fc_mu : 0 < mu <= 1;
  fc_signs : 0 <= d_hi /\ 0 <= b /\ 0 <= E;
  fc_H1_lower : forall t, 0 < t <= PI -> cos (t / (1 + t * cubic mu d_lo t)) <= cos t + mu * gain t;
  fc_H1_upper : forall t, 0 < t <= PI -> cos t + mu * gain t <= cos (t / (1 + t * cubic mu d_hi t));
  fc_H1_linear : forall t, 0 < t <= PI -> cos t + mu * gain t <= cos (t / (1 + t * square mu b t));
  fc_H3 : forall t, 0 < t <= PI -> 1 - (cos t + mu * gain t) + front mu * d_hi * t^2 <= E * mu * t / PI;
  fc_H2 : 9/2 * (slope mu)^3 <= d_lo;
  fc_below : below <= -5/4 /\ below <= 3 / (4*mu) - 3/8 - E;
  fc_above : -3/8 + 3/8 * (PI * (3*PI*b/mu * (37/100) + b*PI)) + front mu * ((d_hi + 3/2*(slope mu)^3) * (PI^2 + 3*PI^2/mu)) <= above;
  fc_drift : 3/2 * slope mu * (PI * (3*PI*b/mu * (37/100) + b*PI)) + (d_hi + 3/2*(slope mu)^3) * (PI^2 + 3*PI^2/mu) <= drift
}.

Section Conclusions.
Variables mu d_lo d_hi b E below above drift : R.
Hypothesis C : ffnet_certificate mu d_lo d_hi b E below above drift.

Let Mu : 0 < mu <= 1 := fc_mu _ _ _ _ _ _ _ _ C.

Lemma cubic_nonneg d t : 0 <= d -> 0 <= t -> 0 <= cubic mu d t.
Proof.
intros D H. assert (A := slope_pos mu ltac:(lra)). unfold cubic.
assert (0 <= (slope mu)^2 * t) by (apply Rmult_le_pos; nra). assert (0 <= d * t^2) by (apply Rmult_le_pos; nra). lra.
Qed.

Lemma cert_delta t : 0 < t <= PI ->
  3/2 * (slope mu)^2 * t + d_lo * t^2 <= delta mu t <= 3/2 * (slope mu)^2 * t + d_hi * t^2 /\ delta mu t <= b * t.
Proof.
intros H. assert (A := slope_pos mu ltac:(lra)). assert (C2 := C). destruct C2 as [_ [S1 [S2 _]] H1l H1u H1b _ H2 _ _ _].
assert (A3 : 0 <= (slope mu)^3) by (apply pow_le; lra).
split; [split|].
- apply delta_ge; [exact (proj1 Mu) | exact H | apply fits; [exact Mu | lra] | apply cubic_nonneg; lra | exact (H1l t H)].
- apply delta_le; [exact (proj1 Mu) | exact H | apply fits; [exact Mu | lra] | apply cubic_nonneg; lra | exact (H1u t H)].
- apply delta_linear; [exact (proj1 Mu) | exact H | apply fits; [exact Mu | lra] | unfold square; nra | exact (H1b t H)].
Qed.

Lemma cert_rho t : 0 < t <= PI -> - (0 * t^2) <= rho mu t <= (d_hi + 3/2 * (slope mu)^3) * t^2.
Proof.
intros H. assert (P := PI_bounds). assert (A := slope_pos mu ltac:(lra)). destruct (cert_delta t H) as [[D1 D2] _]. split.
- eapply Rle_trans. 2: exact (rho_below mu d_lo t (proj1 Mu) H (fits mu t Mu (proj2 H)) D1).
  assert (H2 := fc_H2 _ _ _ _ _ _ _ _ C).
  assert (K : 3/2 * slope mu * t <= 1/2).
  { unfold slope. replace (3/2 * (mu / (3*PI)) * t) with (1/2 * (mu * (t / PI))) by (field; lra).
    assert (U1 := div_nonneg t PI ltac:(lra) ltac:(lra)). assert (U2 := div_le_1 t PI ltac:(lra) ltac:(lra)). nra. }
  assert (A3 : 0 <= (slope mu)^3) by (apply pow_le; lra).
  replace (- (0 * t^2)) with 0 by ring. apply Rmult_le_pos. nra. nra.
- exact (rho_above mu d_hi t (proj1 Mu) H (fits mu t Mu (proj2 H)) D2).
Qed.

Lemma cert_source t : 0 < t <= PI -> - (0 * (mu * t / PI)) <= source_defect mu t <= E * (mu * t / PI).
Proof.
intros H. assert (P := PI_bounds). destruct (cert_delta t H) as [[D1 D2] _]. unfold source_defect.
destruct (G_cos mu (proj1 Mu) t ltac:(lra) (fits mu t Mu (proj2 H))) as [GC _]. assert (CB := COS_bound (G mu t)). assert (H3 := fc_H3 _ _ _ _ _ _ _ _ C t H).
assert (F0 : 0 < front mu) by (unfold front; apply Rdiv_lt_0_compat; lra).
assert (A := slope_pos mu ltac:(lra)). assert (A3 : 0 <= (slope mu)^3) by (apply pow_le; lra).
assert (H2 := fc_H2 _ _ _ _ _ _ _ _ C).
assert (0 <= d_lo * t^2) by (apply Rmult_le_pos; nra).
assert (0 <= front mu * (delta mu t - 3/2 * (slope mu)^2 * t)) by (apply Rmult_le_pos; lra).
assert (front mu * (delta mu t - 3/2 * (slope mu)^2 * t) <= front mu * (d_hi * t^2)) by (apply Rmult_le_compat_l; lra).
replace (E * (mu * t / PI)) with (E * mu * t / PI) by (field; lra).
rewrite Rmult_0_l, Ropp_0. split; lra.
Qed.

Lemma cert_Khi : 0 <= d_hi + 3/2 * (slope mu)^3.
Proof. assert (A := slope_pos mu ltac:(lra)). assert (A3 : 0 <= (slope mu)^3) by (apply pow_le; lra). destruct (fc_signs _ _ _ _ _ _ _ _ C). lra. Qed.

Lemma whole_range t : 0 < t <= PI -> t^2 + t / slope mu <= PI^2 + 3*PI^2/mu /\
  log_excess mu t b <= PI * (3*PI*b/mu * (37/100) + b*PI).
Proof.
intros H. assert (P := PI_bounds). assert (A := slope_pos mu ltac:(lra)). destruct (fc_signs _ _ _ _ _ _ _ _ C) as [_ [B0 _]].
assert (I : 1 / slope mu = 3*PI/mu) by (unfold slope; field; lra).
assert (I0 : 0 < 3*PI/mu) by (apply Rdiv_lt_0_compat; lra).
split.
- replace (t / slope mu) with (t * (1 / slope mu)) by (field; lra). rewrite I.
  replace (3*PI^2/mu) with (PI * (3*PI/mu)) by (field; lra). apply Rplus_le_compat. nra. apply Rmult_le_compat_r; lra.
- unfold log_excess. replace (37/100 / slope mu) with (37/100 * (1 / slope mu)) by (field; lra). rewrite I.
  replace (PI * (3*PI*b/mu * (37/100) + b*PI)) with (PI * b * (PI + 37/100 * (3*PI/mu))) by (field; lra).
  apply Rmult_le_compat; [nra | nra | nra | lra].
Qed.

Theorem cert_kernel t l : 0 < t <= PI ->
  below <= tangent mu t (cos t) l - (INR l + 1) / 4 - 3/8 * ell mu t l <= front mu / t + above.
Proof.
intros H. assert (P := PI_bounds).
assert (X := kernel_second mu t (proj1 Mu) H (fits mu t Mu (proj2 H)) 0 E (cos t) (fun u Hu => cert_source u ltac:(lra)) 0 (d_hi + 3/2*(slope mu)^3) b
  (fun u Hu => proj2 (cert_delta u ltac:(lra))) (fun u Hu => proj1 (cert_rho u ltac:(lra))) (fun u Hu => proj2 (cert_rho u ltac:(lra)))
  (Rle_refl 0) cert_Khi l).
destruct (whole_range t H) as [Q F]. assert (SP := start_below_pole mu t Mu H).
destruct (fc_below _ _ _ _ _ _ _ _ C) as [B1 B2]. assert (Ab := fc_above _ _ _ _ _ _ _ _ C).
assert (F0 : 0 < front mu) by (unfold front; apply Rdiv_lt_0_compat; lra).
rewrite Rmult_0_l, Rmult_0_r, (Rmax_right (cos t - pole mu t) 0) in X by lra.
assert (FT : 3 / (4*mu) <= front mu / t).
{ unfold front. replace (3 / (4*mu)) with (3*PI/(4*mu) / PI) by (field; lra). unfold Rdiv at 1 3. apply Rmult_le_compat_l.
  left; apply Rdiv_lt_0_compat; lra. apply Rinv_le_contravar; lra. }
assert (KQ : front mu * ((d_hi + 3/2*(slope mu)^3) * (t^2 + t / slope mu)) <= front mu * ((d_hi + 3/2*(slope mu)^3) * (PI^2 + 3*PI^2/mu))).
{ apply Rmult_le_compat_l. lra. apply Rmult_le_compat_l. exact cert_Khi. exact Q. }
assert (CB := COS_bound t). destruct X as [X1 X2]. split; [|lra].
revert X1. unfold Rmax, pole. destruct (Rle_dec (front mu / t - 1/8 - cos t) E); intros; lra.
Qed.

Theorem cert_angle t l : 0 < t <= PI ->
  0 <= 1 / ang mu t l - (1/t + slope mu * INR l + 3/2 * slope mu * ell mu t l) <= drift
  /\ 1/t + slope mu * INR l <= 1 / ang mu t l <= 1/t + slope mu * INR l + b * (t + ell mu t l / slope mu).
Proof.
intros H. split; [|split].
- assert (X := angle_second mu t (proj1 Mu) H (fits mu t Mu (proj2 H)) 0 (d_hi + 3/2*(slope mu)^3) b
    (fun u Hu => proj2 (cert_delta u ltac:(lra))) (fun u Hu => proj1 (cert_rho u ltac:(lra))) (fun u Hu => proj2 (cert_rho u ltac:(lra)))
    (Rle_refl 0) cert_Khi l).
  destruct (whole_range t H) as [Q F]. assert (Dr := fc_drift _ _ _ _ _ _ _ _ C). assert (A := slope_pos mu ltac:(lra)).
  assert ((d_hi + 3/2*(slope mu)^3) * (t^2 + t / slope mu) <= (d_hi + 3/2*(slope mu)^3) * (PI^2 + 3*PI^2/mu)) by (apply Rmult_le_compat_l; [exact cert_Khi | exact Q]).
  assert (3/2 * slope mu * log_excess mu t b <= 3/2 * slope mu * (PI * (3*PI*b/mu * (37/100) + b*PI))) by (apply Rmult_le_compat_l; lra).
  rewrite Rmult_0_l in X. split; lra.
- exact (angle_lower mu t (proj1 Mu) H (fits mu t Mu (proj2 H)) l).
- exact (angle_upper mu t (proj1 Mu) H (fits mu t Mu (proj2 H)) b (fun u Hu => proj2 (cert_delta u ltac:(lra))) l).
Qed.

(* for two inputs of correlation c *)
Theorem cert_ntk c l : -1 <= c < 1 ->
  below <= ntk (dual mu) (ddual mu) c l - (INR l + 1) / 4 - 3/8 * ell mu (acos c) l <= front mu / acos c + above.
Proof.
intros H. assert (R := acos_range c H). assert (X := cert_kernel (acos c) l R).
rewrite <- ntk_tangent, cos_acos in X by (exact (proj1 Mu) || exact R || apply (fits mu (acos c) Mu (proj2 R)) || lra). exact X.
Qed.

Theorem cert_nngp c l : -1 <= c < 1 -> nngp (dual mu) c l = cos (ang mu (acos c) l).
Proof.
intros H. assert (R := acos_range c H). assert (X := nngp_ang mu (acos c) l (proj1 Mu) R (fits mu (acos c) Mu (proj2 R))).
rewrite cos_acos in X by lra. exact X.
Qed.
End Conclusions.

(* from a state (phi, T) at depth l: a lower bound for every later depth *)
Theorem restart mu E phi T l j : 0 < mu <= 1 -> 0 < phi <= PI ->
  (forall u, 0 < u <= phi -> 0 <= rho mu u) -> (exists K, 0 <= K /\ forall u, 0 < u <= phi -> rho mu u <= K * u^2) ->
  (exists b, forall u, 0 < u <= phi -> delta mu u <= b * u) ->
  (forall u, 0 < u <= phi -> 0 <= source_defect mu u <= E * (mu * u / PI)) ->
  forall M, M <= T - (INR l + 1) / 4 -> M <= front mu / phi - INR l / 4 - 3/8 - E ->
  M + 3/8 * ell mu phi j <= tangent mu phi T j - (INR (j + l) + 1) / 4.
Proof.
intros Mu H R0 [K [K0 R1]] [b B] S M M1 M2.
assert (X := kernel_second mu phi (proj1 Mu) H (fits mu phi Mu (proj2 H)) 0 E T (fun u Hu => ltac:(assert (Z := S u Hu); rewrite Rmult_0_l, Ropp_0; exact Z)) 0 K b B
  (fun u Hu => ltac:(assert (Z := R0 u Hu); rewrite Rmult_0_l, Ropp_0; exact Z)) R1 (Rle_refl 0) K0 j).
destruct X as [X _]. rewrite Rmult_0_l, Rmult_0_r in X. rewrite plus_INR.
revert X. unfold Rmax, pole. destruct (Rle_dec (front mu / phi - 1/8 - T) E); intros; lra.
Qed.

(* ---- limits ---- *)
Section Limits.
Variables mu t lo hi : R.
Variable f : nat -> R.
Hypothesis Mu : 0 < mu.
Hypothesis Ht : 0 < t <= PI.
Hypothesis F : forall l, lo <= f l - (INR l + 1) / 4 - 3/8 * ell mu t l <= hi.

Lemma slope_angle : 0 < slope mu * t.
Proof. assert (A := slope_pos mu ltac:(lra)). apply Rmult_lt_0_compat; lra. Qed.

Let F' : forall l, lo <= f l - 1/4 * (INR l + 1) - 3/8 * ln (1 + slope mu * t * INR l) <= hi.
Proof. intros l. assert (X := F l). unfold ell in X. lra. Qed.

Theorem limit_quarter : Un_cv (fun l => f l / (INR l + 1)) (1/4).
Proof. exact (first_limit (1/4) (3/8) _ 1 lo hi f slope_angle ltac:(lra) F'). Qed.

(* (f_L/(L+1) - 1/4) L / log L -> 3/8 *)
Theorem limit_three_eighths : Un_cv (fun l => (f l / (INR l + 1) - 1/4) * INR l / ln (INR l)) (3/8).
Proof. exact (log_limit (1/4) (3/8) _ 1 lo hi f slope_angle ltac:(lra) F'). Qed.
End Limits.
