(* One layer in the angle: cos (G t) = cos t + mu gain t, and its defect delta t = 1/G t - 1/t - mu/(3 pi) >= 0 (Lemma M1).
   Brackets of G are statements about cosines: G t <= y iff cos y <= cos t + mu gain t. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From NtkProof Require Import Analysis Kernels.
Open Scope R_scope.

Definition slope (mu : R) := mu / (3 * PI).
Definition G (mu t : R) := acos (cos t + mu * gain t).
Definition delta (mu t : R) := 1 / G mu t - 1 / t - slope mu.

Lemma slope_pos mu : 0 < mu -> 0 < slope mu.
Proof. intros H. assert (P := PI_bounds). unfold slope. apply Rdiv_lt_0_compat; lra. Qed.

Lemma slope_le mu : mu <= 1 -> slope mu <= 0.106104.
Proof.
intros H. assert (P := PI_bounds). apply Rle_trans with (1 / (3 * PI)); [|interval].
unfold slope, Rdiv. apply Rmult_le_compat_r; [|exact H]. left; apply Rinv_0_lt_compat; lra.
Qed.

Section Map.
Variable mu : R.
Hypothesis Mu : 0 < mu.

(* the cosine of the map decreases as long as mu t <= pi, in particular on [0,pi] for mu <= 1 *)
Lemma cos_map_decreases u v : 0 <= u <= v -> v <= PI -> mu * v <= PI -> cos v + mu * gain v <= cos u + mu * gain u.
Proof.
intros H K W. assert (P := PI_bounds).
cut (- (cos u + mu * gain u) <= - (cos v + mu * gain v)). lra.
apply (grow (fun x => - (cos x + mu * gain x)) (fun x => sin x * (1 - mu * x / PI))). lra.
- intros x Hx. apply is_derive_Reals. unfold gain. auto_derive. exact I. field. lra.
- intros x Hx. apply Rmult_le_pos. apply sin_ge_0; lra.
  assert (A := div_le_1 (mu * x) PI ltac:(lra) ltac:(nra)). lra.
Qed.

Lemma cos_map_below_1 t : 0 < t <= PI -> mu * t <= PI -> cos t + mu * gain t < 1.
Proof.
intros H W. assert (P := PI_bounds).
cut (- (cos 0 + mu * gain 0) < - (cos t + mu * gain t)). rewrite cos_0, gain_0. lra.
apply (grow_strict (fun x => - (cos x + mu * gain x)) (fun x => sin x * (1 - mu * x / PI))). lra.
- intros x Hx. apply is_derive_Reals. unfold gain. auto_derive. exact I. field. lra.
- intros x Hx. apply Rmult_lt_0_compat. apply sin_gt_0; lra.
  assert (A : mu * x / PI < 1). { apply Rmult_lt_reg_r with PI. lra. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. } lra.
Qed.

Lemma G_cos t : 0 <= t <= PI -> mu * t <= PI -> cos (G mu t) = cos t + mu * gain t /\ 0 <= G mu t <= t.
Proof.
intros H W. assert (C := COS_bound t). assert (S0 := gain_nonneg t H).
assert (S1 : cos t + mu * gain t <= 1).
{ assert (X := cos_map_decreases 0 t ltac:(lra) ltac:(lra) W). rewrite cos_0, gain_0 in X. lra. }
assert (R : -1 <= cos t + mu * gain t <= 1) by (split; nra).
split. unfold G. apply cos_acos; exact R. split. apply acos_bound.
unfold G. rewrite <- (acos_cos t) at 3 by exact H. apply acos_anti; nra.
Qed.

Lemma G_below t y : 0 <= t <= PI -> mu * t <= PI -> 0 <= y <= PI -> cos y <= cos t + mu * gain t -> G mu t <= y.
Proof.
intros H W Y C. destruct (G_cos t H W) as [E B]. apply Rnot_lt_le; intros N.
assert (X := cos_decreasing_1 y (G mu t) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) N). lra.
Qed.

Lemma G_above t y : 0 <= t <= PI -> mu * t <= PI -> 0 <= y <= PI -> cos t + mu * gain t <= cos y -> y <= G mu t.
Proof.
intros H W Y C. destruct (G_cos t H W) as [E B]. apply Rnot_lt_le; intros N.
assert (X := cos_decreasing_1 (G mu t) y ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) N). lra.
Qed.

