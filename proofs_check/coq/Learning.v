(* Kernel regression on n points with the normalised tangent kernel. For a deep ReLU network it forgets the inputs: at every new
   point the prediction tends to sum(y)/(n+3), with an explicit bound for every depth. A residual network does not forget. *)
From Coq Require Import Reals Lra Lia Arith.
From NtkProof Require Import Analysis Kernels AngleMap Depth Certificate FFNet ResNet ResNetCertificate ResNetReLU.
Open Scope R_scope.

Definition apply_matrix (K : nat -> nat -> R) (n : nat) (x : nat -> R) (i : nat) := psum (fun j => K i j * x j) n.
Definition solves (K : nat -> nat -> R) (n : nat) (y x : nat -> R) := forall i, (i < n)%nat -> apply_matrix K n x i = y i.
Definition predict (k : nat -> R) (n : nat) (x : nat -> R) := psum (fun i => k i * x i) n.

(* ---- sums ---- *)
Lemma psum_one (x : nat -> R) i n : (i < n)%nat -> psum (fun j => if Nat.eq_dec i j then x j else 0) n = x i.
Proof.
assert (Z : forall m, (m <= i)%nat -> psum (fun j => if Nat.eq_dec i j then x j else 0) m = 0).
{ induction m; intros H. reflexivity. cbn [psum]. rewrite IHm by lia. destruct (Nat.eq_dec i m); [lia | ring]. }
induction n; intros H. lia. cbn [psum]. destruct (Nat.eq_dec i n) as [E|E].
- rewrite Z by lia. subst n. ring.
- rewrite IHn by lia. ring.
Qed.

Lemma psum_minus f g n : psum (fun k => f k - g k) n = psum f n - psum g n.
Proof. induction n; cbn [psum]. ring. rewrite IHn. ring. Qed.

Lemma psum_bound f B n : (forall k, (k < n)%nat -> Rabs (f k) <= B) -> Rabs (psum f n) <= INR n * B.
Proof. intros H. eapply Rle_trans. apply psum_Rabs. rewrite <- psum_const. apply psum_le. exact H. Qed.

Lemma psum_cauchy f n : (psum f n)^2 <= INR n * psum (fun k => (f k)^2) n.
Proof.
induction n. simpl. lra. rewrite S_INR. cbn [psum]. assert (N := pos_INR n).
assert (Q := psum_nonneg (fun k => (f k)^2) n (fun k _ => pow2_ge_0 (f k))).
set (S := psum f n) in *. set (q := psum (fun k => (f k)^2) n) in *. set (a := f n).
destruct n as [|n]. { unfold S, q in *. simpl. nra. }
assert (P : 0 < INR (Datatypes.S n)) by (apply lt_0_INR; lia). set (m := INR (Datatypes.S n)) in *.
assert (Z : 2 * S * a <= q + m * a^2).
{ apply Rmult_le_reg_l with m. exact P. assert (0 <= (S - m * a)^2) by apply pow2_ge_0. nra. }
nra.
Qed.

(* ---- a matrix close to (3/4) I + (1/4) J ---- *)
Section Close.
Variable n : nat.
Variable K : nat -> nat -> R.
Variable eps : R.
Hypothesis K1 : forall i, (i < n)%nat -> K i i = 1.
Hypothesis K4 : forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> Rabs (K i j - 1/4) <= eps.
Hypothesis eps0 : 0 <= eps.

Definition rest (x : nat -> R) (i : nat) := psum (fun j => (K i j - 1/4 - (if Nat.eq_dec i j then 3/4 else 0)) * x j) n.

Lemma split_matrix x i : (i < n)%nat -> apply_matrix K n x i = 3/4 * x i + 1/4 * psum x n + rest x i.
Proof.
intros H. unfold apply_matrix, rest. rewrite <- (psum_one x i n H), <- !psum_scal, <- !psum_plus.
apply psum_ext. intros j Hj. destruct (Nat.eq_dec i j); ring.
Qed.

