(* Tools from analysis: growth from the sign of a derivative, concavity, logarithms, sums, Taylor bounds near 0. *)
From Coq Require Import Reals Lra Lia ZArith.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Lemma PI_bounds : 3.14159 < PI < 3.1416.
Proof. split; interval. Qed.

Lemma PI_above : PI <= 355/113.
Proof. interval with (i_prec 60). Qed.

Lemma Rabs_elim x y : Rabs x <= y -> - y <= x <= y.
Proof. unfold Rabs. destruct (Rcase_abs x); lra. Qed.

Lemma div_le_1 x y : 0 < y -> x <= y -> x / y <= 1.
Proof. intros H L. apply Rmult_le_reg_r with y. exact H. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. Qed.

Lemma div_nonneg x y : 0 <= x -> 0 < y -> 0 <= x / y.
Proof. intros H K. unfold Rdiv. apply Rmult_le_pos. exact H. left; apply Rinv_0_lt_compat; exact K. Qed.

Lemma inv_le x y : 0 < x -> x <= y -> 1 / y <= 1 / x.
Proof. intros H L. unfold Rdiv. rewrite 2!Rmult_1_l. apply Rinv_le_contravar; lra. Qed.

Lemma inv_le_elim x y : 0 < x -> 0 < y -> 1 / y <= 1 / x -> x <= y.
Proof.
intros H K L. replace x with (1 / (1 / x)) by (field; lra). replace y with (1 / (1 / y)) by (field; lra).
apply inv_le; [|exact L]. apply Rdiv_lt_0_compat; lra.
Qed.