Lemma G_range t : 0 < t <= PI -> mu * t <= PI -> 0 < G mu t <= t.
Proof.
intros H W. destruct (G_cos t ltac:(lra) W) as [E B]. split; [|lra].
destruct (Req_dec (G mu t) 0) as [Z|Z]; [|lra]. rewrite Z, cos_0 in E.
assert (A := cos_map_below_1 t H W). lra.
Qed.

Lemma G_mono u v : 0 <= u <= v -> v <= PI -> mu * v <= PI -> G mu u <= G mu v.
Proof.
intros H K W. destruct (G_cos v ltac:(lra) W) as [E B]. apply G_below; [lra|nra|lra|]. rewrite E. apply cos_map_decreases; lra.
Qed.

(* a bracket t/D of G, D >= 1 *)
Lemma quotient_range t D : 0 < t <= PI -> 1 <= D -> 0 < t / D <= t.
Proof.
intros H K. split. apply Rdiv_lt_0_compat; lra.
apply Rmult_le_reg_r with D. lra. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
Qed.

Lemma bracket_below t D : 0 < t <= PI -> mu * t <= PI -> 1 <= D -> cos (t / D) <= cos t + mu * gain t -> D / t <= 1 / G mu t.
Proof.
intros H W K C. assert (Q := quotient_range t D H K). assert (R := G_range t H W).
replace (D / t) with (1 / (t / D)) by (field; lra). apply inv_le. lra. apply G_below; lra.
Qed.

Lemma bracket_above t D : 0 < t <= PI -> mu * t <= PI -> 1 <= D -> cos t + mu * gain t <= cos (t / D) -> 1 / G mu t <= D / t.
Proof.
intros H W K C. assert (Q := quotient_range t D H K). assert (R := G_range t H W).
replace (D / t) with (1 / (t / D)) by (field; lra). apply inv_le. lra. apply G_above; lra.
Qed.

(* Lemma M1, by the growth of H(m) = cos t + m gain t - cos (t/(1 + m t/(3 pi))) in m *)
Lemma M1 t : 0 < t <= PI -> mu * t <= PI -> 0 <= delta mu t.
Proof.
intros H W. assert (P := PI_bounds).
assert (PO : forall m, 0 <= m -> 0 <= m / (3*PI) * t) by (intros; apply Rmult_le_pos; [apply div_nonneg; lra | lra]).
assert (D1 : 1 <= 1 + slope mu * t) by (assert (Z := PO mu ltac:(lra)); unfold slope; lra).
cut (cos (t / (1 + slope mu * t)) <= cos t + mu * gain t).
{ intros C. assert (B := bracket_below t _ H W D1 C). unfold delta.
  replace ((1 + slope mu * t) / t) with (1/t + slope mu) in B by (field; lra). lra. }
set (f := fun m => cos t + m * gain t - cos (t / (1 + m / (3*PI) * t))).
cut (f 0 <= f mu).
{ unfold f, slope. replace (t / (1 + 0 / (3*PI) * t)) with t by (field; lra). lra. }
apply (grow f (fun m => gain t - (t / (1 + m/(3*PI)*t))^2 * sin (t / (1 + m/(3*PI)*t)) / (3*PI))). lra.
- intros m Hm. assert (Z := PO m ltac:(lra)). apply is_derive_Reals. unfold f. auto_derive. repeat split; lra.
  assert (0 <= m * t) by (apply Rmult_le_pos; lra). unfold Rdiv. field. lra.
- intros m Hm. assert (Z := PO m ltac:(lra)). assert (Q := quotient_range t (1 + m/(3*PI)*t) H ltac:(lra)).
  set (y := t / (1 + m/(3*PI)*t)) in *. assert (A := gain_below y ltac:(lra)). assert (B := gain_mono y t ltac:(lra) ltac:(lra)). lra.
Qed.

(* the cubic brackets near 0, for any a = slope mu: D = 1 + t q.  The remainders are exact quotients by powers of t. *)
Lemma near_zero_below t q rest : let a := slope mu in let D := 1 + t * q in
  0 <= t <= 1 -> 0 <= q ->
  (2*a*D^2 - q*(D+1)) = t^2 * rest ->
  0 <= rest / (2*D^2) + q*(D+1)*(D^2+1)/(24*D^4) - t/720 - a/10 - a*t^2/1680 ->
  cos (t / D) <= cos t + mu * gain t.
