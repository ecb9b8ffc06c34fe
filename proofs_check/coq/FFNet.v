(* ReLU feedforward networks, Sigma and Theta as printed: the tangent kernel at every depth, for every pair of inputs. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap Depth Certificate Hypotheses.
Open Scope R_scope.

Definition Sigma (c : R) (l : nat) := nngp kappa1 c l.
Definition Theta (c : R) (l : nat) := ntk kappa1 kappa0 c l.

Lemma Sigma_family c l : Sigma c l = nngp (dual 1) c l.
Proof. apply nngp_ext. intros. apply relu_dual. Qed.

Lemma Theta_family c l : Theta c l = ntk (dual 1) (ddual 1) c l.
Proof. apply ntk_ext; intros x; apply (relu_dual x). Qed.

Theorem relu_certificate : ffnet_certificate 1 (3503/500000) (1641/100000) (6789/100000) (803/500) (-5/4) (37/20) (19/20).
Proof. prove_ffnet_certificate. Qed.

Lemma front_1 t : 0 < t -> front 1 / t = 3*PI/(4*t).
Proof. intros H. unfold front. field. lra. Qed.

Lemma ell_1 t l : ell 1 t l = ln (1 + t * INR l / (3*PI)).
Proof. assert (P := PI_bounds). unfold ell, slope. f_equal. field. lra. Qed.

(* Sigma is the cosine of an angle that falls like 3 pi/L, with explicit bounds of both orders *)
Theorem ffnet_angle c L : -1 <= c < 1 -> let t := acos c in let w := 1 / acos (Sigma c L) in
  1/t + INR L / (3*PI) <= w <= 1/t + INR L / (3*PI) + 6789/100000 * (t + 3*PI * ln (1 + t * INR L / (3*PI)))
  /\ 1/t + INR L / (3*PI) + 1/(2*PI) * ln (1 + t * INR L / (3*PI)) <= w
  <= 1/t + INR L / (3*PI) + 1/(2*PI) * ln (1 + t * INR L / (3*PI)) + 19/20.
Proof.
intros H t w. assert (P := PI_bounds). assert (R := acos_range c H). fold t in R.
assert (W : w = 1 / ang 1 t L).
{ unfold w. rewrite Sigma_family, (cert_nngp _ _ _ _ _ _ _ _ relu_certificate c L H). fold t.
  assert (A := ang_in 1 t ltac:(lra) R ltac:(lra) L). rewrite acos_cos by lra. reflexivity. }
destruct (cert_angle _ _ _ _ _ _ _ _ relu_certificate t L R) as [[A1 A2] [B1 B2]].
rewrite <- W, ell_1 in *.
assert (S1 : slope 1 * INR L = INR L / (3*PI)) by (unfold slope; field; lra).
assert (S2 : 3/2 * slope 1 = 1/(2*PI)) by (unfold slope; field; lra).
rewrite S1, S2 in *.
replace (ln (1 + t * INR L / (3*PI)) / slope 1) with (3*PI * ln (1 + t * INR L / (3*PI))) in B2 by (unfold slope; field; lra).
split; [split|split]; lra.
Qed.

(* Theorem 1: two-sided, with the exact coefficient 3/8 of the logarithm; -5/4 is attained at L = 0, c = -1 *)
Theorem ffnet_two_sided c L : -1 <= c < 1 ->
  -5/4 <= Theta c L - (INR L + 1)/4 - 3/8 * ln (1 + acos c * INR L / (3*PI)) <= 3*PI/(4 * acos c) + 37/20.
Proof.
intros H. assert (R := acos_range c H). assert (X := cert_ntk _ _ _ _ _ _ _ _ relu_certificate c L H).
rewrite <- Theta_family, front_1, ell_1 in X by lra. exact X.
Qed.

Theorem ffnet_lower_attained : Theta (-1) 0 - (INR 0 + 1)/4 - 3/8 * ln (1 + acos (-1) * INR 0 / (3*PI)) = -5/4.
Proof.
assert (P := PI_bounds). unfold Theta. simpl. rewrite Rmult_0_r. unfold Rdiv at 3. rewrite Rmult_0_l, Rplus_0_r, ln_1. field.
Qed.

(* the normalised kernel: Theta(x,x) = L + 1 *)
Theorem ffnet_diagonal L : Theta 1 L = INR L + 1.
Proof. rewrite Theta_family. apply diagonal. Qed.

Theorem ffnet_quarter c L : -1 <= c < 1 ->
  Rabs (Theta c L / Theta 1 L - 1/4) <= (3*PI/(4 * acos c) + 37/20 + 3/8 * ln (1 + acos c * INR L / (3*PI))) / (INR L + 1).
Proof.
intros H. rewrite ffnet_diagonal. assert (P := PI_bounds). assert (R := acos_range c H). assert (X := ffnet_two_sided c L H). assert (N := pos_INR L).
assert (LN : 0 <= ln (1 + acos c * INR L / (3*PI))).
{ apply ln_nonneg. assert (0 <= acos c * INR L / (3*PI)) by (apply div_nonneg; [apply Rmult_le_pos|]; lra). lra. }
assert (F : 3/4 <= 3*PI/(4 * acos c)).
{ replace (3*PI/(4 * acos c)) with (3/4 * (PI / acos c)) by (field; lra).
  assert (1 <= PI / acos c). { apply Rmult_le_reg_r with (acos c). lra. replace (PI / acos c * acos c) with PI by (field; lra). lra. } lra. }
replace (Theta c L / (INR L + 1) - 1/4) with ((Theta c L - (INR L + 1)/4) / (INR L + 1)) by (field; lra).
unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_right (/ (INR L + 1))) by (left; apply Rinv_0_lt_compat; lra).
apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. apply Rabs_le. split; lra.
Qed.

