(* ReLU with biases in the ordered phase, from the kernels as printed, for two inputs of any lengths: weights of variance 2 w, biases of
   variance b, w < 1. The correlation tends to 1 like w^L, the normalised tangent kernel like w^(L/2). *)
From Coq Require Import Reals Lra Lia.
From NtkProof Require Import Analysis Kernels Ordered.
Open Scope R_scope.

(* squared length behind l layers, and the tangent kernel of one input with itself *)
Fixpoint len (w b q : R) (l : nat) : R := match l with O => q | S j => w * len w b q j + b end.
Fixpoint lenT (w b q : R) (l : nat) : R := match l with O => q | S j => w * lenT w b q j + b + len w b q (S j) end.

Section Two.
Variables w b p q c : R.
Definition norm (l : nat) := sqrt (len w b p l * len w b q l).
Fixpoint nngp2 (l : nat) : R :=
  match l with O => norm 0 * c | S j => norm (S j) * kappa1 ((w * nngp2 j + b) / norm (S j)) end.
(* the correlation in front of the nonlinearity of layer l + 1 *)
Definition inner (l : nat) := (w * nngp2 l + b) / norm (S l).
Fixpoint ntk2 (l : nat) : R :=
  match l with O => norm 0 * c | S j => kappa0 (inner j) * (w * ntk2 j + b) + nngp2 (S j) end.
End Two.

Lemma cauchy x y u v : 0 <= x -> 0 <= y -> 0 <= u -> 0 <= v -> sqrt (x * y) + sqrt (u * v) <= sqrt ((x + u) * (y + v)).
Proof.
intros X Y U V. assert (A := sqrt_pos (x*y)). assert (B := sqrt_pos (u*v)).
assert (A2 := sqrt_sqrt (x*y) ltac:(nra)). assert (B2 := sqrt_sqrt (u*v) ltac:(nra)).
assert (Z : 0 <= (x + u) * (y + v)) by nra. apply Rsqr_incr_0_var; [|apply sqrt_pos]. unfold Rsqr. rewrite (sqrt_sqrt _ Z).
assert (K : 2 * (sqrt (x*y) * sqrt (u*v)) <= x * v + u * y).
{ apply Rsqr_incr_0_var; [|nra]. unfold Rsqr.
  replace (2 * (sqrt (x*y) * sqrt (u*v)) * (2 * (sqrt (x*y) * sqrt (u*v)))) with (4 * ((sqrt (x*y) * sqrt (x*y)) * (sqrt (u*v) * sqrt (u*v)))) by ring.
  rewrite A2, B2. assert (0 <= (x*v - u*y) * (x*v - u*y)) by apply Rle_0_sqr. lra. }
lra.
Qed.

Lemma geometric_mean x y : 0 <= x -> 0 <= y -> sqrt (x * y) <= (x + y) / 2.
Proof.
intros X Y. apply Rsqr_incr_0_var; [|lra]. unfold Rsqr. rewrite sqrt_sqrt by nra. assert (0 <= (x - y) * (x - y)) by apply Rle_0_sqr. lra.
Qed.

Lemma kappa0_range c : 0 <= kappa0 c <= 1.
Proof. assert (A := kappa0_acos c). assert (B := angle_over_PI c). lra. Qed.

(* one input with itself *)
Lemma own_nngp w b q l : 0 < w -> 0 <= b -> 0 < q -> 0 < len w b q l /\ nngp2 w b q q 1 l = len w b q l.
Proof.
intros W B Q. assert (P : forall j, 0 < len w b q j) by (induction j; simpl; [exact Q | nra]). split. apply P.
assert (N : forall j, norm w b q q j = len w b q j) by (intros j; unfold norm; apply sqrt_square; left; apply P).
induction l. simpl. rewrite N. simpl. ring.
change (nngp2 w b q q 1 (S l)) with (norm w b q q (S l) * kappa1 ((w * nngp2 w b q q 1 l + b) / norm w b q q (S l))).
rewrite IHl, !N. assert (P1 := P (S l)). change (w * len w b q l + b) with (len w b q (S l)).
replace (len w b q (S l) / len w b q (S l)) with 1 by (field; lra). rewrite (proj2 kappa_at_1). ring.
Qed.

