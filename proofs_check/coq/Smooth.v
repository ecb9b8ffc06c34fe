(* Smooth critical maps: the meta-theorem smooth-critical, from inequalities of one variable u = 1 - c in (0, 2].
   With g = 1 - k (1 - u), w = 1/u, A = (u - g)/u^2, A2 = (a - A)/u:  1/g - 1/u = A/D, D = g/u = 1 - u A, and
   1/u + alpha ln u gains a + rho at every layer, alpha = (a^2 - beta)/a, |rho| <= K u^2. *)
From Coq Require Import Reals Lra Lia ZArith.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Limits Kernels.
Open Scope R_scope.

(* the tangent kernel with trained biases: each layer adds k + b kd; b = 0 is the one without *)
Fixpoint ntkb (k kd : R -> R) (b c : R) (l : nat) : R :=
  match l with O => c | S j => kd (nngp k c j) * (ntkb k kd b c j + b) + nngp k c (S j) end.

Lemma ntkb_0 k kd c l : ntkb k kd 0 c l = ntk k kd c l.
Proof. induction l. reflexivity. simpl. simpl in IHl. rewrite IHl. ring. Qed.

(* a = k''(1)/2, beta = k'''(1)/6, gamma >= k''''(1)/24; curve and width bound A and D below, s bounds (1 - kd)/u for c >= 0 *)
Record critical_map (k kd : R -> R) (a beta gamma curve width s : R) : Prop := {
  cm_curve : 0 < curve;
  cm_a : curve <= a;
  cm_width : 0 < width;
  cm_beta : 0 <= beta;
  cm_gamma : 0 <= gamma;
  cm_s : 0 < s;
  cm_one : k 1 = 1 /\ kd 1 = 1;
  cm_low : forall c, -1 <= c <= 1 -> -1 <= k c;
  cm_above : forall c, -1 <= c < 1 -> curve * (1 - c)^2 <= k c - c;
  cm_gap : forall c, -1 <= c < 1 -> width * (1 - c) <= 1 - k c;
  cm_second : forall c, -1 <= c < 1 -> k c - c <= a * (1 - c)^2;
  cm_third : forall c, -1 <= c < 1 -> beta * (1 - c)^3 - gamma * (1 - c)^4 <= a * (1 - c)^2 - (k c - c) <= beta * (1 - c)^3;
  cm_slope : forall c, -1 <= c < 1 -> - (3 * beta * (1 - c)^2) <= 1 - kd c - 2 * a * (1 - c) <= 0;
  cm_kd : forall c, -1 <= c <= 1 -> -1 <= kd c <= 1;
  cm_kd_right : forall c, 0 <= c <= 1 -> 0 <= kd c <= 1 - s * (1 - c)
}.

(* ln (1 - x) to the second order *)
Lemma ln_second x : 0 <= x < 1 -> - x - x^2 / (2 * (1 - x)) <= ln (1 - x) <= - x.
Proof.
intros H. split; [|assert (L := ln_le_minus1 (1 - x) ltac:(lra)); lra].
cut (0 + 0^2 / (2 * (1 - 0)) + ln (1 - 0) <= x + x^2 / (2 * (1 - x)) + ln (1 - x)).
{ rewrite Rminus_0_r, ln_1. lra. }
apply (grow (fun z => z + z^2 / (2 * (1 - z)) + ln (1 - z)) (fun z => z^2 / (2 * (1 - z)^2))). lra.
- intros z Hz. apply is_derive_Reals. auto_derive. repeat split; lra. field. lra.
- intros z Hz. apply div_nonneg. apply pow2_ge_0. assert (0 < (1 - z)^2) by (apply pow_lt; lra). lra.
Qed.

Lemma ln_close x y z : 0 < z -> z <= x -> z <= y -> Rabs (ln x - ln y) <= Rabs (x - y) / z.
Proof.
assert (W : forall x y, 0 < z -> z <= x -> x <= y -> Rabs (ln x - ln y) <= Rabs (x - y) / z).
{ clear x y. intros x y Z X Y. assert (L := ln_le x y ltac:(lra) Y). assert (M := ln_step y x ltac:(lra) ltac:(lra)).
  rewrite !Rabs_left1 by lra. apply Rle_trans with (y / x - 1). lra. replace (y / x - 1) with ((y - x) * / x) by (field; lra).
  replace (- (x - y) / z) with ((y - x) * / z) by (field; lra). apply Rmult_le_compat_l. lra. apply Rinv_le_contravar; lra. }
intros Z X Y. destruct (Rle_lt_dec x y) as [H|H]. apply W; assumption.
rewrite Rabs_minus_sym, (Rabs_minus_sym x y). apply W; lra.
Qed.

Section Critical.
Variables k kd : R -> R.
Variables a beta gamma curve width s : R.
Hypothesis C : critical_map k kd a beta gamma curve width s.
Let Curve : 0 < curve := cm_curve _ _ _ _ _ _ _ _ C.
Let Ca : curve <= a := cm_a _ _ _ _ _ _ _ _ C.
Let Width : 0 < width := cm_width _ _ _ _ _ _ _ _ C.
Let Beta : 0 <= beta := cm_beta _ _ _ _ _ _ _ _ C.
Let Gamma : 0 <= gamma := cm_gamma _ _ _ _ _ _ _ _ C.
Let Slope : 0 < s := cm_s _ _ _ _ _ _ _ _ C.
Let alpha := (a^2 - beta) / a.

(* ---- one layer ---- *)
Section Layer.
Variable c : R.
Hypothesis H : -1 <= c < 1.
Let u := 1 - c.
Let g := 1 - k c.
Let A := (u - g) / u^2.
Let A2 := (a - A) / u.
Let D := g / u.
Let U : 0 < u <= 2. Proof. unfold u. lra. Qed.

Lemma layer_A : curve <= A <= a /\ 0 <= A2 <= beta /\ beta - A2 <= gamma * u.
Proof.
assert (X1 := cm_above _ _ _ _ _ _ _ _ C c H). assert (X2 := cm_second _ _ _ _ _ _ _ _ C c H). assert (X3 := cm_third _ _ _ _ _ _ _ _ C c H).
fold u in X1, X2, X3. assert (I : 0 < / u^2) by (apply Rinv_0_lt_compat; nra). assert (J : 0 < / u^3) by (apply Rinv_0_lt_compat; apply pow_lt; lra).
replace (k c - c) with (u - g) in * by (unfold u, g; ring).
assert (E : A = (u - g) * / u^2) by reflexivity. assert (F : A2 = (a * u^2 - (u - g)) * / u^3) by (unfold A2, A; field; lra).
split; [|split].
- split; rewrite E. replace curve with (curve * u^2 * / u^2) by (field; lra). apply Rmult_le_compat_r; lra.
  replace a with (a * u^2 * / u^2) by (field; lra). apply Rmult_le_compat_r; lra.
- split; rewrite F. apply Rmult_le_pos; lra. replace beta with (beta * u^3 * / u^3) by (field; lra). apply Rmult_le_compat_r; lra.
- rewrite F. replace (beta - (a * u^2 - (u - g)) * / u^3) with ((beta * u^3 - (a * u^2 - (u - g))) * / u^3) by (field; lra).
  replace (gamma * u) with (gamma * u^4 * / u^3) by (field; lra). apply Rmult_le_compat_r; lra.
Qed.

Lemma layer_D : width <= D <= 1 /\ D = 1 - u * A /\ 0 < g <= u.
Proof.
destruct layer_A as [[A0 A1] _]. assert (X := cm_gap _ _ _ _ _ _ _ _ C c H). fold u g in X.
assert (E : D = 1 - u * A) by (unfold D, A; field; lra). assert (0 < width * u) by (apply Rmult_lt_0_compat; lra).
assert (0 <= u * A) by (apply Rmult_le_pos; lra).
assert (F : g = D * u) by (unfold D; field; lra).
split; [split|split; [exact E|split]]; try lra.
- unfold D. apply Rmult_le_reg_r with u. lra. replace (g / u * u) with g by (field; lra). exact X.
- rewrite F. nra.
Qed.

Lemma layer_range : -1 <= k c < 1.
Proof. assert (X := cm_low _ _ _ _ _ _ _ _ C c ltac:(lra)). destruct layer_D as [_ [_ G]]. unfold g in G. lra. Qed.

(* the exact gain of 1/u *)
Lemma layer_gain : 1/g - 1/u = A / D /\ 1/g - 1/u - a = u * (a * A - A2) / D.
Proof.
destruct layer_D as [[D0 D1] [E [G0 G1]]]. split. unfold A, D. field. lra.
transitivity (A / D - a). unfold A, D. field. lra.
replace (A / D - a) with ((A - a * D) / D) by (field; lra). rewrite E at 1. f_equal. unfold A2. field. lra.
Qed.

Lemma layer_above : curve <= 1/g - 1/u.
Proof.
destruct layer_A as [[A0 A1] _]. destruct layer_D as [[D0 D1] _]. rewrite (proj1 layer_gain).
apply Rle_trans with A. exact A0. apply Rmult_le_reg_r with D. lra. replace (A / D * D) with A by (field; lra). nra.
Qed.

Lemma layer_first b1 : a^2 <= b1 * width -> beta - a * curve <= b1 * width -> Rabs (1/g - 1/u - a) <= b1 * u.
Proof.
intros B1 B2. destruct layer_A as [[A0 A1] [[A3 A4] _]]. destruct layer_D as [[D0 D1] _]. rewrite (proj2 layer_gain).
assert (B0 : 0 <= b1) by nra. assert (BD : b1 * width <= b1 * D) by (apply Rmult_le_compat_l; lra).
replace (u * (a * A - A2) / D) with (u * ((a * A - A2) / D)) by (field; lra). rewrite Rabs_mult, (Rabs_right u) by lra.
rewrite Rmult_comm. apply Rmult_le_compat_r. lra. apply Rabs_le.
assert (P : a * curve <= a * A <= a * a) by (split; apply Rmult_le_compat_l; lra).
assert (I : 0 < / D) by (apply Rinv_0_lt_compat; lra).
split.
- replace (- b1) with (- (b1 * D) * / D) by (field; lra). apply Rmult_le_compat_r; lra.
- replace b1 with (b1 * D * / D) by (field; lra). apply Rmult_le_compat_r; lra.
Qed.

Definition second_defect := 1/g - 1/u - a + alpha * (ln g - ln u).

Lemma layer_second abar K : Rabs (a^2 - beta) <= abar * a ->
  (a * beta + gamma + abar * a^2) / width + abar * (beta + a^2 / (2 * width)) <= K -> Rabs second_defect <= K * u^2.
Proof.
intros B K1. destruct layer_A as [[A0 A1] [[A3 A4] A5]]. destruct layer_D as [[D0 D1] [E [G0 G1]]].
unfold second_defect. rewrite <- ln_div, (proj2 layer_gain) by lra. fold D.
assert (X : 0 <= u * A < 1) by (split; [apply Rmult_le_pos; lra | lra]). assert (L := ln_second (u * A) X). rewrite <- E in L.
set (th := ln D + u * A). assert (Th : ln D = th - u * A) by (unfold th; ring).
assert (T1 : Rabs th <= u^2 * (a^2 / (2 * width))).
{ apply Rabs_le. unfold th. assert (Q : (u * A)^2 / (2 * D) <= u^2 * (a^2 / (2 * width))).
  { replace ((u * A)^2 / (2 * D)) with (u^2 * (A^2 * / (2 * D))) by (field; lra). apply Rmult_le_compat_l. apply pow2_ge_0.
    apply Rmult_le_compat. apply pow2_ge_0. left; apply Rinv_0_lt_compat; lra. apply pow_incr; lra. apply Rinv_le_contravar; lra. }
  assert (0 <= u^2 * (a^2 / (2 * width))) by (apply Rmult_le_pos; [apply pow2_ge_0 | apply div_nonneg; [apply pow2_ge_0 | lra]]). lra. }
set (r := (beta - A2) / u). assert (R0 : 0 <= r <= gamma).
{ unfold r. split. apply div_nonneg; lra. apply Rmult_le_reg_r with u. lra. replace ((beta - A2) / u * u) with (beta - A2) by (field; lra). lra. }
assert (AL : alpha * a = a^2 - beta) by (unfold alpha; field; lra).
assert (AB : Rabs alpha <= abar).
{ apply Rmult_le_reg_r with a. lra. rewrite <- (Rabs_right a) at 1 by lra. rewrite <- Rabs_mult, AL. exact B. }
assert (I : 0 < / D <= / width) by (split; [apply Rinv_0_lt_compat; lra | apply Rinv_le_contravar; lra]).
replace (u * (a * A - A2) / D + alpha * ln D)
  with (u^2 * ((r - a * A2) * / D) + u^2 * (alpha * (a * A * / D)) + u^2 * (alpha * A2) + alpha * th).
2:{ rewrite Th. assert (A = a - u * A2) by (unfold A2; field; lra). unfold r.
    apply Rminus_diag_uniq. replace (beta) with (a^2 - alpha * a) by lra. rewrite E, H0. field. rewrite <- H0, <- E. lra. }
assert (P1 : Rabs (u^2 * ((r - a * A2) * / D)) <= u^2 * ((a * beta + gamma) * / width)).
{ rewrite Rabs_mult, (Rabs_right (u^2)) by (apply Rle_ge, pow2_ge_0). apply Rmult_le_compat_l. apply pow2_ge_0.
  rewrite Rabs_mult, (Rabs_right (/ D)) by lra. assert (0 <= a * A2 <= a * beta) by (split; [apply Rmult_le_pos | apply Rmult_le_compat_l]; lra).
  apply Rmult_le_compat. apply Rabs_pos. lra. apply Rabs_le; lra. lra. }
assert (P2 : Rabs (u^2 * (alpha * (a * A * / D))) <= u^2 * (abar * (a^2 * / width))).
{ rewrite Rabs_mult, (Rabs_right (u^2)) by (apply Rle_ge, pow2_ge_0). apply Rmult_le_compat_l. apply pow2_ge_0.
  assert (Q : 0 <= a * A <= a^2) by (split; [apply Rmult_le_pos; lra | replace (a^2) with (a * a) by ring; apply Rmult_le_compat_l; lra]).
  assert (0 <= a * A * / D) by (apply Rmult_le_pos; lra).
  rewrite Rabs_mult, (Rabs_right (a * A * / D)) by lra. apply Rmult_le_compat. apply Rabs_pos. lra. exact AB. apply Rmult_le_compat; lra. }
assert (P3 : Rabs (u^2 * (alpha * A2)) <= u^2 * (abar * beta)).
{ rewrite Rabs_mult, (Rabs_right (u^2)) by (apply Rle_ge, pow2_ge_0). apply Rmult_le_compat_l. apply pow2_ge_0.
  rewrite Rabs_mult, (Rabs_right A2) by lra. apply Rmult_le_compat; [apply Rabs_pos | lra | exact AB | lra]. }
assert (P4 : Rabs (alpha * th) <= abar * (u^2 * (a^2 / (2 * width)))).
{ rewrite Rabs_mult. apply Rmult_le_compat; [apply Rabs_pos | apply Rabs_pos | exact AB | exact T1]. }
assert (PK : ((a * beta + gamma + abar * a^2) / width + abar * (beta + a^2 / (2 * width))) * u^2 <= K * u^2) by (apply Rmult_le_compat_r; [apply pow2_ge_0 | exact K1]).
apply Rabs_elim in P1. apply Rabs_elim in P2. apply Rabs_elim in P3. apply Rabs_elim in P4. unfold Rdiv in PK, P4. apply Rabs_le. lra.
Qed.

(* the source of X = Y - 1/(3 a u) *)
Lemma layer_source b b1 E : 0 <= b -> a^2 <= b1 * width -> beta - a * curve <= b1 * width -> 1 + (b1 + 3 * beta) / (3 * a) <= E ->
  Rabs (1 / (3 * a) * (1/g - 1/u - a) + (1 - kd c - 2 * a * u) / (3 * a * u) + (1 - (k c + b) / (1 + b))) <= E * u.
Proof.
intros B B1 B2 HE. destruct layer_D as [_ [_ [G0 G1]]]. assert (F := layer_first b1 B1 B2). assert (X := cm_slope _ _ _ _ _ _ _ _ C c H). fold u in X.
assert (I : 0 < / (3 * a)) by (apply Rinv_0_lt_compat; lra). assert (J : 0 < / (3 * a * u)) by (apply Rinv_0_lt_compat; apply Rmult_lt_0_compat; lra).
assert (P1 : Rabs (1 / (3 * a) * (1/g - 1/u - a)) <= b1 * u / (3 * a)).
{ rewrite Rabs_mult, (Rabs_right (1 / (3 * a))) by (unfold Rdiv; lra). replace (b1 * u / (3 * a)) with (1 / (3 * a) * (b1 * u)) by (field; lra).
  apply Rmult_le_compat_l. unfold Rdiv; lra. exact F. }
assert (P2 : Rabs ((1 - kd c - 2 * a * u) / (3 * a * u)) <= 3 * beta * u / (3 * a)).
{ replace (3 * beta * u / (3 * a)) with (3 * beta * u^2 * / (3 * a * u)) by (field; lra).
  unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ (3 * a * u))) by lra. apply Rmult_le_compat_r. lra. apply Rabs_le. 
  assert (0 <= 3 * beta * u^2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]). lra. }
