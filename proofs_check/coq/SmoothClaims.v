(* The forms in which conclusions about a smooth map are stated for a claim about a network, and two examples:
   exp, k c = exp (c - 1), and x + x^2/3 with trained biases, k c = (24 c^2 + 121 c + 24)/169. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Limits Kernels Smooth PowerSeries Phases.
Open Scope R_scope.

(* the constants of a certificate of smooth-critical, with a = k''(1)/2 and beta = k'''(1)/6 themselves *)
Record critical_constants (a beta gamma curve width s b1 E Z K abar drift offset : R) : Prop := {
  cc_first : a^2 <= b1 * width;
  cc_first' : beta - a * curve <= b1 * width;
  cc_source : 1 + (b1 + 3 * beta) / (3 * a) <= E;
  cc_start : 1 + 1 / (3 * a) + E * (1 / curve + 2) <= Z;
  cc_right : E <= Z * s;
  cc_alpha : a * (a * 1) - beta <= abar * a /\ - (a * (a * 1) - beta) <= abar * a;
  cc_second : (a * beta + gamma + abar * a^2) / width + abar * (beta + a^2 / (2 * width)) <= K;
  cc_drift : 2 * abar * b1 * (2 + 37/100 / curve) + K * (4 + 2 / curve) <= drift;
  cc_offset : Z + 1/3 + drift / (3 * a) <= offset
}.

Section Critical.
Variables k kd : R -> R.
Variables a beta gamma curve width s b1 E Z K abar drift offset : R.
Hypothesis M : critical_map k kd a beta gamma curve width s.
Hypothesis C : critical_constants a beta gamma curve width s b1 E Z K abar drift offset.

Theorem claim_smooth_ntk c l : -1 <= c < 1 ->
  - offset <= ntk k kd c l - (INR l + 1)/3 - (a^2 - beta) / a / (3 * a) * ln (1 + a * (1 - c) * INR l) <= 1 / (3 * a) * / (1 - c) + offset.
Proof.
intros H. destruct C. assert (A0 := cm_curve _ _ _ _ _ _ _ _ M). assert (A1 := cm_a _ _ _ _ _ _ _ _ M).
assert (AB : Rabs (a^2 - beta) <= abar * a) by (apply Rabs_le; simpl; lra).
assert (X := smooth_kernel k kd a beta gamma curve width s M c H b1 cc_first0 cc_first'0 abar K drift AB cc_second0 cc_drift0 0 E Z offset
  (Rle_refl 0) cc_source0 cc_start0 cc_right0 cc_offset0 l).
cbv beta in X. simpl nngp in X. rewrite ntkb_0, Rplus_0_r, Rplus_0_r in X.
replace (ntk k kd c l / 1) with (ntk k kd c l) in X by field. replace (1 / (3 * a * (1 - c))) with (1 / (3 * a) * / (1 - c)) in X by (field; lra). exact X.
Qed.

Theorem claim_smooth_angle c l : -1 <= c < 1 ->
  Rabs (1 / (1 - nngp k c l) - 1 / (1 - c) - a * INR l - (a^2 - beta) / a * ln (1 + a * (1 - c) * INR l)) <= drift.
Proof.
intros H. destruct C. assert (AB : Rabs (a^2 - beta) <= abar * a) by (apply Rabs_le; simpl; lra).
exact (smooth_angle k kd a beta gamma curve width s M c H b1 cc_first0 cc_first'0 abar K drift AB cc_second0 cc_drift0 l).
Qed.
End Critical.

(* correlations: (1 - c_L) L tends to 1/a *)
Theorem smooth_nngp_limit k kd a beta gamma curve width s c : critical_map k kd a beta gamma curve width s -> -1 <= c < 1 ->
  Un_cv (fun l => (1 - nngp k c l) * (INR l + 1)) (1 / a).
Proof.
intros M H. assert (A0 := cm_curve _ _ _ _ _ _ _ _ M). assert (A1 := cm_a _ _ _ _ _ _ _ _ M). assert (W := cm_width _ _ _ _ _ _ _ _ M).
set (alpha := (a^2 - beta) / a).
assert (AB : Rabs (a^2 - beta) <= Rabs alpha * a).
{ rewrite <- (Rabs_right a) at 2 by lra. rewrite <- Rabs_mult. apply Req_le. f_equal. unfold alpha. field. lra. }
set (b1 := Rmax (a^2 / width) ((beta - a * curve) / width)).
assert (B1 : a^2 <= b1 * width).
{ replace (a^2) with (a^2 / width * width) by (field; lra). apply Rmult_le_compat_r. lra. apply Rmax_l. }
assert (B2 : beta - a * curve <= b1 * width).
{ replace (beta - a * curve) with ((beta - a * curve) / width * width) by (field; lra). apply Rmult_le_compat_r. lra. apply Rmax_r. }
set (K := (a * beta + gamma + Rabs alpha * a^2) / width + Rabs alpha * (beta + a^2 / (2 * width))).
set (D := 2 * Rabs alpha * b1 * (2 + 37/100 / curve) + K * (4 + 2 / curve)).
assert (F : forall l, - D + 1 / (1 - c) - a <= 1 / (1 - nngp k c l) - a * (INR l + 1) - alpha * ln (1 + a * (1 - c) * INR l) <= D + 1 / (1 - c) - a).
{ intros l. assert (X := smooth_angle k kd a beta gamma curve width s M c H b1 B1 B2 (Rabs alpha) K D AB (Rle_refl _) (Rle_refl _) l).
  cbv beta in X. simpl nngp in X. fold alpha in X. apply Rabs_elim in X. lra. }
assert (L := first_limit a alpha (a * (1 - c)) 1 _ _ (fun l => 1 / (1 - nngp k c l)) ltac:(apply Rmult_lt_0_compat; lra) ltac:(lra) F).
apply is_lim_seq_Reals in L. apply is_lim_seq_Reals.
assert (I := is_lim_seq_inv _ _ L). eapply is_lim_seq_ext; [|replace (Finite (1 / a)) with (Rbar_inv a)].
2:{ apply I. intros Q. inversion Q. lra. }
- intros l. cbv beta. assert (R := orbit_range k kd a beta gamma curve width s M c H l). assert (N := pos_INR l). field. lra.
- simpl. f_equal. field. lra.
Qed.

(* chaotic: a power of 1 + 2/(1 - c^2) = 1 + 2/sin^2 instead of one that knows h *)
Lemma chaotic_bound A B h q c w K e : -1 < c < 1 -> 0 < h < 1 -> 0 <= A -> 0 <= B -> A + B <= K -> 2 * (1 - h) <= w -> 0 <= q <= INR e ->
  A * Rpower (1 + 2 * (1 - h) / (1 - c^2)) q + B <= K * (1 + w * / (1 - c^2))^e.
Proof.
intros H Hh HA HB HK W Q. assert (D : 0 < 1 - c^2) by nra. assert (I : 0 < / (1 - c^2)) by (apply Rinv_0_lt_compat; exact D).
set (x := 1 + 2 * (1 - h) / (1 - c^2)). assert (X1 : 1 <= x). { unfold x. assert (0 <= 2 * (1 - h) / (1 - c^2)) by (apply div_nonneg; lra). lra. }
assert (X2 : x <= 1 + w * / (1 - c^2)). { unfold x, Rdiv. assert (2 * (1 - h) * / (1 - c^2) <= w * / (1 - c^2)) by (apply Rmult_le_compat_r; lra). lra. }
assert (P1 : Rpower x q <= x^e).
{ rewrite <- (Rpower_pow e x ltac:(lra)). apply Rle_Rpower; lra. }
assert (P2 : x^e <= (1 + w * / (1 - c^2))^e) by (apply pow_incr; lra).
assert (P3 : 1 <= (1 + w * / (1 - c^2))^e) by (apply pow_R1_Rle; lra).
apply Rle_trans with ((A + B) * (1 + w * / (1 - c^2))^e). nra. apply Rmult_le_compat_r; lra.
Qed.

(* ---- numbers of an exported map ---- *)
(* exp of a negative literal as an inverse *)
Ltac invert_exponentials :=
  rewrite ?Rmult_1_r;
  repeat match goal with
  | |- context [exp (- ?w)] => rewrite (exp_Ropp w)
  | |- context [exp (IZR (Zneg ?p))] => replace (exp (IZR (Zneg p))) with (/ exp (IZR (Zpos p))) by (rewrite <- exp_Ropp; reflexivity)
  | |- context [exp (IZR (Zneg ?p) / ?q)] => replace (exp (IZR (Zneg p) / q)) with (/ exp (IZR (Zpos p) / q)) by (rewrite <- exp_Ropp; f_equal; field)
  end.
Ltac nonzero := repeat split; first [apply Rgt_not_eq, exp_pos | apply Rgt_not_eq; interval | apply Rlt_not_eq; interval].
Ltac exact_number :=
  rewrite ?choose2_eq, ?choose3_eq, ?choose4_eq; simpl INR; first [reflexivity | lra | invert_exponentials; field; nonzero].
(* inequalities between numbers *)
Ltac nonnegative := first [lra | interval | left; interval].
Ltac between_numbers :=
  rewrite ?choose2_eq, ?choose3_eq, ?choose4_eq; simpl INR; simpl pred; repeat split;
  first [lra | interval with (i_prec 80) | invert_exponentials; first [lra | solve [apply Req_le; field; nonzero] | solve [field; nonzero] | interval with (i_prec 80)]].

(* ---- exp ---- *)
Definition exp_map (c : R) := exp (-1) * exp (1 * c).
Lemma exp_map_eq c : exp_map c = exp (c - 1).
Proof. unfold exp_map. rewrite <- exp_plus. f_equal. ring. Qed.

Lemma exp_inverse w : exp (- w) * exp w = 1.
Proof. rewrite <- exp_plus. replace (- w + w) with 0 by ring. apply exp_0. Qed.

Lemma exp_correlation : correlation_map exp_map exp_map (1/2) (1/6) (1/24).
Proof.
assert (E : exp (-1) * exp 1 = 1) by exact (exp_inverse 1). assert (P := positive_scal (exp (-1)) _ _ _ _ _ ltac:(left; apply exp_pos) (positive_exp 1 ltac:(lra))).
apply (correlation_of _ _ _ _ _ _ _ _ _ _ P); try lra.
- intros x _. reflexivity.
- intros x _. unfold exp_map. ring.
- unfold exp_map. rewrite Rmult_1_r. lra.
Qed.

Lemma exp_critical : critical_map exp_map exp_map (1/2) (1/6) (1/24) (28/100) (21/100) (63/100).
Proof.
apply (critical_series _ _ _ _ _ _ _ _ _ exp_correlation); unfold exp_map; try lra.
- rewrite Rmult_1_r. assert (E : exp (-1) * exp 1 = 1) by exact (exp_inverse 1). lra.
- split; [lra | interval].
- split; [lra | interval].
- split; [lra | interval].
Qed.

Lemma exp_constants : critical_constants (1/2) (1/6) (1/24) (28/100) (21/100) (63/100) (6/5) (214/100) (14) (95/100) (17/100) (12) (23 - 1/3).
Proof. constructor; try split; first [lra | interval]. Qed.

(* exp: the tangent kernel within 23 of (L+1)/3 + log(1 + (1-c) L/2)/9, above up to 2/(3 (1-c)) *)
Theorem exp_two_sided c l : -1 <= c < 1 ->
  - 23 <= ntk exp_map exp_map c l - (INR l + 1)/3 - 1/9 * ln (1 + (1 - c) * INR l / 2) <= 2/3 * / (1 - c) + 23.
Proof.
intros H. assert (X := claim_smooth_ntk _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ exp_critical exp_constants c l H).
replace (1 + 1/2 * (1 - c) * INR l) with (1 + (1 - c) * INR l / 2) in X by field. lra.
Qed.

Theorem exp_limit c : -1 <= c < 1 -> Un_cv (fun l => ntkb exp_map exp_map 0 c l / ntkb exp_map exp_map 0 1 l) (1/3).
Proof. intros H. exact (smooth_limit _ _ _ _ _ _ _ _ exp_critical 0 c (Rle_refl 0) H). Qed.

(* ---- x + x^2/3, with biases b = 1/12 ---- *)
Definition quadratic (c : R) := 24/169 * c^2 + 121/169 * c^1 + 24/169 * c^0.
Definition quadratic' (c : R) := 48/169 * c + 121/169.
Lemma quadratic_critical : critical_map quadratic quadratic' (24/169) 0 0 (24/169) (121/676) (48/169).
Proof.
assert (P := positive_plus _ _ _ _ _ _ _ _ _ _ (positive_plus _ _ _ _ _ _ _ _ _ _ (positive_scal (24/169) _ _ _ _ _ ltac:(lra) (positive_power 2))
  (positive_scal (121/169) _ _ _ _ _ ltac:(lra) (positive_power 1))) (positive_scal (24/169) _ _ _ _ _ ltac:(lra) (positive_power 0))).
assert (N : correlation_map quadratic quadratic' (24/169) 0 0).
{ apply (correlation_of _ _ _ _ _ _ _ _ _ _ P); [intros x _; reflexivity | intros x _; unfold quadratic'; simpl; lra | | | | unfold quadratic; lra];
  rewrite ?choose2_eq, ?choose3_eq, ?choose4_eq; simpl INR; lra. }
apply (critical_series _ _ _ _ _ _ _ _ _ N); unfold quadratic, quadratic'; lra.
Qed.

Theorem quadratic_limit c : -1 <= c < 1 -> Un_cv (fun l => ntkb quadratic quadratic' (1/12) c l / ntkb quadratic quadratic' (1/12) 1 l) (1/3).
Proof. intros H. exact (smooth_limit _ _ _ _ _ _ _ _ quadratic_critical (1/12) c ltac:(lra) H). Qed.

Theorem quadratic_log_limit c : -1 <= c < 1 ->
  Un_cv (fun l => (ntkb quadratic quadratic' (1/12) c l / ntkb quadratic quadratic' (1/12) 1 l - 1/3) * INR l / ln (INR l)) (1/3).
Proof.
intros H. assert (X := smooth_log_limit _ _ _ _ _ _ _ _ quadratic_critical (1/12) c ltac:(lra) H).
cbv zeta in X. replace (((24/169)^2 - 0) / (24/169) / (3 * (24/169))) with (1/3) in X by field. exact X.
Qed.