Theorem own_ntk w b q l : 0 < w -> 0 <= b -> 0 < q -> ntk2 w b q q 1 l = lenT w b q l.
Proof.
intros W B Q. assert (P := fun j => own_nngp w b q j W B Q).
assert (N : forall j, norm w b q q j = len w b q j) by (intros j; unfold norm; apply sqrt_square; left; apply P).
induction l. simpl. rewrite N. simpl. ring.
change (ntk2 w b q q 1 (S l)) with (kappa0 (inner w b q q 1 l) * (w * ntk2 w b q q 1 l + b) + nngp2 w b q q 1 (S l)).
unfold inner. rewrite IHl, (proj2 (P l)), (proj2 (P (S l))), N. destruct (P (S l)) as [P1 _]. change (w * len w b q l + b) with (len w b q (S l)).
replace (len w b q (S l) / len w b q (S l)) with 1 by (field; lra). rewrite (proj1 kappa_at_1). simpl. ring.
Qed.

Section Ordered.
Variables w b p q c lo hi : R.
Hypothesis W : 0 < w < 1.
Hypothesis B : 0 <= b.
Hypothesis C : -1 <= c <= 1.
(* lo and hi enclose both lengths and the fixed point b/(1-w) *)
Hypothesis Lo : 0 < lo /\ lo <= p /\ lo <= q /\ lo * (1 - w) <= b.
Hypothesis Hi : p <= hi /\ q <= hi /\ b <= hi * (1 - w).

Let P := len w b p.
Let Q := len w b q.
Let N := norm w b p q.
Let K := nngp2 w b p q c.
Let T := ntk2 w b p q c.
Let gap l := (P l + Q l) / 2 - K l.
Let gapT l := (lenT w b p l + lenT w b q l) / 2 - T l.
Let gap0 := (p + q) / 2 - sqrt (p * q) * c.
Let s := sqrt w.

Lemma len_range x l : lo <= x <= hi -> lo <= len w b x l <= hi.
Proof. intros X. induction l; simpl. exact X. split; nra. Qed.

Lemma norm_range l : lo <= N l <= hi /\ N l <= (P l + Q l) / 2.
Proof.
assert (X := len_range p l ltac:(lra)). assert (Y := len_range q l ltac:(lra)). unfold N, norm. fold (P l) (Q l) in *.
split; [split|]. rewrite <- (sqrt_square lo) by lra. apply sqrt_le_1_alt. nra.
rewrite <- (sqrt_square hi) by lra. apply sqrt_le_1_alt. nra. apply geometric_mean; lra.
Qed.

Lemma nngp_range l : - N l <= K l <= N l /\ -1 <= inner w b p q c l <= 1.
Proof.
assert (S1 : forall j, - N j <= K j <= N j -> -1 <= inner w b p q c j <= 1).
{ intros j H. assert (X := len_range p j ltac:(lra)). assert (Y := len_range q j ltac:(lra)). fold (P j) (Q j) in *.
  assert (Z := proj1 (norm_range (S j))). unfold inner. fold (N (S j)) (K j).
  assert (U : w * N j + b <= N (S j)).
  { assert (V := cauchy (w * P j) (w * Q j) b b ltac:(nra) ltac:(nra) B B). rewrite (sqrt_square b) in V by exact B.
    replace (w * P j * (w * Q j)) with (w * w * (P j * Q j)) in V by ring. rewrite sqrt_mult, (sqrt_square w) in V by nra. exact V. }
  split; apply Rmult_le_reg_r with (N (S j)); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; nra. }
assert (S2 : - N l <= K l <= N l).
{ induction l. assert (Z := proj1 (norm_range 0)). unfold K, N in *. simpl nngp2. split; nra.
  assert (Z := proj1 (norm_range (S l))). assert (R := S1 l IHl). assert (R1 := kappa1_range _ R). assert (R2 := kappa1_nonneg _ R).
  change (K (S l)) with (N (S l) * kappa1 (inner w b p q c l)). split; nra. }
split. exact S2. apply S1. exact S2.
Qed.