assert (P3 : 0 <= 1 - (k c + b) / (1 + b) <= u).
{ replace (1 - (k c + b) / (1 + b)) with (g / (1 + b)) by (unfold g; field; lra). split. apply div_nonneg; lra.
  apply Rle_trans with g; [|lra]. apply Rmult_le_reg_r with (1 + b). lra. replace (g / (1 + b) * (1 + b)) with g by (field; lra). nra. }
assert (P4 : (1 + (b1 + 3 * beta) / (3 * a)) * u <= E * u) by (apply Rmult_le_compat_r; lra).
replace ((1 + (b1 + 3 * beta) / (3 * a)) * u) with (b1 * u / (3 * a) + 3 * beta * u / (3 * a) + u) in P4 by (field; lra).
apply Rabs_elim in P1. apply Rabs_elim in P2. apply Rabs_le. lra.
Qed.
End Layer.

(* ---- every depth ---- *)
Section Orbit.
Variable c : R.
Hypothesis H : -1 <= c < 1.
Let u l := 1 - nngp k c l.

Lemma orbit_range l : -1 <= nngp k c l < 1.
Proof. induction l; simpl. exact H. apply layer_range. exact IHl. Qed.

Lemma orbit_u l : 0 < u l <= 2.
Proof. assert (X := orbit_range l). unfold u. lra. Qed.

