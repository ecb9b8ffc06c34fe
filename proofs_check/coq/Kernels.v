(* The kernels as printed, and the family of their duals in the angle.
   kappa0 c = (pi - acos c)/pi, kappa1 c = (sqrt(1 - c^2) + (pi - acos c) c)/pi are the duals of ReLU. With c = cos t and
   gain t = (sin t - t cos t)/pi they are 1 - t/pi and cos t + gain t; the slope s of a leaky ReLU replaces them by
   1 - mu t/pi and cos t + mu gain t, mu = (1-s)^2/(1+s^2). *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis.
Open Scope R_scope.

Definition kappa0 (c : R) := (PI - acos c) / PI.
Definition kappa1 (c : R) := (sqrt (1 - c*c) + (PI - acos c) * c) / PI.

(* the recursions of a feedforward network with the duals k, kd, one nonlinearity a layer; Theta(x,x) = l + 1 *)
Fixpoint nngp (k : R -> R) (c : R) (l : nat) : R := match l with O => c | S j => k (nngp k c j) end.
Fixpoint ntk (k kd : R -> R) (c : R) (l : nat) : R :=
  match l with O => c | S j => kd (nngp k c j) * ntk k kd c j + nngp k c (S j) end.

(* leaky ReLU of slope s on the negative side, normalised by E phi^2 = (1 + s^2)/2 *)
Definition leaky1 (s c : R) := ((1 - s)^2 * kappa1 c + 2 * s * c) / (1 + s^2).
Definition leaky0 (s c : R) := ((1 - s)^2 * kappa0 c + 2 * s) / (1 + s^2).
Definition mu_of (s : R) := (1 - s)^2 / (1 + s^2).

(* the same as a family of one parameter *)
Definition dual (mu c : R) := c + mu * (kappa1 c - c).
Definition ddual (mu c : R) := 1 - mu * (1 - kappa0 c).

Lemma leaky_dual s c : leaky1 s c = dual (mu_of s) c /\ leaky0 s c = ddual (mu_of s) c.
Proof. unfold leaky1, leaky0, dual, ddual, mu_of. assert (0 < 1 + s^2) by nra. split; field; lra. Qed.

Lemma mu_of_range s : 0 <= s -> s <> 1 -> 0 < mu_of s <= 1.
Proof.
intros H N. unfold mu_of. assert (D : 0 < 1 + s^2) by nra. split.
- apply Rdiv_lt_0_compat; [|exact D]. assert (1 - s <> 0) by lra. nra.
- apply div_le_1. exact D. nra.
Qed.

Lemma relu_dual c : kappa1 c = dual 1 c /\ kappa0 c = ddual 1 c.
Proof. unfold dual, ddual. split; ring. Qed.

Lemma nngp_ext k k' c l : (forall x, k x = k' x) -> nngp k c l = nngp k' c l.
Proof. intros H. induction l; simpl. reflexivity. now rewrite IHl, H. Qed.