Lemma gap_step l : 0 <= gap l /\ gap (S l) <= w * gap l.
Proof.
assert (R := nngp_range l). assert (Z := norm_range l). unfold gap. split. lra.
assert (Z1 := proj1 (norm_range (S l))). destruct R as [_ R]. assert (R1 := kappa1_range _ R).
change (K (S l)) with (N (S l) * kappa1 (inner w b p q c l)).
assert (E : N (S l) * inner w b p q c l = w * K l + b) by (unfold inner; fold (N (S l)) (K l); field; lra).
assert (N (S l) * inner w b p q c l <= N (S l) * kappa1 (inner w b p q c l)) by (apply Rmult_le_compat_l; lra).
change (P (S l)) with (w * P l + b). change (Q (S l)) with (w * Q l + b). lra.
Qed.

Lemma gap_0 : gap 0 = gap0.
Proof. reflexivity. Qed.

Lemma gap_bound l : 0 <= gap l <= w^l * gap0.
Proof.
split. apply gap_step. induction l. rewrite gap_0. simpl. lra. assert (X := proj2 (gap_step l)). simpl. nra.
Qed.

Theorem bias_nngp l : 0 <= 1 - K l / N l <= w^l * (gap0 / lo).
Proof.
assert (R := proj1 (nngp_range l)). assert (Z := norm_range l). assert (G0 := gap_bound l). unfold gap in G0.
replace (1 - K l / N l) with ((N l - K l) / N l) by (field; lra). split. apply div_nonneg; lra.
replace (w^l * (gap0 / lo)) with (w^l * gap0 / lo) by (field; lra). unfold Rdiv. apply Rmult_le_compat; try lra.
left; apply Rinv_0_lt_compat; lra. apply Rinv_le_contravar; lra.
Qed.

Lemma root : 0 < s < 1 /\ s * s = w.
Proof.
assert (S0 : 0 < s) by (apply sqrt_lt_R0; lra). assert (S2 : s * s = w) by (apply sqrt_sqrt; lra). split; [nra | exact S2].
Qed.

Lemma root_pow l : s^l * s^l = w^l.
Proof. rewrite <- Rpow_mult_distr. f_equal. apply root. Qed.

(* what a layer takes from the derivative *)
Lemma derivative_defect l : 0 <= 1 - kappa0 (inner w b p q c l) <= s^(S l) * sqrt (gap0 / (2 * lo)).
Proof.
assert (X := kappa0_range (inner w b p q c l)). split. lra.
destruct (nngp_range l) as [_ R]. rewrite kappa0_acos. eapply Rle_trans. apply (angle_root _ R). rewrite <- sqrt_div by lra.
assert (Z := norm_range (S l)). assert (G0 := gap_bound l). assert (SR := root). assert (PW : 0 < s^(S l)) by (apply pow_lt; lra).
assert (g0 : 0 <= gap0) by (rewrite <- gap_0; apply gap_bound).
rewrite <- (sqrt_square (s^(S l))) by lra. rewrite root_pow.
assert (PW2 : 0 < w^(S l)) by (apply pow_lt; lra).
rewrite <- sqrt_mult by (try (apply div_nonneg; lra); lra). apply sqrt_le_1_alt.
assert (E : 1 - inner w b p q c l <= w^(S l) * gap0 / lo).
{ unfold inner. fold (N (S l)) (K l). replace (1 - (w * K l + b) / N (S l)) with ((N (S l) - (w * K l + b)) / N (S l)) by (field; lra).
  assert (V : N (S l) - (w * K l + b) <= w^(S l) * gap0).
  { unfold gap in G0. assert (Z2 := proj2 Z). change (P (S l)) with (w * P l + b) in Z2. change (Q (S l)) with (w * Q l + b) in Z2. simpl pow. nra. }
  apply Rle_trans with (w^(S l) * gap0 / N (S l)).
  unfold Rdiv. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | exact V].
  unfold Rdiv. apply Rmult_le_compat_l. nra. apply Rinv_le_contravar; lra. }
replace (w^(S l) * (gap0 / (2 * lo))) with (w^(S l) * gap0 / lo / 2) by (field; lra). lra.
Qed.