Lemma orbit_lower l : 1 / u 0%nat + curve * INR l <= 1 / u l.
Proof.
induction l. simpl. lra. rewrite S_INR. assert (X := layer_above (nngp k c l) (orbit_range l)). unfold u in *. simpl nngp at 2. lra.
Qed.

Lemma orbit_model l : 0 < u l <= u 0%nat / (1 + curve * u 0%nat * INR l).
Proof.
assert (U0 := orbit_u 0%nat). assert (U := orbit_u l). assert (L := orbit_lower l). assert (M := model_pos curve (u 0%nat) Curve ltac:(lra) l).
split. lra. apply inv_le_elim. lra. apply Rdiv_lt_0_compat; lra.
replace (1 / (u 0%nat / (1 + curve * u 0%nat * INR l))) with (1 / u 0%nat + curve * INR l) by (field; lra). exact L.
Qed.

Lemma orbit_squares l : psum (fun j => (u j)^2) l <= 4 + 2 / curve.
Proof.
assert (U0 := orbit_u 0%nat). eapply Rle_trans. apply (model_squares curve (u 0%nat) u Curve ltac:(lra) orbit_model).
assert (u 0%nat / curve <= 2 / curve) by (apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat|]; lra). nra.
Qed.

Section FirstOrder.
Variable b1 : R.
Hypothesis B1 : a^2 <= b1 * width.
Hypothesis B2 : beta - a * curve <= b1 * width.