Lemma rest_small x i : (i < n)%nat -> Rabs (rest x i) <= eps * psum (fun j => Rabs (x j)) n.
Proof.
intros H. unfold rest. eapply Rle_trans. apply psum_Rabs. rewrite <- psum_scal. apply psum_le. intros j Hj.
rewrite Rabs_mult. apply Rmult_le_compat_r. apply Rabs_pos. destruct (Nat.eq_dec i j) as [E|E].
- subst j. rewrite K1 by exact H. replace (1 - 1/4 - 3/4) with 0 by field. rewrite Rabs_R0. exact eps0.
- rewrite Rminus_0_r. apply K4; assumption.
Qed.

Lemma sum_solution x y : solves K n y x -> psum y n = (3/4 + INR n/4) * psum x n + psum (rest x) n.
Proof.
intros H. rewrite (psum_ext y (fun i => 3/4 * x i + 1/4 * psum x n + rest x i)).
- rewrite !psum_plus, psum_scal, psum_const. field.
- intros i Hi. rewrite <- (H i Hi). apply split_matrix. exact Hi.
Qed.

Hypothesis small : INR n * eps <= 3/16.

Theorem solution_bound x y : solves K n y x -> psum (fun i => Rabs (x i)) n <= 16/3 * psum (fun i => Rabs (y i)) n.
Proof.
intros H. assert (N := pos_INR n). set (A := psum (fun i => Rabs (x i)) n). set (Y := psum (fun i => Rabs (y i)) n).
assert (A0 : 0 <= A) by (apply psum_nonneg; intros; apply Rabs_pos).
assert (R1 : forall i, (i < n)%nat -> Rabs (rest x i) <= eps * A) by (intros; apply rest_small; assumption).
assert (R2 := psum_bound (rest x) (eps * A) n R1). assert (SS := sum_solution x y H).
assert (YS : Rabs (psum y n) <= Y) by apply psum_Rabs.
set (s := psum x n) in *.
assert (S1 : INR n * (Rabs s / 4) <= Y + INR n * (eps * A)).
{ assert (E : Rabs ((3/4 + INR n/4) * s) <= Y + INR n * (eps * A)).
  { replace ((3/4 + INR n/4) * s) with (psum y n + - psum (rest x) n) by (rewrite SS; ring).
    eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp. lra. }
  rewrite Rabs_mult, (Rabs_right (3/4 + INR n/4)) in E by lra. assert (Q := Rabs_pos s). lra. }
assert (X : A <= psum (fun i => 4/3 * Rabs (y i) + (Rabs s / 3 + 4/3 * (eps * A))) n).
{ apply psum_le. intros i Hi. assert (E := split_matrix x i Hi). rewrite (H i Hi) in E. fold s in E. specialize (R1 i Hi).
  replace (x i) with (4/3 * y i + (- (1/3) * s + - (4/3) * rest x i)) by (rewrite E; field).
  eapply Rle_trans. apply Rabs_triang. apply Rplus_le_compat. rewrite Rabs_mult, (Rabs_right (4/3)) by lra; lra.
  eapply Rle_trans. apply Rabs_triang. rewrite !Rabs_mult, !Rabs_Ropp, (Rabs_right (1/3)), (Rabs_right (4/3)) by lra. lra. }
rewrite psum_plus, psum_scal, psum_const in X. fold Y in X.
assert (INR n * eps * A <= 3/16 * A) by (apply Rmult_le_compat_r; lra). lra.
Qed.

Theorem prediction_bound x y k : solves K n y x -> (forall i, (i < n)%nat -> Rabs (k i - 1/4) <= eps) ->
  Rabs (predict k n x - psum y n / (INR n + 3)) <= 32/3 * eps * psum (fun i => Rabs (y i)) n.
Proof.
intros H Hk. assert (N := pos_INR n). assert (B := solution_bound x y H). set (A := psum (fun i => Rabs (x i)) n) in *.
set (Y := psum (fun i => Rabs (y i)) n) in *.
assert (R2 := psum_bound (rest x) (eps * A) n (fun i Hi => rest_small x i Hi)). assert (SS := sum_solution x y H).
assert (E : predict k n x = 1/4 * psum x n + psum (fun i => (k i - 1/4) * x i) n).
{ unfold predict. rewrite <- psum_scal, <- psum_plus. apply psum_ext. intros; ring. }
assert (D : Rabs (psum (fun i => (k i - 1/4) * x i) n) <= eps * A).
{ eapply Rle_trans. apply psum_Rabs. unfold A. rewrite <- psum_scal. apply psum_le. intros i Hi. rewrite Rabs_mult.
  apply Rmult_le_compat_r. apply Rabs_pos. apply Hk. exact Hi. }
