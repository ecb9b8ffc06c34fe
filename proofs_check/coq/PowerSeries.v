(* Maps k c = sum p_j c^j with p_j >= 0 and k 1 = 1, as every correlation map is: the inequalities that the theorems on smooth maps
   need, from the values of a few sums at 1, -1 and 0. Every one is proved term by term: with u = 1 - c,
     1 - c^j = u (1 + c + ... + c^(j-1)), and once, twice, three times more for the sums of such sums. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Limits Kernels Smooth.
Open Scope R_scope.

(* ---- series of real numbers ---- *)
Lemma ser_ext (f g : nat -> R) (x y : R) : (forall j, f j = g j) -> x = y -> is_series f x -> is_series g y.
Proof. intros E <- H. apply (is_series_ext f); assumption. Qed.

Lemma ser_plus (f g : nat -> R) (x y : R) : is_series f x -> is_series g y -> is_series (fun j => f j + g j) (x + y).
Proof. intros F G. exact (is_series_plus f g x y F G). Qed.

Lemma ser_scal (w : R) (f : nat -> R) (x : R) : is_series f x -> is_series (fun j => w * f j) (w * x).
Proof. intros F. exact (is_series_scal_l w f x F). Qed.

Lemma ser_minus (f g : nat -> R) (x y : R) : is_series f x -> is_series g y -> is_series (fun j => f j - g j) (x - y).
Proof. intros F G. exact (is_series_minus f g x y F G). Qed.

Lemma ser_nonneg (f : nat -> R) (x : R) : (forall j, 0 <= f j) -> is_series f x -> 0 <= x.
Proof.
intros P F. assert (X : Rbar_le 0 x); [|exact X].
apply (is_lim_seq_le (fun _ => 0) (sum_n f) 0 x); [|apply is_lim_seq_const | exact F].
intros n. induction n. rewrite sum_O. apply P. rewrite sum_Sn. unfold plus; simpl. assert (Q := P (S n)). lra.
Qed.

Lemma ser_le (f g : nat -> R) (x y : R) : (forall j, f j <= g j) -> is_series f x -> is_series g y -> x <= y.
Proof.
intros P F G. assert (X := ser_minus g f y x G F). apply ser_nonneg in X. lra. intros j. assert (Q := P j). lra.
Qed.

Lemma ser_shift (f : nat -> R) (x : R) : f O = 0 -> is_series (fun j => f (S j)) x -> is_series f x.
Proof.
intros Z F. apply is_series_decr_1. assert (E : x = x + - f O) by (rewrite Z; ring). rewrite E in F. exact F.
Qed.

(* ---- the ladder of geometric sums ---- *)
Definition geo (x : R) := psum (fun i => x^i).
Definition geo2 (x : R) := psum (geo x).
Definition geo3 (x : R) := psum (geo2 x).
Definition geo4 (x : R) := psum (geo3 x).
Definition choose2 := psum INR.
Definition choose3 := psum choose2.
Definition choose4 := psum choose3.

Lemma geo_eq x j : (1 - x) * geo x j = 1 - x^j.
Proof. unfold geo. induction j; cbn [psum pow]. ring. rewrite Rmult_plus_distr_l, IHj. ring. Qed.

Lemma geo2_eq x j : (1 - x) * geo2 x j = INR j - geo x j.
Proof. unfold geo2. induction j. unfold geo; simpl; ring. cbn [psum]. rewrite S_INR, Rmult_plus_distr_l, IHj, geo_eq. unfold geo. cbn [psum]. ring. Qed.

Lemma geo3_eq x j : (1 - x) * geo3 x j = choose2 j - geo2 x j.
Proof. unfold geo3, choose2. induction j. unfold geo2; simpl; ring. cbn [psum]. rewrite Rmult_plus_distr_l, IHj, geo2_eq. unfold geo2. cbn [psum]. ring. Qed.

Lemma geo4_eq x j : (1 - x) * geo4 x j = choose3 j - geo3 x j.
Proof. unfold geo4, choose3. induction j. unfold geo3; simpl; ring. cbn [psum]. rewrite Rmult_plus_distr_l, IHj, geo3_eq. unfold geo3. cbn [psum]. ring. Qed.

Lemma choose2_eq j : choose2 j = INR j * (INR j - 1) / 2.
Proof. unfold choose2. induction j. simpl; field. cbn [psum]. rewrite IHj, S_INR. field. Qed.

Lemma choose3_eq j : choose3 j = INR j * (INR j - 1) * (INR j - 2) / 6.
Proof. unfold choose3. induction j. simpl; field. cbn [psum]. rewrite IHj, choose2_eq, S_INR. field. Qed.

Lemma choose4_eq j : choose4 j = INR j * (INR j - 1) * (INR j - 2) * (INR j - 3) / 24.
Proof. unfold choose4. induction j. simpl; field. cbn [psum]. rewrite IHj, choose3_eq, S_INR. field. Qed.

Lemma power_bounds x j : -1 <= x <= 1 -> -1 <= x^j <= 1.
Proof. intros H. induction j; simpl. lra. split; nra. Qed.

Section Bounds.
Variable x : R.
Hypothesis H : -1 <= x <= 1.

Lemma geo_upper j : geo x j <= INR j.
Proof.
unfold geo. rewrite <- (Rmult_1_r (INR j)), <- (psum_const 1 j). apply psum_le. intros i _. apply power_bounds. exact H.
Qed.

Lemma geo_low j : geo (-1) j <= 2 * geo x j /\ 0 <= geo x j.
Proof.
assert (N := geo_eq (-1) j). assert (B1 := power_bounds (-1) j ltac:(lra)).
destruct (Rle_lt_dec 0 x) as [P|P].
- assert (G : forall i, (0 < i)%nat -> 1 <= geo x i).
  { intros i Hi. destruct i. lia. unfold geo. clear Hi. induction i. simpl. lra. assert (0 <= x^(S i)) by (apply pow_le; exact P). cbn [psum] in *. lra. }
  destruct j. unfold geo; simpl; lra. assert (X := G (S j) ltac:(lia)). lra.
- assert (E := geo_eq x j). assert (B := power_bounds x j H). assert (G0 : 0 <= geo x j) by (apply Rmult_le_reg_l with (1 - x); lra).
  split; [|exact G0]. destruct (Nat.Even_or_Odd j) as [[i Ei]|[i Ei]].
  + subst j. rewrite pow_1_even in N. lra.
  + replace (2*i+1)%nat with (S (2*i)) in Ei by lia. subst j. rewrite pow_1_odd in N.
    assert (0 <= (x^2)^i) by (apply pow_le, pow2_ge_0). rewrite <- pow_mult in H0.
    change (x^(S (2*i))) with (x * x^(2*i)) in E. assert (0 <= (2 - (1 - x)) * geo x (S (2*i))) by (apply Rmult_le_pos; lra).
    assert (0 <= - x * x^(2*i)) by (apply Rmult_le_pos; lra). lra.
Qed.

(* sums over two neighbours, so that the signs of odd powers do not matter *)
Lemma geo2_low j : geo2 (-1) j <= geo2 x j.
Proof.
unfold geo2.
assert (I : forall i, psum (geo (-1)) (2*i) <= psum (geo x) (2*i) /\ psum (geo (-1)) (2*i+1) <= psum (geo x) (2*i+1)).
{ assert (E : forall i, geo (-1) (2*i) = 0). { intros i. assert (X := geo_eq (-1) (2*i)). rewrite pow_1_even in X. lra. }
  assert (O : forall i, geo (-1) (2*i+1) = 1). { intros i. replace (2*i+1)%nat with (S (2*i)) by lia. assert (X := geo_eq (-1) (S (2*i))). rewrite pow_1_odd in X. lra. }
  induction i. simpl. unfold geo; simpl. lra.
  destruct IHi as [I1 I2]. assert (K : psum (geo (-1)) (2 * S i) <= psum (geo x) (2 * S i)).
  { replace (2 * S i)%nat with (S (2*i+1)) by lia. cbn [psum]. replace (2*i+1)%nat with (S (2*i)) in * by lia. cbn [psum] in I2 |- *.
    replace (S (2*i)) with (2*i+1)%nat by lia. rewrite E, O in *. assert (G := geo_eq x (2*i+1)). assert (G' := geo_eq x (2*i)). assert (B := geo_low (2*i)). assert (B' := geo_low (2*i+1)).
    assert (S1 : geo x (2*i+1) = geo x (2*i) + x^(2*i)) by (replace (2*i+1)%nat with (S (2*i)) by lia; reflexivity).
    rewrite S1. nra. }
  split. exact K. replace (2 * S i + 1)%nat with (S (2 * S i)) by lia. cbn [psum]. rewrite E. assert (B := geo_low (2 * S i)). lra. }
destruct (Nat.Even_or_Odd j) as [[i Ei]|[i Ei]]; rewrite Ei; apply I.
Qed.

Lemma geo2_nonneg j : 0 <= geo2 x j.
Proof. unfold geo2. apply psum_nonneg. intros i _. apply geo_low. Qed.
Lemma geo2_upper j : geo2 x j <= choose2 j.
Proof. unfold geo2, choose2. apply psum_le. intros i _. apply geo_upper. Qed.
Lemma geo3_nonneg j : 0 <= geo3 x j.
Proof. unfold geo3. apply psum_nonneg. intros i _. apply geo2_nonneg. Qed.
Lemma geo3_upper j : geo3 x j <= choose3 j.
Proof. unfold geo3, choose3. apply psum_le. intros i _. apply geo2_upper. Qed.
Lemma geo4_nonneg j : 0 <= geo4 x j.
Proof. unfold geo4. apply psum_nonneg. intros i _. apply geo3_nonneg. Qed.
Lemma geo4_upper j : geo4 x j <= choose4 j.
Proof. unfold geo4, choose4. apply psum_le. intros i _. apply geo3_upper. Qed.
End Bounds.

(* ---- expansions: k, its derivative kd, and k''(1)/2, k'''(1)/6, k''''(1)/24 as sums ---- *)
Record expands (p : nat -> R) (k kd : R -> R) (a beta gamma : R) : Prop := {
  ex_map : forall x, -1 <= x <= 1 -> is_series (fun j => p j * x^j) (k x);
  ex_slope : forall x, -1 <= x <= 1 -> is_series (fun j => INR j * p j * x^(pred j)) (kd x);
  ex_second : is_series (fun j => choose2 j * p j) a;
  ex_third : is_series (fun j => choose3 j * p j) beta;
  ex_fourth : is_series (fun j => choose4 j * p j) gamma
}.

(* a correlation map: nonnegative coefficients with sum 1 *)
Record correlation_map (k kd : R -> R) (a beta gamma : R) : Prop := {
  co_series : exists p, (forall j, 0 <= p j) /\ expands p k kd a beta gamma;
  co_one : k 1 = 1
}.

Section Map.
Variable p : nat -> R.
Variables k kd : R -> R.
Variables a beta gamma : R.
Hypothesis P : forall j, 0 <= p j.
Hypothesis X : expands p k kd a beta gamma.
Hypothesis One : k 1 = 1.
Let chi := kd 1.

Lemma sum_one : is_series p 1.
Proof. rewrite <- One. eapply ser_ext; [| reflexivity | exact (ex_map _ _ _ _ _ _ X 1 ltac:(lra))]. intros j. cbv beta. rewrite pow1. ring. Qed.

Lemma sum_chi : is_series (fun j => INR j * p j) chi.
Proof. eapply ser_ext; [| reflexivity | exact (ex_slope _ _ _ _ _ _ X 1 ltac:(lra))]. intros j. cbv beta. rewrite pow1. ring. Qed.

Section At.
Variable x : R.
Hypothesis H : -1 <= x <= 1.

(* 1 - k, chi (1 - x) - (1 - k), and the same less a (1-x)^2, divided by powers of 1 - x *)
Lemma ser_gap : is_series (fun j => (1 - x) * (geo x j * p j)) (1 - k x).
Proof.
eapply ser_ext; [| reflexivity | exact (ser_minus _ _ _ _ sum_one (ex_map _ _ _ _ _ _ X x H))].
intros j. cbv beta. rewrite <- Rmult_assoc, geo_eq. ring.
Qed.

Lemma ser_first : is_series (fun j => (1 - x)^2 * (geo2 x j * p j)) (chi * (1 - x) - (1 - k x)).
Proof.
eapply ser_ext; [| | exact (ser_minus _ _ _ _ (ser_scal (1 - x) _ _ sum_chi) ser_gap)]; [|ring].
intros j. cbv beta. replace ((1 - x)^2 * (geo2 x j * p j)) with ((1 - x) * ((1 - x) * geo2 x j) * p j) by ring. rewrite geo2_eq. ring.
Qed.

Lemma ser_second : is_series (fun j => (1 - x)^3 * (geo3 x j * p j)) (a * (1 - x)^2 - (chi * (1 - x) - (1 - k x))).
Proof.
eapply ser_ext; [| | exact (ser_minus _ _ _ _ (ser_scal ((1 - x)^2) _ _ (ex_second _ _ _ _ _ _ X)) ser_first)]; [|ring].
intros j. cbv beta. replace ((1 - x)^3 * (geo3 x j * p j)) with ((1 - x)^2 * ((1 - x) * geo3 x j) * p j) by ring. rewrite geo3_eq. ring.
Qed.

Lemma ser_third : is_series (fun j => (1 - x)^4 * (geo4 x j * p j)) (beta * (1 - x)^3 - (a * (1 - x)^2 - (chi * (1 - x) - (1 - k x)))).
Proof.
eapply ser_ext; [| | exact (ser_minus _ _ _ _ (ser_scal ((1 - x)^3) _ _ (ex_third _ _ _ _ _ _ X)) ser_second)]; [|ring].
intros j. cbv beta. replace ((1 - x)^4 * (geo4 x j * p j)) with ((1 - x)^3 * ((1 - x) * geo4 x j) * p j) by ring. rewrite geo4_eq. ring.
Qed.

Lemma ser_slope : is_series (fun j => INR j * p j * ((1 - x) * geo x (pred j))) (chi - kd x).
Proof.
eapply ser_ext; [| reflexivity | exact (ser_minus _ _ _ _ sum_chi (ex_slope _ _ _ _ _ _ X x H))].
intros j. cbv beta. rewrite geo_eq. ring.
Qed.

Lemma ser_slope2 : is_series (fun j => (1 - x)^2 * (INR j * geo2 x (pred j) * p j)) (2 * a * (1 - x) - (chi - kd x)).
Proof.
eapply ser_ext; [| | exact (ser_minus _ _ _ _ (ser_scal (2 * (1 - x)) _ _ (ex_second _ _ _ _ _ _ X)) ser_slope)]; [|ring].
intros j. cbv beta. rewrite choose2_eq. destruct j as [|j]. change (INR 0) with 0. field.
simpl pred. replace ((1 - x)^2 * (INR (S j) * geo2 x j * p (S j))) with ((1 - x) * ((1 - x) * geo2 x j) * (INR (S j) * p (S j))) by ring.
rewrite geo2_eq, S_INR. field.
Qed.

End At.

Lemma map_low x : -1 <= x <= 1 -> -1 <= k x.
Proof.
intros H. assert (Y := ser_plus _ _ _ _ sum_one (ex_map _ _ _ _ _ _ X x H)). apply ser_nonneg in Y. lra.
intros j. assert (Q := P j). assert (B := power_bounds x j H). cbv beta. nra.
Qed.

Lemma map_gap x : -1 <= x <= 1 -> (1 - k (-1)) / 4 * (1 - x) <= 1 - k x /\ 1 - k x <= chi * (1 - x).
Proof.
intros H. split.
- assert (E := ser_scal ((1 - x) / 4) _ _ (ser_gap (-1) ltac:(lra))). cbv beta in E.
  assert (Y : (1 - x) / 4 * (1 - k (-1)) <= 1 - k x); [|lra]. eapply ser_le; [|exact E | exact (ser_gap x H)].
  intros j. cbv beta. assert (Q := P j). destruct (geo_low x H j) as [G1 G2].
  assert (geo (-1) j * p j <= 2 * geo x j * p j) by (apply Rmult_le_compat_r; assumption). nra.
- assert (Y := ser_nonneg _ _ (fun j => ltac:(cbv beta; apply Rmult_le_pos; [apply pow2_ge_0 | apply Rmult_le_pos; [apply geo2_nonneg; exact H | apply P]])) (ser_first x H)). lra.
Qed.

Lemma map_curve x : -1 <= x <= 1 -> (chi + k (-1)) / 4 * (1 - x)^2 <= chi * (1 - x) - (1 - k x) + (1 - x)^2 * (1 - chi) / 4.
Proof.
intros H. assert (E := ser_scal ((1 - x)^2 / 4) _ _ (ser_first (-1) ltac:(lra))). cbv beta in E.
assert (Y : (1 - x)^2 / 4 * (chi * (1 - -1) - (1 - k (-1))) <= chi * (1 - x) - (1 - k x)); [|lra].
eapply ser_le; [|exact E | exact (ser_first x H)]. intros j. cbv beta.
assert (Q := P j). assert (G := geo2_low x H j). assert (T := pow2_ge_0 (1 - x)).
assert (geo2 (-1) j * p j <= geo2 x j * p j) by (apply Rmult_le_compat_r; assumption). nra.
Qed.

Lemma map_second x : -1 <= x <= 1 -> chi * (1 - x) - (1 - k x) <= a * (1 - x)^2.
Proof.
intros H. assert (T : 0 <= (1 - x)^3) by (apply pow_le; lra).
assert (Y := ser_nonneg _ _ (fun j => ltac:(cbv beta; apply Rmult_le_pos; [exact T | apply Rmult_le_pos; [apply geo3_nonneg; exact H | apply P]])) (ser_second x H)). lra.
Qed.

Lemma map_third x : -1 <= x <= 1 ->
  beta * (1 - x)^3 - gamma * (1 - x)^4 <= a * (1 - x)^2 - (chi * (1 - x) - (1 - k x)) <= beta * (1 - x)^3.
Proof.
intros H. assert (T : 0 <= (1 - x)^4) by (apply pow_le; lra). split.
- assert (Y : beta * (1 - x)^3 - (a * (1 - x)^2 - (chi * (1 - x) - (1 - k x))) <= (1 - x)^4 * gamma); [|lra].
  eapply ser_le; [|exact (ser_third x H) | exact (ser_scal ((1 - x)^4) _ _ (ex_fourth _ _ _ _ _ _ X))].
  intros j. cbv beta. apply Rmult_le_compat_l. exact T. apply Rmult_le_compat_r. apply P. apply geo4_upper; exact H.
- assert (Y := ser_nonneg _ _ (fun j => ltac:(cbv beta; apply Rmult_le_pos; [exact T | apply Rmult_le_pos; [apply geo4_nonneg; exact H | apply P]])) (ser_third x H)). lra.
Qed.

Lemma map_slope x : -1 <= x <= 1 -> 0 <= 2 * a * (1 - x) - (chi - kd x) <= 3 * beta * (1 - x)^2.
Proof.
intros H. assert (T : 0 <= (1 - x)^2) by apply pow2_ge_0. split.
- refine (ser_nonneg _ _ _ (ser_slope2 x H)). intros j. cbv beta. apply Rmult_le_pos. exact T. apply Rmult_le_pos; [|apply P].
  apply Rmult_le_pos; [apply pos_INR | apply geo2_nonneg; exact H].
- assert (Y : 2 * a * (1 - x) - (chi - kd x) <= 3 * (1 - x)^2 * beta); [|lra].
  eapply ser_le; [|exact (ser_slope2 x H) | exact (ser_scal (3 * (1 - x)^2) _ _ (ex_third _ _ _ _ _ _ X))].
  intros j. cbv beta. assert (Q : INR j * geo2 x (pred j) <= 3 * choose3 j).
  { destruct j as [|j]. rewrite choose3_eq. change (INR 0) with 0. lra. simpl pred. assert (G := geo2_upper x H j). rewrite choose2_eq in G.
    rewrite choose3_eq, S_INR in *. assert (N := pos_INR j). apply Rle_trans with ((INR j + 1) * (INR j * (INR j - 1) / 2)).
    apply Rmult_le_compat_l; lra. apply Req_le. field. }
  assert ((1 - x)^2 * (INR j * geo2 x (pred j) * p j) <= (1 - x)^2 * (3 * choose3 j * p j)); [|lra].
  apply Rmult_le_compat_l. exact T. apply Rmult_le_compat_r. apply P. exact Q.
Qed.

Lemma map_kd x : -1 <= x <= 1 -> - chi <= kd x <= chi.
Proof.
intros H. assert (S := ex_slope _ _ _ _ _ _ X x H).
assert (B : forall j, - (INR j * p j) <= INR j * p j * x^(pred j) <= INR j * p j).
{ intros j. assert (N := pos_INR j). assert (Q := P j). assert (Z := power_bounds x (pred j) H). assert (0 <= INR j * p j) by (apply Rmult_le_pos; assumption). split; nra. }
split; [|exact (ser_le _ _ _ _ (fun j => proj2 (B j)) S sum_chi)].
assert (Y : -1 * chi <= kd x); [|lra]. eapply ser_le; [|exact (ser_scal (-1) _ _ sum_chi) | exact S].
intros j. cbv beta. destruct (B j). lra.
Qed.

Lemma map_kd_right x : 0 <= x <= 1 -> kd 0 <= kd x <= chi - (chi - kd 0) * (1 - x).
Proof.
intros H. split.
- eapply ser_le; [|exact (ex_slope _ _ _ _ _ _ X 0 ltac:(lra)) | exact (ex_slope _ _ _ _ _ _ X x ltac:(lra))].
  intros j. cbv beta. apply Rmult_le_compat_l. apply Rmult_le_pos; [apply pos_INR | apply P]. apply pow_incr. lra.
- assert (Y : (1 - x) * (chi - kd 0) <= chi - kd x); [|lra].
  eapply ser_le; [|exact (ser_scal (1 - x) _ _ (ser_slope 0 ltac:(lra))) | exact (ser_slope x ltac:(lra))].
  intros j. cbv beta. assert (0 <= INR j * p j) by (apply Rmult_le_pos; [apply pos_INR | apply P]).
  assert (Z : geo 0 (pred j) <= geo x (pred j)). { unfold geo. apply psum_le. intros i _. apply pow_incr. lra. }
  assert (INR j * p j * ((1 - x) * geo 0 (pred j)) <= INR j * p j * ((1 - x) * geo x (pred j))); [|lra].
  apply Rmult_le_compat_l. exact H0. apply Rmult_le_compat_l; lra.
Qed.

Lemma kd_nonneg x : 0 <= x <= 1 -> 0 <= kd x.
Proof.
intros H. refine (ser_nonneg _ _ _ (ex_slope _ _ _ _ _ _ X x ltac:(lra))). intros j. cbv beta.
apply Rmult_le_pos. apply Rmult_le_pos; [apply pos_INR | apply P]. apply pow_le; lra.
Qed.

Lemma chi_second : chi * 2 - (1 - k (-1)) <= 4 * a.
Proof. assert (Y := map_second (-1) ltac:(lra)). lra. Qed.
Lemma beta_nonneg : 0 <= beta.
Proof. refine (ser_nonneg _ _ _ (ex_third _ _ _ _ _ _ X)). intros j. apply Rmult_le_pos; [|apply P]. unfold choose3, choose2. apply psum_nonneg; intros i _. apply psum_nonneg; intros; apply pos_INR. Qed.
Lemma gamma_nonneg : 0 <= gamma.
Proof.
refine (ser_nonneg _ _ _ (ex_fourth _ _ _ _ _ _ X)). intros j. apply Rmult_le_pos; [|apply P]. unfold choose4, choose3, choose2.
apply psum_nonneg; intros i _. apply psum_nonneg; intros i' _. apply psum_nonneg; intros; apply pos_INR.
Qed.
End Map.

(* ---- the hypotheses of the meta-theorem smooth-critical ---- *)
Theorem critical_series k kd a beta gamma gamma' curve width s : correlation_map k kd a beta gamma -> kd 1 = 1 ->
  0 < curve <= (1 + k (-1)) / 4 -> 0 < width <= (1 - k (-1)) / 4 -> 0 < s <= 1 - kd 0 -> gamma <= gamma' ->
  critical_map k kd a beta gamma' curve width s.
Proof.
intros [[p [P X]] One] Chi Hc Hw Hs Hg.
constructor; try lra.
- assert (Y := chi_second p k kd a beta gamma P X One). lra.
- exact (beta_nonneg p k kd a beta gamma P X).
- assert (Y := gamma_nonneg p k kd a beta gamma P X). lra.
- intros c H. exact (map_low p k kd a beta gamma P X One c H).
- intros c H. assert (Y := map_curve p k kd a beta gamma P X One c ltac:(lra)). rewrite Chi in Y.
  assert (T := pow2_ge_0 (1 - c)). assert (curve * (1 - c)^2 <= (1 + k (-1)) / 4 * (1 - c)^2) by (apply Rmult_le_compat_r; lra). lra.
- intros c H. destruct (map_gap p k kd a beta gamma P X One c ltac:(lra)) as [Y _].
  assert (width * (1 - c) <= (1 - k (-1)) / 4 * (1 - c)) by (apply Rmult_le_compat_r; lra). lra.
- intros c H. assert (Y := map_second p k kd a beta gamma P X One c ltac:(lra)). rewrite Chi in Y. lra.
- intros c H. assert (Y := map_third p k kd a beta gamma P X One c ltac:(lra)). rewrite Chi in Y.
  assert (T : 0 <= (1 - c)^4) by (apply pow_le; lra). assert (gamma * (1 - c)^4 <= gamma' * (1 - c)^4) by (apply Rmult_le_compat_r; lra). lra.
- intros c H. assert (Y := map_slope p k kd a beta gamma P X c ltac:(lra)). rewrite Chi in Y. lra.
- intros c H. assert (Y := map_kd p k kd a beta gamma P X c H). rewrite Chi in Y. lra.
- intros c H. assert (Y := map_kd_right p k kd a beta gamma P X c H). rewrite Chi in Y.
  assert (Z := kd_nonneg p k kd a beta gamma P X c H). assert (s * (1 - c) <= (1 - kd 0) * (1 - c)) by (apply Rmult_le_compat_r; lra). lra.
Qed.

(* ---- which maps have expansions: sums, multiples, powers, exponentials ---- *)
Lemma expands_plus p q k k' kd kd' a a' beta beta' gamma gamma' : expands p k kd a beta gamma -> expands q k' kd' a' beta' gamma' ->
  expands (fun j => p j + q j) (fun x => k x + k' x) (fun x => kd x + kd' x) (a + a') (beta + beta') (gamma + gamma').
Proof.
intros A B. constructor.
- intros x H. eapply ser_ext; [| reflexivity | exact (ser_plus _ _ _ _ (ex_map _ _ _ _ _ _ A x H) (ex_map _ _ _ _ _ _ B x H))]. intros j; cbv beta; ring.
- intros x H. eapply ser_ext; [| reflexivity | exact (ser_plus _ _ _ _ (ex_slope _ _ _ _ _ _ A x H) (ex_slope _ _ _ _ _ _ B x H))]. intros j; cbv beta; ring.
- eapply ser_ext; [| reflexivity | exact (ser_plus _ _ _ _ (ex_second _ _ _ _ _ _ A) (ex_second _ _ _ _ _ _ B))]. intros j; cbv beta; ring.
- eapply ser_ext; [| reflexivity | exact (ser_plus _ _ _ _ (ex_third _ _ _ _ _ _ A) (ex_third _ _ _ _ _ _ B))]. intros j; cbv beta; ring.
- eapply ser_ext; [| reflexivity | exact (ser_plus _ _ _ _ (ex_fourth _ _ _ _ _ _ A) (ex_fourth _ _ _ _ _ _ B))]. intros j; cbv beta; ring.
Qed.

Lemma expands_scal w p k kd a beta gamma : expands p k kd a beta gamma ->
  expands (fun j => w * p j) (fun x => w * k x) (fun x => w * kd x) (w * a) (w * beta) (w * gamma).
Proof.
intros A. constructor.
- intros x H. eapply ser_ext; [| reflexivity | exact (ser_scal w _ _ (ex_map _ _ _ _ _ _ A x H))]. intros j; cbv beta; ring.
- intros x H. eapply ser_ext; [| reflexivity | exact (ser_scal w _ _ (ex_slope _ _ _ _ _ _ A x H))]. intros j; cbv beta; ring.
- eapply ser_ext; [| reflexivity | exact (ser_scal w _ _ (ex_second _ _ _ _ _ _ A))]. intros j; cbv beta; ring.
- eapply ser_ext; [| reflexivity | exact (ser_scal w _ _ (ex_third _ _ _ _ _ _ A))]. intros j; cbv beta; ring.
- eapply ser_ext; [| reflexivity | exact (ser_scal w _ _ (ex_fourth _ _ _ _ _ _ A))]. intros j; cbv beta; ring.
Qed.

Definition single (n j : nat) : R := if Nat.eqb j n then 1 else 0.
Lemma ser_single (f : nat -> R) n : is_series (fun j => f j * single n j) (f n).
Proof.
revert f. induction n; intros f.
- apply is_series_decr_1. assert (E : f O + - (f O * single 0 0) = 0) by (unfold single; simpl; ring).
  change (is_series (fun j => f (S j) * single 0 (S j)) (f O + - (f O * single 0 0))). rewrite E.
  apply (ser_ext (fun j => 0 * (0 * 0^j)) _ (0 * (0 * / (1 - 0)))); [intros j; unfold single; simpl; ring | ring |].
  apply ser_scal, ser_scal. apply is_series_geom. rewrite Rabs_R0. lra.
- apply ser_shift. unfold single; simpl; ring. exact (IHn (fun j => f (S j))).
Qed.

Lemma expands_power n : expands (single n) (fun x => x^n) (fun x => INR n * x^(pred n)) (choose2 n) (choose3 n) (choose4 n).
Proof.
constructor; intros; (eapply ser_ext; [| reflexivity |]).
2: exact (ser_single (fun j => x^j) n). intros j; cbv beta; ring.
2: exact (ser_single (fun j => INR j * x^(pred j)) n). intros j; cbv beta; ring.
2: exact (ser_single choose2 n). intros j; cbv beta; ring.
2: exact (ser_single choose3 n). intros j; cbv beta; ring.
2: exact (ser_single choose4 n). intros j; cbv beta; ring.
Qed.

Definition exp_coeff (w : R) (j : nat) : R := w^j / INR (fact j).
Lemma exp_coeff_S w j : INR (S j) * exp_coeff w (S j) = w * exp_coeff w j.
Proof.
unfold exp_coeff. rewrite fact_simpl, mult_INR. simpl pow. assert (F := INR_fact_neq_0 j). assert (N := not_0_INR (S j) ltac:(lia)). field. split; assumption.
Qed.

Lemma exp_series w x : is_series (fun j => exp_coeff w j * x^j) (exp (w * x)).
Proof.
assert (E := is_exp_Reals (w * x)). unfold is_pseries in E. eapply ser_ext; [| reflexivity | exact E].
intros j. unfold scal; simpl. unfold mult; simpl. rewrite pow_n_pow, Rpow_mult_distr. unfold exp_coeff, Rdiv. ring.
Qed.

Lemma expands_exp w : expands (exp_coeff w) (fun x => exp (w * x)) (fun x => w * exp (w * x))
  (w^2 / 2 * exp w) (w^3 / 6 * exp w) (w^4 / 24 * exp w).
Proof.
assert (E1 := exp_series w 1). rewrite Rmult_1_r in E1.
assert (N1 : forall j, exp_coeff w j * 1^j = exp_coeff w j) by (intros; rewrite pow1; ring).
constructor.
- intros x _. apply exp_series.
- intros x _. apply ser_shift. simpl; ring. eapply ser_ext; [| reflexivity | exact (ser_scal w _ _ (exp_series w x))].
  intros j. cbv beta. simpl pred. rewrite exp_coeff_S. ring.
- apply ser_shift. rewrite choose2_eq. simpl; field. apply ser_shift. rewrite choose2_eq. simpl; field.
  eapply ser_ext; [| reflexivity | exact (ser_scal (w^2 / 2) _ _ E1)]. intros j. cbv beta. rewrite N1, choose2_eq.
  replace (INR (S (S j)) * (INR (S (S j)) - 1) / 2 * exp_coeff w (S (S j))) with (INR (S j) / 2 * (INR (S (S j)) * exp_coeff w (S (S j)))) by (rewrite !S_INR; field).
  rewrite exp_coeff_S. replace (INR (S j) / 2 * (w * exp_coeff w (S j))) with (w / 2 * (INR (S j) * exp_coeff w (S j))) by field. rewrite exp_coeff_S. field.
- do 3 (apply ser_shift; [rewrite choose3_eq; simpl; field|]).
  eapply ser_ext; [| reflexivity | exact (ser_scal (w^3 / 6) _ _ E1)]. intros j. cbv beta. rewrite N1, choose3_eq.
  replace (INR (S (S (S j))) * (INR (S (S (S j))) - 1) * (INR (S (S (S j))) - 2) / 6 * exp_coeff w (S (S (S j))))
    with (INR (S (S j)) * INR (S j) / 6 * (INR (S (S (S j))) * exp_coeff w (S (S (S j))))) by (rewrite !S_INR; field).
  rewrite exp_coeff_S. replace (INR (S (S j)) * INR (S j) / 6 * (w * exp_coeff w (S (S j)))) with (w / 6 * INR (S j) * (INR (S (S j)) * exp_coeff w (S (S j)))) by field.
  rewrite exp_coeff_S. replace (w / 6 * INR (S j) * (w * exp_coeff w (S j))) with (w^2 / 6 * (INR (S j) * exp_coeff w (S j))) by field. rewrite exp_coeff_S. field.
- do 4 (apply ser_shift; [rewrite choose4_eq; simpl; field|]).
  eapply ser_ext; [| reflexivity | exact (ser_scal (w^4 / 24) _ _ E1)]. intros j. cbv beta. rewrite N1, choose4_eq. set (i := S (S (S (S j)))).
  replace (INR i * (INR i - 1) * (INR i - 2) * (INR i - 3) / 24 * exp_coeff w i)
    with (INR (S (S (S j))) * INR (S (S j)) * INR (S j) / 24 * (INR i * exp_coeff w i)) by (unfold i; rewrite !S_INR; field).
  unfold i. rewrite exp_coeff_S. replace (INR (S (S (S j))) * INR (S (S j)) * INR (S j) / 24 * (w * exp_coeff w (S (S (S j)))))
    with (w / 24 * INR (S (S j)) * INR (S j) * (INR (S (S (S j))) * exp_coeff w (S (S (S j))))) by field.
  rewrite exp_coeff_S. replace (w / 24 * INR (S (S j)) * INR (S j) * (w * exp_coeff w (S (S j)))) with (w^2 / 24 * INR (S j) * (INR (S (S j)) * exp_coeff w (S (S j)))) by field.
  rewrite exp_coeff_S. replace (w^2 / 24 * INR (S j) * (w * exp_coeff w (S j))) with (w^3 / 24 * (INR (S j) * exp_coeff w (S j))) by field. rewrite exp_coeff_S. field.
Qed.