Lemma ntk_size l : Rabs (w * T l + b) <= hi / (1 - w).
Proof.
assert (I : hi / (1 - w) * (1 - w) = hi) by (field; lra). assert (M0 : 0 <= hi / (1 - w)) by (apply div_nonneg; lra). set (M := hi / (1 - w)) in *.
assert (IM : M = hi + w * M) by lra. assert (WM : 0 <= w * M) by (apply Rmult_le_pos; lra). clear I.
induction l.
- assert (R := proj1 (nngp_range 0)). assert (Z := proj1 (norm_range 0)). change (T 0) with (K 0).
  assert (- (w * hi) <= w * K 0 <= w * hi) by (split; nra). apply Rabs_le. lra.
- apply Rabs_elim in IHl. assert (R := proj1 (nngp_range (S l))). assert (Z := proj1 (norm_range (S l))). assert (X := kappa0_range (inner w b p q c l)).
  change (T (S l)) with (kappa0 (inner w b p q c l) * (w * T l + b) + K (S l)). set (k := kappa0 (inner w b p q c l)) in *. set (y := w * T l + b) in *.
  assert (- M <= k * y <= M) by (split; nra). assert (- (w * (M + hi)) <= w * (k * y + K (S l)) <= w * (M + hi)) by (split; nra). apply Rabs_le. lra.
Qed.

Lemma own_lower x l : lo <= x -> lo <= lenT w b x l.
Proof.
intros X. assert (Y : forall j, lo <= len w b x j) by (induction j; simpl; [exact X | nra]).
induction l. exact X. change (lenT w b x (S l)) with (w * lenT w b x l + b + len w b x (S l)). assert (Z := Y (S l)). nra.
Qed.

Lemma ntk_range l : Rabs (T l) <= sqrt (lenT w b p l * lenT w b q l).
Proof.
induction l. assert (Z := proj1 (norm_range 0)). change (T 0) with (N 0 * c). change (sqrt (lenT w b p 0 * lenT w b q 0)) with (N 0). apply Rabs_le. split; nra.
apply Rabs_elim in IHl. assert (X := own_lower p l ltac:(lra)). assert (Y := own_lower q l ltac:(lra)).
change (T (S l)) with (kappa0 (inner w b p q c l) * (w * T l + b) + K (S l)).
change (lenT w b p (S l)) with (w * lenT w b p l + b + P (S l)). change (lenT w b q (S l)) with (w * lenT w b q l + b + Q (S l)).
set (x := lenT w b p l) in *. set (y := lenT w b q l) in *. assert (RP := len_range p (S l) ltac:(lra)). assert (RQ := len_range q (S l) ltac:(lra)).
assert (V := cauchy (w * x) (w * y) b b ltac:(nra) ltac:(nra) B B). rewrite (sqrt_square b) in V by exact B.
replace (w * x * (w * y)) with (w * w * (x * y)) in V by ring. rewrite sqrt_mult, (sqrt_square w) in V by nra.
assert (V2 := cauchy (w * x + b) (w * y + b) (P (S l)) (Q (S l)) ltac:(nra) ltac:(nra) ltac:(unfold P; lra) ltac:(unfold Q; lra)).
assert (R := proj1 (nngp_range (S l))). change (sqrt (P (S l) * Q (S l))) with (N (S l)) in V2.
assert (X0 := kappa0_range (inner w b p q c l)). set (k := kappa0 (inner w b p q c l)) in *.
set (A := w * sqrt (x * y) + b) in *. assert (A1 : - A <= w * T l + b <= A) by (unfold A; split; nra).
assert (- A <= k * (w * T l + b) <= A) by (split; nra).
apply Rabs_le. lra.
Qed.

Let defect := hi / (1 - w) * sqrt (gap0 / (2 * lo)) / (1 - s).

Lemma gapT_bound l : 0 <= gapT l <= w^l * (INR l + 1) * gap0 + s^l * defect.
Proof.
assert (SR := root). split.
- assert (X := own_lower p l ltac:(lra)). assert (Y := own_lower q l ltac:(lra)). assert (R := Rabs_elim _ _ (ntk_range l)).
  assert (M := geometric_mean (lenT w b p l) (lenT w b q l) ltac:(lra) ltac:(lra)). unfold gapT. lra.