rewrite E, SS. replace (1/4 * psum x n + psum (fun i => (k i - 1/4) * x i) n - ((3/4 + INR n/4) * psum x n + psum (rest x) n) / (INR n + 3))
  with (psum (fun i => (k i - 1/4) * x i) n + - (psum (rest x) n / (INR n + 3))) by (field; lra).
eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp.
assert (A0 : 0 <= A) by (apply psum_nonneg; intros; apply Rabs_pos).
assert (F : Rabs (psum (rest x) n / (INR n + 3)) <= eps * A).
{ unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ (INR n + 3))) by (left; apply Rinv_0_lt_compat; lra).
  apply Rmult_le_reg_r with (INR n + 3). lra. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  eapply Rle_trans. exact R2. assert (0 <= eps * A) by (apply Rmult_le_pos; lra). nra. }
assert (eps * A <= eps * (16/3 * Y)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

(* such a matrix is positive definite *)
Theorem positive_definite x : 9/16 * psum (fun i => (x i)^2) n <= psum (fun i => x i * apply_matrix K n x i) n.
Proof.
set (A := psum (fun j => Rabs (x j)) n). assert (A0 : 0 <= A) by (apply psum_nonneg; intros; apply Rabs_pos).
assert (CS := psum_cauchy (fun j => Rabs (x j)) n). fold A in CS.
rewrite (psum_ext (fun k => (Rabs (x k))^2) (fun k => (x k)^2)) in CS by (intros; apply pow2_abs).
assert (L : psum (fun i => 3/4 * (x i)^2 + 1/4 * psum x n * x i + - (eps * A) * Rabs (x i)) n <= psum (fun i => x i * apply_matrix K n x i) n).
{ apply psum_le. intros i Hi. rewrite split_matrix by exact Hi. assert (R1 := rest_small x i Hi). fold A in R1.
  assert (M : - (eps * A * Rabs (x i)) <= x i * rest x i).
  { assert (Q : Rabs (x i * rest x i) <= eps * A * Rabs (x i)).
    { rewrite Rabs_mult, Rmult_comm. apply Rmult_le_compat_r. apply Rabs_pos. exact R1. }
    apply Rabs_elim in Q. lra. } nra. }
rewrite !psum_plus, !psum_scal in L. fold A in L.
assert (S2 : 0 <= 1/4 * psum x n * psum x n) by nra.
set (q := psum (fun i => (x i)^2) n) in *. assert (q0 : 0 <= q) by (apply psum_nonneg; intros; apply pow2_ge_0).
assert (eps * A^2 <= eps * (INR n * q)) by (apply Rmult_le_compat_l; lra).
assert (INR n * eps * q <= 3/16 * q) by (apply Rmult_le_compat_r; lra). lra.
Qed.
End Close.

(* ---- a positive definite system has a solution: elimination of the last unknown ---- *)
Lemma elimination n : forall (K : nat -> nat -> R) m, 0 < m ->
  (forall x, m * psum (fun i => (x i)^2) n <= psum (fun i => x i * apply_matrix K n x i) n) ->
  forall y, exists x, solves K n y x.
Proof.
induction n; intros K m M P y. exists y. intros i Hi. lia.
set (put := fun (x : nat -> R) v i => if Nat.eq_dec i n then v else x i).
assert (put_n : forall x v, put x v n = v) by (intros; unfold put; destruct (Nat.eq_dec n n); [reflexivity | lia]).
assert (put_i : forall x v i, (i < n)%nat -> put x v i = x i) by (intros; unfold put; destruct (Nat.eq_dec i n); [lia | reflexivity]).
assert (put_sum : forall f x v, psum (fun j => f j * put x v j) n = psum (fun j => f j * x j) n).
{ intros. apply psum_ext. intros j Hj. rewrite put_i by exact Hj. reflexivity. }
assert (a0 : 0 < K n n).
{ specialize (P (put (fun _ => 0) 1)). unfold apply_matrix in P. cbn [psum] in P. rewrite put_n, put_sum in P.
  rewrite (psum_ext (fun k => (put (fun _ => 0) 1 k)^2) (fun _ => 0)) in P by (intros j Hj; rewrite put_i by exact Hj; ring).
  rewrite (psum_ext (fun j => K n j * 0) (fun _ => 0)) in P by (intros; ring).
  rewrite (psum_ext (fun i => put (fun _ => 0) 1 i * _) (fun _ => 0)) in P by (intros j Hj; rewrite put_i by exact Hj; ring).
  rewrite psum_const in P. lra. }
set (a := K n n) in *.
set (B := fun i j => K i j - K i n * K n j / a).
assert (BM : forall x i, apply_matrix B n x i = apply_matrix K n x i - K i n / a * apply_matrix K n x n).
{ intros x i. unfold apply_matrix, B. rewrite <- psum_scal, <- psum_minus. apply psum_ext. intros. field. lra. }
assert (PB : forall x, m * psum (fun i => (x i)^2) n <= psum (fun i => x i * apply_matrix B n x i) n).
{ intros x. set (v := - apply_matrix K n x n / a). specialize (P (put x v)).
  cbn [psum] in P. rewrite put_n in P.
  assert (Z : apply_matrix K (S n) (put x v) n = 0).
  { unfold apply_matrix. cbn [psum]. rewrite put_n, put_sum. fold (apply_matrix K n x n). fold a. unfold v. field. lra. }
  rewrite Z, Rmult_0_r, Rplus_0_r in P.
  rewrite (psum_ext (fun k => (put x v k)^2) (fun k => (x k)^2)) in P by (intros j Hj; rewrite put_i by exact Hj; reflexivity).
  rewrite (psum_ext (fun i => put x v i * _) (fun i => x i * apply_matrix B n x i)) in P.
  - assert (0 <= m * v^2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]). lra.
  - intros i Hi. rewrite put_i by exact Hi. rewrite BM. unfold apply_matrix at 1. cbn [psum]. rewrite put_n, put_sum.
    fold (apply_matrix K n x i). unfold v. field. lra. }