Lemma ntk_ext k k' d d' c l : (forall x, k x = k' x) -> (forall x, d x = d' x) -> ntk k d c l = ntk k' d' c l.
Proof.
intros H K. induction l; simpl. reflexivity. now rewrite IHl, (nngp_ext k k'), K, H by exact H.
Qed.

(* ---- the gain ---- *)
Definition gain (t : R) := (sin t - t * cos t) / PI.

Lemma gain_0 : gain 0 = 0.
Proof. assert (P := PI_bounds). unfold gain. rewrite sin_0. field. lra. Qed.

Lemma gain_derive x : derivable_pt_lim gain x (x * sin x / PI).
Proof. assert (P := PI_bounds). apply is_derive_Reals. unfold gain. auto_derive. exact I. field. lra. Qed.

Lemma gain_mono u v : 0 <= u <= v -> v <= PI -> gain u <= gain v.
Proof.
intros H K. apply (grow gain (fun x => x * sin x / PI)). lra. intros; apply gain_derive.
intros x Hx. apply div_nonneg. apply Rmult_le_pos. lra. apply sin_ge_0; lra. apply PI_RGT_0.
Qed.

Lemma gain_nonneg t : 0 <= t <= PI -> 0 <= gain t.
Proof. intros H. rewrite <- gain_0. apply gain_mono; lra. Qed.

Lemma gain_pos t : 0 < t <= PI -> 0 < gain t.
Proof.
intros H. assert (P := PI_bounds). rewrite <- gain_0. apply (grow_strict gain (fun x => x * sin x / PI)). lra. intros; apply gain_derive.
intros x Hx. apply Rdiv_lt_0_compat; [|lra]. apply Rmult_lt_0_compat. lra. apply sin_gt_0; lra.
Qed.

Lemma gain_le_1 t : 0 <= t <= PI -> gain t <= 1.
Proof.
intros H. assert (P := PI_bounds). unfold gain. apply div_le_1. lra.
assert (A : sin t <= PI - t).
{ rewrite <- sin_PI_x. destruct (Req_dec (PI - t) 0) as [E|E]. rewrite E, sin_0; lra. left; apply sin_lt_x; lra. }
assert (B := COS_bound t). nra.
Qed.

(* cos t + gain t < 1: the dual of ReLU separates distinct directions *)
Lemma relu_lt_1 t : 0 < t <= PI -> cos t + gain t < 1.
Proof.
intros H. assert (P := PI_bounds). cut (- (1 - (cos 0 + gain 0)) < 1 - (cos t + gain t)).
{ rewrite cos_0, gain_0. lra. }
replace (- (1 - (cos 0 + gain 0))) with (1 - (cos 0 + gain 0)) by (rewrite cos_0, gain_0; ring).
apply (grow_strict (fun x => 1 - (cos x + gain x)) (fun x => sin x * (1 - x / PI))). lra.
- intros x Hx. apply is_derive_Reals. unfold gain. auto_derive. exact I. field. lra.
- intros x Hx. apply Rmult_lt_0_compat. apply sin_gt_0; lra.
  assert (x / PI < 1). { apply Rmult_lt_reg_r with PI. lra. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. } lra.
Qed.

Lemma gain_below t : 0 <= t <= PI -> t^2 * sin t / (3 * PI) <= gain t.
Proof.
intros H. assert (P := PI_bounds). cut (gain 0 - 0^2 * sin 0 / (3*PI) <= gain t - t^2 * sin t / (3*PI)).
{ rewrite gain_0, sin_0. unfold Rdiv. lra. }
apply (grow (fun x => gain x - x^2 * sin x / (3*PI)) (fun x => x * gain x / 3)). lra.
- intros x Hx. apply is_derive_Reals. unfold gain. auto_derive. exact I. simpl. field. lra.
- intros x Hx. assert (A := gain_nonneg x ltac:(lra)). unfold Rdiv. apply Rmult_le_pos; [nra|lra].
Qed.

Lemma gain_above t : 0 <= t <= PI -> gain t <= t^3 / (3 * PI).
Proof.
intros H. assert (P := PI_bounds). cut (0^3 / (3*PI) - gain 0 <= t^3 / (3*PI) - gain t).
{ rewrite gain_0. unfold Rdiv. lra. }
apply (grow (fun x => x^3 / (3*PI) - gain x) (fun x => x * (x - sin x) / PI)). lra.
- intros x Hx. apply is_derive_Reals. unfold gain. auto_derive. exact I. simpl. field. lra.
- intros x Hx. apply div_nonneg; [|lra]. apply Rmult_le_pos. lra.
  destruct (Req_dec x 0) as [E|E]. rewrite E, sin_0; lra. left. assert (Q := sin_lt_x x ltac:(lra)). lra.
Qed.

(* near 0, times mu, with a = mu/(3 pi) *)
Lemma gain_taylor_below mu t : 0 <= mu -> 0 <= t <= 1 -> mu / (3*PI) * (t^3 - t^5/10 - t^7/1680) <= mu * gain t.
Proof.
intros M H. assert (A := sin_below t H). assert (B := cos_above t H). assert (P := PI_bounds). unfold gain.
replace (mu / (3*PI) * (t^3 - t^5/10 - t^7/1680)) with (mu * ((t^3/3 - t^5/30 - t^7/5040) / PI)) by (field; lra).
apply Rmult_le_compat_l. exact M. unfold Rdiv at 1 5. apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. nra.
Qed.

Lemma gain_taylor_above mu t : 0 <= mu -> 0 <= t <= 1 -> mu * gain t <= mu / (3*PI) * (t^3 - t^5/10 + t^7/240).
Proof.
intros M H. assert (A := sin_above t H). assert (B := cos_below t H). assert (P := PI_bounds). unfold gain.
replace (mu / (3*PI) * (t^3 - t^5/10 + t^7/240)) with (mu * ((t^3/3 - t^5/30 + t^7/720) / PI)) by (field; lra).
apply Rmult_le_compat_l. exact M. unfold Rdiv at 1 4. apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. nra.
Qed.

(* ---- the duals in the angle ---- *)
Lemma kappa1_cos t : 0 <= t <= PI -> kappa1 (cos t) = cos t + gain t.
Proof.
intros H. assert (P := PI_bounds). unfold kappa1, gain. rewrite acos_cos by exact H.
replace (1 - cos t * cos t) with (Rsqr (sin t)).
2:{ assert (Q := sin2_cos2 t). unfold Rsqr in *. lra. }
rewrite sqrt_Rsqr by (apply sin_ge_0; lra). field. lra.
Qed.

Lemma kappa0_cos t : 0 <= t <= PI -> kappa0 (cos t) = 1 - t / PI.
Proof. intros H. assert (P := PI_bounds). unfold kappa0. rewrite acos_cos by exact H. field. lra. Qed.

Lemma dual_cos mu t : 0 <= t <= PI -> dual mu (cos t) = cos t + mu * gain t.
Proof. intros H. unfold dual. rewrite kappa1_cos by exact H. ring. Qed.

Lemma ddual_cos mu t : 0 <= t <= PI -> ddual mu (cos t) = 1 - mu * t / PI.
Proof. intros H. assert (P := PI_bounds). unfold ddual. rewrite kappa0_cos by exact H. field. lra. Qed.

Lemma kappa1_acos c : -1 <= c <= 1 -> kappa1 c = c + gain (acos c).
Proof. intros H. rewrite <- (cos_acos c) at 1 2 by exact H. apply kappa1_cos. apply acos_bound. Qed.

Lemma kappa0_acos c : 1 - kappa0 c = acos c / PI.
Proof. assert (P := PI_bounds). unfold kappa0. field. lra. Qed.

Lemma kappa_at_1 : kappa0 1 = 1 /\ kappa1 1 = 1.
Proof.
assert (P := PI_bounds). rewrite <- cos_0. rewrite kappa0_cos, kappa1_cos, gain_0 by lra. rewrite cos_0. split. field; lra. ring.
Qed.

Lemma kappa1_range c : -1 <= c <= 1 -> c <= kappa1 c <= 1.
Proof.
intros H. assert (A := acos_bound c). rewrite kappa1_acos by exact H. assert (S0 := gain_nonneg _ A). split. lra.
destruct (Req_dec (acos c) 0) as [E|E]. rewrite E, gain_0. lra.
assert (F := relu_lt_1 (acos c) ltac:(lra)). rewrite cos_acos in F by exact H. lra.
Qed.

Lemma kappa1_nonneg c : -1 <= c <= 1 -> 0 <= kappa1 c.
Proof.
intros H. assert (P := PI_bounds). assert (A := acos_bound c).
rewrite kappa1_acos by exact H. rewrite <- (cos_acos c) at 1 by exact H.
assert (S0 := gain_nonneg (PI - acos c) ltac:(lra)).
assert (E : gain (PI - acos c) = cos (acos c) + gain (acos c)).
{ unfold gain. rewrite sin_PI_x. replace (PI - acos c) with (- acos c + PI) by ring. rewrite neg_cos, cos_neg. field. lra. }
lra.
Qed.

Lemma angle_over_PI c : 0 <= acos c / PI <= 1.
Proof.
assert (P := PI_bounds). assert (A := acos_bound c). split. apply div_nonneg; lra. apply div_le_1; lra.
Qed.

(* inputs that coincide: Theta(x,x) = l + 1 *)
Lemma diagonal mu l : nngp (dual mu) 1 l = 1 /\ ntk (dual mu) (ddual mu) 1 l = INR l + 1.
Proof.
destruct kappa_at_1 as [A B]. assert (N : forall j, nngp (dual mu) 1 j = 1).
{ induction j; simpl. reflexivity. rewrite IHj. unfold dual. rewrite B. ring. }
split. apply N. induction l. simpl. ring.
rewrite S_INR. change (ntk (dual mu) (ddual mu) 1 (S l)) with
  (ddual mu (nngp (dual mu) 1 l) * ntk (dual mu) (ddual mu) 1 l + nngp (dual mu) 1 (S l)).
rewrite IHl, !N. unfold ddual. rewrite A. ring.
Qed.

(* ---- trigonometric facts ---- *)
(* sin t / t decreases *)
Lemma sinc u v : 0 < u <= v -> v <= PI -> u * sin v <= v * sin u.
Proof.
intros H K. assert (P := PI_bounds).
assert (Q : - (sin u / u) <= - (sin v / v)).
{ apply (grow (fun z => - (sin z / z)) (fun x => PI * gain x / (x*x))). lra.
  - intros x Hx. apply is_derive_Reals. unfold gain. auto_derive. lra. field. lra.
  - intros x Hx. assert (S0 := gain_nonneg x ltac:(lra)). apply div_nonneg; nra. }
replace (u * sin v) with (sin v / v * (u * v)) by (field; lra).
replace (v * sin u) with (sin u / u * (u * v)) by (field; lra).
apply Rmult_le_compat_r. nra. lra.
Qed.

Lemma jordan y : 0 <= y <= PI/2 -> 2 * y / PI <= sin y.
Proof.
intros H. assert (P := PI_bounds). destruct (Req_dec y 0) as [E|E]. rewrite E, sin_0. unfold Rdiv; lra.
assert (Q := sinc y (PI/2) ltac:(lra) ltac:(lra)). rewrite sin_PI2 in Q.
apply Rmult_le_reg_r with (PI/2). lra. replace (2 * y / PI * (PI/2)) with y by (field; lra). lra.
Qed.

Lemma sin_le_x x : 0 <= x -> sin x <= x.
Proof. intros H. destruct (Req_dec x 0) as [Q|Q]. rewrite Q, sin_0; lra. left; apply sin_lt_x; lra. Qed.

Lemma cos_gap u v : 0 <= u <= v -> v <= PI ->
  2 * (v - u)^2 / PI^2 <= cos u - cos v /\ (v - u) / 2 * (sin u + sin v) <= cos u - cos v.
Proof.
intros H K. assert (P := PI_bounds). rewrite form2.
set (x := v - u). set (y := x / 2). replace ((u - v)/2) with (- y) by (unfold y, x; field). rewrite sin_neg.
set (m := (u + v)/2). assert (Y : 0 <= y <= PI/2) by (unfold y, x; lra).
assert (J := jordan y Y). assert (Y0 : 0 <= sin y) by (apply sin_ge_0; lra).
assert (M : y <= m <= PI - y) by (unfold m, y, x; lra).
assert (M0 : sin y <= sin m).
{ destruct (Rle_lt_dec m (PI/2)). apply sin_incr_1; lra. rewrite <- (sin_PI_x m). apply sin_incr_1; lra. }
split.
- assert (Q : 0 <= 2 * y / PI) by (apply div_nonneg; lra).
  replace (2 * x^2 / PI^2) with (2 * ((2*y/PI) * (2*y/PI))) by (unfold y; field; lra).
  assert ((2*y/PI) * (2*y/PI) <= sin y * sin m) by (apply Rmult_le_compat; lra). lra.
- assert (F : sin u + sin v = 2 * sin m * cos y).
  { replace v with (m + y) by (unfold m, y, x; field). replace u with (m - y) by (unfold m, y, x; field).
    rewrite sin_plus, sin_minus. ring. }
  assert (S1 : y * cos y <= sin y).
  { assert (S0 := gain_nonneg y ltac:(lra)). unfold gain in S0.
    assert (Z : 0 <= (sin y - y * cos y)/PI * PI) by (apply Rmult_le_pos; lra).
    replace ((sin y - y * cos y)/PI * PI) with (sin y - y * cos y) in Z by (field; lra). lra. }
  fold y. rewrite F.
  assert (U0 : 0 <= sin u) by (apply sin_ge_0; lra). assert (V0 : 0 <= sin v) by (apply sin_ge_0; lra).
  assert (A2 : (2 * sin m) * (y * cos y) <= (2 * sin m) * sin y) by (apply Rmult_le_compat_l; lra). lra.
Qed.