- assert (H0 : 0 <= hi / (1 - w)) by (apply div_nonneg; lra). assert (Q0 := sqrt_pos (gap0 / (2 * lo))).
  assert (D0 : 0 <= defect) by (unfold defect; apply div_nonneg; [apply Rmult_le_pos|]; lra).
  assert (g0 : 0 <= gap0) by (rewrite <- gap_0; apply gap_bound).
  induction l. change (gapT 0) with (gap 0). rewrite gap_0. simpl. lra.
  assert (E : gapT (S l) = w * gapT l + (1 - kappa0 (inner w b p q c l)) * (w * T l + b) + gap (S l)).
  { unfold gapT, gap. change (T (S l)) with (kappa0 (inner w b p q c l) * (w * T l + b) + K (S l)).
    change (lenT w b p (S l)) with (w * lenT w b p l + b + P (S l)). change (lenT w b q (S l)) with (w * lenT w b q l + b + Q (S l)). field. }
  assert (D := derivative_defect l). assert (Z := Rabs_elim _ _ (ntk_size l)). assert (GB := gap_bound (S l)).
  assert (V : (1 - kappa0 (inner w b p q c l)) * (w * T l + b) <= s^(S l) * sqrt (gap0 / (2 * lo)) * (hi / (1 - w))).
  { apply Rle_trans with ((1 - kappa0 (inner w b p q c l)) * (hi / (1 - w))). apply Rmult_le_compat_l; lra. apply Rmult_le_compat_r; lra. }
  assert (F : sqrt (gap0 / (2 * lo)) * (hi / (1 - w)) = defect * (1 - s)) by (unfold defect; field; lra).
  rewrite Rmult_assoc, F in V. rewrite E, S_INR. assert (IH := Rmult_le_compat_l w _ _ ltac:(lra) IHl).
  assert (WS : w * (s^l * defect) = s * (s^(S l) * defect)) by (rewrite <- (proj2 SR); simpl; ring). simpl pow in *. nra.
Qed.

Lemma linear_geometric l : (INR l + 1) * s^l <= 1 / (1 - s).
Proof.
assert (SR := root). cut ((INR l + 1) * s^l * (1 - s) <= 1 - s^(S l)).
{ intros X. assert (0 < s^(S l)) by (apply pow_lt; lra). apply Rmult_le_reg_r with (1 - s). lra. replace (1 / (1 - s) * (1 - s)) with 1 by (field; lra). lra. }
induction l. simpl. lra. rewrite S_INR. assert (X : 0 < s^l) by (apply pow_lt; lra). assert (N0 := pos_INR l). simpl pow in *.
assert (Y : s * ((INR l + 1) * s^l * (1 - s)) <= s * (1 - s * s^l)) by (apply Rmult_le_compat_l; lra).
assert (O : s^l <= 1) by (rewrite <- (pow1 l); apply pow_incr; lra). assert (O2 : 0 <= (1 - s) * (1 - s * s^l)) by (apply Rmult_le_pos; nra). lra.
Qed.

(* the constant is that of docs/biases.md *)
Theorem bias_ntk l :
  0 <= 1 - T l / sqrt (lenT w b p l * lenT w b q l)
  <= s^l * ((gap0 / (1 - s) + hi / (1 - w) * sqrt (gap0 / (2 * lo)) / (1 - s)) / lo).
Proof.
assert (SR := root). assert (X := own_lower p l ltac:(lra)). assert (Y := own_lower q l ltac:(lra)). assert (R := Rabs_elim _ _ (ntk_range l)).
assert (M := geometric_mean (lenT w b p l) (lenT w b q l) ltac:(lra) ltac:(lra)). assert (GB := gapT_bound l). unfold gapT in GB. fold defect.
set (D := sqrt (lenT w b p l * lenT w b q l)) in *.
assert (DL : lo <= D). { unfold D. rewrite <- (sqrt_square lo) by lra. apply sqrt_le_1_alt. nra. }
assert (g0 : 0 <= gap0) by (rewrite <- gap_0; apply gap_bound). assert (PW : 0 < s^l) by (apply pow_lt; lra).
assert (LG := linear_geometric l).
assert (U : w^l * (INR l + 1) * gap0 <= s^l * (gap0 / (1 - s))).
{ rewrite <- root_pow. replace (s^l * s^l * (INR l + 1) * gap0) with (s^l * ((INR l + 1) * s^l * gap0)) by ring. apply Rmult_le_compat_l. lra.
  replace (gap0 / (1 - s)) with (1 / (1 - s) * gap0) by (field; lra). apply Rmult_le_compat_r; lra. }