Proof.
intros a D H Q E N. assert (P := PI_bounds). assert (D1 : 1 <= D) by (unfold D; nra).
assert (Y : 0 <= t / D <= 1). { split. apply div_nonneg; lra. apply div_le_1; lra. }
assert (A := cos_above _ Y). assert (B := cos_below t ltac:(lra)). assert (C := gain_taylor_below mu t ltac:(lra) ltac:(lra)).
fold (slope mu) in C. fold a in C.
assert (I : (1 - t^2/2 + t^4/24 - t^6/720) + a * (t^3 - t^5/10 - t^7/1680) - (1 - (t/D)^2/2 + (t/D)^4/24)
  = t^5 * (rest / (2*D^2) + q*(D+1)*(D^2+1)/(24*D^4) - t/720 - a/10 - a*t^2/1680)).
{ transitivity (t^3 * (2*a*D^2 - q*(D+1)) / (2*D^2) + t^5 * (q*(D+1)*(D^2+1)/(24*D^4) - t/720 - a/10 - a*t^2/1680)).
  - unfold D. field. fold D. lra.
  - rewrite E. field. lra. }
assert (0 <= t^5 * (rest / (2*D^2) + q*(D+1)*(D^2+1)/(24*D^4) - t/720 - a/10 - a*t^2/1680)).
{ apply Rmult_le_pos. apply pow_le; lra. exact N. }
lra.
Qed.

Lemma near_zero_above t q rest : let a := slope mu in let D := 1 + t * q in
  0 <= t <= 1 -> 0 <= q ->
  (2*a*D^2 - q*(D+1)) = t * rest ->
  0 <= - rest / (2*D^2) - t * (q*(D+1)*(D^2+1)/(24*D^4) + t/720 - a/10 + a*t^2/240) ->
  cos t + mu * gain t <= cos (t / D).