destruct (IHn B m M PB (fun i => y i - K i n / a * y n)) as [x Hx].
set (v := (y n - apply_matrix K n x n) / a). exists (put x v). intros i Hi. unfold apply_matrix. cbn [psum]. rewrite put_n, put_sum.
fold (apply_matrix K n x i). destruct (Nat.eq_dec i n) as [E|E].
- subst i. fold a. unfold v. field. lra.
- specialize (Hx i ltac:(lia)). rewrite BM in Hx. unfold v.
  replace (apply_matrix K n x i) with (y i - K i n / a * y n + K i n / a * apply_matrix K n x n) by lra. field. lra.
Qed.

(* ---- deep ReLU networks ---- *)
Definition ffnet_matrix (c : nat -> nat -> R) (L : nat) := fun i j => Theta (c i j) L / Theta 1 L.
Definition ffnet_row (r : nat -> R) (L : nat) := fun i => Theta (r i) L / Theta 1 L.
(* the distance of the kernel from 1/4 where all angles are at least d *)
Definition forgetting (d : R) (L : nat) := (3*PI/(4*d) + 37/20 + 3/8 * ln (1 + INR L / 3)) / (INR L + 1).

(* n points, correlations c, a new point with correlations r, all angles at least d; explicit at every depth *)
Theorem ffnet_regression n c r y d L : 0 < d <= PI ->
  (forall i, (i < n)%nat -> c i i = 1) ->
  (forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> -1 <= c i j <= cos d) -> (forall i, (i < n)%nat -> -1 <= r i <= cos d) ->
  INR n * forgetting d L <= 3/16 ->
  (exists x, solves (ffnet_matrix c L) n y x) /\
  forall x, solves (ffnet_matrix c L) n y x ->
    Rabs (predict (ffnet_row r L) n x - psum y n / (INR n + 3)) <= 32/3 * forgetting d L * psum (fun i => Rabs (y i)) n.
Proof.
intros D C1 C2 C3 S. assert (P := PI_bounds). assert (NL := pos_INR L).
assert (E0 : 0 <= forgetting d L).
{ unfold forgetting. apply div_nonneg; [|lra]. assert (0 < 3*PI/(4*d)) by (apply Rdiv_lt_0_compat; lra).
  assert (0 <= ln (1 + INR L / 3)) by (apply ln_nonneg; lra). lra. }