Lemma b1_nonneg : 0 <= b1.
Proof. assert (0 <= a^2) by apply pow2_ge_0. nra. Qed.

Lemma orbit_first l : Rabs (1 / u l - 1 / u 0%nat - a * INR l) <= b1 * psum u l.
Proof.
induction l. simpl. rewrite Rmult_0_r. replace (1 / u 0%nat - 1 / u 0%nat - 0) with 0 by ring. rewrite Rabs_R0, Rmult_0_r. lra.
rewrite S_INR. cbn [psum]. assert (X := layer_first (nngp k c l) (orbit_range l) b1 B1 B2).
fold (u l) in X. replace (1 - k (nngp k c l)) with (u (S l)) in X by reflexivity.
replace (1 / u (S l) - 1 / u 0%nat - a * (INR l + 1)) with ((1 / u l - 1 / u 0%nat - a * INR l) + (1 / u (S l) - 1 / u l - a)) by ring.
eapply Rle_trans. apply Rabs_triang. lra.
Qed.

(* u_0/u_L against 1 + a u_0 L *)
Lemma orbit_log l : Rabs (ln (u 0%nat) - ln (u l) - ln (1 + a * u 0%nat * INR l)) <= 2 * b1 * (2 + 37/100 / curve).
Proof.
assert (U0 := orbit_u 0%nat). assert (U := orbit_u l). assert (b0 := b1_nonneg). assert (N := pos_INR l).
assert (M := model_pos curve (u 0%nat) Curve ltac:(lra) l). set (z := 1 + curve * u 0%nat * INR l) in *.
assert (F := orbit_first l). assert (S := model_sum curve (u 0%nat) u Curve ltac:(lra) orbit_model l). fold z in S.
assert (Y : z <= u 0%nat / u l).
{ replace (u 0%nat / u l) with (u 0%nat * (1 / u l)) by (field; lra). replace z with (u 0%nat * (1 / u 0%nat + curve * INR l)) by (unfold z; field; lra).
  apply Rmult_le_compat_l. lra. apply orbit_lower. }