(* uniformly away from coinciding inputs *)
Corollary ffnet_quarter_uniform d c L : 0 < d -> -1 <= c <= cos d -> d <= PI ->
  Rabs (Theta c L / Theta 1 L - 1/4) <= (3*PI/(4*d) + 37/20 + 3/8 * ln (1 + INR L / 3)) / (INR L + 1).
Proof.
intros D C D2. assert (P := PI_bounds). assert (N := pos_INR L).
assert (CD : cos d < 1). { rewrite <- cos_0. apply cos_decreasing_1; lra. }
assert (R := acos_range c ltac:(lra)).
assert (DA : d <= acos c). { rewrite <- (acos_cos d) by lra. apply acos_anti. lra. apply COS_bound. }
eapply Rle_trans. apply ffnet_quarter. lra. unfold Rdiv at 1 5. apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra.
assert (3*PI/(4*acos c) <= 3*PI/(4*d)).
{ unfold Rdiv. apply Rmult_le_compat_l. lra. apply Rinv_le_contravar; lra. }
assert (ln (1 + acos c * INR L / (3*PI)) <= ln (1 + INR L / 3)).
{ assert (0 <= acos c * INR L / (3*PI)) by (apply div_nonneg; [apply Rmult_le_pos|]; lra).
  apply ln_le. lra. apply Rplus_le_compat_l. replace (acos c * INR L / (3*PI)) with (acos c / PI * (INR L / 3)) by (field; lra).
  assert (Q := angle_over_PI c). assert (0 <= INR L / 3) by lra. nra. }
lra.
Qed.

Theorem ffnet_limit c : -1 <= c < 1 -> Un_cv (fun L => Theta c L / Theta 1 L) (1/4).
Proof.
intros H. assert (R := acos_range c H). assert (U := limit_quarter 1 (acos c) (-5/4) (front 1 / acos c + 37/20) (Theta c) ltac:(lra) R).
intros eps He. destruct (U (fun l => ltac:(rewrite Theta_family; apply (cert_ntk _ _ _ _ _ _ _ _ relu_certificate c l H))) eps He) as [N HN].
exists N. intros n Hn. rewrite ffnet_diagonal. apply HN. exact Hn.
Qed.

(* the rate log L/L is exact, with its constant *)
Theorem ffnet_sharp_limit c : -1 <= c < 1 -> Un_cv (fun L => (Theta c L / Theta 1 L - 1/4) * INR L / ln (INR L)) (3/8).
Proof.
intros H. assert (R := acos_range c H). assert (U := limit_three_eighths 1 (acos c) (-5/4) (front 1 / acos c + 37/20) (Theta c) ltac:(lra) R).
intros eps He. destruct (U (fun l => ltac:(rewrite Theta_family; apply (cert_ntk _ _ _ _ _ _ _ _ relu_certificate c l H))) eps He) as [N HN].
exists N. intros n Hn. rewrite ffnet_diagonal. apply HN. exact Hn.
Qed.

(* so no bound of order 1/L holds *)
Theorem ffnet_rate_not_1_over_L c C : -1 <= c < 1 ->
  ~ (forall L, Rabs (Theta c L / Theta 1 L - 1/4) <= C / (INR L + 1)).
Proof.
intros H F. assert (P := PI_bounds). assert (R := acos_range c H).
set (X := exp ((Rabs C + 2) * (8/3))). set (n := Z.to_nat (Rdefinitions.up (X * (3*PI) / acos c))).
assert (X0 : 0 < X) by apply exp_pos. assert (A := Rabs_pos C).
assert (Q0 : 0 < X * (3*PI) / acos c) by (apply Rdiv_lt_0_compat; nra).
assert (Hn : X * (3*PI) / acos c < INR n).
{ unfold n. destruct (archimed (X * (3*PI) / acos c)) as [U _]. rewrite INR_IZR_INZ, Z2Nat.id. exact U. apply le_IZR. lra. }
specialize (F n). rewrite ffnet_diagonal in F. destruct (ffnet_two_sided c n H) as [Lo _].
assert (N := pos_INR n).
assert (LX : (Rabs C + 2) * (8/3) <= ln (1 + acos c * INR n / (3*PI))).
{ rewrite <- (ln_exp ((Rabs C + 2) * (8/3))). fold X. apply ln_le. exact X0.
  assert (X <= acos c * INR n / (3*PI)); [|lra].
  apply Rmult_le_reg_r with (3*PI / acos c). apply Rdiv_lt_0_compat; lra.
  replace (acos c * INR n / (3*PI) * (3*PI / acos c)) with (INR n) by (field; lra).
  replace (X * (3*PI / acos c)) with (X * (3*PI) / acos c) by (field; lra). lra. }
apply Rabs_elim in F. destruct F as [_ F].
assert (F2 : (Theta c n / (INR n + 1) - 1/4) * (INR n + 1) <= C).
{ apply Rle_trans with (C / (INR n + 1) * (INR n + 1)). apply Rmult_le_compat_r; lra. apply Req_le. field. lra. }
replace ((Theta c n / (INR n + 1) - 1/4) * (INR n + 1)) with (Theta c n - (INR n + 1)/4) in F2 by (field; lra).
assert (C <= Rabs C) by apply Rle_abs. lra.
Qed.