assert (M1 : forall i, (i < n)%nat -> ffnet_matrix c L i i = 1).
{ intros i Hi. unfold ffnet_matrix. rewrite C1 by exact Hi. rewrite ffnet_diagonal. field. lra. }
assert (M4 : forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> Rabs (ffnet_matrix c L i j - 1/4) <= forgetting d L).
{ intros i j Hi Hj N. apply ffnet_quarter_uniform; [lra | apply C2; assumption | lra]. }
split.
- apply (elimination n _ (9/16) ltac:(lra) (positive_definite n _ _ M1 M4 E0 S)).
- intros x Hx. apply (prediction_bound n _ _ M1 M4 E0 S x y (ffnet_row r L) Hx).
  intros i Hi. apply ffnet_quarter_uniform; [lra | apply C3; exact Hi | lra].
Qed.

(* two new points cannot be told apart *)
Corollary ffnet_regression_forgets n c r r' y d L x : 0 < d <= PI ->
  (forall i, (i < n)%nat -> c i i = 1) ->
  (forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> -1 <= c i j <= cos d) ->
  (forall i, (i < n)%nat -> -1 <= r i <= cos d) -> (forall i, (i < n)%nat -> -1 <= r' i <= cos d) ->
  INR n * forgetting d L <= 3/16 -> solves (ffnet_matrix c L) n y x ->
  Rabs (predict (ffnet_row r L) n x - predict (ffnet_row r' L) n x) <= 64/3 * forgetting d L * psum (fun i => Rabs (y i)) n.
Proof.
intros D C1 C2 C3 C4 S H.
destruct (ffnet_regression n c r y d L D C1 C2 C3 S) as [_ X]. destruct (ffnet_regression n c r' y d L D C1 C2 C4 S) as [_ X'].
specialize (X x H). specialize (X' x H).
replace (predict (ffnet_row r L) n x - predict (ffnet_row r' L) n x)
  with ((predict (ffnet_row r L) n x - psum y n / (INR n + 3)) + - (predict (ffnet_row r' L) n x - psum y n / (INR n + 3))) by ring.
eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp. lra.
Qed.

Lemma forgetting_cv d : 0 < d -> Un_cv (forgetting d) 0.
Proof.
intros D eps He. assert (P := PI_bounds). assert (T : 0 < 3*PI/(4*d)) by (apply Rdiv_lt_0_compat; lra).
destruct (log_over_depth (3*PI/(4*d) + 37/20) (3/8) (1/3) ltac:(lra) ltac:(lra) ltac:(lra) eps He) as [N HN].
exists N. intros n Hn. specialize (HN n ltac:(lia)). unfold R_dist, forgetting. rewrite Rminus_0_r.
replace (INR n / 3) with (1/3 * INR n) by field. assert (Q := pos_INR n). rewrite Rabs_right. exact HN.
assert (0 <= ln (1 + 1/3 * INR n)) by (apply ln_nonneg; lra). apply Rle_ge, div_nonneg; lra.
Qed.

Lemma least_angle n (c : nat -> R) : (forall i, (i < n)%nat -> -1 <= c i < 1) -> exists d, 0 < d <= PI /\ forall i, (i < n)%nat -> c i <= cos d.
Proof.
assert (P := PI_bounds). induction n; intros H. exists PI. split. lra. intros; lia.
destruct (IHn (fun i Hi => H i ltac:(lia))) as [d [D B]]. assert (A := acos_range (c n) (H n ltac:(lia))). assert (E := cos_acos (c n)).
exists (Rmin d (acos (c n))). assert (M1 := Rmin_l d (acos (c n))). assert (M2 := Rmin_r d (acos (c n))).
assert (M0 : 0 < Rmin d (acos (c n))) by (apply Rmin_pos; lra). split. lra.
intros i Hi. destruct (Nat.eq_dec i n) as [Q|Q].
- subst i. rewrite <- E at 1 by (assert (X := H n ltac:(lia)); lra). apply cos_decr_1; lra.
- eapply Rle_trans. apply B. lia. apply cos_decr_1; lra.
Qed.

Lemma least_angle2 n m (c : nat -> nat -> R) : (forall i j, (i < n)%nat -> (j < m)%nat -> i <> j -> -1 <= c i j < 1) ->
  exists d, 0 < d <= PI /\ forall i j, (i < n)%nat -> (j < m)%nat -> i <> j -> c i j <= cos d.
Proof.
assert (P := PI_bounds). induction n; intros H. exists PI. split. lra. intros; lia.
destruct (IHn (fun i j Hi => H i j ltac:(lia))) as [d [D B]].
destruct (least_angle m (fun j => if Nat.eq_dec n j then 0 else c n j)) as [d' [D' B']].
{ intros j Hj. destruct (Nat.eq_dec n j). lra. apply H; lia. }
exists (Rmin d d'). assert (M1 := Rmin_l d d'). assert (M2 := Rmin_r d d'). assert (M0 : 0 < Rmin d d') by (apply Rmin_pos; lra). split. lra.
intros i j Hi Hj N. destruct (Nat.eq_dec i n) as [Q|Q].
- subst i. specialize (B' j Hj). destruct (Nat.eq_dec n j); [lia|]. eapply Rle_trans. exact B'. apply cos_decr_1; lra.
- eapply Rle_trans. apply B; lia. apply cos_decr_1; lra.
Qed.

(* whatever the labels, the prediction at every new point tends to sum(y)/(n+3) *)
Theorem ffnet_regression_limit n c r y :
  (forall i, (i < n)%nat -> c i i = 1) -> (forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> -1 <= c i j < 1) ->
  (forall i, (i < n)%nat -> -1 <= r i < 1) ->
  forall eps, 0 < eps -> exists L0, forall L, (L0 <= L)%nat ->
    (exists x, solves (ffnet_matrix c L) n y x) /\
    forall x, solves (ffnet_matrix c L) n y x -> Rabs (predict (ffnet_row r L) n x - psum y n / (INR n + 3)) < eps.
Proof.
intros C1 C2 C3 eps He.
destruct (least_angle2 n n c C2) as [d1 [D1 B1]]. destruct (least_angle n r C3) as [d2 [D2 B2]].
set (d := Rmin d1 d2). assert (M1 := Rmin_l d1 d2). assert (M2 := Rmin_r d1 d2). fold d in M1, M2.
assert (D : 0 < d <= PI) by (assert (0 < d) by (apply Rmin_pos; lra); lra).
assert (M : forall u, d <= u <= PI -> cos u <= cos d) by (intros; apply cos_decr_1; lra).
set (Y := psum (fun i => Rabs (y i)) n). assert (Y0 : 0 <= Y) by (apply psum_nonneg; intros; apply Rabs_pos). assert (N := pos_INR n).
set (e := Rmin (eps / (11 * (Y + 1))) (3 / (16 * (INR n + 1)))).
assert (e0 : 0 < e) by (apply Rmin_pos; apply Rdiv_lt_0_compat; lra).
assert (e1 := Rmin_l (eps / (11 * (Y + 1))) (3 / (16 * (INR n + 1)))). assert (e2 := Rmin_r (eps / (11 * (Y + 1))) (3 / (16 * (INR n + 1)))). fold e in e1, e2.
destruct (forgetting_cv d ltac:(lra) e e0) as [L0 HL]. exists L0. intros L Hge. specialize (HL L ltac:(lia)).
unfold R_dist in HL. rewrite Rminus_0_r in HL. assert (F := Rle_abs (forgetting d L)).
assert (S : INR n * forgetting d L <= 3/16).
{ apply Rle_trans with (INR n * (3 / (16 * (INR n + 1)))). apply Rmult_le_compat_l; lra.
  replace (INR n * (3 / (16 * (INR n + 1)))) with (3/16 * (INR n / (INR n + 1))) by (field; lra).
  assert (INR n / (INR n + 1) <= 1) by (apply div_le_1; lra). lra. }
destruct (ffnet_regression n c r y d L D C1
  (fun i j Hi Hj Q => conj (proj1 (C2 i j Hi Hj Q)) (Rle_trans _ _ _ (B1 i j Hi Hj Q) (M d1 ltac:(lra))))
  (fun i Hi => conj (proj1 (C3 i Hi)) (Rle_trans _ _ _ (B2 i Hi) (M d2 ltac:(lra)))) S) as [X1 X2].
split. exact X1. intros x Hx. eapply Rle_lt_trans. apply X2. exact Hx. fold Y.
apply Rle_lt_trans with (32/3 * e * Y). apply Rmult_le_compat_r; lra.
assert (e * (11 * (Y + 1)) <= eps).
{ apply Rle_trans with (eps / (11 * (Y + 1)) * (11 * (Y + 1))). apply Rmult_le_compat_r; lra. apply Req_le. field. lra. }
nra.
Qed.

(* ---- residual networks ---- *)
Definition resnet_matrix (h : R) (c : nat -> nat -> R) (L : nat) := fun i j => resntk h (c i j) L.
Definition resnet_row (h : R) (r : nat -> R) (L : nat) := fun i => resntk h (r i) L.

Lemma resntk_diagonal h L : 0 < h -> (1 <= L)%nat -> resntk h 1 L = 1.
Proof.
intros H N. rewrite resntk_family, res_normalised by (lra || exact N). destruct (eta_range h H) as [E _].
assert (M : 1 <= INR L) by (apply (le_INR 1); exact N). rewrite acos_1, (red_zero 1 (eta h)) by lra. field. lra.
Qed.

(* one point with label y: at every depth and gamma >= 1/2 the predictions at correlations 9/10 and 0 differ by 3/25 of the label *)
Theorem resnet_regression_remembers gamma y L x : 1/2 <= gamma -> (1 <= L)%nat ->
  solves (resnet_matrix (hL gamma L) (fun _ _ => 1) L) 1 (fun _ => y) x ->
  3/25 * Rabs y <= Rabs (predict (resnet_row (hL gamma L) (fun _ => 9/10) L) 1 x - predict (resnet_row (hL gamma L) (fun _ => 0) L) 1 x).
Proof.
intros G N H. specialize (H 0%nat ltac:(lia)). unfold apply_matrix, resnet_matrix in H. cbn [psum] in H.
rewrite resntk_diagonal, Rmult_1_l, Rplus_0_l in H by (apply hL_pos || exact N).
unfold predict, resnet_row. cbn [psum]. rewrite H, !Rplus_0_l, <- Rmult_minus_distr_r, Rabs_mult. apply Rmult_le_compat_r. apply Rabs_pos.
eapply Rle_trans. apply (resnet_nondegenerate gamma L G N). apply Rle_abs.
Qed.

(* so it does not tend to sum(y)/(n+3) at every new point *)
Theorem resnet_regression_no_limit gamma y : 1/2 <= gamma -> y <> 0 ->
  ~ (forall r, -1 <= r < 1 -> forall eps, 0 < eps -> exists L0, forall L, (L0 <= L)%nat ->
      forall x, solves (resnet_matrix (hL gamma L) (fun _ _ => 1) L) 1 (fun _ => y) x ->
        Rabs (predict (resnet_row (hL gamma L) (fun _ => r) L) 1 x - psum (fun _ => y) 1 / (INR 1 + 3)) < eps).
Proof.
intros G Y F. assert (A : 0 < Rabs y) by (apply Rabs_pos_lt; exact Y).
destruct (F (9/10) ltac:(lra) (1/25 * Rabs y) ltac:(lra)) as [N1 H1]. destruct (F 0 ltac:(lra) (1/25 * Rabs y) ltac:(lra)) as [N2 H2].
set (L := max 1 (max N1 N2)).
assert (S : solves (resnet_matrix (hL gamma L) (fun _ _ => 1) L) 1 (fun _ => y) (fun _ => y)).
{ intros i Hi. unfold apply_matrix, resnet_matrix. cbn [psum]. rewrite resntk_diagonal by (apply hL_pos || lia). ring. }
specialize (H1 L ltac:(lia) _ S). specialize (H2 L ltac:(lia) _ S).
assert (X := resnet_regression_remembers gamma y L _ G ltac:(lia) S).
apply Rabs_def2 in H1. apply Rabs_def2 in H2.
assert (Z : Rabs (predict (resnet_row (hL gamma L) (fun _ => 9/10) L) 1 (fun _ => y) - predict (resnet_row (hL gamma L) (fun _ => 0) L) 1 (fun _ => y)) <= 2/25 * Rabs y).
{ apply Rabs_le. split; lra. }
lra.
Qed.