assert (X : z <= 1 + a * u 0%nat * INR l).
{ unfold z. assert (curve * u 0%nat * INR l <= a * u 0%nat * INR l); [|lra]. apply Rmult_le_compat_r. exact N. apply Rmult_le_compat_r; lra. }
rewrite <- ln_div by lra. eapply Rle_trans. apply (ln_close _ _ z ltac:(lra) Y X).
replace (u 0%nat / u l - (1 + a * u 0%nat * INR l)) with (u 0%nat * (1 / u l - 1 / u 0%nat - a * INR l)) by (field; lra).
rewrite Rabs_mult, (Rabs_right (u 0%nat)) by lra.
assert (LO := ln_over z M). assert (LN := ln_nonneg z M).
apply Rle_trans with (2 * (b1 * (2 + ln z / curve)) / z).
- apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. apply Rmult_le_compat; [lra | apply Rabs_pos | lra |].
  eapply Rle_trans. exact F. apply Rmult_le_compat_l; lra.
- replace (2 * (b1 * (2 + ln z / curve)) / z) with (2 * b1 * (2 * / z + (ln z / z) / curve)) by (field; lra).
  apply Rmult_le_compat_l. lra. apply Rplus_le_compat.
  + assert (/ z <= / 1) by (apply Rinv_le_contravar; lra). rewrite Rinv_1 in *. lra.
  + apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. exact LO.
Qed.

Section SecondOrder.
Variables abar K drift : R.
Hypothesis AB : Rabs (a^2 - beta) <= abar * a.
Hypothesis HK : (a * beta + gamma + abar * a^2) / width + abar * (beta + a^2 / (2 * width)) <= K.
Hypothesis Drift : 2 * abar * b1 * (2 + 37/100 / curve) + K * (4 + 2 / curve) <= drift.

Lemma abar_bounds : 0 <= abar /\ Rabs alpha <= abar /\ 0 <= K.
Proof.
assert (X := Rabs_pos (a^2 - beta)). assert (Q : 0 <= abar) by nra. split. exact Q. split.
- apply Rmult_le_reg_r with a. lra. rewrite <- (Rabs_right a) at 1 by lra. rewrite <- Rabs_mult.
  replace (alpha * a) with (a^2 - beta) by (unfold alpha; field; lra). exact AB.
- eapply Rle_trans; [|exact HK]. assert (0 <= a^2) by apply pow2_ge_0. assert (0 <= a * beta) by (apply Rmult_le_pos; lra).
  assert (0 <= abar * a^2) by (apply Rmult_le_pos; lra). assert (0 <= a^2 / (2 * width)) by (apply div_nonneg; lra).
  assert (0 <= (a * beta + gamma + abar * a^2) / width) by (apply div_nonneg; lra).
  assert (0 <= abar * (beta + a^2 / (2 * width))) by (apply Rmult_le_pos; lra). lra.
Qed.

Theorem smooth_angle l : Rabs (1 / u l - 1 / u 0%nat - a * INR l - alpha * ln (1 + a * u 0%nat * INR l)) <= drift.
Proof.
destruct abar_bounds as [A0 [A1 K0]].
assert (T : Rabs (1 / u l - 1 / u 0%nat - a * INR l + alpha * (ln (u l) - ln (u 0%nat))) <= K * psum (fun j => (u j)^2) l).
{ induction l. simpl. rewrite Rmult_0_r. replace (1 / u 0%nat - 1 / u 0%nat - 0 + alpha * (ln (u 0%nat) - ln (u 0%nat))) with 0 by ring. rewrite Rabs_R0. lra.
  rewrite S_INR. cbn [psum]. assert (X := layer_second (nngp k c l) (orbit_range l) abar K AB HK). unfold second_defect in X.
  fold (u l) in X. replace (1 - k (nngp k c l)) with (u (S l)) in X by reflexivity.
  replace (1 / u (S l) - 1 / u 0%nat - a * (INR l + 1) + alpha * (ln (u (S l)) - ln (u 0%nat)))
    with ((1 / u l - 1 / u 0%nat - a * INR l + alpha * (ln (u l) - ln (u 0%nat))) + (1 / u (S l) - 1 / u l - a + alpha * (ln (u (S l)) - ln (u l)))) by ring.
  eapply Rle_trans. apply Rabs_triang. lra. }
