(* The forms in which the conclusions of a feedforward certificate are stated for a claim about a network. *)
From Coq Require Import Reals Lra Lia ZArith.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap Depth Certificate Hypotheses.
Open Scope R_scope.

Definition normalised_ntk (mu c : R) (L : nat) := ntk (dual mu) (ddual mu) c L / ntk (dual mu) (ddual mu) 1 L.
Definition log_term (mu c : R) (L : nat) := ln (1 + mu * acos c * INR L / (3*PI)).

Lemma normalised_over_depth mu c L : normalised_ntk mu c L = ntk (dual mu) (ddual mu) c L / (INR L + 1).
Proof. unfold normalised_ntk. now rewrite (proj2 (diagonal mu L)). Qed.

(* a bound of a positive number from one of its reciprocal *)
Lemma below_reciprocal B g v : B = 1 / g -> 0 < g -> 0 < v -> 1 / v <= g -> B <= v.
Proof.
intros E G V H. rewrite E. apply inv_le_elim; [apply Rdiv_lt_0_compat; lra | exact V |].
replace (1 / (1 / g)) with g by (field; lra). exact H.
Qed.

Lemma above_reciprocal B g v : B = 1 / g -> 0 < g -> 0 < v -> g <= 1 / v -> v <= B.
Proof.
intros E G V H. rewrite E. apply inv_le_elim; [exact V | apply Rdiv_lt_0_compat; lra |].
replace (1 / (1 / g)) with g by (field; lra). exact H.
Qed.

(* ranges of the angle from ranges of the correlation *)
Lemma acos_at_least t d c : 0 <= t <= PI -> -1 <= c <= d -> d <= cos t -> t <= acos c.
Proof. intros T C D. rewrite <- (acos_cos t) by exact T. apply acos_anti. lra. apply COS_bound. Qed.

Lemma acos_at_most t d c : 0 <= t <= PI -> -1 <= d <= c /\ c <= 1 -> cos t <= d -> acos c <= t.
Proof. intros T C D. rewrite <- (acos_cos t) by exact T. apply acos_anti. assert (B := COS_bound t). lra. lra. Qed.

Section Feedforward.
Variables mu d_lo d_hi b E below above drift : R.
Hypothesis C : ffnet_certificate mu d_lo d_hi b E below above drift.
Let Mu : 0 < mu <= 1 := fc_mu _ _ _ _ _ _ _ _ C.

Lemma log_term_ell c L : ell mu (acos c) L = log_term mu c L.
Proof. assert (P := PI_bounds). unfold ell, log_term, slope. f_equal. field. lra. Qed.

Lemma log_term_nonneg c L : -1 <= c < 1 -> 0 <= log_term mu c L.
Proof. intros H. rewrite <- log_term_ell. apply ell_nonneg. exact (proj1 Mu). apply acos_range. exact H. Qed.

(* a bound of the logarithm that is uniform in the inputs *)
Lemma log_term_flat c L q : -1 <= c < 1 -> mu * acos c / (3*PI) <= q -> log_term mu c L <= ln (1 + q * INR L).
Proof.
intros H Q. assert (P := PI_bounds). assert (R := acos_range c H). assert (N := pos_INR L). unfold log_term.
assert (Z : 0 <= mu * acos c / (3*PI)) by (apply div_nonneg; nra).
replace (mu * acos c * INR L / (3*PI)) with (mu * acos c / (3*PI) * INR L) by (field; lra).
apply ln_le. assert (0 <= mu * acos c / (3*PI) * INR L) by (apply Rmult_le_pos; lra). lra.
apply Rplus_le_compat_l. apply Rmult_le_compat_r; lra.
Qed.

Theorem claim_ntk c L : -1 <= c < 1 ->
  below <= ntk (dual mu) (ddual mu) c L - (INR L + 1)/4 - 3/8 * log_term mu c L <= 3*PI/(4*mu) * (1 / acos c) + above.
Proof.
intros H. assert (R := acos_range c H). assert (X := cert_ntk _ _ _ _ _ _ _ _ C c L H). rewrite log_term_ell in X.
replace (3*PI/(4*mu) * (1 / acos c)) with (front mu / acos c) by (unfold front; field; lra). exact X.
Qed.

Theorem claim_angle c L : -1 <= c < 1 -> let w := 1 / acos (nngp (dual mu) c L) in
  0 < acos (nngp (dual mu) c L) /\
  1 / acos c + mu/(3*PI) * INR L <= w <= 1 / acos c + mu/(3*PI) * INR L + b * acos c + b * (3*PI/mu) * log_term mu c L.
