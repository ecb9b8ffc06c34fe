(* The ordered and the chaotic phase of every smooth correlation map, k c = sum p_j c^j with p_j >= 0 and k 1 = 1: the
   meta-theorems smooth-ordered and smooth-chaotic, and builders of such maps. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Limits Kernels Smooth PowerSeries.
Open Scope R_scope.

(* ---- maps from their expressions ---- *)
Definition positive_map (k kd : R -> R) (a beta gamma : R) : Prop := exists p, (forall j, 0 <= p j) /\ expands p k kd a beta gamma.

Lemma positive_plus k k' kd kd' a a' beta beta' gamma gamma' : positive_map k kd a beta gamma -> positive_map k' kd' a' beta' gamma' ->
  positive_map (fun x => k x + k' x) (fun x => kd x + kd' x) (a + a') (beta + beta') (gamma + gamma').
Proof. intros [p [P X]] [q [Q Y]]. exists (fun j => p j + q j). split; [intros j; assert (A := P j); assert (B := Q j); lra | apply expands_plus; assumption]. Qed.

Lemma positive_scal w k kd a beta gamma : 0 <= w -> positive_map k kd a beta gamma ->
  positive_map (fun x => w * k x) (fun x => w * kd x) (w * a) (w * beta) (w * gamma).
Proof. intros W [p [P X]]. exists (fun j => w * p j). split; [intros j; apply Rmult_le_pos; [exact W | apply P] | apply expands_scal; exact X]. Qed.

Lemma positive_power n : positive_map (fun x => x^n) (fun x => INR n * x^(pred n)) (choose2 n) (choose3 n) (choose4 n).
Proof. exists (single n). split. intros j. unfold single. destruct (Nat.eqb j n); lra. apply expands_power. Qed.

Lemma positive_exp w : 0 <= w -> positive_map (fun x => exp (w * x)) (fun x => w * exp (w * x)) (w^2/2 * exp w) (w^3/6 * exp w) (w^4/24 * exp w).
Proof.
intros W. exists (exp_coeff w). split; [|apply expands_exp]. intros j. unfold exp_coeff. apply div_nonneg. apply pow_le; exact W. apply INR_fact_lt_0.
Qed.

Lemma exp_coeff_opp w j : exp_coeff (- w) j = (-1)^j * exp_coeff w j.
Proof. unfold exp_coeff. replace (- w) with (-1 * w) by ring. rewrite Rpow_mult_distr. unfold Rdiv. ring. Qed.

Lemma sign_bounds j : -1 <= (-1)^j <= 1.
Proof. apply power_bounds. lra. Qed.

(* two exponentials, as in hyperbolic functions *)
Lemma positive_pair A B w : 0 <= w -> - A <= B <= A ->
  positive_map (fun x => A * exp (w * x) + B * exp (- w * x)) (fun x => A * (w * exp (w * x)) + B * (- w * exp (- w * x)))
  (A * (w^2/2 * exp w) + B * ((- w)^2/2 * exp (- w))) (A * (w^3/6 * exp w) + B * ((- w)^3/6 * exp (- w))) (A * (w^4/24 * exp w) + B * ((- w)^4/24 * exp (- w))).
Proof.
intros W H. exists (fun j => A * exp_coeff w j + B * exp_coeff (- w) j). split.
- intros j. rewrite exp_coeff_opp. assert (S := sign_bounds j). assert (0 <= exp_coeff w j) by (unfold exp_coeff; apply div_nonneg; [apply pow_le; exact W | apply INR_fact_lt_0]).
  assert (0 <= A + B * (-1)^j) by nra. replace (A * exp_coeff w j + B * ((-1)^j * exp_coeff w j)) with ((A + B * (-1)^j) * exp_coeff w j) by ring. apply Rmult_le_pos; assumption.
- apply expands_plus; apply expands_scal; apply expands_exp.
Qed.

Lemma correlation_of k0 kd0 a0 beta0 gamma0 k kd a beta gamma : positive_map k0 kd0 a0 beta0 gamma0 ->
  (forall x, -1 <= x <= 1 -> k0 x = k x) -> (forall x, -1 <= x <= 1 -> kd0 x = kd x) -> a0 = a -> beta0 = beta -> gamma0 = gamma -> k 1 = 1 ->
  correlation_map k kd a beta gamma.
Proof.
intros [p [P X]] E D <- <- <- One. split; [|exact One]. exists p. split. exact P. constructor.
- intros x H. rewrite <- E by exact H. exact (ex_map _ _ _ _ _ _ X x H).
- intros x H. rewrite <- D by exact H. exact (ex_slope _ _ _ _ _ _ X x H).
- exact (ex_second _ _ _ _ _ _ X).
- exact (ex_third _ _ _ _ _ _ X).
- exact (ex_fourth _ _ _ _ _ _ X).
Qed.

(* ---- what every phase uses ---- *)
Section Map.
Variables k kd : R -> R.
Variables a beta gamma : R.
Hypothesis M : correlation_map k kd a beta gamma.

Lemma correlation_inside c l : -1 <= c <= 1 -> -1 <= nngp k c l <= 1.
Proof.
destruct M as [[p [P X]] One]. intros H. induction l; simpl. exact H.
assert (L := map_low p k kd a beta gamma P X One _ IHl). destruct (map_gap p k kd a beta gamma P X One _ IHl) as [_ U].
assert (C := map_kd p k kd a beta gamma P X 1 ltac:(lra)).
assert (G : 0 <= 1 - k (nngp k c l)); [|lra].
refine (ser_nonneg _ _ _ (ser_gap p k kd a beta gamma X One _ IHl)). intros j. cbv beta. apply Rmult_le_pos. lra.
apply Rmult_le_pos; [|apply P]. apply geo_low. exact IHl.
Qed.

Lemma fixed_1 l : nngp k 1 l = 1.
Proof. destruct M as [_ One]. induction l; simpl. reflexivity. now rewrite IHl. Qed.

Lemma chi_nonneg : 0 <= kd 1.
Proof. destruct M as [[p [P X]] One]. assert (C := map_kd p k kd a beta gamma P X 1 ltac:(lra)). lra. Qed.

(* ---- ordered ---- *)
Section Ordered.
Variables r s b P : R.
Hypothesis R1 : kd 1 <= r < 1.
Hypothesis R0 : 0 < r.
Hypothesis S : 2 * a <= s.
Hypothesis B : 0 <= b.
Hypothesis HP : s / (r * (1 - r)) + 1 <= P.

Theorem smooth_ordered_nngp c l : -1 <= c <= 1 -> 0 <= 1 - nngp k c l <= r^l * (1 - c).
Proof.
intros H. induction l. simpl. lra. assert (I := correlation_inside c l H). assert (J := correlation_inside c (Datatypes.S l) H).
destruct M as [[p [Q X]] One]. destruct (map_gap p k kd a beta gamma Q X One _ I) as [_ U].
split. lra. simpl. assert (kd 1 * (1 - nngp k c l) <= r * (1 - nngp k c l)) by (apply Rmult_le_compat_r; lra).
assert (r * (1 - nngp k c l) <= r * (r^l * (1 - c))) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Let Y c l := (ntkb k kd b c l + b) / (1 + b).
Let sigma x := (k x + b) / (1 + b).

Lemma Y_step c l : Y c (Datatypes.S l) = kd (nngp k c l) * Y c l + sigma (nngp k c l).
Proof. unfold Y, sigma. simpl. field. lra. Qed.

Lemma sigma_range c l : -1 <= c <= 1 -> -1 <= sigma (nngp k c l) <= 1 /\ 0 <= 1 - sigma (nngp k c l) <= r^(Datatypes.S l) * (1 - c).
Proof.
intros H. assert (J := correlation_inside c (Datatypes.S l) H). assert (O := smooth_ordered_nngp c (Datatypes.S l) H). simpl nngp in J, O. unfold sigma.
set (v := k (nngp k c l)) in *. assert (D : 1 - (v + b) / (1 + b) = (1 - v) * / (1 + b)) by (field; lra).
assert (I0 : 0 < / (1 + b) <= 1). { split. apply Rinv_0_lt_compat; lra. rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
assert (W : 0 <= (1 - v) * / (1 + b) <= 1 - v) by (split; nra). lra.
Qed.

Lemma Y_bounded c l : -1 <= c <= 1 -> Rabs (Y c l) <= 1 / (1 - r).
Proof.
intros H. assert (I : 1 / (1 - r) * (1 - r) = 1) by (field; lra). assert (I1 : 1 <= 1 / (1 - r)) by (apply Rmult_le_reg_r with (1 - r); lra).
induction l.
- apply Rle_trans with 1; [|exact I1]. unfold Y. simpl. apply Rabs_le. split.
  + apply Rmult_le_reg_r with (1 + b). lra. replace ((c + b) / (1 + b) * (1 + b)) with (c + b) by (field; lra). lra.
  + apply div_le_1; lra.
- rewrite Y_step. destruct (sigma_range c l H) as [G _]. destruct M as [[p [Q X]] One].
  assert (D := map_kd p k kd a beta gamma Q X _ (correlation_inside c l H)).
  eapply Rle_trans. apply Rabs_triang. rewrite Rabs_mult.
  assert (A1 : Rabs (kd (nngp k c l)) <= r) by (apply Rabs_le; lra). assert (A2 : Rabs (sigma (nngp k c l)) <= 1) by (apply Rabs_le; lra).
  assert (Rabs (kd (nngp k c l)) * Rabs (Y c l) <= r * (1 / (1 - r))) by (apply Rmult_le_compat; [apply Rabs_pos | apply Rabs_pos | exact A1 | exact IHl]). lra.
Qed.

Lemma smooth_ordered_gap c l : -1 <= c <= 1 -> Rabs (Y 1 l - Y c l) <= r^l * (1 - c) * (1 + P * INR l).
Proof.
intros H. induction l.
- unfold Y. simpl. replace ((1 + b) / (1 + b) - (c + b) / (1 + b)) with ((1 - c) * / (1 + b)) by (field; lra).
  assert (I0 : 0 < / (1 + b) <= 1). { split. apply Rinv_0_lt_compat; lra. rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
  rewrite Rabs_right by nra. nra.
- rewrite !Y_step, fixed_1, S_INR. destruct (sigma_range c l H) as [_ G]. assert (YB := Y_bounded c l H). assert (O := smooth_ordered_nngp c l H).
  assert (E1 : sigma 1 = 1). { unfold sigma. destruct M as [_ One]. rewrite One. field. lra. }
  assert (CI := correlation_inside c l H). assert (CP := chi_nonneg). destruct M as [[p [Q X]] One]. assert (D := map_slope p k kd a beta gamma Q X _ CI).
  assert (DD := map_kd p k kd a beta gamma Q X _ CI). assert (RP : 0 < r^l) by (apply pow_lt; exact R0).
  set (x := nngp k c l) in *. rewrite E1. simpl pow in *.
  replace (kd 1 * Y 1 l + 1 - (kd x * Y c l + sigma x)) with (kd 1 * (Y 1 l - Y c l) + (kd 1 - kd x) * Y c l + (1 - sigma x)) by ring.
  assert (A1 : Rabs (kd 1 * (Y 1 l - Y c l)) <= r * (r^l * (1 - c) * (1 + P * INR l))).
  { rewrite Rabs_mult, (Rabs_right (kd 1)) by lra. apply Rmult_le_compat; [lra | apply Rabs_pos | lra | exact IHl]. }
  assert (A2 : Rabs ((kd 1 - kd x) * Y c l) <= s * (r^l * (1 - c)) * (1 / (1 - r))).
  { rewrite Rabs_mult, (Rabs_right (kd 1 - kd x)) by lra. apply Rmult_le_compat; [lra | apply Rabs_pos | | exact YB].
    apply Rle_trans with (2 * a * (1 - x)). lra. assert (A0 := map_second p k kd a beta gamma Q X One (-1) ltac:(lra)).
    assert (A3 : 0 <= a). { refine (ser_nonneg _ _ _ (ex_second _ _ _ _ _ _ X)). intros j. apply Rmult_le_pos; [|apply Q]. unfold choose2. apply psum_nonneg; intros; apply pos_INR. }
    apply Rmult_le_compat; lra. }
  assert (A4 : s * (r^l * (1 - c)) * (1 / (1 - r)) + r * r^l * (1 - c) <= r * r^l * (1 - c) * P).
  { apply Rle_trans with (r * r^l * (1 - c) * (s / (r * (1 - r)) + 1)). apply Req_le. field. lra. apply Rmult_le_compat_l; [|exact HP].
    apply Rmult_le_pos; [|lra]. apply Rmult_le_pos; lra. }
  eapply Rle_trans. apply Rabs_triang. rewrite (Rabs_right (1 - sigma x)) by lra. eapply Rle_trans. apply Rplus_le_compat_r. apply Rabs_triang. lra.
Qed.

Lemma ordered_diagonal_1 l : 1 <= ntkb k kd b 1 l.
Proof.
assert (X := chi_nonneg). induction l. simpl. lra. change (ntkb k kd b 1 (Datatypes.S l)) with (kd (nngp k 1 l) * (ntkb k kd b 1 l + b) + nngp k 1 (Datatypes.S l)).
rewrite !fixed_1. assert (0 <= kd 1 * (ntkb k kd b 1 l + b)) by (apply Rmult_le_pos; lra). lra.
Qed.

(* the normalised tangent kernel *)
Theorem smooth_ordered c l : -1 <= c <= 1 -> Rabs (ntkb k kd b c l / ntkb k kd b 1 l - 1) <= (1 + b) * (r^l * (1 - c) * (1 + P * INR l)).
Proof.
intros H. assert (D := ordered_diagonal_1 l). assert (G := smooth_ordered_gap c l H). unfold Y in G.
replace (ntkb k kd b c l / ntkb k kd b 1 l - 1) with (- ((1 + b) * ((ntkb k kd b 1 l + b) / (1 + b) - (ntkb k kd b c l + b) / (1 + b)) * / ntkb k kd b 1 l)) by (field; lra).
rewrite Rabs_Ropp, !Rabs_mult, (Rabs_right (1 + b)), (Rabs_right (/ ntkb k kd b 1 l)) by (try (left; apply Rinv_0_lt_compat); lra).
assert (I : 0 < / ntkb k kd b 1 l <= 1).
{ split. apply Rinv_0_lt_compat; lra. assert (I2 := Rinv_le_contravar 1 (ntkb k kd b 1 l) ltac:(lra) D). rewrite Rinv_1 in I2. exact I2. }
rewrite Rmult_assoc. apply Rmult_le_compat_l. lra. set (z := Rabs _) in *. assert (0 <= z) by apply Rabs_pos. nra.
Qed.
End Ordered.

(* ---- chaotic ---- *)
Section Chaotic.
Variables h kh chi_lo chi_hi rho s p q A B g : R.
Hypothesis Hh : 0 < h < 1.
Hypothesis Kh : k h <= kh < h.
Hypothesis Lo : 1 < chi_lo <= kd 1.
Hypothesis Hi : kd 1 <= chi_hi.
Hypothesis Rho : kd h <= rho < 1.
Hypothesis Rho0 : 0 < rho.
Hypothesis Hs : 0 < s.
Hypothesis Chord : (1 + s) * (1 - h) <= 1 - kh.
Hypothesis Hp : ln (/ rho) <= p * ln (1 + s).
Hypothesis Hq : ln chi_hi <= q * ln (1 + s).
Hypothesis HA : chi_hi^2 <= A * (chi_lo - 1).
Hypothesis HB : 1 <= B * (1 - rho).
Hypothesis Hg : 1 <= g * chi_lo.

(* the moduli of k and kd at c are at most their values at |c| *)
Lemma moduli x : -1 <= x <= 1 -> Rabs (k x) <= k (Rabs x) /\ Rabs (kd x) <= kd (Rabs x).
Proof.
intros H. destruct M as [[pp [Q X]] One]. assert (H' : -1 <= Rabs x <= 1). { split. assert (Z := Rabs_pos x). lra. apply Rabs_le; lra. }
assert (E : forall j, - (Rabs x)^j <= x^j <= (Rabs x)^j). { intros j. rewrite RPow_abs. assert (Z := Rle_abs (x^j)). assert (Z' := Rle_abs (- x^j)). rewrite Rabs_Ropp in Z'. lra. }
assert (S1 := ex_map _ _ _ _ _ _ X x H). assert (S2 := ex_map _ _ _ _ _ _ X _ H'). assert (S3 := ex_slope _ _ _ _ _ _ X x H). assert (S4 := ex_slope _ _ _ _ _ _ X _ H').
split; apply Rabs_le; split.
- assert (Z : -1 * k (Rabs x) <= k x); [|lra]. eapply ser_le; [|exact (ser_scal (-1) _ _ S2) | exact S1]. intros j. cbv beta. assert (W := Q j). assert (V := E j). nra.
- eapply ser_le; [|exact S1 | exact S2]. intros j. cbv beta. apply Rmult_le_compat_l. apply Q. apply E.
- assert (Z : -1 * kd (Rabs x) <= kd x); [|lra]. eapply ser_le; [|exact (ser_scal (-1) _ _ S4) | exact S3]. intros j. cbv beta.
  assert (W : 0 <= INR j * pp j) by (apply Rmult_le_pos; [apply pos_INR | apply Q]). assert (V := E (pred j)). nra.
- eapply ser_le; [|exact S3 | exact S4]. intros j. cbv beta. apply Rmult_le_compat_l. apply Rmult_le_pos; [apply pos_INR | apply Q]. apply E.
Qed.

Lemma rising u v : 0 <= u <= v -> v <= 1 -> 0 <= k u <= k v /\ 0 <= kd u <= kd v.
Proof.
intros H V. destruct M as [[pp [Q X]] One].
assert (S1 := ex_map _ _ _ _ _ _ X u ltac:(lra)). assert (S2 := ex_map _ _ _ _ _ _ X v ltac:(lra)).
assert (S3 := ex_slope _ _ _ _ _ _ X u ltac:(lra)). assert (S4 := ex_slope _ _ _ _ _ _ X v ltac:(lra)).
split; split.
- refine (ser_nonneg _ _ _ S1). intros j. cbv beta. apply Rmult_le_pos. apply Q. apply pow_le; lra.
- eapply ser_le; [|exact S1 | exact S2]. intros j. cbv beta. apply Rmult_le_compat_l. apply Q. apply pow_incr; lra.
- exact (kd_nonneg pp k kd a beta gamma Q X u ltac:(lra)).
- eapply ser_le; [|exact S3 | exact S4]. intros j. cbv beta. apply Rmult_le_compat_l. apply Rmult_le_pos; [apply pos_INR | apply Q]. apply pow_incr; lra.
Qed.

(* beyond h the map lies below its chord *)
Lemma escape d : h <= d <= 1 -> (1 + s) * (1 - d) <= 1 - k d.
Proof.
intros H. destruct M as [[pp [Q X]] One]. assert (S1 := ser_gap pp k kd a beta gamma X One d ltac:(lra)). assert (S2 := ser_gap pp k kd a beta gamma X One h ltac:(lra)).
assert (Z : (1 - d) / (1 - h) * (1 - k h) <= 1 - k d).
{ eapply ser_le; [|exact (ser_scal ((1 - d) / (1 - h)) _ _ S2) | exact S1]. intros j. cbv beta.
  replace ((1 - d) / (1 - h) * ((1 - h) * (geo h j * pp j))) with ((1 - d) * (geo h j * pp j)) by (field; lra).
  apply Rmult_le_compat_l. lra. apply Rmult_le_compat_r. apply Q. unfold geo. apply psum_le. intros i _. apply pow_incr. lra. }
assert (W : (1 - d) / (1 - h) * ((1 + s) * (1 - h)) <= (1 - d) / (1 - h) * (1 - k h)) by (apply Rmult_le_compat_l; [apply div_nonneg; lra | lra]).
replace ((1 - d) / (1 - h) * ((1 + s) * (1 - h))) with ((1 + s) * (1 - d)) in W by (field; lra). lra.
Qed.

Section From.
Variable c : R.
Hypothesis H : -1 < c < 1.
Let M0 := 1 + 2 * (1 - h) / (1 - c^2).
Let d l := nngp k (Rabs c) l.

Lemma start_range : 0 <= Rabs c < 1.
Proof. split. apply Rabs_pos. apply Rabs_lt_between. lra. Qed.

Lemma below_start l : Rabs (nngp k c l) <= d l /\ 0 <= d l <= 1.
Proof.
assert (S0 := start_range). unfold d. induction l. simpl. lra. simpl. destruct IHl as [I1 I2].
assert (CI := correlation_inside c l ltac:(lra)). destruct (moduli _ CI) as [K _].
destruct (rising (Rabs (nngp k c l)) (nngp k (Rabs c) l) ltac:(split; [apply Rabs_pos | exact I1]) ltac:(lra)) as [K1 _].
destruct (rising (nngp k (Rabs c) l) 1 ltac:(lra) ltac:(lra)) as [K2 _]. destruct M as [_ One]. rewrite One in K2. lra.
Qed.

Lemma M0_facts : 1 <= M0 /\ 1 - h <= (1 - Rabs c) * M0.
Proof.
assert (S0 := start_range). assert (E : c^2 = Rabs c * Rabs c) by (rewrite <- Rabs_mult, Rabs_right by nra; ring).
assert (D : 0 < 1 - c^2) by (rewrite E; nra). assert (Q : 0 <= 2 * (1 - h) / (1 - c^2)) by (apply div_nonneg; lra).
unfold M0. split. lra.
assert (F : 1 - h <= (1 - Rabs c) * (2 * (1 - h) / (1 - c^2))); [|nra].
replace ((1 - Rabs c) * (2 * (1 - h) / (1 - c^2))) with ((1 - h) * (2 / (1 + Rabs c))).
2:{ rewrite E. field. split; nra. }
assert (1 <= 2 / (1 + Rabs c)) by (apply Rmult_le_reg_r with (1 + Rabs c); [lra | replace (2 / (1 + Rabs c) * (1 + Rabs c)) with 2 by (field; lra); lra]). nra.
Qed.

(* while above h, 1 - d grows by 1 + s *)
Lemma growth l : h < d l -> (1 + s)^l * (1 - Rabs c) <= 1 - d l /\ (1 + s)^l <= M0.
Proof.
intros L. assert (S0 := start_range). destruct M0_facts as [F1 F2].
assert (G : (1 + s)^l * (1 - Rabs c) <= 1 - d l).
{ induction l. unfold d. simpl. lra. assert (B0 := below_start l). destruct (Rle_lt_dec (d l) h) as [Q|Q].
  - exfalso. destruct (rising (d l) h ltac:(lra) ltac:(lra)) as [K1 _]. unfold d in *. simpl in L. lra.
  - specialize (IHl Q). assert (E := escape (d l) ltac:(lra)). unfold d in *. simpl. nra. }
split. exact G. apply Rmult_le_reg_r with (1 - Rabs c). lra. lra.
Qed.

Lemma powers x e l : 0 < x -> ln x <= e * ln (1 + s) -> 0 <= e -> h < d l -> x^l <= Rpower M0 e.
Proof.
intros X E E0 L. destruct (growth l L) as [_ G]. destruct M0_facts as [F1 _]. rewrite <- (Rpower_pow l x X). unfold Rpower.
destruct (Rle_lt_or_eq_dec (INR l * ln x) (e * ln M0)) as [Q|Q].
- assert (LG : INR l * ln (1 + s) <= ln M0). { rewrite <- ln_pow by lra. apply ln_le. apply pow_lt; lra. exact G. }
  assert (N := pos_INR l). apply Rle_trans with (e * (INR l * ln (1 + s))).
  replace (e * (INR l * ln (1 + s))) with (INR l * (e * ln (1 + s))) by ring. apply Rmult_le_compat_l; assumption. apply Rmult_le_compat_l; assumption.
- left. apply exp_increasing. exact Q.
- rewrite Q. lra.
Qed.

Lemma exponents : 0 <= p /\ 0 <= q /\ 0 <= A /\ 0 <= B /\ 0 < g.
Proof.
assert (LS : 0 < ln (1 + s)) by (rewrite <- ln_1; apply ln_increasing; lra).
assert (L1 : 0 <= ln (/ rho)) by (apply ln_nonneg; rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
assert (L2 : 0 <= ln chi_hi) by (apply ln_nonneg; lra). assert (0 <= chi_hi^2) by apply pow2_ge_0.
repeat split; nra.
Qed.

Lemma power_ge_1 e : 0 <= e -> 1 <= Rpower M0 e.
Proof.
intros E. destruct M0_facts as [F _]. unfold Rpower. rewrite <- exp_0 at 1. assert (L := ln_nonneg M0 F). destruct (Rle_lt_or_eq_dec 0 (e * ln M0)) as [Q|Q].
apply Rmult_le_pos; assumption. left; apply exp_increasing; exact Q. rewrite <- Q. lra.
Qed.

(* correlations forget, when k 0 = 0 *)
Theorem smooth_chaotic_nngp l : k 0 = 0 -> Rabs (nngp k c l) <= / rho * Rpower M0 p * rho^l.
Proof.
intros K0. destruct (below_start l) as [B1 B2]. eapply Rle_trans. exact B1. destruct exponents as [E0 _]. assert (P1 := power_ge_1 p E0).
assert (I1 : 1 <= / rho) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
assert (Slow : forall x, 0 <= x <= h -> k x <= rho * x).
{ intros x Hx. destruct M as [[pp [Q X]] One]. assert (Z : k x <= x * kd h).
  { eapply ser_le; [|exact (ex_map _ _ _ _ _ _ X x ltac:(lra)) | exact (ser_scal x _ _ (ex_slope _ _ _ _ _ _ X h ltac:(lra)))].
    intros j. cbv beta. destruct j as [|j].
    - assert (Z0 : pp O = 0).
      { assert (W := ex_map _ _ _ _ _ _ X 0 ltac:(lra)). rewrite K0 in W. assert (V := Q O).
        assert (Y : pp O <= 0); [|lra]. eapply ser_le; [|exact (ser_single pp 0) | exact W]. intros i. unfold single. destruct i as [|i]; simpl. lra. assert (U := Q (S i)). nra. }
      rewrite Z0. simpl. lra.
    - simpl pred. rewrite S_INR. simpl pow. assert (V := Q (S j)). assert (N := pos_INR j). assert (PI : x^j <= h^j) by (apply pow_incr; lra). assert (0 <= x^j) by (apply pow_le; lra).
      assert (x * x^j <= (INR j + 1) * (x * h^j)) by (assert (x * x^j <= x * h^j) by (apply Rmult_le_compat_l; lra); assert (0 <= x * h^j) by (apply Rmult_le_pos; [lra | apply pow_le; lra]); nra).
      assert (pp (S j) * (x * x^j) <= pp (S j) * ((INR j + 1) * (x * h^j))) by (apply Rmult_le_compat_l; assumption). lra. }
  assert (x * kd h <= x * rho) by (apply Rmult_le_compat_l; lra). lra. }
assert (G : (h < d l -> 1 <= Rpower M0 p * rho^l) /\ d l <= / rho * Rpower M0 p * rho^l).
{ assert (T : forall j, h < d j -> 1 <= Rpower M0 p * rho^j).
  { intros j L. assert (X := powers (/ rho) p j ltac:(apply Rinv_0_lt_compat; lra) Hp E0 L). rewrite pow_inv in X.
    assert (R : 0 < rho^j) by (apply pow_lt; lra). apply (Rmult_le_compat_r (rho^j)) in X; [|lra]. rewrite Rinv_l in X by lra. exact X. }
  split. apply T. induction l.
  - unfold d. simpl. assert (S0 := start_range). assert (1 <= / rho * Rpower M0 p) by nra. lra.
  - assert (B0 := below_start l). destruct (Rle_lt_dec (d l) h) as [L|L].
    + unfold d in *. simpl. assert (Z := Slow _ (conj (proj1 (proj2 B0)) L)). specialize (IHl (proj1 B0) (proj2 B0)).
      assert (rho * nngp k (Rabs c) l <= rho * (/ rho * Rpower M0 p * rho^l)) by (apply Rmult_le_compat_l; lra). lra.
    + specialize (T l L). simpl pow. replace (/ rho * Rpower M0 p * (rho * rho^l)) with (Rpower M0 p * rho^l) by (field; lra).
      assert (B3 := below_start (S l)). lra. }
apply G.
Qed.

Let z l := ntk k kd c l.
Lemma kernel_bounded l : Rabs (z l) <= A * Rpower M0 q + B.
Proof.
destruct exponents as [_ [E0 [A0 [B0 _]]]]. assert (P1 := power_ge_1 q E0).
assert (AM : 0 <= A * Rpower M0 q) by (apply Rmult_le_pos; lra).
assert (Step : forall j, Rabs (z (S j)) <= kd (d j) * Rabs (z j) + 1).
{ intros j. unfold z. change (ntk k kd c (S j)) with (kd (nngp k c j) * ntk k kd c j + nngp k c (S j)). eapply Rle_trans. apply Rabs_triang. rewrite Rabs_mult.
  destruct (below_start j) as [L1 L2]. destruct (below_start (S j)) as [L3 L4]. destruct (moduli _ (correlation_inside c j ltac:(lra))) as [_ K].
  destruct (rising (Rabs (nngp k c j)) (d j) ltac:(split; [apply Rabs_pos | exact L1]) ltac:(lra)) as [_ K1].
  apply Rplus_le_compat; [|lra]. apply Rmult_le_compat_r. apply Rabs_pos. lra. }
assert (Top : forall j, 0 <= kd (d j) <= chi_hi). { intros j. destruct (below_start j) as [_ L]. destruct (rising (d j) 1 ltac:(lra) ltac:(lra)) as [_ K]. lra. }
assert (BH : 1 <= B) by nra.
assert (C0 : 0 < chi_hi - 1) by lra.
assert (CA : chi_hi^2 / (chi_hi - 1) <= A).
{ apply Rmult_le_reg_r with (chi_hi - 1). exact C0. replace (chi_hi^2 / (chi_hi - 1) * (chi_hi - 1)) with (chi_hi^2) by (field; lra). nra. }
assert (G : Rabs (z l) <= A * Rpower M0 q + B /\ (h < d l -> Rabs (z l) <= chi_hi^(S l) / (chi_hi - 1) - 1 / (chi_hi - 1))).
{ induction l.
  - assert (S0 := start_range). assert (Z : Rabs (z 0%nat) <= 1) by (unfold z; simpl; lra). split. lra. intros _. simpl. apply Rle_trans with 1. exact Z. apply Req_le. field. lra.
  - destruct IHl as [I1 I2]. assert (ST := Step l). assert (TP := Top l). assert (ZP := Rabs_pos (z l)).
    destruct (Rle_lt_dec (d l) h) as [L|L].
    + destruct (below_start l) as [_ DL]. destruct (rising (d l) h ltac:(lra) ltac:(lra)) as [K0 K1]. split.
      * assert (kd (d l) * Rabs (z l) <= rho * (A * Rpower M0 q + B)) by (apply Rmult_le_compat; lra). nra.
      * intros L'. exfalso. unfold d in *. simpl in L'. lra.
    + specialize (I2 L). assert (U : Rabs (z (S l)) <= chi_hi^(S (S l)) / (chi_hi - 1) - 1 / (chi_hi - 1)).
      { assert (kd (d l) * Rabs (z l) <= chi_hi * (chi_hi^(S l) / (chi_hi - 1) - 1 / (chi_hi - 1))) by (apply Rmult_le_compat; lra).
        replace (chi_hi^(S (S l)) / (chi_hi - 1) - 1 / (chi_hi - 1)) with (chi_hi * (chi_hi^(S l) / (chi_hi - 1) - 1 / (chi_hi - 1)) + 1) by (simpl; field; lra). lra. }
      split; [|intros _; exact U]. assert (X := powers chi_hi q l ltac:(lra) Hq E0 L). assert (CP : 0 < chi_hi^l) by (apply pow_lt; lra).
      replace (chi_hi^(S (S l)) / (chi_hi - 1)) with (chi_hi^2 / (chi_hi - 1) * chi_hi^l) in U by (simpl; field; lra).
      assert (0 <= 1 / (chi_hi - 1)) by (apply div_nonneg; lra). assert (0 <= chi_hi^2 / (chi_hi - 1)) by (apply div_nonneg; [apply pow2_ge_0 | lra]).
      assert (chi_hi^2 / (chi_hi - 1) * chi_hi^l <= A * Rpower M0 q) by (apply Rmult_le_compat; lra). lra. }
apply G.
Qed.

(* the normalised tangent kernel vanishes exponentially *)
Theorem smooth_chaotic l : Rabs (ntk k kd c l / ntk k kd 1 l) <= (A * Rpower M0 q + B) * g^l.
Proof.
assert (KB := kernel_bounded l). unfold z in KB. destruct exponents as [_ [_ [_ [_ G0]]]].
assert (D : chi_lo^l <= ntk k kd 1 l).
{ induction l. simpl. lra. change (ntk k kd 1 (S l)) with (kd (nngp k 1 l) * ntk k kd 1 l + nngp k 1 (S l)). rewrite !fixed_1. simpl pow.
  assert (0 < chi_lo^l) by (apply pow_lt; lra). specialize (IHl (kernel_bounded l)). nra. }
assert (CP : 0 < chi_lo^l) by (apply pow_lt; lra). unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ ntk k kd 1 l)) by (left; apply Rinv_0_lt_compat; lra).
apply Rmult_le_compat; [apply Rabs_pos | left; apply Rinv_0_lt_compat; lra | exact KB |].
apply Rle_trans with (/ chi_lo^l). apply Rinv_le_contravar; lra.
apply Rmult_le_reg_r with (chi_lo^l). exact CP. rewrite Rinv_l by lra. rewrite <- Rpow_mult_distr. apply pow_R1_Rle. lra.
Qed.
End From.
End Chaotic.
End Map.