assert (Q := orbit_squares l). assert (G := orbit_log l).
assert (P1 : Rabs (alpha * (ln (u 0%nat) - ln (u l) - ln (1 + a * u 0%nat * INR l))) <= abar * (2 * b1 * (2 + 37/100 / curve))).
{ rewrite Rabs_mult. apply Rmult_le_compat; [apply Rabs_pos | apply Rabs_pos | exact A1 | exact G]. }
assert (P2 : K * psum (fun j => (u j)^2) l <= K * (4 + 2 / curve)) by (apply Rmult_le_compat_l; lra).
apply Rabs_elim in T. apply Rabs_elim in P1. apply Rabs_le. lra.
Qed.

(* ---- the tangent kernel, Y = (T + b)/(1 + b) ---- *)
Section Kernel.
Variables b E Z Cst : R.
Hypothesis B : 0 <= b.
Hypothesis HE : 1 + (b1 + 3 * beta) / (3 * a) <= E.
Hypothesis Z1 : 1 + 1 / (3 * a) + E * (1 / curve + 2) <= Z.
Hypothesis Z2 : E <= Z * s.
Hypothesis HC : Z + 1/3 + drift / (3 * a) <= Cst.
Let Y l := (ntkb k kd b c l + b) / (1 + b).
Let X l := Y l - 1 / (3 * a * u l).

Lemma E_pos : 1 <= E.
Proof. assert (b0 := b1_nonneg). assert (0 <= (b1 + 3 * beta) / (3 * a)) by (apply div_nonneg; lra). lra. Qed.

Lemma X_step l : exists e, X (S l) = kd (nngp k c l) * X l - e /\ Rabs e <= E * u l.
Proof.
assert (S0 := layer_source (nngp k c l) (orbit_range l) b b1 E B B1 B2 HE). fold (u l) in S0.
assert (U := orbit_u l). assert (U' := orbit_u (S l)).
replace (1 - k (nngp k c l)) with (u (S l)) in S0 by reflexivity. replace (k (nngp k c l)) with (1 - u (S l)) in S0 by (unfold u; simpl; ring).
eexists. split; [|exact S0]. unfold X, Y.
change (ntkb k kd b c (S l)) with (kd (nngp k c l) * (ntkb k kd b c l + b) + nngp k c (S l)).
replace (nngp k c (S l)) with (1 - u (S l)) by (unfold u; ring). field. lra.
Qed.

Lemma Y_first : -1 <= Y 0%nat <= 1.
Proof.
unfold Y. simpl. split.
- apply Rmult_le_reg_r with (1 + b). lra. replace ((c + b) / (1 + b) * (1 + b)) with (c + b) by (field; lra). lra.
- apply div_le_1; lra.
Qed.

Lemma Z_facts : 1 <= Z /\ 0 <= E * (1 / curve + 2).
Proof.
assert (E1 := E_pos). assert (0 < 1 / curve) by (apply Rdiv_lt_0_compat; lra). assert (0 < 1 / (3 * a)) by (apply Rdiv_lt_0_compat; lra).
assert (0 <= E * (1 / curve + 2)) by (apply Rmult_le_pos; lra). lra.
Qed.

(* from a nonnegative correlation on, X stays in [-M, N] once M, N >= Z *)
Lemma X_right M N l : Z <= M -> Z <= N -> 0 <= nngp k c l -> - M <= X l <= N -> - M <= X (S l) <= N /\ 0 <= nngp k c (S l).
Proof.
intros HM HN P Q. destruct (X_step l) as [e [Ex Be]]. rewrite Ex. assert (R := orbit_range l). assert (U := orbit_u l).
assert (KD := cm_kd_right _ _ _ _ _ _ _ _ C (nngp k c l) ltac:(lra)). fold (u l) in KD. set (q := kd (nngp k c l)) in *. assert (E1 := E_pos).
apply Rabs_elim in Be. destruct Z_facts as [F1 F2].
assert (W : forall V, Z <= V -> q * V + E * u l <= V).
{ intros V HV. assert (q * V <= (1 - s * u l) * V) by (apply Rmult_le_compat_r; lra).
  assert (E * u l <= Z * s * u l) by (apply Rmult_le_compat_r; lra). assert (Z * (s * u l) <= V * (s * u l)) by (apply Rmult_le_compat_r; nra). lra. }
assert (WM := W M HM). assert (WN := W N HN). split.
- assert (q * - M <= q * X l <= q * N) by (split; apply Rmult_le_compat_l; lra). lra.
- simpl. assert (A := cm_above _ _ _ _ _ _ _ _ C (nngp k c l) R). assert (0 <= curve * (1 - nngp k c l)^2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]). lra.
Qed.

Lemma X_bounds l : - Z <= 1 / (3 * a * u 0%nat) + X l /\ X l <= Z.
Proof.
assert (E1 := E_pos). destruct Z_facts as [F1 F2]. assert (U0 := orbit_u 0%nat). assert (Y0 := Y_first).
assert (W0 : 0 < 1 / (3 * a * u 0%nat)) by (apply Rdiv_lt_0_compat; [lra | apply Rmult_lt_0_compat; lra]).
assert (X0 : X 0%nat = Y 0%nat - 1 / (3 * a * u 0%nat)) by reflexivity.
destruct (Rle_lt_dec 0 c) as [P|P].
- set (M := Rmax Z (1 / (3 * a * u 0%nat) + Z)). assert (M1 : Z <= M) by apply Rmax_l.
  assert (M2 : M = 1 / (3 * a * u 0%nat) + Z) by (unfold M; rewrite Rmax_right; lra).
  assert (I : - M <= X l <= Z /\ 0 <= nngp k c l).
  { induction l. split. rewrite X0. lra. exact P. destruct IHl as [I1 I2]. apply X_right; lra. }
  lra.
