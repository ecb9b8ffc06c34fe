(* Leaky ReLU of negative slope, -1 < s < 0, mu = (1-s)^2/(1+s^2) in (1,2): the angle map turns back at pi/mu, but one layer leads into
   (0,pi/2], where everything is as for s >= 0. Bounds for every depth with the exact coefficient 3/8 of the logarithm. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Limits Kernels AngleMap Depth Certificate FFNet Leaky.
Open Scope R_scope.

Lemma wide_slope mu : 1 <= mu <= 2 -> 0 < slope mu <= 0.2123.
Proof.
intros M. assert (P := PI_bounds). split. apply slope_pos; lra. apply Rle_trans with (2 / (3*PI)); [|interval].
unfold slope, Rdiv. apply Rmult_le_compat_r; [|lra]. left; apply Rinv_0_lt_compat; lra.
Qed.

Lemma half_fits mu t : 1 <= mu <= 2 -> t <= PI/2 -> mu * t <= PI.
Proof. intros M H. assert (P := PI_bounds). nra. Qed.

(* ---- the first layer ---- *)
(* at mu = 2 the map returns to 1 at t = pi *)
Lemma twice_gain t : 0 <= t <= PI -> cos t + 2 * gain t <= 1.
Proof.
intros H. assert (P := PI_bounds).
assert (D : forall x, derivable_pt_lim (fun x => cos x + 2 * gain x) x (- (sin x * (1 - 2 * x / PI)))).
{ intros x. apply is_derive_Reals. unfold gain. auto_derive. exact I. field. lra. }
destruct (Rle_lt_dec t (PI/2)) as [L|L].
- assert (X := cos_map_decreases 2 ltac:(lra) 0 t ltac:(lra) ltac:(lra) ltac:(lra)). rewrite cos_0, gain_0 in X. lra.
- assert (X := grow (fun x => cos x + 2 * gain x) (fun x => - (sin x * (1 - 2 * x / PI))) t PI ltac:(lra) (fun x _ => D x)).
  assert (E : cos PI + 2 * gain PI = 1) by (unfold gain; rewrite sin_PI, cos_PI; field; lra). cbv beta in X. rewrite E in X. apply X.
  intros x Hx. assert (S0 : 0 <= sin x) by (apply sin_ge_0; lra).
  assert (Q : 1 <= 2 * x / PI). { apply Rmult_le_reg_r with PI. lra. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. } nra.
Qed.

Lemma first_layer mu t : 1 <= mu < 2 -> 0 < t <= PI ->
  cos (G mu t) = cos t + mu * gain t /\ 0 < G mu t <= PI/2.
Proof.
intros M H. assert (P := PI_bounds). assert (A := relu_lt_1 t H). assert (B := twice_gain t ltac:(lra)). assert (S0 := gain_nonneg t ltac:(lra)).
assert (C := kappa1_nonneg (cos t) (COS_bound t)). rewrite kappa1_cos in C by lra.
assert (R : 0 <= cos t + mu * gain t < 1) by (split; nra).
assert (E : cos (G mu t) = cos t + mu * gain t) by (unfold G; apply cos_acos; lra). split. exact E.
assert (GB : 0 <= G mu t <= PI) by (unfold G; apply acos_bound). split.
- destruct (Req_dec (G mu t) 0) as [Z|Z]; [|lra]. rewrite Z, cos_0 in E. lra.
- unfold G. rewrite <- acos_0. apply acos_anti; lra.
Qed.

(* ---- the hypotheses on (0,pi/2] ---- *)
(* delta <= t/5: cos (t/D) - cos t - m gain t is concave in m and >= 0 at m = 0 and m = 2 *)
Lemma wide_end t : 0 < t <= PI/2 -> cos t + 2 * gain t <= cos (t / (1 + t * square 2 (1/5) t)).
Proof.
intros H. assert (P := PI_above). destruct (Rle_lt_dec t (1/2)) as [L|L].
- apply square_above; [lra | lra | unfold square, slope; assert (K : 0 <= t <= 1/2) by lra; clear - K; interval |].
  assert (K : 0 <= t <= 1/2) by lra. clear - K. unfold square_rest, tail_above, square, slope. cbv zeta. interval with (i_bisect t, i_prec 60).
- assert (K : 1/2 <= t <= 355/226) by lra. clear - K. cut (0 <= cos (t / (1 + t * square 2 (1/5) t)) - (cos t + 2 * gain t)). lra.
  unfold square, slope, gain. interval with (i_bisect t, i_taylor t, i_prec 60).
Qed.

Lemma wide_linear mu t : 1 <= mu < 2 -> 0 < t <= PI/2 -> delta mu t <= 1/5 * t.
Proof.
intros M H. assert (P := PI_bounds). assert (A := wide_slope mu ltac:(lra)).
apply delta_linear; [lra | lra | apply half_fits; lra | unfold square; nra |].
set (D := fun x => 1 + t * (2 * x / (3*PI) + 1/5 * t)).
set (f := fun x => cos (t / D x) - cos t - 2 * x * gain t).
set (f' := fun x => 2 * (sin (t / D x) * (t / D x)^2 / (3*PI) - gain t)).
set (f'' := fun x => - (4 * ((t / D x)^3 / (3*PI)^2 * (t / D x * cos (t / D x) + 2 * sin (t / D x))))).
assert (DB : forall x, 0 <= x -> 1 <= D x).
{ intros x Hx. unfold D. assert (0 <= t * (2 * x / (3*PI))) by (apply Rmult_le_pos; [|apply div_nonneg]; lra). nra. }
assert (DZ : forall x, 0 <= x -> 0 < 3*PI + t * (2 * x + 1/5 * t * (3*PI))).
{ intros x Hx. assert (Z := DB x Hx). replace (3*PI + t * (2*x + 1/5*t*(3*PI))) with (D x * (3*PI)) by (unfold D; field; lra). nra. }
assert (C : (1 - mu/2) * f 0 + mu/2 * f 1 <= f (mu/2)).
{ apply (concave_chord f f' f''); [| | | lra].
  - intros z Hz. assert (Z := DB z ltac:(lra)). assert (Z2 := DZ z ltac:(lra)). apply is_derive_Reals. unfold f, f', D in *. auto_derive.
    repeat split; lra. unfold Rdiv. field. repeat split; lra.
  - intros z Hz. assert (Z := DB z ltac:(lra)). assert (Z2 := DZ z ltac:(lra)). apply is_derive_Reals. unfold f', f'', D in *. auto_derive.
    repeat split; lra. unfold Rdiv. field. repeat split; lra.
  - intros z Hz. unfold f''. assert (Q := quotient_range t (D z) ltac:(lra) (DB z ltac:(lra))). assert (B := bracket_bend (t / D z) ltac:(lra)).
    assert (0 <= (t / D z)^3 / (3*PI)^2) by (apply div_nonneg; [apply pow_le | apply pow_lt]; lra).
    assert (0 <= (t / D z)^3 / (3*PI)^2 * (t / D z * cos (t / D z) + 2 * sin (t / D z))) by (apply Rmult_le_pos; lra). lra. }
assert (F0 : 0 <= f 0).
{ unfold f. rewrite Rmult_0_r, Rmult_0_l. assert (QR := quotient_range t (D 0) ltac:(lra) (DB 0 (Rle_refl 0))).
  assert (X := cos_decr_1 (t / D 0) t ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)). lra. }
assert (F1 : 0 <= f 1).
{ assert (X := wide_end t H). unfold f, D. unfold square, slope in X. replace (2 * 1 / (3*PI)) with (2 / (3*PI)) by (field; lra). lra. }
assert (F : 0 <= f (mu/2)) by nra. unfold f, D in F. unfold square, slope. replace (2 * (mu/2) / (3*PI)) with (mu / (3*PI)) in F by (field; lra). lra.
Qed.

Lemma wide_second mu t : 1 <= mu < 2 -> 0 < t <= PI/2 ->
  3/2 * (slope mu)^2 * t + - (7/100) * t^2 <= delta mu t <= 3/2 * (slope mu)^2 * t + 1/5 * t^2.
Proof.
intros M H. assert (P := PI_bounds). assert (A := wide_slope mu ltac:(lra)). assert (W := half_fits mu t ltac:(lra) ltac:(lra)).
assert (D0 := M1 mu ltac:(lra) t ltac:(lra) W). assert (D1 := wide_linear mu t M H).
assert (A2 : 0 <= (slope mu)^2 <= 0.0451) by (split; nra).
destruct (Rle_lt_dec t 1) as [L|L].
- assert (T : 0 <= t <= 1) by lra. assert (MM : 1 <= mu <= 2) by lra.
  assert (AL : 0.106 <= slope mu) by (clear - MM; unfold slope; interval). split.
  + assert (Q : 0 <= cubic mu (-(7/100)) t) by (unfold cubic; nra).
    apply delta_ge; [lra | lra | exact W | exact Q |]. apply cubic_below; [lra | exact T | exact Q |].
    unfold cubic_rest, tail_below, cubic, slope in *. cbv zeta. clear - T MM. interval with (i_bisect t, i_bisect mu).
  + apply delta_le; [lra | lra | exact W | unfold cubic; nra |].
    apply cubic_above; [lra | exact T | unfold cubic; nra |].
    unfold cubic_rest, tail_above, cubic, slope in *. cbv zeta. clear - T MM. interval with (i_bisect t, i_bisect mu).
- split; nra.
Qed.

Lemma wide_cube mu : 1 <= mu < 2 -> 0 <= (slope mu)^3 <= 0.00957.
Proof.
intros M. assert (A := wide_slope mu ltac:(lra)). split. apply pow_le; lra.
assert (K : 0 <= slope mu <= 0.2123) by lra. clear - K. interval.
Qed.

Lemma wide_rho mu t : 1 <= mu < 2 -> 0 < t <= PI/2 -> - (1/10 * t^2) <= rho mu t <= 43/200 * t^2.
Proof.
intros M H. assert (P := PI_bounds). assert (A := wide_slope mu ltac:(lra)). assert (W := half_fits mu t ltac:(lra) ltac:(lra)).
destruct (wide_second mu t M H) as [D1 D2]. assert (T2 : 0 <= t^2) by nra. assert (A3 := wide_cube mu M). split.
- eapply Rle_trans. 2: exact (rho_below mu _ t ltac:(lra) ltac:(lra) W D1). assert (0 <= slope mu * t) by nra. nra.
- eapply Rle_trans. exact (rho_above mu _ t ltac:(lra) ltac:(lra) W D2). nra.
Qed.

Lemma wide_source mu t : 1 <= mu < 2 -> 0 < t <= PI/2 ->
  - (1 * (mu * t / PI)) <= source_defect mu t <= 5 * (mu * t / PI).
Proof.
intros M H. assert (P := PI_bounds). destruct (G_cos mu ltac:(lra) t ltac:(lra) (half_fits mu t ltac:(lra) ltac:(lra))) as [GC _].
destruct (wide_second mu t M H) as [D1 D2]. unfold source_defect. assert (CB := COS_bound (G mu t)).
assert (OC : 1 - cos (G mu t) <= t * t / 2).
{ rewrite GC. assert (Y := gain_nonneg t ltac:(lra)). assert (0 <= mu * gain t) by (apply Rmult_le_pos; lra).
  assert (HF := cos_2a_sin (t/2)). replace (2 * (t/2)) with t in HF by field.
  assert (SX := sin_le_x (t/2) ltac:(lra)). assert (SP : 0 <= sin (t/2)) by (apply sin_ge_0; lra). nra. }
assert (F0 : 0 < front mu) by (unfold front; apply Rdiv_lt_0_compat; lra).
set (x := delta mu t - 3/2 * (slope mu)^2 * t) in *.
assert (X : - (7/100 * t^2) <= x <= 1/5 * t^2) by (unfold x; lra).
assert (MI : / mu <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra). assert (MP : 0 < / mu) by (apply Rinv_0_lt_compat; lra).
assert (T0 : 0 <= t / PI) by (apply div_nonneg; lra).
(* in units of t/pi *)
assert (FT : front mu * t^2 <= 11.7 * (t / PI)).
{ unfold front. replace (3*PI/(4*mu) * t^2) with (3/4 * PI^2 * t * / mu * (t / PI)) by (field; lra). apply Rmult_le_compat_r. exact T0.
  apply Rle_trans with (3/4 * PI^2 * t * 1). apply Rmult_le_compat_l. apply Rmult_le_pos; nra. exact MI.
  apply Rle_trans with (3/4 * PI^2 * (PI/2)). rewrite Rmult_1_r. apply Rmult_le_compat_l; nra. clear. interval. }
assert (FL : front mu * - (7/100 * t^2) <= front mu * x) by (apply Rmult_le_compat_l; lra).
assert (FU : front mu * x <= front mu * (1/5 * t^2)) by (apply Rmult_le_compat_l; lra).
assert (TT : t * t / 2 <= 2.5 * (t / PI)).
{ replace (t * t / 2) with (PI * t / 2 * (t / PI)) by (field; lra). apply Rmult_le_compat_r. exact T0. nra. }
replace (mu * t / PI) with (mu * (t / PI)) by (field; lra). split; nra.
Qed.

(* ---- every depth ---- *)
(* from the state (phi, T) behind the first layer *)
Lemma wide_kernel mu phi T l : 1 <= mu < 2 -> 0 < phi <= PI/2 -> -2 <= T <= 2 ->
  - 37/4 <= tangent mu phi T l - INR l / 4 - 3/8 * ell mu phi l <= front mu / phi + 43/4.
Proof.
intros M H HT. assert (P := PI_bounds). assert (A := wide_slope mu ltac:(lra)).
assert (X := kernel_second mu phi ltac:(lra) ltac:(lra) (half_fits mu phi ltac:(lra) ltac:(lra)) 1 5 T (fun u Hu => wide_source mu u M ltac:(lra))
  (1/10) (43/200) (1/5) (fun u Hu => wide_linear mu u M ltac:(lra)) (fun u Hu => proj1 (wide_rho mu u M ltac:(lra)))
  (fun u Hu => proj2 (wide_rho mu u M ltac:(lra))) ltac:(lra) ltac:(lra) l).
assert (SI : 1 / slope mu <= 9.4248).
{ unfold slope. replace (1 / (mu / (3*PI))) with (3*PI * / mu) by (field; lra).
  assert (/ mu <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra). assert (0 < / mu) by (apply Rinv_0_lt_compat; lra). nra. }
assert (SP : 0 < 1 / slope mu) by (apply Rdiv_lt_0_compat; lra).
assert (FM : 0 < front mu <= 2.3562).
{ unfold front. split. apply Rdiv_lt_0_compat; lra. replace (3*PI/(4*mu)) with (3*PI/4 * / mu) by (field; lra).
  assert (/ mu <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra). nra. }
assert (Q : 0 <= phi^2 + phi / slope mu <= 17.28).
{ replace (phi / slope mu) with (phi * (1 / slope mu)) by (field; lra). split. nra.
  assert (phi * (1 / slope mu) <= 1.5708 * 9.4248) by (apply Rmult_le_compat; lra). nra. }
set (q := phi^2 + phi / slope mu) in *.
assert (FQ : 0 <= front mu * q <= 40.75).
{ split. apply Rmult_le_pos; lra. apply Rle_trans with (2.3562 * 17.28). apply Rmult_le_compat; lra. lra. }
assert (LE : log_excess mu phi (1/5) <= 1.6).
{ unfold log_excess. replace (37/100 / slope mu) with (37/100 * (1 / slope mu)) by (field; lra).
  apply Rle_trans with (1.5708 * (1/5) * (1.5708 + 37/100 * 9.4248)). apply Rmult_le_compat; lra. lra. }
assert (PT : 0.75 <= front mu / phi).
{ unfold front. apply Rmult_le_reg_r with (mu * phi). nra. replace (3*PI/(4*mu)/phi * (mu * phi)) with (3*PI/4) by (field; lra). nra. }
destruct X as [X1 X2]. replace (front mu * (1/10 * q)) with (1/10 * (front mu * q)) in X1 by ring.
replace (front mu * (43/200 * q)) with (43/200 * (front mu * q)) in X2 by ring. split.
- revert X1. unfold Rmax, pole. destruct (Rle_dec (front mu / phi - 1/8 - T) 5); intros; lra.
- revert X2. unfold Rmax, pole. destruct (Rle_dec (T - (front mu / phi - 1/8)) 1); intros; lra.
Qed.

Lemma from_first_layer k c l : nngp k c (S l) = nngp k (k c) l.
Proof. induction l. reflexivity. change (nngp k c (S (S l))) with (k (nngp k c (S l))). now rewrite IHl. Qed.

Lemma wide_orbit mu c l : 1 <= mu < 2 -> -1 <= c < 1 -> let phi := G mu (acos c) in
  nngp (dual mu) c (S l) = cos (ang mu phi l)
  /\ ntk (dual mu) (ddual mu) c (S l) = tangent mu phi (ntk (dual mu) (ddual mu) c 1) l.
Proof.
intros M H phi. assert (P := PI_bounds). assert (R := acos_range c H). destruct (first_layer mu (acos c) M R) as [E B]. fold phi in E, B.
assert (W := half_fits mu phi ltac:(lra) ltac:(lra)).
assert (K : forall j, nngp (dual mu) c (S j) = cos (ang mu phi j)).
{ intros j. rewrite from_first_layer, <- (nngp_ang mu phi j) by lra. f_equal.
  rewrite E, <- dual_cos by lra. rewrite cos_acos by lra. reflexivity. }
split. apply K. induction l. reflexivity.
change (ntk (dual mu) (ddual mu) c (S (S l))) with
  (ddual mu (nngp (dual mu) c (S l)) * ntk (dual mu) (ddual mu) c (S l) + nngp (dual mu) c (S (S l))).
rewrite IHl, !K. assert (Q := ang_in mu phi ltac:(lra) ltac:(lra) W l). rewrite ddual_cos by lra. reflexivity.
Qed.

Lemma wide_first mu c : 1 <= mu < 2 -> -1 <= c < 1 -> -2 <= ntk (dual mu) (ddual mu) c 1 <= 2.
Proof.
intros M H. destruct (first_layer mu (acos c) M (acos_range c H)) as [E _]. destruct (wide_orbit mu c 0 M H) as [N _].
change (ntk (dual mu) (ddual mu) c 1) with (ddual mu c * c + nngp (dual mu) c 1). rewrite N. simpl ang.
assert (CB := COS_bound (G mu (acos c))). assert (K := kappa0_acos c). assert (Q := angle_over_PI c).
assert (D : -1 <= ddual mu c <= 1) by (unfold ddual; rewrite K; split; nra).
assert (-1 <= ddual mu c * c <= 1) by (split; nra). lra.
Qed.

Theorem negative_angle mu c l : 1 <= mu < 2 -> -1 <= c < 1 -> let phi := acos (dual mu c) in
  1/phi + mu/(3*PI) * INR l <= 1 / acos (nngp (dual mu) c (S l)) <= 1/phi + mu/(3*PI) * INR l + (phi + ell mu phi l / slope mu) / 5.
Proof.
intros M H. assert (P := PI_bounds). assert (R := acos_range c H). destruct (first_layer mu (acos c) M R) as [E B].
rewrite (proj1 (wide_orbit mu c l M H)). cbv zeta. replace (acos (dual mu c)) with (G mu (acos c)).
2:{ rewrite <- (cos_acos c) at 2 by lra. rewrite dual_cos by lra. reflexivity. }
set (phi := G mu (acos c)) in *. assert (W := half_fits mu phi ltac:(lra) ltac:(lra)).
assert (Q := ang_in mu phi ltac:(lra) ltac:(lra) W l). rewrite acos_cos by lra. split.
- exact (angle_lower mu phi ltac:(lra) ltac:(lra) W l).
- assert (X := angle_upper mu phi ltac:(lra) ltac:(lra) W (1/5) (fun u Hu => wide_linear mu u M ltac:(lra)) l). unfold slope at 1 in X. lra.
Qed.

Theorem negative_two_sided mu c L : 1 <= mu < 2 -> -1 <= c < 1 -> let phi := acos (dual mu c) in
  -10 <= ntk (dual mu) (ddual mu) c L - (INR L + 1)/4 - 3/8 * ln (1 + mu * phi * INR L / (3*PI)) <= 3*PI/(4 * mu * phi) + 11.
Proof.
intros M H phi'. assert (P := PI_bounds). assert (R := acos_range c H). destruct (first_layer mu (acos c) M R) as [E B].
assert (EP : phi' = G mu (acos c)).
{ unfold phi'. rewrite <- (cos_acos c) at 1 by lra. rewrite dual_cos by lra. reflexivity. }
rewrite EP. set (phi := G mu (acos c)) in *. assert (A := wide_slope mu ltac:(lra)).
replace (ln (1 + mu * phi * INR L / (3*PI))) with (ell mu phi L) by (unfold ell, slope; f_equal; field; lra).
assert (FT : front mu / phi = 3*PI/(4*mu*phi)) by (unfold front; field; lra).
assert (F0 : 0 < front mu / phi) by (rewrite FT; apply Rdiv_lt_0_compat; nra). rewrite <- FT.
destruct L as [|l].
- simpl ntk. unfold ell. simpl INR. rewrite Rmult_0_r, Rplus_0_r, ln_1. lra.
- rewrite (proj2 (wide_orbit mu c l M H)). fold phi. rewrite S_INR.
  assert (X := wide_kernel mu phi _ l M B (wide_first mu c M H)).
  (* one more layer in the logarithm *)
  assert (Z : 0 < slope mu * phi <= 0.334) by (split; nra).
  assert (N := pos_INR l). set (z := slope mu * phi) in *. assert (ZN : 0 <= z * INR l) by nra.
  assert (EL : ell mu phi l <= ell mu phi (S l) <= ell mu phi l + 0.334).
  { unfold ell. fold z. rewrite S_INR. split. apply ln_le; lra.
    assert (S1 := ln_step (1 + z * (INR l + 1)) (1 + z * INR l) ltac:(lra) ltac:(lra)).
    assert ((1 + z * (INR l + 1)) / (1 + z * INR l) <= 1 + 0.334); [|lra].
    replace ((1 + z * (INR l + 1)) / (1 + z * INR l)) with (1 + z / (1 + z * INR l)) by (field; lra).
    apply Rplus_le_compat_l. apply Rle_trans with (z / 1); [|lra]. unfold Rdiv. apply Rmult_le_compat_l. lra. apply Rinv_le_contravar; lra. }
  lra.
Qed.

(* ---- the duals as printed ---- *)
Lemma mu_of_negative s : -1 < s <= 0 -> 1 <= mu_of s < 2.
Proof.
intros H. unfold mu_of. assert (D : 0 < 1 + s^2) by nra. split.
- apply Rmult_le_reg_r with (1 + s^2). exact D. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
- apply Rmult_lt_reg_r with (1 + s^2). exact D. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
Qed.

Theorem negative_slopes s c L : -1 < s <= 0 -> -1 <= c < 1 -> let mu := (1 - s)^2/(1 + s^2) in let phi := acos (leaky1 s c) in
  -10 <= ntk (leaky1 s) (leaky0 s) c L - (INR L + 1)/4 - 3/8 * ln (1 + mu * phi * INR L / (3*PI)) <= 3*PI/(4 * mu * phi) + 11.
Proof.
intros S H mu phi. rewrite (ntk_ext _ (dual mu) _ (ddual mu) c L (fun x => proj1 (leaky_dual s x)) (fun x => proj2 (leaky_dual s x))).
unfold phi. rewrite (proj1 (leaky_dual s c)). apply (negative_two_sided mu c L (mu_of_negative s S) H).
Qed.

Lemma negative_bounds s c : -1 < s <= 0 -> -1 <= c < 1 -> exists phi lo hi, 0 < phi <= PI /\ forall L,
  lo <= ntk (leaky1 s) (leaky0 s) c L - (INR L + 1)/4 - 3/8 * ell (mu_of s) phi L <= hi.
Proof.
intros S H. assert (P := PI_bounds). exists (acos (leaky1 s c)), (-10), (3*PI/(4 * mu_of s * acos (leaky1 s c)) + 11). split.
- destruct (first_layer (mu_of s) (acos c) (mu_of_negative s S) (acos_range c H)) as [E B].
  rewrite (proj1 (leaky_dual s c)). replace (acos (dual (mu_of s) c)) with (G (mu_of s) (acos c)). lra.
  rewrite <- (cos_acos c) at 2 by lra. rewrite dual_cos by apply acos_bound. reflexivity.
- intros L. assert (X := negative_slopes s c L S H). fold (mu_of s) in X. cbv zeta in X.
  replace (ell (mu_of s) (acos (leaky1 s c)) L) with (ln (1 + mu_of s * acos (leaky1 s c) * INR L / (3*PI))) by (unfold ell, slope; f_equal; field; lra).
  exact X.
Qed.

Theorem negative_limit s c : -1 < s <= 0 -> -1 <= c < 1 ->
  Un_cv (fun L => ntk (leaky1 s) (leaky0 s) c L / ntk (leaky1 s) (leaky0 s) 1 L) (1/4).
Proof.
intros S H. destruct (negative_bounds s c S H) as [phi [lo [hi [R B]]]]. assert (M := mu_of_negative s S).
intros eps He. destruct (limit_quarter (mu_of s) phi lo hi _ ltac:(lra) R B eps He) as [N HN].
exists N. intros n Hn. rewrite leaky_diagonal. apply HN. exact Hn.
Qed.

Theorem negative_sharp_limit s c : -1 < s <= 0 -> -1 <= c < 1 ->
  Un_cv (fun L => (ntk (leaky1 s) (leaky0 s) c L / ntk (leaky1 s) (leaky0 s) 1 L - 1/4) * INR L / ln (INR L)) (3/8).
Proof.
intros S H. destruct (negative_bounds s c S H) as [phi [lo [hi [R B]]]]. assert (M := mu_of_negative s S).
intros eps He. destruct (limit_three_eighths (mu_of s) phi lo hi _ ltac:(lra) R B eps He) as [N HN].
exists N. intros n Hn. rewrite leaky_diagonal. apply HN. exact Hn.
Qed.