(* ---- derivatives ---- *)
Lemma grow f f' u v : u <= v -> (forall x, u <= x <= v -> derivable_pt_lim f x (f' x)) ->
  (forall x, u <= x <= v -> 0 <= f' x) -> f u <= f v.
Proof.
intros H D P. destruct (Req_dec u v) as [E|E]. rewrite E; lra.
destruct (MVT_cor2 f f' u v ltac:(lra) D) as [x [Ex Bx]].
specialize (P x ltac:(lra)). assert (0 <= f' x * (v - u)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma grow_strict f f' u v : u < v -> (forall x, u <= x <= v -> derivable_pt_lim f x (f' x)) ->
  (forall x, u < x < v -> 0 < f' x) -> f u < f v.
Proof.
intros H D P. destruct (MVT_cor2 f f' u v H D) as [x [Ex Bx]].
specialize (P x Bx). assert (0 < f' x * (v - u)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

Lemma lipschitz f f' B u v : u <= v -> (forall x, u <= x <= v -> derivable_pt_lim f x (f' x)) ->
  (forall x, u <= x <= v -> Rabs (f' x) <= B) -> Rabs (f u - f v) <= B * (v - u).
Proof.
intros H D P. destruct (Req_dec u v) as [E|E].
rewrite E. unfold Rminus. rewrite !Rplus_opp_r, Rabs_R0. lra.
destruct (MVT_cor2 f f' u v ltac:(lra) D) as [x [Ex Bx]].
rewrite Rabs_minus_sym, Ex, Rabs_mult, (Rabs_right (v - u)) by lra.
apply Rmult_le_compat_r. lra. apply P. lra.
Qed.

(* a concave function on [0,1] lies above its chord *)
Lemma concave_chord f f' f'' x : (forall z, 0 <= z <= 1 -> derivable_pt_lim f z (f' z)) ->
  (forall z, 0 <= z <= 1 -> derivable_pt_lim f' z (f'' z)) -> (forall z, 0 <= z <= 1 -> f'' z <= 0) ->
  0 < x < 1 -> (1 - x) * f 0 + x * f 1 <= f x.
Proof.
intros D1 D2 N H.
destruct (MVT_cor2 f f' 0 x ltac:(lra) (fun z Hz => D1 z ltac:(lra))) as [y [Ey By]].
destruct (MVT_cor2 f f' x 1 ltac:(lra) (fun z Hz => D1 z ltac:(lra))) as [z [Ez Bz]].
destruct (MVT_cor2 f' f'' y z ltac:(lra) (fun t Ht => D2 t ltac:(lra))) as [t [Et Bt]].
specialize (N t ltac:(lra)).
assert (L : f' z <= f' y) by nra.
assert (0 <= (f' y - f' z) * (x * (1 - x))) by (apply Rmult_le_pos; nra).
nra.
Qed.

(* ---- logarithms ---- *)
Lemma ln_le x y : 0 < x -> x <= y -> ln x <= ln y.
Proof. intros H [L|L]. left; apply ln_increasing; assumption. rewrite L; lra. Qed.

Lemma ln_nonneg x : 1 <= x -> 0 <= ln x.
Proof. intros H. rewrite <- ln_1. apply ln_le; lra. Qed.

Lemma ln_le_minus1 x : 0 < x -> ln x <= x - 1.
Proof. intros H. assert (A := exp_ineq1_le (ln x)). rewrite exp_ln in A by exact H. lra. Qed.

Lemma ln_div x y : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof. intros H K. unfold Rdiv. rewrite ln_mult; [rewrite ln_Rinv; lra | lra | apply Rinv_0_lt_compat; lra]. Qed.

Lemma ln_step x y : 0 < x -> 0 < y -> 1 - x / y <= ln y - ln x.
Proof.
intros H K. assert (Q : 0 < x / y) by (apply Rdiv_lt_0_compat; lra).
assert (A := ln_le_minus1 (x / y) Q). rewrite ln_div in A by assumption. lra.
Qed.

Lemma ln_over x : 1 <= x -> ln x / x <= 37/100.
Proof.
intros H. assert (E : 0 < exp 1) by apply exp_pos.
assert (A := ln_le_minus1 (x / exp 1) ltac:(apply Rdiv_lt_0_compat; lra)). rewrite ln_div, ln_exp in A by lra.
assert (B : 1 / exp 1 <= 37/100) by interval.
apply Rmult_le_reg_r with x. lra. replace (ln x / x * x) with (ln x) by (field; lra).
replace (x / exp 1) with (x * (1 / exp 1)) in A by (field; lra). nra.
Qed.

Lemma ln_sqrt z : 0 <= z -> ln (1 + z) <= 2 * sqrt (1 + z).
Proof.
intros H. set (s := sqrt (1 + z)). assert (S0 : 0 < s) by (apply sqrt_lt_R0; lra).
assert (E : 1 + z = s * s) by (unfold s; rewrite sqrt_sqrt; lra).
rewrite E, ln_mult by lra. assert (A := ln_le_minus1 s S0). lra.
Qed.

(* ---- sums ---- *)
Fixpoint psum (f : nat -> R) (n : nat) : R := match n with O => 0 | S k => psum f k + f k end.

Lemma psum_le f g n : (forall k, (k < n)%nat -> f k <= g k) -> psum f n <= psum g n.
Proof. induction n; intros H; simpl. lra. assert (A := IHn (fun k K => H k ltac:(lia))). assert (B := H n ltac:(lia)). lra. Qed.

Lemma psum_ext f g n : (forall k, (k < n)%nat -> f k = g k) -> psum f n = psum g n.
Proof. induction n; intros H; simpl. reflexivity. rewrite (IHn (fun k K => H k ltac:(lia))), (H n ltac:(lia)). reflexivity. Qed.

Lemma psum_scal x f n : psum (fun k => x * f k) n = x * psum f n.
Proof. induction n; simpl. ring. rewrite IHn. ring. Qed.

Lemma psum_plus f g n : psum (fun k => f k + g k) n = psum f n + psum g n.
Proof. induction n; simpl. ring. rewrite IHn. ring. Qed.

Lemma psum_const x n : psum (fun _ => x) n = INR n * x.
Proof. induction n. simpl. ring. rewrite S_INR. simpl psum. rewrite IHn. ring. Qed.

Lemma psum_nonneg f n : (forall k, (k < n)%nat -> 0 <= f k) -> 0 <= psum f n.
Proof. intros H. assert (A := psum_le (fun _ => 0) f n H). rewrite psum_const in A. lra. Qed.

Lemma psum_Rabs f n : Rabs (psum f n) <= psum (fun k => Rabs (f k)) n.
Proof. induction n; simpl. rewrite Rabs_R0; lra. eapply Rle_trans. apply Rabs_triang. lra. Qed.

(* two sums along a sequence below the model t/(1 + a t l) *)
Section Model.
Variables a t : R.
Variable th : nat -> R.
Hypothesis A : 0 < a.
Hypothesis T : 0 < t.
Hypothesis V : forall l, 0 < th l <= t / (1 + a * t * INR l).

Lemma model_pos l : 1 <= 1 + a * t * INR l.
Proof. assert (N := pos_INR l). assert (0 <= a * t * INR l) by (apply Rmult_le_pos; [left; apply Rmult_lt_0_compat|]; lra). lra. Qed.

Let AT : 0 < a * t := Rmult_lt_0_compat a t A T.
Lemma model_step l : 1 + a * t * INR (S l) = 1 + a * t * INR l + a * t.
Proof. rewrite S_INR. ring. Qed.

Lemma model_first : 0 < th 0%nat <= t.
Proof. assert (X := V 0%nat). simpl INR in X. replace (t / (1 + a * t * 0)) with t in X by (field; lra). exact X. Qed.

Lemma model_sum l : psum th l <= t + ln (1 + a * t * INR l) / a.
Proof.
assert (H : forall l, psum th (S l) <= t + ln (1 + a * t * INR l) / a).
{ clear l. induction l.
  - simpl. rewrite Rmult_0_r, Rplus_0_r, ln_1. unfold Rdiv. assert (X := model_first). lra.
  - simpl psum. simpl psum in IHl. assert (M := model_pos l). assert (M' := model_pos (S l)). assert (X := V (S l)). assert (E := model_step l).
    set (x := 1 + a * t * INR l) in *. set (y := 1 + a * t * INR (S l)) in *. assert (LN := ln_step x y ltac:(lra) ltac:(lra)).
    assert (F : t / y = (1 - x / y) / a) by (rewrite E; field; lra).
    assert ((1 - x/y) / a <= (ln y - ln x) / a).
    { unfold Rdiv. apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; exact A. exact LN. }
    replace (ln y / a) with (ln x / a + (ln y - ln x) / a) by (field; lra). lra. }
eapply Rle_trans; [|apply (H l)]. simpl. assert (R := V l). lra.
Qed.

Lemma model_squares l : psum (fun k => (th k)^2) l <= t^2 + t / a.
Proof.
assert (H : forall l, psum (fun k => (th k)^2) (S l) <= t^2 + t/a - t / a / (1 + a * t * INR l)).
{ clear l. induction l.
  - simpl. rewrite Rmult_0_r, Rplus_0_r. assert (X := model_first). replace (t / a / 1) with (t / a) by (field; lra). nra.
  - simpl psum. simpl psum in IHl. assert (M := model_pos l). assert (M' := model_pos (S l)). assert (X := V (S l)). assert (E := model_step l).
    set (x := 1 + a * t * INR l) in *. set (y := 1 + a * t * INR (S l)) in *.
    assert (F : t/a/x - t/a/y = t^2 / (x * y)) by (rewrite E; field; lra).
    assert (SQ : (th (S l))^2 <= (t / y)^2) by (apply pow_incr; lra).
    assert (Q : (t / y)^2 <= t^2 / (x * y)).
    { replace ((t/y)^2) with (t^2 * / (y * y)) by (field; lra). unfold Rdiv. apply Rmult_le_compat_l. nra.
      apply Rinv_le_contravar. nra. apply Rmult_le_compat_r; lra. }
    lra. }
assert (M := model_pos l). assert (0 <= t / a / (1 + a * t * INR l)) by (apply div_nonneg; [apply div_nonneg; lra | lra]).
eapply Rle_trans. 2: eapply Rle_trans; [apply (H l)|]. simpl. assert (R := V l). nra. lra.
Qed.
End Model.

(* ---- a bound C + K ln(1 + z L), divided by L + 1, tends to 0 ---- *)
Lemma log_over_depth C K z : 0 <= C -> 0 <= K -> 0 <= z <= 1 -> forall eps, 0 < eps ->
  exists N, forall n, (N <= n)%nat -> (C + K * ln (1 + z * INR n)) / (INR n + 1) < eps.
Proof.
intros HC HK Hz eps He.
set (M := (C + 2 * K + 1) / eps). assert (M0 : 0 < M) by (apply Rdiv_lt_0_compat; lra).
set (N := Z.to_nat (Rdefinitions.up (M*M)%R)).
assert (HN : M * M < INR N).
{ unfold N. destruct (archimed (M*M)) as [U _]. rewrite INR_IZR_INZ, Z2Nat.id. exact U. apply le_IZR.
  assert (0 < M*M) by (apply Rmult_lt_0_compat; exact M0). lra. }
exists N. intros n Hn. apply le_INR in Hn. assert (N0 := pos_INR n).
set (s := sqrt (INR n + 1)). assert (S0 : 0 < s) by (apply sqrt_lt_R0; lra).
assert (E : INR n + 1 = s * s) by (unfold s; rewrite sqrt_sqrt; lra).
assert (S1 : 1 <= s). { unfold s. rewrite <- sqrt_1 at 1. apply sqrt_le_1_alt. lra. }
assert (LNs : ln (1 + z * INR n) <= 2 * s).
{ eapply Rle_trans. apply ln_sqrt. apply Rmult_le_pos; lra. apply Rmult_le_compat_l. lra. apply sqrt_le_1_alt. nra. }
assert (MS : M < s) by (apply Rsqr_incrst_0; unfold Rsqr; lra).
rewrite E. apply Rle_lt_trans with ((C + 2 * K) / s).
- apply Rmult_le_reg_r with (s * s). nra.
  replace ((C + K * ln (1 + z * INR n)) / (s * s) * (s * s)) with (C + K * ln (1 + z * INR n)) by (field; lra).
  replace ((C + 2 * K) / s * (s * s)) with (C * s + K * (2 * s)) by (field; lra). nra.
- apply Rmult_lt_reg_r with s. exact S0. replace ((C + 2 * K) / s * s) with (C + 2 * K) by (field; lra).
  assert (M * eps = C + 2 * K + 1) by (unfold M; field; lra). nra.
Qed.

(* ---- Taylor bounds near 0 ---- *)
Lemma cos_above t : 0 <= t <= 1 -> cos t <= 1 - t^2/2 + t^4/24.
Proof.
intros H. assert (P := PI_bounds). destruct (cos_bound t 0 ltac:(lra) ltac:(lra)) as [_ U].
unfold cos_approx, cos_term in U; simpl in U. eapply Rle_trans; [exact U|]. apply Req_le; field.
Qed.

Lemma cos_below t : 0 <= t <= 1 -> 1 - t^2/2 + t^4/24 - t^6/720 <= cos t.
Proof.
intros H. assert (P := PI_bounds). destruct (cos_bound t 1 ltac:(lra) ltac:(lra)) as [L _].
unfold cos_approx, cos_term in L; simpl in L. eapply Rle_trans; [|exact L]. apply Req_le; field.
Qed.

Lemma sin_below t : 0 <= t <= 1 -> t - t^3/6 + t^5/120 - t^7/5040 <= sin t.
Proof.
intros H. assert (P := PI_bounds). destruct (sin_bound t 1 ltac:(lra) ltac:(lra)) as [L _].
unfold sin_approx, sin_term in L; simpl in L. eapply Rle_trans; [|exact L]. apply Req_le; field.
Qed.

Lemma sin_above t : 0 <= t <= 1 -> sin t <= t - t^3/6 + t^5/120.
Proof.
intros H. assert (P := PI_bounds). destruct (sin_bound t 0 ltac:(lra) ltac:(lra)) as [_ U].
unfold sin_approx, sin_term in U; simpl in U. eapply Rle_trans; [exact U|]. apply Req_le; field.
Qed.

(* ---- angles ---- *)
Lemma acos_anti c d : -1 <= c <= d -> d <= 1 -> acos d <= acos c.
Proof.
intros H K. assert (A := acos_bound c). assert (B := acos_bound d). apply Rnot_lt_le; intros N.
assert (X := cos_decreasing_1 (acos c) (acos d) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) N).
rewrite !cos_acos in X by lra. lra.
Qed.

Lemma acos_range c : -1 <= c < 1 -> 0 < acos c <= PI.
Proof.
intros H. assert (R := acos_bound c). destruct (Req_dec (acos c) 0) as [Q|Q]; [|lra].
assert (E := cos_acos c ltac:(lra)). rewrite Q, cos_0 in E. lra.
Qed.