- assert (W1 : 1 / (3 * a * u 0%nat) <= 1 / (3 * a)).
  { apply inv_le. lra. assert (1 < u 0%nat) by (unfold u; simpl; lra). nra. }
  set (B0 := 1 + 1 / (3 * a)).
  assert (I : (nngp k c l < 0 -> - (B0 + 2 * E * INR l) <= X l <= B0 + 2 * E * INR l) /\ - Z <= X l <= Z).
  { induction l. rewrite X0. simpl INR. unfold B0. rewrite Rmult_0_r, Rplus_0_r. lra.
    destruct IHl as [I1 I2]. rewrite S_INR. destruct (Rle_lt_dec 0 (nngp k c l)) as [Q|Q].
    - destruct (X_right Z Z l ltac:(lra) ltac:(lra) Q I2) as [J1 J2]. split; [lra | exact J1].
    - specialize (I1 Q). destruct (X_step l) as [e [Ex Be]]. assert (R := orbit_range l). assert (U := orbit_u l).
      assert (KD := cm_kd _ _ _ _ _ _ _ _ C (nngp k c l) ltac:(lra)). set (q := kd (nngp k c l)) in *.
      assert (E * u l <= E * 2) by (apply Rmult_le_compat_l; lra). apply Rabs_elim in Be. set (V := B0 + 2 * E * INR l) in *.
      assert (V0 : 0 <= V) by lra. assert (QX : - V <= q * X l <= V) by (split; nra).
      assert (J : - (B0 + 2 * E * (INR l + 1)) <= X (S l) <= B0 + 2 * E * (INR l + 1)) by (rewrite Ex; unfold V in *; lra).
      assert (LOW := orbit_lower l). assert (1 < u l) by (unfold u; lra).
      assert (1 / u l < 1). { unfold Rdiv. rewrite Rmult_1_l, <- Rinv_1. apply Rinv_lt_contravar; lra. }
      assert (1 / 2 <= 1 / u 0%nat) by (apply inv_le; lra).
      assert (LB : INR l <= 1 / (2 * curve)). { apply Rmult_le_reg_l with curve. lra. replace (curve * (1 / (2 * curve))) with (1/2) by (field; lra). lra. }
      assert (2 * E * (INR l + 1) <= E * (1 / curve + 2)).
      { replace (E * (1 / curve + 2)) with (2 * E * (1 / (2 * curve) + 1)) by (field; lra). apply Rmult_le_compat_l; lra. }
      split. intros _; exact J. unfold B0 in *. lra. }
  lra.
Qed.

(* the meta-theorem smooth-critical *)
Theorem smooth_kernel l :
  - Cst <= Y l - (INR l + 1)/3 - alpha / (3 * a) * ln (1 + a * u 0%nat * INR l) <= 1 / (3 * a * u 0%nat) + Cst.
Proof.
destruct (X_bounds l) as [X1 X2]. assert (T := smooth_angle l). apply Rabs_elim in T. assert (U0 := orbit_u 0%nat). assert (U := orbit_u l).
assert (I : 0 < / (3 * a)) by (apply Rinv_0_lt_compat; lra).
set (v := ln (1 + a * u 0%nat * INR l)) in *. set (r := 1 / u l - 1 / u 0%nat - a * INR l - alpha * v) in *.
assert (W : Y l = X l + (1 / u 0%nat + a * INR l + alpha * v + r) / (3 * a)) by (unfold X, r; field; lra).
assert (R : - (drift / (3 * a)) <= r / (3 * a) <= drift / (3 * a)).
{ unfold Rdiv. rewrite <- Ropp_mult_distr_l_reverse. split; apply Rmult_le_compat_r; lra. }
replace ((1 / u 0%nat + a * INR l + alpha * v + r) / (3 * a)) with (1 / (3 * a * u 0%nat) + INR l / 3 + alpha / (3 * a) * v + r / (3 * a)) in W by (field; lra).
rewrite W. lra.
Qed.
End Kernel.
End SecondOrder.
End FirstOrder.
End Orbit.

(* inputs that coincide *)
Lemma smooth_diagonal b l : ntkb k kd b 1 l = (1 + b) * INR l + 1.
Proof.
destruct (cm_one _ _ _ _ _ _ _ _ C) as [K1 K2]. assert (N : forall j, nngp k 1 j = 1) by (induction j; simpl; [reflexivity | now rewrite IHj]).
induction l. simpl. ring. rewrite S_INR. change (ntkb k kd b 1 (S l)) with (kd (nngp k 1 l) * (ntkb k kd b 1 l + b) + nngp k 1 (S l)).
rewrite !N, K2, IHl. ring.
Qed.
End Critical.

(* ---- the limits, without constants ---- *)
Section Bounded.
Variables k kd : R -> R.
Variables a beta gamma curve width s : R.
Hypothesis C : critical_map k kd a beta gamma curve width s.
Variables b c : R.
Hypothesis B : 0 <= b.
Hypothesis H : -1 <= c < 1.
Let alpha := (a^2 - beta) / a.