Proof.
intros H. assert (P := PI_bounds). assert (R := acos_range c H). rewrite (cert_nngp _ _ _ _ _ _ _ _ C c L H).
assert (A := ang_in mu (acos c) (proj1 Mu) R (fits mu (acos c) Mu (proj2 R)) L). rewrite acos_cos by lra. cbv zeta. split. lra.
destruct (cert_angle _ _ _ _ _ _ _ _ C (acos c) L R) as [_ X]. rewrite log_term_ell in X.
replace (b * (acos c + log_term mu c L / slope mu)) with (b * acos c + b * (3*PI/mu) * log_term mu c L) in X by (unfold slope; field; lra).
unfold slope in X. lra.
Qed.

Lemma claim_sides c : -1 <= c < 1 -> exists lo hi, forall L,
  lo <= ntk (dual mu) (ddual mu) c L - (INR L + 1)/4 - 3/8 * ell mu (acos c) L <= hi.
Proof. intros H. exists below, (front mu / acos c + above). intros L. apply (cert_ntk _ _ _ _ _ _ _ _ C c L H). Qed.

Theorem claim_limit c : -1 <= c < 1 -> Un_cv (fun L => normalised_ntk mu c L) (1/4).
Proof.
intros H. destruct (claim_sides c H) as [lo [hi B]].
intros eps He. destruct (limit_quarter mu (acos c) lo hi _ (proj1 Mu) (acos_range c H) B eps He) as [N HN].
exists N. intros n Hn. unfold normalised_ntk. rewrite (proj2 (diagonal mu n)). apply HN. exact Hn.
Qed.

Theorem claim_sharp_limit c : -1 <= c < 1 -> Un_cv (fun L => (normalised_ntk mu c L - 1/4) * INR L / ln (INR L)) (3/8).
Proof.
intros H. destruct (claim_sides c H) as [lo [hi B]].
intros eps He. destruct (limit_three_eighths mu (acos c) lo hi _ (proj1 Mu) (acos_range c H) B eps He) as [N HN].
exists N. intros n Hn. unfold normalised_ntk. rewrite (proj2 (diagonal mu n)). apply HN. exact Hn.
Qed.

(* correlations tend to 1 *)
Theorem claim_nngp_limit c : -1 <= c < 1 -> Un_cv (fun L => nngp (dual mu) c L) 1.
Proof.
intros H eps He. assert (P := PI_bounds). assert (R := acos_range c H). assert (S0 := slope_pos mu ltac:(lra)).
set (M := 1 / (slope mu * eps) + 1). assert (M1 : 1 <= M). { unfold M. assert (0 < 1 / (slope mu * eps)) by (apply Rdiv_lt_0_compat; nra). lra. }
exists (Z.to_nat (Rdefinitions.up M)). intros n Hn. apply le_INR in Hn. destruct (archimed M) as [U _].
rewrite (INR_IZR_INZ (Z.to_nat _)), Z2Nat.id in Hn by (apply le_IZR; lra).
unfold R_dist. rewrite (cert_nngp _ _ _ _ _ _ _ _ C c n H).
assert (A := ang_in mu (acos c) (proj1 Mu) R (fits mu (acos c) Mu (proj2 R)) n). assert (X := angle_lower mu (acos c) (proj1 Mu) R (fits mu (acos c) Mu (proj2 R)) n). set (t := ang mu (acos c) n) in *.
assert (C1 := COS_bound t). rewrite Rabs_left1 by lra.
assert (C2 : 1 - cos t <= t). { assert (Y := cos_gap 0 t). assert (HF := cos_2a_sin (t/2)). replace (2 * (t/2)) with t in HF by field.
  assert (S1 := sin_le_x (t/2) ltac:(lra)). assert (S2 : 0 <= sin (t/2)) by (apply sin_ge_0; lra). assert (S3 := SIN_bound (t/2)). nra. }
assert (T : t < eps).
{ assert (I : 0 < 1 / acos c) by (apply Rdiv_lt_0_compat; lra).
  assert (Z : slope mu * M <= slope mu * INR n) by (apply Rmult_le_compat_l; lra).
  assert (Z2 : slope mu * M = 1 / eps + slope mu) by (unfold M; field; lra).
  assert (Z3 : 1 / eps < 1 / t) by lra. apply Rnot_le_lt. intros Q. assert (Z4 := inv_le eps t He Q). lra. }
lra.
Qed.
End Feedforward.