replace (1 - T l / D) with ((D - T l) / D) by (field; lra). split. apply div_nonneg; lra.
replace (s^l * ((gap0 / (1 - s) + defect) / lo)) with (s^l * (gap0 / (1 - s) + defect) / lo) by (field; lra).
unfold Rdiv at 1 2. apply Rmult_le_compat. lra. left; apply Rinv_0_lt_compat; lra. lra. apply Rinv_le_contravar; lra.
Qed.
End Ordered.

(* any two lengths, any c: the limit 1 *)
Theorem bias_limit w b p q c : 0 < w < 1 -> 0 < b -> 0 < p -> 0 < q -> -1 <= c <= 1 ->
  Un_cv (fun l => nngp2 w b p q c l / sqrt (nngp2 w b p p 1 l * nngp2 w b q q 1 l)) 1
  /\ Un_cv (fun l => ntk2 w b p q c l / sqrt (ntk2 w b p p 1 l * ntk2 w b q q 1 l)) 1.
Proof.
intros W B Hp Hq H. set (f := b / (1 - w)). assert (F : f * (1 - w) = b) by (unfold f; field; lra).
assert (F0 : 0 < f) by (unfold f; apply Rdiv_lt_0_compat; lra).
set (lo := Rmin f (Rmin p q)). set (hi := Rmax f (Rmax p q)).
assert (L : 0 < lo /\ lo <= p /\ lo <= q /\ lo * (1 - w) <= b).
{ assert (A := Rmin_l f (Rmin p q)). assert (A2 := Rmin_r f (Rmin p q)). assert (A3 := Rmin_l p q). assert (A4 := Rmin_r p q). fold lo in A, A2.
  split; [|split; [lra | split; [lra | nra]]]. unfold lo. apply Rmin_pos. exact F0. apply Rmin_pos; assumption. }
assert (U : p <= hi /\ q <= hi /\ b <= hi * (1 - w)).
{ assert (A := Rmax_l f (Rmax p q)). assert (A2 := Rmax_r f (Rmax p q)). assert (A3 := Rmax_l p q). assert (A4 := Rmax_r p q). fold hi in A, A2.
  split; [lra | split; [lra | nra]]. }
assert (go : forall (u : nat -> R) r C, 0 < r < 1 -> (forall l, 0 <= 1 - u l <= r^l * C) -> Un_cv u 1).
{ intros u r C R V eps He. assert (C0 : 0 <= C) by (assert (X := V 0%nat); simpl in X; lra).
  destruct (pow_lt_1_zero r ltac:(rewrite Rabs_right; lra) (eps / (C + 1)) ltac:(apply Rdiv_lt_0_compat; lra)) as [n0 HN]. exists n0. intros n Hn.
  specialize (HN n Hn). assert (X := V n). assert (PW : 0 < r^n) by (apply pow_lt; lra). rewrite Rabs_right in HN by lra.
  unfold R_dist. rewrite Rabs_left1 by lra. assert (Y : r^n * (C + 1) < eps / (C + 1) * (C + 1)) by (apply Rmult_lt_compat_r; lra).
  replace (eps / (C + 1) * (C + 1)) with eps in Y by (field; lra). lra. }
split.
- apply (go _ w (((p + q) / 2 - sqrt (p * q) * c) / lo) W). intros l.
  rewrite (proj2 (own_nngp w b p l ltac:(lra) ltac:(lra) Hp)), (proj2 (own_nngp w b q l ltac:(lra) ltac:(lra) Hq)).
  exact (bias_nngp w b p q c lo hi W ltac:(lra) H L U l).
- assert (S := root w W). eapply (go _ (sqrt w) _ (proj1 S)). intros l. rewrite !own_ntk by lra.
  exact (bias_ntk w b p q c lo hi W ltac:(lra) H L U l).
Qed.