Lemma smooth_bounded : exists M, forall l,
  - M <= (ntkb k kd b c l + b) / (1 + b) - (INR l + 1)/3 - alpha / (3 * a) * ln (1 + a * (1 - c) * INR l) <= M.
Proof.
assert (Curve := cm_curve _ _ _ _ _ _ _ _ C). assert (Ca := cm_a _ _ _ _ _ _ _ _ C). assert (Width := cm_width _ _ _ _ _ _ _ _ C).
assert (Slope := cm_s _ _ _ _ _ _ _ _ C).
set (b1 := Rmax (a^2 / width) ((beta - a * curve) / width)).
assert (B1 : a^2 <= b1 * width).
{ replace (a^2) with (a^2 / width * width) by (field; lra). apply Rmult_le_compat_r. lra. apply Rmax_l. }
assert (B2 : beta - a * curve <= b1 * width).
{ replace (beta - a * curve) with ((beta - a * curve) / width * width) by (field; lra). apply Rmult_le_compat_r. lra. apply Rmax_r. }
set (E := 1 + (b1 + 3 * beta) / (3 * a)). set (Z := Rmax (1 + 1 / (3 * a) + E * (1 / curve + 2)) (E / s)).
assert (Z1 : 1 + 1 / (3 * a) + E * (1 / curve + 2) <= Z) by apply Rmax_l.
assert (Z2 : E <= Z * s).
{ replace E with (E / s * s) by (field; lra). apply Rmult_le_compat_r. lra. apply Rmax_r. }
assert (AB : Rabs (a^2 - beta) <= Rabs alpha * a).
{ rewrite <- (Rabs_right a) at 2 by lra. rewrite <- Rabs_mult. apply Req_le. f_equal. unfold alpha. field. lra. }
exists (1 / (3 * a * (1 - c)) + (Z + 1/3 + (2 * Rabs alpha * b1 * (2 + 37/100 / curve) + ((a * beta + gamma + Rabs alpha * a^2) / width + Rabs alpha * (beta + a^2 / (2 * width))) * (4 + 2 / curve)) / (3 * a))).
intros l. assert (X := smooth_kernel k kd a beta gamma curve width s C c H b1 B1 B2 _ _ _ AB (Rle_refl _) (Rle_refl _) b E Z _ B (Rle_refl _) Z1 Z2 (Rle_refl _) l).
cbv beta in X. simpl nngp in X. assert (0 < 1 / (3 * a * (1 - c))) by (apply Rdiv_lt_0_compat; [lra | apply Rmult_lt_0_compat; lra]). fold alpha in X. lra.
Qed.

Lemma smooth_ratio l : ntkb k kd b c l / ntkb k kd b 1 l = ((ntkb k kd b c l + b) / (1 + b) - b / (1 + b)) / (INR l + 1 / (1 + b)).
Proof.
rewrite (smooth_diagonal k kd a beta gamma curve width s C b l). assert (N := pos_INR l). assert (0 <= b * INR l) by (apply Rmult_le_pos; lra). field. lra.
Qed.

Lemma smooth_form : exists lo hi, forall l, lo <= (ntkb k kd b c l + b) / (1 + b) - b / (1 + b) - 1/3 * (INR l + 1) - alpha / (3 * a) * ln (1 + a * (1 - c) * INR l) <= hi.
Proof.
destruct smooth_bounded as [M X]. exists (- M - b / (1 + b)), (M - b / (1 + b)). intros l. specialize (X l). lra.
Qed.

Let Z : 0 < a * (1 - c).
Proof. assert (Curve := cm_curve _ _ _ _ _ _ _ _ C). assert (Ca := cm_a _ _ _ _ _ _ _ _ C). apply Rmult_lt_0_compat; lra. Qed.
Let Den : 0 < 1 / (1 + b) <= 1.
Proof. split. apply Rdiv_lt_0_compat; lra. apply div_le_1; lra. Qed.

(* the normalised tangent kernel of every smooth critical map tends to 1/3 *)
Theorem smooth_limit : Un_cv (fun l => ntkb k kd b c l / ntkb k kd b 1 l) (1/3).
Proof.
destruct smooth_form as [lo [hi X]]. intros eps He.
destruct (first_limit (1/3) (alpha / (3 * a)) (a * (1 - c)) (1 / (1 + b)) lo hi (fun l => (ntkb k kd b c l + b) / (1 + b) - b / (1 + b)) Z Den X eps He) as [N HN].
exists N. intros n Hn. rewrite smooth_ratio. apply HN. exact Hn.
Qed.

(* and from which side: the coefficient of log L/L *)
Theorem smooth_log_limit : Un_cv (fun l => (ntkb k kd b c l / ntkb k kd b 1 l - 1/3) * INR l / ln (INR l)) (alpha / (3 * a)).
Proof.
destruct smooth_form as [lo [hi X]]. intros eps He.
destruct (log_limit (1/3) (alpha / (3 * a)) (a * (1 - c)) (1 / (1 + b)) lo hi (fun l => (ntkb k kd b c l + b) / (1 + b) - b / (1 + b)) Z Den X eps He) as [N HN].
exists N. intros n Hn. rewrite smooth_ratio. apply HN. exact Hn.
Qed.
End Bounded.
