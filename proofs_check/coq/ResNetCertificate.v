(* The meta-theorem resnet-angle: what a certificate proves about a residual network for every depth and every h > 0, and the
   tactics that discharge its hypotheses. Names as in docs/metatheorems.md. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap Depth Hypotheses ResNet ResNetDegenerate.
Open Scope R_scope.

Record resnet_certificate (mu B D A K e1 C0 C1 : R) : Prop := {
  rc_mu : 0 < mu <= 1;
  rc_slope : forall t, 0 <= t <= PI -> Rabs (Om' mu t) <= B;
  rc_curvature : forall t, 0 <= t <= PI -> Rabs (Om'' mu t) <= D;
  rc_small : small_step A K;
  rc_source : forall t, 0 < t <= PI -> 2 * (1 - Om mu t) <= e1 * (mu * t / PI);
  rc_climb : 1 <= climb A K mu e1;
  rc_C0 : front2 mu * (A/2 + 2*K + 6*PI*K) + climb A K mu e1 + 39/10/mu <= C0;
  rc_C1 : 9*PI^2/2 * A <= C1
}.

Section Conclusions.
Variables mu B D A K e1 C0 C1 : R.
Hypothesis C : resnet_certificate mu B D A K e1 C0 C1.
Let Mu : 0 < mu <= 1 := rc_mu _ _ _ _ _ _ _ _ C.
Let k := dual mu.
Let kd := ddual mu.

Lemma eta_unit h : 0 < h -> 0 < eta h <= 1.
Proof. intros H. destruct (eta_range h H). lra. Qed.

Lemma eta_half h : 0 < h <= 1 -> 0 < eta h <= 1/2.
Proof.
intros H. destruct (eta_range h ltac:(lra)) as [E _]. split. lra. unfold eta in *.
apply Rmult_le_reg_r with (1+h). lra. replace (h/(1+h)*(1+h)) with h by (field; lra). lra.
Qed.

(* Theorem 4B, uniform in the inputs *)
Theorem res_uniform h c L : 0 < h -> -1 <= c <= 1 -> (1 <= L)%nat ->
  Rabs (normalised k kd h c L - Omega mu c) <= eta h * mu * (INR L - 1) / 2 * (acos c / PI) + B * PI * sqrt 2 / 3 * sqrt (eta h * INR L).
Proof.
intros H Hc N. unfold k, kd. rewrite res_normalised by assumption.
rewrite <- (cos_acos c) at 2 by exact Hc. rewrite (Omega_cos mu) by apply acos_bound.
apply (uniform_bound mu (eta h) Mu (eta_unit h H) B (rc_slope _ _ _ _ _ _ _ _ C) (acos c) L (acos_bound c) N).
Qed.

Corollary res_uniform_simple h c L : 0 < h -> -1 <= c <= 1 -> (1 <= L)%nat ->
  Rabs (normalised k kd h c L - Omega mu c) <= eta h * INR L / 2 + B * PI * sqrt 2 / 3 * sqrt (eta h * INR L).
Proof.
intros H Hc N. eapply Rle_trans. apply res_uniform; assumption. apply Rplus_le_compat_r.
destruct (eta_range h H) as [E _]. assert (Q := angle_over_PI c). assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
assert (0 <= mu * (acos c / PI) <= 1) by (split; nra).
replace (eta h * mu * (INR L - 1) / 2 * (acos c / PI)) with (eta h * (INR L - 1) / 2 * (mu * (acos c / PI))) by (field; apply PI_neq0).
assert (0 <= eta h * (INR L - 1) / 2) by nra. nra.
Qed.

Lemma inside c : -1 < c < 1 -> 0 < acos c < PI /\ sin (acos c) = sqrt (1 - c*c) /\ kappa1 c - c = gain (acos c).
Proof.
intros H. assert (R := acos_bound c). assert (E := cos_acos c ltac:(lra)). repeat split.
- destruct (Req_dec (acos c) 0) as [Q|Q]; [|lra]. rewrite Q, cos_0 in E. lra.
- destruct (Req_dec (acos c) PI) as [Q|Q]; [|lra]. rewrite Q, cos_PI in E. lra.
- rewrite sin_acos by lra. reflexivity.
- rewrite kappa1_acos by lra. ring.
Qed.

(* Theorem 4A, of order eta L for each pair of inputs that are neither equal nor opposite *)
Theorem res_inner h c L : 0 < h -> -1 < c < 1 -> (1 <= L)%nat ->
  Rabs (normalised k kd h c L - Omega mu c) <= eta h * mu * (INR L - 1) / 2 * (acos c / PI + 2 * B * ((kappa1 c - c) / sqrt (1 - c*c))).
Proof.
intros H Hc N. destruct (inside c Hc) as [R [S1 S2]]. unfold k, kd. rewrite res_normalised by (assumption || lra).
rewrite <- (cos_acos c) at 2 by lra. rewrite (Omega_cos mu) by apply acos_bound. rewrite <- S1, S2.
apply (inner_bound mu (eta h) Mu (eta_unit h H) B (rc_slope _ _ _ _ _ _ _ _ C) (acos c) L R N).
Qed.

(* the first-order term: n = Omega + eta mu (L-1)/2 first + O((eta mu L)^2) *)
Definition first c := - ((kappa1 c - c) / sqrt (1 - c*c)) * Om' mu (acos c) - acos c / PI * Omega mu c.
Definition second c := let t := acos c in let w := sqrt (1 - c*c) in let r := (kappa1 c - c) / w in
  t^2/(6*PI^2) + 2/3 * r/PI + B*t*r/(3*PI) + (2*D*r^2 + B * ((29/50*r + 2*r^2)/w))/3.

Theorem res_first_order h c L : 0 < h -> -1 < c < 1 -> (1 <= L)%nat ->
  Rabs (normalised k kd h c L - (Omega mu c + eta h * mu * (INR L - 1) / 2 * first c)) <= (eta h * mu * INR L)^2 * second c.
Proof.
intros H Hc N. destruct (inside c Hc) as [R [S1 S2]]. unfold k, kd. rewrite res_normalised by (assumption || lra).
assert (X := first_order_bound mu (eta h) Mu (eta_unit h H) B (rc_slope _ _ _ _ _ _ _ _ C) D (rc_curvature _ _ _ _ _ _ _ _ C) (acos c) L R N).
unfold first_order in X. cbv zeta in X. rewrite <- (Omega_cos mu (acos c)), cos_acos in X by lra.
unfold first, second. cbv zeta. rewrite <- S1, S2. exact X.
Qed.

(* Theorem 4C *)
Theorem res_degeneration h c L : 0 < h <= 1 -> -1 <= c < 1 -> (1 <= L)%nat ->
  Rabs (normalised k kd h c L - 1/4)
  <= (3*PI/(2*mu*acos c) + C0 + C1 * eta h * ln (1 + eta h * INR L)) / (2 * (eta h * INR L)).
Proof.
intros H Hc N. assert (R := acos_range c Hc). unfold k, kd. rewrite res_normalised by (assumption || lra).
assert (X := degeneration_normalised A K (rc_small _ _ _ _ _ _ _ _ C) mu (eta h) e1 Mu (eta_half h H) (rc_source _ _ _ _ _ _ _ _ C)
  (rc_climb _ _ _ _ _ _ _ _ C) (acos c) L C0 C1 R N (rc_C0 _ _ _ _ _ _ _ _ C) (rc_C1 _ _ _ _ _ _ _ _ C)).
replace (3*PI/(2*mu*acos c)) with (front2 mu / acos c) by (unfold front2; field; lra).
replace (2 * (eta h * INR L)) with (2 * eta h * INR L) by ring. exact X.
Qed.

(* correlations *)
Theorem res_correlation h c L : 0 < h -> -1 <= c <= 1 ->
  0 <= Kres k h c L / Kres k h 1 L - c <= eta h * mu * (INR L * (kappa1 c - c)).
Proof.
intros H Hc. assert (P := PI_bounds). assert (DP := Dres_pos h L H). unfold k.
destruct (res_angle mu h (acos c) L Mu H (acos_bound c)) as [X _]. destruct (res_angle mu h 0 L Mu H ltac:(lra)) as [Y _].
rewrite cos_acos in X by exact Hc. rewrite cos_0, (ang_zero mu (eta h) Mu (eta_unit h H)), cos_0 in Y. rewrite X, Y.
replace (Dres h L * cos (ang (eta h * mu) (acos c) L) / (Dres h L * 1)) with (cos (ang (eta h * mu) (acos c) L)) by (field; lra).
assert (Z := correlation_move mu (eta h) Mu (eta_unit h H) (acos c) L (acos_bound c)). rewrite cos_acos in Z by exact Hc.
rewrite kappa1_acos by exact Hc. replace (c + gain (acos c) - c) with (gain (acos c)) by ring. exact Z.
Qed.

(* ---- depth limits for any schedule h_L ---- *)
Theorem res_limit_uniform (h : nat -> R) :
  (forall L, (1 <= L)%nat -> 0 < h L) -> Un_cv (fun L => INR L * h L) 0 ->
  forall eps, 0 < eps -> exists N, forall L, (N <= L)%nat -> forall c, -1 <= c <= 1 ->
    Rabs (normalised k kd (h L) c L - Omega mu c) < eps.
Proof.
intros H V eps He. set (q := B * PI * sqrt 2 / 3 + 1).
assert (P := PI_bounds). assert (B0 := B_nonneg mu B (rc_slope _ _ _ _ _ _ _ _ C)).
assert (q1 : 1 <= q). { unfold q. assert (0 <= B * PI * sqrt 2 / 3); [|lra]. assert (A2 := sqrt_pos 2). apply Rmult_le_pos; [|lra]. apply Rmult_le_pos; [nra | lra]. }
set (d := Rmin (eps/2) ((eps/(4*q))^2)).
assert (E4 : 0 < eps/(4*q)) by (apply Rdiv_lt_0_compat; lra).
assert (D0 : 0 < d) by (unfold d; apply Rmin_pos; nra).
assert (D1 : d <= eps/2) by apply Rmin_l. assert (D2 : d <= (eps/(4*q))^2) by apply Rmin_r.
destruct (V d D0) as [N HN]. exists (max N 1). intros L HL c Hc.
assert (L1 : (1 <= L)%nat) by lia. specialize (HN L ltac:(lia)). specialize (H L L1).
unfold R_dist in HN. rewrite Rminus_0_r in HN. apply Rabs_def2 in HN.
destruct (eta_range (h L) H) as [E E2]. assert (M : 1 <= INR L) by (apply (le_INR 1); exact L1).
assert (U : 0 <= eta (h L) * INR L < d) by (split; nra).
eapply Rle_lt_trans. apply res_uniform_simple; assumption.
assert (Q : sqrt (eta (h L) * INR L) <= eps/(4*q)).
{ rewrite <- (sqrt_pow2 (eps/(4*q))) by lra. apply sqrt_le_1_alt. lra. }
assert (S0 := sqrt_pos (eta (h L) * INR L)).
assert (B * PI * sqrt 2 / 3 * sqrt (eta (h L) * INR L) <= q * (eps/(4*q))) by (apply Rmult_le_compat; unfold q in *; lra).
replace (q * (eps/(4*q))) with (eps/4) in H0 by (field; lra). lra.
Qed.

Theorem res_limit_quarter (h : nat -> R) c : -1 <= c < 1 ->
  (forall L, (1 <= L)%nat -> 0 < h L <= 1) -> cv_infty (fun L => INR L * h L) ->
  Un_cv (fun L => normalised k kd (h L) c L) (1/4).
Proof.
intros Hc H V eps He. assert (P := PI_bounds). assert (T0 := acos_range c Hc).
assert (c1 : 0 <= C1). { assert (X := rc_C1 _ _ _ _ _ _ _ _ C). assert (Y := ss_A A K (rc_small _ _ _ _ _ _ _ _ C)). nra. }
assert (T1 : 0 < 3*PI/(2*mu*acos c)) by (apply Rdiv_lt_0_compat; nra).
set (a := 3*PI/(2*mu*acos c) + Rabs C0 + 4 * C1). assert (A0 := Rabs_pos C0). assert (A1 := Rle_abs C0).
assert (a0 : 0 < a) by (unfold a; lra).
set (M := a / (2 * eps)). assert (M0 : 0 < M) by (apply Rdiv_lt_0_compat; lra).
destruct (V (2 * (M * M + 1))) as [N HN]. exists (max N 1). intros L HL. unfold R_dist.
assert (L1 : (1 <= L)%nat) by lia. specialize (HN L ltac:(lia)). specialize (H L L1). cbv beta in HN.
assert (E := eta_half (h L) H).
assert (EH : h L / 2 <= eta (h L)).
{ unfold eta. unfold Rdiv. apply Rmult_le_compat_l. lra. apply Rinv_le_contravar; lra. }
assert (L2 : 1 <= INR L) by (apply (le_INR 1); exact L1).
eapply Rle_lt_trans. apply res_degeneration; assumption.
set (z := eta (h L) * INR L).
assert (Z : M * M + 1 < z). { unfold z. assert (h L / 2 * INR L <= eta (h L) * INR L) by (apply Rmult_le_compat_r; lra). lra. }
assert (Z0 : 0 <= z) by (assert (0 <= M * M) by (apply Rmult_le_pos; lra); lra).
set (s := sqrt z). assert (ZS : z = s * s) by (unfold s; rewrite sqrt_sqrt; nra).
assert (S0 := sqrt_pos z). fold s in S0. assert (S1 : 1 <= s) by nra. assert (SM : M < s) by nra.
assert (LN := ln_sqrt z Z0). assert (LN0 : 0 <= ln (1 + z)) by (apply ln_nonneg; lra).
assert (SQ : sqrt (1 + z) <= 2 * s). { rewrite <- (sqrt_pow2 (2 * s)) by lra. apply sqrt_le_1_alt. nra. }
assert (B1 : 3*PI/(2*mu*acos c) + C0 + C1 * eta (h L) * ln (1 + z) <= a * s).
{ assert (C1 * eta (h L) * ln (1 + z) <= C1 * 1 * (4 * s)).
  { apply Rmult_le_compat; try lra. apply Rmult_le_pos; lra. apply Rmult_le_compat_l; lra. }
  assert ((3*PI/(2*mu*acos c) + Rabs C0) * 1 <= (3*PI/(2*mu*acos c) + Rabs C0) * s) by (apply Rmult_le_compat_l; lra). unfold a. lra. }
apply Rle_lt_trans with (a * s / (2 * z)).
- apply (Rmult_le_compat_r (/ (2 * z))). left; apply Rinv_0_lt_compat; nra. exact B1.
- rewrite ZS. apply Rmult_lt_reg_r with s. lra.
  replace (a * s / (2 * (s * s)) * s) with (M * eps) by (unfold M; field; lra). nra.
Qed.
End Conclusions.

(* ---- the hypotheses near 0 ---- *)
Lemma M2_start_near K t : 0 <= K -> 0 <= t <= 1 -> let a := slope 1 in
  0 <= K - a/15 + t^2 * (a/240 - K/6) + t^4 * (K/120 - a/5040) - t^6 * (K/5040) ->
  gain t <= t^2 * sin t * (1/(3*PI) + K * t^2).
Proof.
intros K0 H a N. assert (P := PI_bounds). assert (U := gain_taylor_above 1 t ltac:(lra) H). assert (S1 := sin_below t H).
rewrite Rmult_1_l in U. fold (slope 1) in U. fold a in U. replace (1/(3*PI)) with a by (unfold a, slope; field; lra).
assert (A := slope_pos 1 ltac:(lra)). fold a in A.
assert (Z : 0 <= t^5 * (K - a/15 + t^2 * (a/240 - K/6) + t^4 * (K/120 - a/5040) - t^6 * (K/5040))) by (apply Rmult_le_pos; [apply pow_le; lra | exact N]).
assert (0 <= t^2 * (a + K * t^2)). { apply Rmult_le_pos. nra. assert (0 <= K * t^2) by (apply Rmult_le_pos; nra). lra. }
assert (t^2 * (a + K*t^2) * (t - t^3/6 + t^5/120 - t^7/5040) <= t^2 * (a + K*t^2) * sin t) by (apply Rmult_le_compat_l; assumption).
lra.
Qed.

Lemma M2_half_near A K t : 0 <= A -> 0 <= K -> 0 <= t <= 1 -> let a := slope 1 in let v := a + A/2*t + K*t^2 in
  let W := 3/2*v + 3/4*t*v^2 + t^2*v^3/8 in
  0 <= a * (t/10 - t/6 - t^3/240) + (A + K*t) * (1 - t^2/6) - a * (1 - t^2/10 + t^4/240) * W ->
  gain t * (1 + bulk A K t / 2)^3 <= t^2 * sin t * (1/(3*PI) + K * t^2 + A * t).
Proof.
intros A0 K0 H a v W N. assert (P := PI_bounds). assert (U := gain_taylor_above 1 t ltac:(lra) H). assert (S1 := sin_below t H).
rewrite Rmult_1_l in U. fold (slope 1) in U. fold a in U. replace (1/(3*PI)) with a by (unfold a, slope; field; lra).
assert (Ap := slope_pos 1 ltac:(lra)). fold a in Ap.
assert (S2 : t - t^3/6 <= sin t). { assert (0 <= t^5 * (1/120 - t^2/5040)) by (apply Rmult_le_pos; [apply pow_le; lra | nra]). lra. }
assert (BK : bulk A K t = t * v) by (unfold bulk, v, a, slope; field; lra). rewrite BK.
assert (v0 : 0 <= v). { unfold v. assert (0 <= A/2*t) by (apply Rmult_le_pos; lra). assert (0 <= K*t^2) by (apply Rmult_le_pos; nra). lra. }
assert (tv : 0 <= t * v) by (apply Rmult_le_pos; lra).
assert (C3 : 0 <= (1 + t * v / 2)^3) by (apply pow_le; lra).
assert (q0 : 0 <= t^2 * (a + K*t^2 + A*t)).
{ apply Rmult_le_pos. nra. assert (0 <= K*t^2) by (apply Rmult_le_pos; nra). assert (0 <= A*t) by (apply Rmult_le_pos; lra). lra. }
apply Rle_trans with (a * (t^3 - t^5/10 + t^7/240) * (1 + t*v/2)^3). apply Rmult_le_compat_r; assumption.
apply Rle_trans with (t^2 * (a + K*t^2 + A*t) * (t - t^3/6)).
2:{ replace (t^2 * sin t * (a + K*t^2 + A*t)) with (t^2 * (a + K*t^2 + A*t) * sin t) by ring. apply Rmult_le_compat_l; assumption. }
assert (Z : 0 <= t^4 * (a * (t/10 - t/6 - t^3/240) + (A + K*t) * (1 - t^2/6) - a * (1 - t^2/10 + t^4/240) * W)) by (apply Rmult_le_pos; [apply pow_le; lra | exact N]).
replace ((1 + t*v/2)^3) with (1 + t * W) by (unfold W; field). lra.
Qed.

Lemma source_near mu e1 t : 0 < mu -> 0 <= t <= 1/4 -> 1/4 <= (e1 - 1) * mu / PI -> 2 * (1 - Om mu t) <= e1 * (mu * t / PI).
Proof.
intros M H E. assert (P := PI_bounds). assert (C := cos_below t ltac:(lra)). assert (G0 := gain_nonneg t ltac:(lra)). assert (CB := COS_bound t).
assert (C2 : 1 - t^2/2 <= cos t). { assert (0 <= t^4 * (1/24 - t^2/720)) by (apply Rmult_le_pos; [apply pow_le; lra | nra]). lra. }
unfold Om. assert (MG : 0 <= mu * gain t) by (apply Rmult_le_pos; lra).
assert (TP : 0 <= mu * (t / PI)) by (apply Rmult_le_pos; [lra | apply div_nonneg; lra]).
replace (mu/2 * (gain t - t * cos t / PI)) with (mu * gain t / 2 - mu * (t/PI) * cos t / 2) by (field; lra).
replace (e1 * (mu * t / PI)) with (mu * (t/PI) + t * ((e1 - 1) * mu / PI)) by (field; lra).
assert (t * (1/4) <= t * ((e1 - 1) * mu / PI)) by (apply Rmult_le_compat_l; lra). nra.
Qed.

Ltac prove_bounded t := 
  let H := fresh "H" in intros t H; assert (0 <= t <= 355/113) by (assert (P := PI_above); lra); clear H;
  apply Rabs_le; unfold Om', Om''; split; interval with (i_bisect t, i_taylor t, i_prec 60).
Ltac prove_small_step :=
  constructor; [lra | lra
  | let t := fresh "t" in let H := fresh "H" in let N := fresh "N" in intros t H; destruct (Rle_lt_dec t (1/2)) as [N|N];
    [ assert (0 <= t <= 1/2) by lra; clear H N; apply M2_start_near; [lra | lra | unfold slope; cbv zeta; interval with (i_bisect t)]
    | assert (1/2 <= t <= 2) by lra; clear H N; match goal with |- ?l <= ?r => cut (0 <= r - l); [lra|] end; unfold gain; taylor_models t ]
  | let t := fresh "t" in let H := fresh "H" in let N := fresh "N" in intros t H; destruct (Rle_lt_dec t (1/2)) as [N|N];
    [ assert (0 <= t <= 1/2) by lra; clear H N; apply M2_half_near; [lra | lra | lra | unfold slope; cbv zeta; interval with (i_bisect t)]
    | assert (1/2 <= t <= 2) by lra; clear H N; match goal with |- ?l <= ?r => cut (0 <= r - l); [lra|] end; unfold gain, bulk; taylor_models t ] ].
Ltac prove_source :=
  let t := fresh "t" in let H := fresh "H" in let N := fresh "N" in intros t H; split_at (1/4) t H N;
  [ apply source_near; [lra | lra | interval]
  | match goal with |- ?l <= ?r => cut (0 <= r - l); [lra|] end; unfold Om, gain; taylor_models t ].
Ltac prove_resnet_certificate :=
  constructor; [lra | let t := fresh "t" in prove_bounded t | let t := fresh "t" in prove_bounded t | prove_small_step | prove_source
  | unfold climb; interval | unfold climb, front2; interval | interval].