Proof.
intros a D H Q E N. assert (P := PI_bounds). assert (D1 : 1 <= D) by (unfold D; nra).
assert (Y : 0 <= t / D <= 1). { split. apply div_nonneg; lra. apply div_le_1; lra. }
assert (YT : t / D <= t).
{ apply Rmult_le_reg_r with D. lra. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
assert (A := cos_below _ Y). assert (B := cos_above t ltac:(lra)). assert (C := gain_taylor_above mu t ltac:(lra) ltac:(lra)).
assert (Y6 : (t/D)^6 <= t^6) by (apply pow_incr; lra).
fold (slope mu) in C. fold a in C.
assert (I : 1 - (t/D)^2/2 + (t/D)^4/24 - t^6/720 - ((1 - t^2/2 + t^4/24) + a * (t^3 - t^5/10 + t^7/240))
  = t^4 * (- rest / (2*D^2) - t * (q*(D+1)*(D^2+1)/(24*D^4) + t/720 - a/10 + a*t^2/240))).
{ transitivity (- (t^3 * (2*a*D^2 - q*(D+1)) / (2*D^2)) - t^5 * (q*(D+1)*(D^2+1)/(24*D^4) + t/720 - a/10 + a*t^2/240)).
  - unfold D. field. fold D. lra.
  - rewrite E. field. lra. }
assert (0 <= t^4 * (- rest / (2*D^2) - t * (q*(D+1)*(D^2+1)/(24*D^4) + t/720 - a/10 + a*t^2/240))).
{ apply Rmult_le_pos. apply pow_le; lra. exact N. }
lra.
Qed.

End Map.

(* ---- the three brackets of the critical theorems: near 0 the sign of a rational function without a zero ---- *)
Definition cubic (mu d t : R) := slope mu + 3/2 * (slope mu)^2 * t + d * t^2.
Definition cubic_rest (mu d t : R) :=
  let a := slope mu in let b := 3/2 * a^2 in let q := cubic mu d t in
  - 2*d + 2*a*b + 2*a*q^2 + 2*a*d*t - b^2*t - 2*b*d*t^2 - d^2*t^3.
Definition square (mu b t : R) := slope mu + b * t.
Definition square_rest (mu b t : R) :=
  let a := slope mu in let q := square mu b t in - 2*b + 4*a*q - q^2 + 2*a*t*q^2.
Definition tail_below (mu q t : R) := let D := 1 + t * q in q*(D+1)*(D^2+1)/(24*D^4) - t/720 - slope mu/10 - slope mu*t^2/1680.
Definition tail_above (mu q t : R) := let D := 1 + t * q in q*(D+1)*(D^2+1)/(24*D^4) + t/720 - slope mu/10 + slope mu*t^2/240.

Lemma cubic_below mu d t : 0 < mu -> 0 <= t <= 1 -> 0 <= cubic mu d t ->
  0 <= cubic_rest mu d t / (2 * (1 + t * cubic mu d t)^2) + tail_below mu (cubic mu d t) t ->
  cos (t / (1 + t * cubic mu d t)) <= cos t + mu * gain t.
Proof.
intros M H Q N. apply (near_zero_below mu M t (cubic mu d t) (cubic_rest mu d t) H Q).
- unfold cubic_rest, cubic. field.
- unfold tail_below in N. cbv zeta in N. cbv zeta. lra.
Qed.

Lemma cubic_above mu d t : 0 < mu -> 0 <= t <= 1 -> 0 <= cubic mu d t ->
  0 <= - cubic_rest mu d t / (2 * (1 + t * cubic mu d t)^2) - tail_above mu (cubic mu d t) t ->
  cos t + mu * gain t <= cos (t / (1 + t * cubic mu d t)).
Proof.
intros M H Q N. apply (near_zero_above mu M t (cubic mu d t) (t * cubic_rest mu d t) H Q).
- unfold cubic_rest, cubic. field.
- unfold tail_above in N. cbv zeta in N. set (D := 1 + t * cubic mu d t) in *. 
  replace (- (t * cubic_rest mu d t) / (2*D^2)) with (t * (- cubic_rest mu d t / (2*D^2))) by (unfold Rdiv; ring).
  rewrite <- Rmult_minus_distr_l. apply Rmult_le_pos; lra.
Qed.

Lemma square_above mu b t : 0 < mu -> 0 <= t <= 1 -> 0 <= square mu b t ->
  0 <= - square_rest mu b t / (2 * (1 + t * square mu b t)^2) - t * tail_above mu (square mu b t) t ->
  cos t + mu * gain t <= cos (t / (1 + t * square mu b t)).
Proof.
intros M H Q N. apply (near_zero_above mu M t (square mu b t) (square_rest mu b t) H Q).
- unfold square_rest, square. field.
- unfold tail_above in N. cbv zeta in N. lra.
Qed.

(* what a bracket says of delta *)
Lemma one_plus t q : 0 <= t -> 0 <= q -> 1 <= 1 + t * q.
Proof. intros. assert (0 <= t * q) by (apply Rmult_le_pos; assumption). lra. Qed.

Lemma delta_ge mu d t : 0 < mu -> 0 < t <= PI -> mu * t <= PI -> 0 <= cubic mu d t ->
  cos (t / (1 + t * cubic mu d t)) <= cos t + mu * gain t -> 3/2 * (slope mu)^2 * t + d * t^2 <= delta mu t.
Proof.
intros M H W Q C. assert (B := bracket_below mu M t _ H W (one_plus t _ (Rlt_le _ _ (proj1 H)) Q) C). unfold delta.
replace ((1 + t * cubic mu d t) / t) with (1/t + slope mu + 3/2 * (slope mu)^2 * t + d * t^2) in B by (unfold cubic; field; lra). lra.
Qed.

Lemma delta_le mu d t : 0 < mu -> 0 < t <= PI -> mu * t <= PI -> 0 <= cubic mu d t ->
  cos t + mu * gain t <= cos (t / (1 + t * cubic mu d t)) -> delta mu t <= 3/2 * (slope mu)^2 * t + d * t^2.
Proof.
intros M H W Q C. assert (B := bracket_above mu M t _ H W (one_plus t _ (Rlt_le _ _ (proj1 H)) Q) C). unfold delta.
replace ((1 + t * cubic mu d t) / t) with (1/t + slope mu + 3/2 * (slope mu)^2 * t + d * t^2) in B by (unfold cubic; field; lra). lra.
Qed.

Lemma delta_linear mu b t : 0 < mu -> 0 < t <= PI -> mu * t <= PI -> 0 <= square mu b t ->
  cos t + mu * gain t <= cos (t / (1 + t * square mu b t)) -> delta mu t <= b * t.
Proof.
intros M H W Q C. assert (B := bracket_above mu M t _ H W (one_plus t _ (Rlt_le _ _ (proj1 H)) Q) C). unfold delta.
replace ((1 + t * square mu b t) / t) with (1/t + slope mu + b * t) in B by (unfold square; field; lra). lra.
Qed.

(* for mu <= 1 the map is defined on all of [0,pi] *)
Lemma fits mu t : 0 < mu <= 1 -> t <= PI -> mu * t <= PI.
Proof. intros M H. assert (P := PI_bounds). nra. Qed.
