(* Leaky ReLU of every slope s >= 0, s <> 1, one family in mu = (1-s)^2/(1+s^2) in (0,1]: bounds for every depth with the exact
   coefficient 3/8 of the logarithm, from one certificate (that of mu = 1) and the concavity of one function in mu. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Kernels AngleMap Depth Certificate FFNet.
Open Scope R_scope.

Definition b0 := 6789/100000.

(* y cos y + 2 sin y >= 0 wherever the bracket can be *)
Lemma bracket_bend y : 0 <= y <= 1.92 -> 0 <= y * cos y + 2 * sin y.
Proof.
intros H. assert (P := PI_bounds). assert (S0 : 0 <= sin y) by (apply sin_ge_0; lra).
destruct (Rle_lt_dec y 1.5).
- assert (0 <= cos y) by (apply cos_ge_0; lra). nra.
- assert (1.5 <= y <= 1.92) by lra. interval.
Qed.

Lemma bracket_small t D : 0 < t -> 1 + b0 * t^2 <= D -> 0 < t / D <= 1.92.
Proof.
intros H K. assert (0 < b0 * t^2) by (unfold b0; nra). split. apply Rdiv_lt_0_compat; lra.
apply Rmult_le_reg_r with D. lra. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
apply Rle_trans with (1.92 * (1 + b0 * t^2)); [|lra]. unfold b0. assert (0 <= (t - 3.836)^2) by apply pow2_ge_0. lra.
Qed.

(* delta <= b0 t for the whole family: cos (t/D) - cos t - mu gain t is concave in mu and >= 0 at mu = 0 and mu = 1 *)
Lemma family_linear mu t : 0 < mu <= 1 -> 0 < t <= PI -> delta mu t <= b0 * t.
Proof.
intros M H. assert (P := PI_bounds).
destruct (Req_dec mu 1) as [M1'|M1'].
{ rewrite M1'. apply (cert_delta _ _ _ _ _ _ _ _ relu_certificate t H). }
apply delta_linear; [exact (proj1 M) | exact H | exact (fits mu t M (proj2 H)) | |].
{ assert (A := slope_pos mu ltac:(lra)). unfold square, b0. nra. }
set (D := fun m => 1 + t * (m / (3*PI) + b0 * t)).
set (f := fun m => cos (t / D m) - cos t - m * gain t).
set (f' := fun m => sin (t / D m) * (t / D m)^2 / (3*PI) - gain t).
set (f'' := fun m => - ((t / D m)^3 / (3*PI)^2 * (t / D m * cos (t / D m) + 2 * sin (t / D m)))).
assert (DB : forall m, 0 <= m -> 1 + b0 * t^2 <= D m).
{ intros m Hm. unfold D. assert (0 <= t * (m / (3*PI))) by (apply Rmult_le_pos; [|apply div_nonneg]; lra). nra. }
assert (D0 : forall m, 0 <= m -> 0 < D m) by (intros m Hm; assert (Z := DB m Hm); unfold b0 in Z; nra).
assert (DZ : forall m, 0 <= m -> 0 < 3*PI + t * (m + b0 * t * (3*PI))).
{ intros m Hm. assert (Z := D0 m Hm). replace (3*PI + t * (m + b0*t*(3*PI))) with (D m * (3*PI)) by (unfold D; field; lra). nra. }
assert (C : (1 - mu) * f 0 + mu * f 1 <= f mu).
{ apply (concave_chord f f' f''); [| | | lra].
  - intros z Hz. assert (Z := D0 z ltac:(lra)). assert (Z2 := DZ z ltac:(lra)). apply is_derive_Reals. unfold f, f', D in *. auto_derive.
    repeat split; lra. unfold Rdiv. field. repeat split; lra.
  - intros z Hz. assert (Z := D0 z ltac:(lra)). assert (Z2 := DZ z ltac:(lra)). apply is_derive_Reals. unfold f', f'', D in *. auto_derive.
    repeat split; lra. unfold Rdiv. field. repeat split; lra.
  - intros z Hz. unfold f''. assert (Q := bracket_small t (D z) ltac:(lra) (DB z ltac:(lra))). assert (B := bracket_bend (t / D z) ltac:(lra)).
    assert (0 <= (t / D z)^3 / (3*PI)^2) by (apply div_nonneg; [apply pow_le | apply pow_lt]; lra).
    assert (0 <= (t / D z)^3 / (3*PI)^2 * (t / D z * cos (t / D z) + 2 * sin (t / D z))) by (apply Rmult_le_pos; lra). lra. }
assert (F0 : 0 <= f 0).
{ unfold f. rewrite Rmult_0_l. assert (Q := DB 0 (Rle_refl 0)). assert (QR := quotient_range t (D 0) H ltac:(unfold b0 in Q; nra)).
  assert (X := cos_decr_1 (t / D 0) t ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)). lra. }
assert (F1 : 0 <= f 1).
{ unfold f. assert (X := fc_H1_linear _ _ _ _ _ _ _ _ relu_certificate t H). unfold D. unfold square, slope in X. fold b0 in X. lra. }
assert (0 <= f mu) by nra. unfold f, D in *. unfold square, slope. lra.
Qed.

Lemma family_second mu t : 0 < mu <= 1 -> 0 < t <= PI ->
  3/2 * (slope mu)^2 * t + - (1/50) * t^2 <= delta mu t <= 3/2 * (slope mu)^2 * t + 17/250 * t^2.
Proof.
intros M H. assert (P := PI_bounds). assert (A := slope_pos mu ltac:(lra)). assert (A1 := slope_le mu ltac:(lra)).
assert (D0 := M1 mu (proj1 M) t H (fits mu t M (proj2 H))). assert (D1 := family_linear mu t M H).
assert (A2 : (slope mu)^2 <= 0.01126) by nra. assert (A0 : 0 <= (slope mu)^2) by nra.
destruct (Rle_lt_dec t 1) as [L|L].
- assert (T : 0 <= t <= 1) by lra. assert (MM : 0 <= mu <= 1) by lra. split.
  + destruct (Rle_lt_dec 0 (cubic mu (-(1/50)) t)) as [Q|Q].
    * apply delta_ge; [exact (proj1 M) | exact H | exact (fits mu t M (proj2 H)) | exact Q |]. apply cubic_below; [exact (proj1 M) | exact T | exact Q |].
      unfold cubic_rest, tail_below, cubic, slope in *. cbv zeta. clear - T MM. interval with (i_bisect t, i_bisect mu).
    * unfold cubic in Q. assert (t * (slope mu + 3/2 * (slope mu)^2 * t + - (1/50) * t^2) <= 0) by nra. nra.
  + apply delta_le; [exact (proj1 M) | exact H | exact (fits mu t M (proj2 H)) | |].
    { unfold cubic. nra. }
    apply cubic_above; [exact (proj1 M) | exact T | unfold cubic; nra |].
    unfold cubic_rest, tail_above, cubic, slope in *. cbv zeta. clear - T MM. interval with (i_bisect t, i_bisect mu).
- split. nra. unfold b0 in D1. nra.
Qed.

Lemma family_rho mu t : 0 < mu <= 1 -> 0 < t <= PI -> - (23/1000 * t^2) <= rho mu t <= 7/100 * t^2.
Proof.
intros M H. assert (P := PI_bounds). assert (A := slope_pos mu ltac:(lra)). assert (A1 := slope_le mu ltac:(lra)).
destruct (family_second mu t M H) as [D1 D2]. assert (T2 : 0 <= t^2) by nra.
assert (A3 : 0 <= (slope mu)^3 <= 0.0012). { split. apply pow_le; lra. assert (0 <= slope mu <= 0.106104) by lra. interval. }
split.
- eapply Rle_trans. 2: exact (rho_below mu _ t (proj1 M) H (fits mu t M (proj2 H)) D1). assert (0 <= slope mu * t) by nra. nra.
- eapply Rle_trans. exact (rho_above mu _ t (proj1 M) H (fits mu t M (proj2 H)) D2). nra.
Qed.

Lemma one_minus_cos t : 0 <= t <= PI -> 1 - cos t <= 29/40 * t.
Proof.
intros H. assert (P := PI_above). destruct (Rle_lt_dec t 1).
- assert (A := cos_below t ltac:(lra)). assert (0 <= t^4 * (1/24 - t^2/720)) by (apply Rmult_le_pos; [apply pow_le; lra | nra]). nra.
- assert (K : 1 <= t <= 355/113) by lra. clear - K. cut (0 <= 29/40 * t - 1 + cos t). lra. interval with (i_bisect t, i_taylor t).
Qed.

Lemma family_source mu t : 0 < mu <= 1 -> 0 < t <= PI ->
  - (1/8 * (mu * t / PI)) <= source_defect mu t <= 14/5/mu^2 * (mu * t / PI).
Proof.
intros M H. assert (P := PI_bounds). assert (A := slope_pos mu ltac:(lra)). destruct (G_cos mu (proj1 M) t ltac:(lra) (fits mu t M (proj2 H))) as [GC GR].
assert (D0 := M1 mu (proj1 M) t H (fits mu t M (proj2 H))). assert (D1 := family_linear mu t M H). unfold source_defect.
assert (F0 : 0 < front mu) by (unfold front; apply Rdiv_lt_0_compat; lra).
assert (I : front mu * (3/2 * (slope mu)^2 * t) = 1/8 * (mu * t / PI)) by (unfold front, slope; field; lra).
assert (CB := COS_bound (G mu t)).
assert (OC : 1 - cos (G mu t) <= 29/40 * t).
{ rewrite GC. assert (X := one_minus_cos t ltac:(lra)). assert (Y := gain_nonneg t ltac:(lra)). assert (0 <= mu * gain t) by (apply Rmult_le_pos; lra). lra. }
assert (F1 : 0 <= front mu * delta mu t <= front mu * (b0 * t)).
{ split. apply Rmult_le_pos; lra. apply Rmult_le_compat_l; lra. }
assert (MT : 0 <= mu * t / PI) by (apply div_nonneg; nra).
rewrite Rmult_minus_distr_l, I. split. lra.
assert (MI : 1 <= / mu) by (rewrite <- Rinv_1 at 1; apply Rinv_le_contravar; lra).
replace (14/5/mu^2 * (mu * t / PI)) with (14/5 * (t / PI) * / mu) by (field; lra).
assert (F2 : front mu * (b0 * t) = 3/4 * PI^2 * b0 * (t / PI) * / mu) by (unfold front; field; lra).
assert (TP : 0 <= t / PI) by (apply div_nonneg; lra).
assert (B1 : 3/4 * PI^2 * b0 <= 0.503) by (unfold b0; interval).
assert (B2 : 29/40 * t = 29/40 * PI * (t / PI)) by (field; lra).
assert (B3 : 29/40 * PI <= 2.28) by lra.
assert (TM : t / PI <= t / PI * / mu) by nra.
assert (3/4 * PI^2 * b0 * (t / PI * / mu) <= 0.503 * (t / PI * / mu)) by (apply Rmult_le_compat_r; nra).
assert (29/40 * PI * (t / PI) <= 2.28 * (t / PI)) by (apply Rmult_le_compat_r; lra).
lra.
Qed.

Theorem family_two_sided mu c L : 0 < mu <= 1 -> -1 <= c < 1 ->
  - 5/mu^2 <= ntk (dual mu) (ddual mu) c L - (INR L + 1)/4 - 3/8 * ln (1 + mu * acos c * INR L / (3*PI))
  <= 3*PI/(4 * mu * acos c) + 71/10/mu^2.
Proof.
intros M Hc. assert (P := PI_bounds). assert (H := acos_range c Hc). set (t := acos c) in *.
assert (A := slope_pos mu ltac:(lra)).
assert (X := kernel_second mu t (proj1 M) H (fits mu t M (proj2 H)) (1/8) (14/5/mu^2) (cos t) (fun u Hu => family_source mu u M ltac:(lra)) (23/1000) (7/100) b0
  (fun u Hu => family_linear mu u M ltac:(lra)) (fun u Hu => proj1 (family_rho mu u M ltac:(lra))) (fun u Hu => proj2 (family_rho mu u M ltac:(lra)))
  ltac:(lra) ltac:(lra) L).
assert (SP := start_below_pole mu t M H).
rewrite (Rmax_right (cos t - pole mu t) (1/8)) in X by lra.
rewrite <- ntk_tangent in X by (exact (proj1 M) || exact H || exact (fits mu t M (proj2 H))). replace (cos t) with c in X by (unfold t; rewrite cos_acos; lra).
replace (ell mu t L) with (ln (1 + mu * t * INR L / (3*PI))) in X by (unfold ell, slope; f_equal; field; lra).
assert (MI : 1 <= / mu) by (rewrite <- Rinv_1 at 1; apply Rinv_le_contravar; lra).
set (m := / mu) in *.
assert (MM : m <= m^2) by nra.
assert (FT : front mu / t = 3*PI/(4*mu*t)) by (unfold front; field; lra).
assert (FT1 : 3/4 * m <= front mu / t).
{ rewrite FT. replace (3*PI/(4*mu*t)) with (3/4 * m * (PI / t)) by (unfold m; field; lra).
  assert (1 <= PI / t). { apply Rmult_le_reg_r with t. lra. replace (PI / t * t) with PI by (field; lra). lra. } nra. }
assert (SI : 1 / slope mu = 3*PI*m) by (unfold slope, m; field; lra).
assert (FM : front mu = 3*PI/4 * m) by (unfold front, m; field; lra).
assert (Q : t^2 + t / slope mu <= 39.5 * m).
{ replace (t / slope mu) with (t * (1 / slope mu)) by (field; lra). rewrite SI.
  assert (T1 : t^2 <= PI^2) by (apply pow_incr; lra). assert (T2 : PI^2 <= 9.87) by nra. assert (T3 : t * (3*PI*m) <= PI * (3*PI*m)) by (apply Rmult_le_compat_r; nra).
  replace (PI * (3*PI*m)) with (3 * PI^2 * m) in T3 by ring. assert (3 * PI^2 * m <= 3 * 9.87 * m) by (apply Rmult_le_compat_r; lra). lra. }
assert (Q0 : 0 <= t^2 + t / slope mu) by (assert (0 <= t / slope mu) by (apply div_nonneg; lra); nra).
assert (LE : log_excess mu t b0 <= 1.42 * m).
{ unfold log_excess. replace (37/100 / slope mu) with (37/100 * (1 / slope mu)) by (field; lra). rewrite SI.
  apply Rle_trans with (PI * b0 * (PI * m + 37/100 * (3*PI*m))).
  - assert (PM : PI * 1 <= PI * m) by (apply Rmult_le_compat_l; lra). apply Rmult_le_compat; unfold b0; try lra; nra.
  - replace (PI * b0 * (PI * m + 37/100 * (3*PI*m))) with (PI^2 * b0 * (211/100) * m) by field.
    apply Rmult_le_compat_r. lra. unfold b0. clear. interval. }
assert (KQ : forall K, 0 <= K -> front mu * (K * (t^2 + t / slope mu)) <= 93.1 * K * m^2).
{ intros K K0. rewrite FM. apply Rle_trans with (3*PI/4*m * (K * (39.5 * m))).
  - apply Rmult_le_compat_l. nra. apply Rmult_le_compat_l; lra.
  - replace (3*PI/4*m * (K * (39.5*m))) with (3*PI/4*39.5 * (K * m^2)) by ring.
    replace (93.1 * K * m^2) with (93.1 * (K * m^2)) by ring. apply Rmult_le_compat_r. nra. lra. }
assert (K1 := KQ (23/1000) ltac:(lra)). assert (K2 := KQ (7/100) ltac:(lra)).
replace (- 5 / mu^2) with (- 5 * m^2) by (unfold m; field; lra). replace (71/10/mu^2) with (71/10*m^2) by (unfold m; field; lra).
replace (14/5/mu^2) with (14/5*m^2) in X by (unfold m; field; lra).
assert (CB : -1 <= c <= 1) by lra. rewrite <- FT.
destruct X as [X1 X2]. split.
- revert X1. unfold Rmax, pole. destruct (Rle_dec (front mu / t - 1/8 - c) (14/5 * m^2)); intros; lra.
- lra.
Qed.

(* ---- every slope, the duals as printed ---- *)
Theorem leaky_two_sided s c L : 0 <= s -> s <> 1 -> -1 <= c < 1 -> let mu := (1 - s)^2/(1 + s^2) in
  - 5/mu^2 <= ntk (leaky1 s) (leaky0 s) c L - (INR L + 1)/4 - 3/8 * ln (1 + mu * acos c * INR L / (3*PI))
  <= 3*PI/(4 * mu * acos c) + 71/10/mu^2.
Proof.
intros S N H mu. rewrite (ntk_ext _ (dual mu) _ (ddual mu) c L (fun x => proj1 (leaky_dual s x)) (fun x => proj2 (leaky_dual s x))).
apply family_two_sided. apply mu_of_range; assumption. exact H.
Qed.

Theorem leaky_diagonal s L : ntk (leaky1 s) (leaky0 s) 1 L = INR L + 1.
Proof.
rewrite (ntk_ext _ (dual (mu_of s)) _ (ddual (mu_of s)) 1 L (fun x => proj1 (leaky_dual s x)) (fun x => proj2 (leaky_dual s x))).
apply diagonal.
Qed.

Lemma leaky_bounds s c : 0 <= s -> s <> 1 -> -1 <= c < 1 -> exists lo hi, forall L,
  lo <= ntk (leaky1 s) (leaky0 s) c L - (INR L + 1)/4 - 3/8 * ell (mu_of s) (acos c) L <= hi.
Proof.
intros S N H. exists (- 5/(mu_of s)^2), (3*PI/(4 * mu_of s * acos c) + 71/10/(mu_of s)^2). intros L.
assert (P := PI_bounds). assert (X := leaky_two_sided s c L S N H). fold (mu_of s) in X. cbv zeta in X.
replace (ell (mu_of s) (acos c) L) with (ln (1 + mu_of s * acos c * INR L / (3*PI))) by (unfold ell, slope; f_equal; field; lra). exact X.
Qed.

Theorem leaky_limit s c : 0 <= s -> s <> 1 -> -1 <= c < 1 ->
  Un_cv (fun L => ntk (leaky1 s) (leaky0 s) c L / ntk (leaky1 s) (leaky0 s) 1 L) (1/4).
Proof.
intros S N H. destruct (leaky_bounds s c S N H) as [lo [hi B]]. 
intros eps He. destruct (limit_quarter (mu_of s) (acos c) lo hi _ (proj1 (mu_of_range s S N)) (acos_range c H) B eps He) as [M HM].
exists M. intros n Hn. rewrite leaky_diagonal. apply HM. exact Hn.
Qed.

Theorem leaky_sharp_limit s c : 0 <= s -> s <> 1 -> -1 <= c < 1 ->
  Un_cv (fun L => (ntk (leaky1 s) (leaky0 s) c L / ntk (leaky1 s) (leaky0 s) 1 L - 1/4) * INR L / ln (INR L)) (3/8).
Proof.
intros S N H. destruct (leaky_bounds s c S N H) as [lo [hi B]].
intros eps He. destruct (limit_three_eighths (mu_of s) (acos c) lo hi _ (proj1 (mu_of_range s S N)) (acos_range c H) B eps He) as [M HM].
exists M. intros n Hn. rewrite leaky_diagonal. apply HM. exact Hn.
Qed.

(* a linear network does not forget: slope 1 keeps every correlation *)
Theorem linear_keeps c L : nngp (leaky1 1) c L = c /\ ntk (leaky1 1) (leaky0 1) c L = (INR L + 1) * c.
Proof.
assert (A : forall x, leaky1 1 x = x) by (intros; unfold leaky1; field; lra).
assert (B : forall x, leaky0 1 x = 1) by (intros; unfold leaky0; field; lra).
assert (N : forall j, nngp (leaky1 1) c j = c) by (induction j; simpl; [reflexivity | rewrite IHj; apply A]).
split. apply N. induction L. simpl. ring.
change (ntk (leaky1 1) (leaky0 1) c (S L)) with (leaky0 1 (nngp (leaky1 1) c L) * ntk (leaky1 1) (leaky0 1) c L + nngp (leaky1 1) c (S L)).
rewrite IHL, B, N, S_INR. ring.
Qed.
