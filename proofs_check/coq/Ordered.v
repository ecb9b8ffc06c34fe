(* The ordered and the chaotic phase: contractions of the correlation, for any duals k and kd.
   Ordered, chi < 1: correlations tend to 1 like chi^l and the tangent kernel to its diagonal; chaotic: they tend to a fixed point
   below 1 and the normalised tangent kernel to 0, exponentially. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Kernels.
Open Scope R_scope.

(* ---- the contraction theorem ---- *)
Theorem contraction (k : R -> R) (inside : R -> Prop) (fixed r c : R) : 0 <= r ->
  (forall x, inside x -> inside (k x)) -> (forall x, inside x -> Rabs (k x - fixed) <= r * Rabs (x - fixed)) ->
  inside c -> forall l, Rabs (nngp k c l - fixed) <= r^l * Rabs (c - fixed).
Proof.
intros R0 I K C l. assert (J : forall j, inside (nngp k c j)) by (induction j; simpl; auto).
induction l. simpl. lra. simpl. eapply Rle_trans. apply K. apply J. rewrite Rmult_assoc. apply Rmult_le_compat_l; assumption.
Qed.

(* ---- ordered ---- *)
Section Ordered.
Variables k kd : R -> R.
Variable chi : R.
Hypothesis Chi : 0 < chi < 1.
Hypothesis K1 : k 1 = 1.
Hypothesis D1 : kd 1 = chi.
Hypothesis K : forall c, -1 <= c <= 1 -> -1 <= k c <= 1 /\ 1 - k c <= chi * (1 - c).
Hypothesis D : forall c, -1 <= c <= 1 -> - chi <= kd c <= chi.

Lemma in_range c l : -1 <= c <= 1 -> -1 <= nngp k c l <= 1.
Proof. intros H. induction l; simpl. exact H. apply K. exact IHl. Qed.

Theorem ordered_nngp c l : -1 <= c <= 1 -> 0 <= 1 - nngp k c l <= chi^l * (1 - c).
Proof.
intros H. assert (R := in_range c l H). split. lra.
assert (X := contraction k (fun x => -1 <= x <= 1) 1 chi c ltac:(lra) (fun x Hx => proj1 (K x Hx))).
assert (Y : forall x, -1 <= x <= 1 -> Rabs (k x - 1) <= chi * Rabs (x - 1)).
{ intros x Hx. destruct (K x Hx) as [A B]. rewrite (Rabs_left1 (k x - 1)), (Rabs_left1 (x - 1)) by lra. lra. }
specialize (X Y H l). rewrite (Rabs_left1 (c - 1)) in X by lra. apply Rabs_elim in X. lra.
Qed.

Lemma diagonal_nngp l : nngp k 1 l = 1.
Proof. induction l; simpl. reflexivity. now rewrite IHl. Qed.

Lemma ntk_step c l : ntk k kd c (S l) = kd (nngp k c l) * ntk k kd c l + nngp k c (S l).
Proof. reflexivity. Qed.

Lemma ntk_bounded c l : -1 <= c <= 1 -> Rabs (ntk k kd c l) <= 1 / (1 - chi).
Proof.
intros H. assert (I : 1 / (1 - chi) * (1 - chi) = 1) by (field; lra).
assert (I1 : 1 <= 1 / (1 - chi)). { apply Rmult_le_reg_r with (1 - chi). lra. rewrite I. lra. }
induction l. simpl. apply Rabs_le. lra.
rewrite ntk_step. assert (R := in_range c l H). assert (R' := in_range c (S l) H). assert (DD := D _ R).
eapply Rle_trans. apply Rabs_triang. rewrite Rabs_mult.
assert (A : Rabs (kd (nngp k c l)) <= chi) by (apply Rabs_le; lra).
assert (B : Rabs (nngp k c (S l)) <= 1) by (apply Rabs_le; lra).
assert (Rabs (kd (nngp k c l)) * Rabs (ntk k kd c l) <= chi * (1 / (1 - chi))) by (apply Rmult_le_compat; [apply Rabs_pos | apply Rabs_pos | exact A | exact IHl]).
lra.
Qed.

Theorem ordered_diagonal l : ntk k kd 1 l = (1 - chi^(S l)) / (1 - chi).
Proof.
induction l. simpl. field. lra. rewrite ntk_step, !diagonal_nngp, D1, IHl. simpl. field. lra.
Qed.

Let gap c l := ntk k kd 1 l - ntk k kd c l.
Lemma gap_step c l : gap c (S l) = chi * gap c l + (chi - kd (nngp k c l)) * ntk k kd c l + (1 - nngp k c (S l)).
Proof. unfold gap. rewrite !ntk_step, !diagonal_nngp, D1. ring. Qed.

(* smooth activations: chi - kd c <= M (1 - c) *)
Theorem ordered_ntk M c l : 0 <= M -> (forall x, -1 <= x <= 1 -> chi - kd x <= M * (1 - x)) -> -1 <= c <= 1 ->
  Rabs (ntk k kd 1 l - ntk k kd c l) <= chi^l * ((1 - c) + INR l * ((1 - c) * (M / (chi * (1 - chi)) + 1))).
Proof.
intros M0 HM H. induction l.
- simpl. rewrite Rabs_right by lra. lra.
- change (ntk k kd 1 (S l) - ntk k kd c (S l)) with (gap c (S l)). rewrite gap_step, S_INR. fold (gap c l) in IHl.
  assert (R := in_range c l H). assert (U := ordered_nngp c l H). assert (U' := ordered_nngp c (S l) H).
  assert (B := ntk_bounded c l H). assert (DD := D _ R). assert (MM := HM _ R). assert (P : 0 < chi^l) by (apply pow_lt; lra).
  eapply Rle_trans. apply Rabs_triang. rewrite (Rabs_right (1 - nngp k c (S l))) by lra.
  assert (A : Rabs (chi * gap c l + (chi - kd (nngp k c l)) * ntk k kd c l)
    <= chi * (chi^l * ((1 - c) + INR l * ((1 - c) * (M / (chi * (1 - chi)) + 1)))) + M * (chi^l * (1 - c)) * (1 / (1 - chi))).
  { eapply Rle_trans. apply Rabs_triang. rewrite !Rabs_mult, (Rabs_right chi) by lra. apply Rplus_le_compat.
    - apply Rmult_le_compat_l; [lra | exact IHl].
    - apply Rmult_le_compat. apply Rabs_pos. apply Rabs_pos. rewrite Rabs_right by lra. eapply Rle_trans. exact MM. apply Rmult_le_compat_l; lra. exact B. }
  simpl pow in *.
  replace (chi * chi^l * (1 - c + (INR l + 1) * ((1 - c) * (M / (chi * (1 - chi)) + 1))))
    with (chi * (chi^l * (1 - c + INR l * ((1 - c) * (M / (chi * (1 - chi)) + 1)))) + M * (chi^l * (1 - c)) * (1 / (1 - chi)) + chi * chi^l * (1 - c)) by (field; lra).
  lra.
Qed.

(* kinked activations: chi - kd c <= M sqrt(1 - c) halves the exponent of the tangent kernel *)
Theorem ordered_ntk_kinked M s c l : 0 <= M -> 0 < s < 1 -> s^2 = chi -> (forall x, -1 <= x <= 1 -> chi - kd x <= M * sqrt (1 - x)) ->
  -1 <= c <= 1 ->
  Rabs (ntk k kd 1 l - ntk k kd c l) <= chi^l * (INR l + 1) * (1 - c) + s^l * (M * sqrt (1 - c) / ((1 - chi) * s * (1 - s))).
Proof.
intros M0 S E HM H. assert (Q0 := sqrt_pos (1 - c)).
set (C := M * sqrt (1 - c) / ((1 - chi) * s * (1 - s))).
assert (C0 : 0 <= C). { unfold C. apply div_nonneg. apply Rmult_le_pos; lra. apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra. }
induction l.
- simpl. rewrite Rabs_right by lra. lra.
- change (ntk k kd 1 (Datatypes.S l) - ntk k kd c (Datatypes.S l)) with (gap c (Datatypes.S l)). rewrite gap_step, S_INR. fold (gap c l) in IHl.
  assert (R := in_range c l H). assert (U := ordered_nngp c l H). assert (U' := ordered_nngp c (Datatypes.S l) H).
  assert (B := ntk_bounded c l H). assert (DD := D _ R). assert (MM := HM _ R). assert (P : 0 < chi^l) by (apply pow_lt; lra). assert (P' : 0 < s^l) by (apply pow_lt; lra).
  assert (SQ : sqrt (1 - nngp k c l) <= s^l * sqrt (1 - c)).
  { replace (s^l * sqrt (1 - c)) with (sqrt ((s^l)^2 * (1 - c))). apply sqrt_le_1_alt.
    replace ((s^l)^2) with (chi^l) by (rewrite <- E, <- !pow_mult; f_equal; lia). lra.
    rewrite sqrt_mult by (try apply pow2_ge_0; lra). rewrite sqrt_pow2 by lra. reflexivity. }
  eapply Rle_trans. apply Rabs_triang. rewrite (Rabs_right (1 - nngp k c (Datatypes.S l))) by lra.
  assert (A : Rabs (chi * gap c l + (chi - kd (nngp k c l)) * ntk k kd c l)
    <= chi * (chi^l * (INR l + 1) * (1 - c) + s^l * C) + M * (s^l * sqrt (1 - c)) * (1 / (1 - chi))).
  { eapply Rle_trans. apply Rabs_triang. rewrite !Rabs_mult, (Rabs_right chi) by lra. apply Rplus_le_compat.
    - apply Rmult_le_compat_l; [lra | exact IHl].
    - apply Rmult_le_compat. apply Rabs_pos. apply Rabs_pos. rewrite Rabs_right by lra. eapply Rle_trans. exact MM. apply Rmult_le_compat_l; lra. exact B. }
  simpl pow in *.
  assert (F : M * (s^l * sqrt (1 - c)) * (1 / (1 - chi)) = s^l * (s * (1 - s) * C)) by (unfold C; field; lra).
  replace (chi * chi^l * (INR l + 1 + 1) * (1 - c) + s * s^l * C)
    with (chi * (chi^l * (INR l + 1) * (1 - c) + s^l * C) + s^l * (s * (1 - s) * C) + chi * chi^l * (1 - c)) by (rewrite <- E; ring).
  lra.
Qed.
End Ordered.

(* ---- ReLU with biases: weights of variance 2 w, biases of variance 1 - w, so that the lengths stay 1 ---- *)
Definition biased1 (w c : R) := w * kappa1 c + (1 - w).
Definition biased0 (w c : R) := w * kappa0 c.

Lemma angle_root c : -1 <= c <= 1 -> acos c / PI <= sqrt (1 - c) / sqrt 2.
Proof.
intros H. assert (P := PI_bounds). assert (R := acos_bound c). destruct (cos_gap 0 (acos c) ltac:(lra) ltac:(lra)) as [Q _].
rewrite cos_0, cos_acos, Rminus_0_r in Q by lra. rewrite <- sqrt_div by lra.
assert (S0 := sqrt_pos ((1 - c)/2)). assert (S2 := sqrt_sqrt ((1 - c)/2) ltac:(lra)). assert (T := div_nonneg (acos c) PI ltac:(lra) ltac:(lra)).
apply Rsqr_incr_0_var; [|exact S0]. unfold Rsqr. rewrite S2.
replace (acos c / PI * (acos c / PI)) with (2 * acos c^2 / PI^2 / 2) by (field; lra). lra.
Qed.

Lemma biased_hypotheses w : 0 < w < 1 -> biased1 w 1 = 1 /\ biased0 w 1 = w
  /\ (forall c, -1 <= c <= 1 -> -1 <= biased1 w c <= 1 /\ 1 - biased1 w c <= w * (1 - c)) /\ (forall c, -1 <= c <= 1 -> - w <= biased0 w c <= w)
  /\ (forall c, -1 <= c <= 1 -> w - biased0 w c <= w / sqrt 2 * sqrt (1 - c)).
Proof.
intros W. destruct kappa_at_1 as [A B]. unfold biased1, biased0. rewrite A, B. split; [ring | split; [ring | split; [|split]]].
- intros c H. assert (X := kappa1_range c H). split; [split|]; nra.
- intros c H. assert (X := kappa0_acos c). assert (Q := angle_over_PI c). split; nra.
- intros c H. assert (X := kappa0_acos c). assert (Q := angle_root c H). assert (S2 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  replace (w / sqrt 2 * sqrt (1 - c)) with (w * (sqrt (1 - c) / sqrt 2)) by (field; lra).
  replace (w - w * kappa0 c) with (w * (1 - kappa0 c)) by ring. rewrite X. apply Rmult_le_compat_l; lra.
Qed.

Theorem relu_ordered w c l : 0 < w < 1 -> -1 <= c <= 1 ->
  0 <= 1 - nngp (biased1 w) c l <= w^l * (1 - c) /\
  Rabs (ntk (biased1 w) (biased0 w) 1 l - ntk (biased1 w) (biased0 w) c l)
    <= w^l * (INR l + 1) * (1 - c) + (sqrt w)^l * (w / sqrt 2 * sqrt (1 - c) / ((1 - w) * sqrt w * (1 - sqrt w))).
Proof.
intros W H. destruct (biased_hypotheses w W) as [A [B [C [D E]]]]. split.
- apply (ordered_nngp (biased1 w) w W C c l H).
- assert (S0 : 0 < sqrt w) by (apply sqrt_lt_R0; lra). assert (S2 : (sqrt w)^2 = w) by (apply pow2_sqrt; lra).
  assert (S1 : sqrt w < 1) by nra. assert (S3 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  apply (ordered_ntk_kinked (biased1 w) (biased0 w) w W A B C D (w / sqrt 2) (sqrt w) c l); [apply div_nonneg; lra | lra | exact S2 | exact E | exact H].
Qed.

(* ---- a smooth family: k c = exp (chi (c - 1)) ---- *)
Definition exponential (chi c : R) := exp (chi * (c - 1)).
Definition exponential' (chi c : R) := chi * exp (chi * (c - 1)).

Theorem exponential_ordered chi c l : 0 < chi < 1 -> -1 <= c <= 1 ->
  0 <= 1 - nngp (exponential chi) c l <= chi^l * (1 - c) /\
  Rabs (ntk (exponential chi) (exponential' chi) 1 l - ntk (exponential chi) (exponential' chi) c l)
    <= chi^l * ((1 - c) + INR l * ((1 - c) * (chi^2 / (chi * (1 - chi)) + 1))).
Proof.
intros X H.
assert (A : exponential chi 1 = 1) by (unfold exponential; rewrite Rminus_diag_eq, Rmult_0_r, exp_0; reflexivity).
assert (B : exponential' chi 1 = chi) by (unfold exponential'; rewrite Rminus_diag_eq, Rmult_0_r, exp_0 by reflexivity; ring).
assert (U : forall x, -1 <= x <= 1 -> 0 < exp (chi * (x - 1)) <= 1 /\ 1 + chi * (x - 1) <= exp (chi * (x - 1))).
{ intros x Hx. split; [split|]. apply exp_pos.
  - destruct (Req_dec (chi * (x - 1)) 0) as [E|E]. rewrite E, exp_0; lra.
    apply Rle_trans with (exp 0). left. apply exp_increasing. nra. rewrite exp_0. lra.
  - apply exp_ineq1_le. }
assert (C : forall x, -1 <= x <= 1 -> -1 <= exponential chi x <= 1 /\ 1 - exponential chi x <= chi * (1 - x)).
{ intros x Hx. destruct (U x Hx). unfold exponential. lra. }
assert (D : forall x, -1 <= x <= 1 -> - chi <= exponential' chi x <= chi).
{ intros x Hx. destruct (U x Hx). unfold exponential'. split; nra. }
split. apply (ordered_nngp (exponential chi) chi X C c l H).
apply (ordered_ntk (exponential chi) (exponential' chi) chi X A B C D (chi^2) c l). nra.
intros x Hx. destruct (U x Hx). unfold exponential'. nra. exact H.
Qed.

(* ---- chaotic: an interval [lo, hi] below 1 that k maps into itself with |k'| <= r < 1 ---- *)
Section Chaotic.
Variables k kd : R -> R.
Variables lo hi r : R.
Hypothesis LH : lo <= hi.
Hypothesis R1 : 0 <= r < 1.
Hypothesis Maps : forall x, lo <= x <= hi -> lo <= k x <= hi.
Hypothesis Deriv : forall x, lo <= x <= hi -> derivable_pt_lim k x (kd x).
Hypothesis Slow : forall x, lo <= x <= hi -> Rabs (kd x) <= r.

Lemma stays c l : lo <= c <= hi -> lo <= nngp k c l <= hi.
Proof. intros H. induction l; simpl. exact H. apply Maps. exact IHl. Qed.

Lemma closer x y : lo <= x <= hi -> lo <= y <= hi -> Rabs (k x - k y) <= r * Rabs (x - y).
Proof.
intros X Y. destruct (Rle_lt_dec x y).
- eapply Rle_trans. apply (lipschitz k kd r x y); [lra | intros; apply Deriv; lra | intros; apply Slow; lra]. rewrite Rabs_left1 by lra. lra.
- rewrite Rabs_minus_sym. eapply Rle_trans. apply (lipschitz k kd r y x); [lra | intros; apply Deriv; lra | intros; apply Slow; lra]. rewrite Rabs_right by lra. lra.
Qed.

Theorem chaotic_nngp fixed c l : lo <= fixed <= hi -> k fixed = fixed -> lo <= c <= hi -> Rabs (nngp k c l - fixed) <= r^l * Rabs (c - fixed).
Proof.
intros F E H. apply (contraction k (fun x => lo <= x <= hi) fixed r c); [lra | exact Maps | | exact H].
intros x Hx. rewrite <- E at 1. apply closer; assumption.
Qed.

Theorem chaotic_ntk c l : lo <= c <= hi -> -1 <= lo -> hi <= 1 -> Rabs (ntk k kd c l) <= 1 / (1 - r).
Proof.
intros H A B. assert (I : 1 / (1 - r) * (1 - r) = 1) by (field; lra).
assert (I1 : 1 <= 1 / (1 - r)). { apply Rmult_le_reg_r with (1 - r). lra. rewrite I. lra. }
induction l. simpl. apply Rabs_le. lra.
change (ntk k kd c (S l)) with (kd (nngp k c l) * ntk k kd c l + nngp k c (S l)).
assert (X := stays c l H). assert (Y := stays c (S l) H).
eapply Rle_trans. apply Rabs_triang. rewrite Rabs_mult.
assert (C : Rabs (nngp k c (S l)) <= 1) by (apply Rabs_le; lra).
assert (Rabs (kd (nngp k c l)) * Rabs (ntk k kd c l) <= r * (1 / (1 - r))) by (apply Rmult_le_compat; [apply Rabs_pos | apply Rabs_pos | apply Slow; exact X | exact IHl]).
lra.
Qed.
End Chaotic.

(* the exponential family at chi = 2: every correlation up to 3/5 tends to one fixed point, and the normalised kernel to 0 *)
Theorem exponential_chaotic : exists fixed, 1/5 <= fixed <= 21/100 /\ exponential 2 fixed = fixed /\ forall c l, -1 <= c <= 3/5 ->
  Rabs (nngp (exponential 2) c l - fixed) <= (9/10)^l * Rabs (c - fixed)
  /\ Rabs (ntk (exponential 2) (exponential' 2) c l / ntk (exponential 2) (exponential' 2) 1 l) <= 10 / 2^l.
Proof.
assert (Deriv : forall x, derivable_pt_lim (exponential 2) x (exponential' 2 x)).
{ intros x. apply is_derive_Reals. unfold exponential, exponential'. auto_derive. exact I. unfold Rminus. ring. }
assert (Maps : forall x, -1 <= x <= 3/5 -> -1 <= exponential 2 x <= 3/5).
{ intros x Hx. unfold exponential. split; interval. }
assert (Slow : forall x, -1 <= x <= 3/5 -> Rabs (exponential' 2 x) <= 9/10).
{ intros x Hx. unfold exponential'. apply Rabs_le. split; interval. }
assert (Fix : exists x, 1/5 <= x <= 21/100 /\ exponential 2 x = x).
{ destruct (IVT (fun x => x - exponential 2 x) (1/5) (21/100)) as [x [Bx Ex]].
  - intros x. apply derivable_continuous_pt. exists (1 - exponential' 2 x). apply derivable_pt_lim_minus. apply derivable_pt_lim_id. apply Deriv.
  - lra.
  - unfold exponential. interval.
  - unfold exponential. interval.
  - exists x. split. exact Bx. lra. }
destruct Fix as [fixed [B F]]. exists fixed. split. exact B. split. exact F. intros c l H. split.
- assert (X := chaotic_nngp (exponential 2) (exponential' 2) (-1) (3/5) (9/10) ltac:(lra) Maps (fun x _ => Deriv x) Slow fixed c l ltac:(lra) F H).
  exact X.
- assert (X := chaotic_ntk (exponential 2) (exponential' 2) (-1) (3/5) (9/10) ltac:(lra) Maps Slow c l H ltac:(lra) ltac:(lra)).
  assert (A1 : exponential 2 1 = 1) by (unfold exponential; rewrite Rminus_diag_eq, Rmult_0_r, exp_0; reflexivity).
  assert (B1 : exponential' 2 1 = 2) by (unfold exponential'; rewrite Rminus_diag_eq, Rmult_0_r, exp_0 by reflexivity; ring).
  assert (N : forall j, nngp (exponential 2) 1 j = 1) by (induction j; simpl; [reflexivity | now rewrite IHj]).
  assert (G : 2^l <= ntk (exponential 2) (exponential' 2) 1 l).
  { induction l. simpl. lra.
    change (ntk (exponential 2) (exponential' 2) 1 (S l)) with (exponential' 2 (nngp (exponential 2) 1 l) * ntk (exponential 2) (exponential' 2) 1 l + nngp (exponential 2) 1 (S l)).
    rewrite !N, B1. simpl pow. assert (Y := chaotic_ntk (exponential 2) (exponential' 2) (-1) (3/5) (9/10) ltac:(lra) Maps Slow c l H ltac:(lra) ltac:(lra)). specialize (IHl Y). lra. }
  assert (P : 0 < 2^l) by (apply pow_lt; lra).
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv, (Rabs_right (ntk _ _ 1 l)) by lra. apply Rmult_le_compat.
  apply Rabs_pos. left; apply Rinv_0_lt_compat; lra. lra. apply Rinv_le_contravar; lra.
Qed.
