(* The comparison theorem: from inequalities of one variable on (0, t] to every depth.
   ang l is the angle after l layers, tangent T l the tangent kernel that starts from T:
     tangent (l+1) = (1 - mu ang_l/pi) tangent l + cos ang_(l+1).
   With w = 1/ang, a = mu/(3 pi), delta = 1/G - 1/t - a:   w_l = w_0 + a l + sum of delta,
   and 1/t + (3/2) a ln t gains a + rho at every layer, rho = delta + (3/2) a ln (G/t). *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap.
Open Scope R_scope.

Fixpoint ang (mu t : R) (l : nat) : R := match l with O => t | S k => G mu (ang mu t k) end.
Fixpoint tangent (mu t T : R) (l : nat) : R :=
  match l with O => T | S k => (1 - mu * ang mu t k / PI) * tangent mu t T k + cos (ang mu t (S k)) end.

Definition ell (mu t : R) (l : nat) := ln (1 + slope mu * t * INR l).
Definition rho (mu t : R) := delta mu t + 3/2 * slope mu * (ln (G mu t) - ln t).
Definition front (mu : R) := 3 * PI / (4 * mu).
(* the comparison function of the tangent kernel, and its defect e *)
Definition pole (mu t : R) := front mu / t - 1/8.
Definition source_defect (mu t : R) := 1 - cos (G mu t) + front mu * (delta mu t - 3/2 * (slope mu)^2 * t).

(* depth l + j is depth j from the state at depth l *)
Lemma ang_plus mu t l j : ang mu t (j + l) = ang mu (ang mu t l) j.
Proof. induction j; simpl. reflexivity. now rewrite IHj. Qed.

Lemma tangent_plus mu t T l j : tangent mu t T (j + l) = tangent mu (ang mu t l) (tangent mu t T l) j.
Proof.
induction j. reflexivity. change (S j + l)%nat with (S (j + l)). simpl tangent. rewrite IHj.
rewrite !ang_plus. reflexivity.
Qed.

Section Orbit.
Variables mu t : R.
Hypothesis Mu : 0 < mu.
Hypothesis Ht : 0 < t <= PI.
Hypothesis Fits : mu * t <= PI.
Let a := slope mu.
Let th := ang mu t.

Lemma ang_range l : 0 < th l <= t.
Proof. unfold th. induction l; simpl. lra. assert (R := G_range mu Mu (ang mu t l) ltac:(lra) ltac:(nra)). lra. Qed.

Lemma ang_in l : 0 < th l <= PI.
Proof. assert (R := ang_range l). lra. Qed.

Lemma ang_fits l : mu * th l <= PI.
Proof. assert (R := ang_range l). nra. Qed.

Theorem inverse_angle l : 1 / th l = 1/t + a * INR l + psum (fun k => delta mu (th k)) l.
Proof.
unfold th, a. induction l. simpl. ring. rewrite S_INR. simpl psum. simpl ang.
assert (E : 1 / G mu (ang mu t l) = 1 / ang mu t l + slope mu + delta mu (ang mu t l)) by (unfold delta; ring).
rewrite E, IHl. ring.
Qed.

(* every angle is below the model t/(1 + a t l) *)
Lemma model_least l : 1 <= 1 + a * t * INR l.
Proof. apply model_pos. apply slope_pos; lra. lra. Qed.

Theorem angle_lower l : 1/t + a * INR l <= 1 / th l.
Proof.
rewrite inverse_angle. assert (Q : 0 <= psum (fun k => delta mu (th k)) l).
{ apply psum_nonneg. intros k _. apply M1. exact Mu. apply ang_in. apply ang_fits. } lra.
Qed.

Lemma ang_model l : th l <= t / (1 + a * t * INR l).
Proof.
assert (R := ang_range l). assert (M := model_least l). assert (L := angle_lower l).
replace (t / (1 + a * t * INR l)) with (1 / (1/t + a * INR l)) by (field; split; lra).
assert (W : 0 < 1/t + a * INR l).
{ replace (1/t + a * INR l) with ((1 + a * t * INR l) / t) by (field; lra). apply Rdiv_lt_0_compat; lra. }
apply inv_le_elim. lra. apply Rdiv_lt_0_compat; lra.
replace (1 / (1 / (1/t + a * INR l))) with (1/t + a * INR l) by (field; lra). exact L.
Qed.

(* two sums along the orbit *)
Lemma below_model l : 0 < th l <= t / (1 + a * t * INR l).
Proof. split. apply ang_range. apply ang_model. Qed.

Lemma sum_angles l : psum th l <= t + ell mu t l / a.
Proof. apply model_sum. apply slope_pos; lra. lra. apply below_model. Qed.

Lemma sum_squares l : psum (fun k => (th k)^2) l <= t^2 + t / a.
Proof. apply model_squares. apply slope_pos; lra. lra. apply below_model. Qed.

Lemma ell_nonneg l : 0 <= ell mu t l.
Proof. apply ln_nonneg. apply model_least. Qed.

Lemma log_below l : ell mu t l <= ln t - ln (th l).
Proof.
assert (R := ang_range l). assert (M := model_least l). assert (V := ang_model l).
unfold ell. fold a. assert (L := ln_le _ _ (proj1 R) V). rewrite ln_div in L by lra. lra.
Qed.

Theorem abel l : 1 / th l + 3/2 * a * ln (th l) = 1/t + 3/2 * a * ln t + a * INR l + psum (fun k => rho mu (th k)) l.
Proof.
unfold th, a. induction l. simpl. ring. rewrite S_INR. simpl psum. simpl ang.
assert (E : 1 / G mu (ang mu t l) + 3/2 * slope mu * ln (G mu (ang mu t l))
  = 1 / ang mu t l + 3/2 * slope mu * ln (ang mu t l) + slope mu + rho mu (ang mu t l)) by (unfold rho, delta; ring).
rewrite E, IHl. ring.
Qed.

(* ---- from delta <= b t ---- *)
Section Linear.
Variable b : R.
Hypothesis B : forall u, 0 < u <= t -> delta mu u <= b * u.

Lemma b_nonneg : 0 <= b.
Proof. assert (A := M1 mu Mu t Ht Fits). assert (C := B t ltac:(lra)). nra. Qed.

Theorem angle_upper l : 1 / th l <= 1/t + a * INR l + b * (t + ell mu t l / a).
Proof.
rewrite inverse_angle. assert (b0 := b_nonneg).
assert (S1 : psum (fun k => delta mu (th k)) l <= psum (fun k => b * th k) l).
{ apply psum_le. intros k _. apply B. apply ang_range. }
rewrite psum_scal in S1. assert (S2 := sum_angles l). assert (b * psum th l <= b * (t + ell mu t l / a)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Definition log_excess := t * b * (t + 37/100 / a).

Lemma log_above l : ln t - ln (th l) <= ell mu t l + log_excess.
Proof.
assert (A := slope_pos mu ltac:(lra)). fold a in A. assert (b0 := b_nonneg).
assert (U := angle_upper l). assert (R := ang_range l). assert (M := model_least l).
set (x := 1 + a * t * INR l) in *.
assert (LX : ell mu t l = ln x) by reflexivity. rewrite LX in *.
assert (T : t / th l <= x + t * b * (t + ln x / a)).
{ replace (t / th l) with (t * (1 / th l)) by (field; lra).
  apply Rle_trans with (t * (1/t + a * INR l + b * (t + ln x / a))). apply Rmult_le_compat_l; lra.
  apply Req_le. unfold x. field. lra. }
set (F := t * b * (t + ln x / a)) in *.
assert (F0 : 0 <= F).
{ unfold F. assert (LN := ln_nonneg x M). assert (0 <= ln x / a) by (apply div_nonneg; lra). apply Rmult_le_pos. nra. lra. }
rewrite <- ln_div by lra.
assert (Z : 0 < t / th l) by (apply Rdiv_lt_0_compat; lra).
eapply Rle_trans. apply (ln_le _ _ Z T).
replace (x + F) with (x * (1 + F / x)) by (field; lra). assert (FX : 0 <= F / x) by (apply div_nonneg; lra).
rewrite ln_mult by lra. assert (L1 := ln_le_minus1 (1 + F/x) ltac:(lra)).
assert (F / x <= log_excess); [|lra].
unfold F, log_excess. assert (LO := ln_over x M).
replace (t * b * (t + ln x / a) / x) with (t * b * (t * / x + (ln x / x) / a)) by (field; lra).
apply Rmult_le_compat_l. nra. apply Rplus_le_compat.
- rewrite <- (Rmult_1_r t) at 2. apply Rmult_le_compat_l. lra. rewrite <- Rinv_1. apply Rinv_le_contravar; lra.
- unfold Rdiv at 1 3. apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra. exact LO.
Qed.
End Linear.

(* ---- the angle to the second order ---- *)
Section Second.
Variables Klo Khi b : R.
Hypothesis B : forall u, 0 < u <= t -> delta mu u <= b * u.
Hypothesis Lo : forall u, 0 < u <= t -> - (Klo * u^2) <= rho mu u.
Hypothesis Hi : forall u, 0 < u <= t -> rho mu u <= Khi * u^2.
Hypothesis K0 : 0 <= Klo.
Hypothesis K1 : 0 <= Khi.

Theorem angle_second l :
  - (Klo * (t^2 + t/a)) <= 1 / th l - (1/t + a * INR l + 3/2 * a * ell mu t l)
  <= Khi * (t^2 + t/a) + 3/2 * a * log_excess b.
Proof.
assert (A := slope_pos mu ltac:(lra)). fold a in A.
assert (E := abel l). assert (Q := sum_squares l).
assert (L1 : psum (fun k => - Klo * (th k)^2) l <= psum (fun k => rho mu (th k)) l).
{ apply psum_le. intros k _. assert (X := Lo (th k) (ang_range k)). lra. }
assert (L2 : psum (fun k => rho mu (th k)) l <= psum (fun k => Khi * (th k)^2) l).
{ apply psum_le. intros k _. apply Hi. apply ang_range. }
rewrite psum_scal in L1, L2.
assert (G1 := log_below l). assert (G2 := log_above b B l).
assert (3/2*a * ell mu t l <= 3/2*a * (ln t - ln (th l)) <= 3/2*a*(ell mu t l + log_excess b)) by (split; apply Rmult_le_compat_l; lra).
assert (Klo * psum (fun k => (th k)^2) l <= Klo * (t^2 + t/a)) by (apply Rmult_le_compat_l; lra).
assert (Khi * psum (fun k => (th k)^2) l <= Khi * (t^2 + t/a)) by (apply Rmult_le_compat_l; lra).
lra.
Qed.
End Second.

(* ---- the tangent kernel against its pole ---- *)
Section Kernel.
Variables E1 E2 T : R.
Hypothesis E : forall u, 0 < u <= t -> - (E1 * (mu * u / PI)) <= source_defect mu u <= E2 * (mu * u / PI).

Theorem kernel_pole l :
  - Rmax (pole mu t - T) E2 <= tangent mu t T l - pole mu (th l) <= Rmax (T - pole mu t) E1.
Proof.
assert (P := PI_bounds).
set (M := Rmax (pole mu t - T) E2). assert (M1' : E2 <= M) by apply Rmax_r. assert (M2 : pole mu t - T <= M) by apply Rmax_l.
set (N := Rmax (T - pole mu t) E1). assert (N1 : E1 <= N) by apply Rmax_r. assert (N2 : T - pole mu t <= N) by apply Rmax_l.
unfold th. induction l. simpl. lra.
simpl tangent. simpl ang. assert (R := ang_range l). unfold th in R. set (u := ang mu t l) in *.
assert (Fu : mu * u <= PI) by nra. assert (GR := G_range mu Mu u ltac:(lra) Fu). specialize (E u R).
assert (U1 := div_nonneg (mu * u) PI ltac:(nra) ltac:(lra)). assert (U2 := div_le_1 (mu * u) PI ltac:(lra) Fu).
set (X := tangent mu t T l - pole mu u) in *.
replace ((1 - mu * u / PI) * tangent mu t T l + cos (G mu u) - pole mu (G mu u))
  with ((1 - mu * u / PI) * X - source_defect mu u).
2:{ unfold X, source_defect, pole, front, delta, slope. field. lra. }
set (z := mu * u / PI) in *. assert (Z : 0 <= z <= 1) by lra.
set (e := source_defect mu u) in *. split; nra.
Qed.

Variables Klo Khi b : R.
Hypothesis B : forall u, 0 < u <= t -> delta mu u <= b * u.
Hypothesis Lo : forall u, 0 < u <= t -> - (Klo * u^2) <= rho mu u.
Hypothesis Hi : forall u, 0 < u <= t -> rho mu u <= Khi * u^2.
Hypothesis K0 : 0 <= Klo.
Hypothesis K1 : 0 <= Khi.

Lemma front_slope : front mu * a = 1/4.
Proof. assert (P := PI_bounds). unfold front, a, slope. field. lra. Qed.

(* the tangent kernel at every depth, with the exact coefficient 3/8 of the logarithm *)
Theorem kernel_second l :
  front mu / t - 1/8 - Rmax (pole mu t - T) E2 - front mu * (Klo * (t^2 + t/a))
  <= tangent mu t T l - INR l / 4 - 3/8 * ell mu t l
  <= front mu / t - 1/8 + 3/8 * log_excess b + front mu * (Khi * (t^2 + t/a)) + Rmax (T - pole mu t) E1.
Proof.
assert (P := PI_bounds). assert (X := kernel_pole l). assert (W := angle_second Klo Khi b B Lo Hi K0 K1 l). assert (R := ang_range l).
assert (F0 : 0 < front mu) by (unfold front; apply Rdiv_lt_0_compat; lra).
assert (FS := front_slope).
assert (PL : pole mu (th l) = front mu * (1 / th l) - 1/8) by (unfold pole; field; lra).
rewrite PL in X. set (w := 1 / th l) in *. set (v := 1 / t) in *.
replace (front mu / t) with (front mu * v) by (unfold v; field; lra).
destruct W as [W1 W2].
apply (Rmult_le_compat_l (front mu)) in W1; [|lra]. apply (Rmult_le_compat_l (front mu)) in W2; [|lra].
replace (front mu * (w - (v + a * INR l + 3/2 * a * ell mu t l)))
  with (front mu * w - front mu * v - (front mu * a) * INR l - 3/2 * (front mu * a) * ell mu t l) in W1, W2 by ring.
replace (front mu * (Khi * (t^2 + t/a) + 3/2 * a * log_excess b))
  with (front mu * (Khi * (t^2 + t/a)) + 3/2 * (front mu * a) * log_excess b) in W2 by ring.
rewrite FS in W1, W2. lra.
Qed.
End Kernel.
End Orbit.

(* ---- rho from delta ---- *)
Lemma rho_below mu d u : 0 < mu -> 0 < u <= PI -> mu * u <= PI -> 3/2 * (slope mu)^2 * u + d * u^2 <= delta mu u ->
  u^2 * (d * (1 - 3/2 * slope mu * u) - 9/4 * (slope mu)^3) <= rho mu u.
Proof.
intros M H W D. assert (A := slope_pos mu ltac:(lra)).
assert (P := PI_bounds). assert (R := G_range mu M u H W). unfold rho.
assert (LN := ln_step u (G mu u) ltac:(lra) ltac:(lra)).
assert (K : 3/2 * slope mu * u <= 1).
{ unfold slope. replace (3/2 * (mu / (3*PI)) * u) with (1/2 * (mu * u / PI)) by (field; lra). assert (U := div_le_1 (mu * u) PI ltac:(lra) W). lra. }
set (a := slope mu) in *. set (del := delta mu u) in *.
assert (TW : u / G mu u = 1 + a * u + u * del) by (unfold del, delta; fold a; field; lra).
rewrite TW in LN.
assert (Z1 : 0 <= (1 - 3/2*a*u) * (del - (3/2*a^2*u + d*u^2))) by (apply Rmult_le_pos; lra).
assert (3/2*a * (1 - (1 + a * u + u * del)) <= 3/2*a*(ln (G mu u) - ln u)) by (apply Rmult_le_compat_l; lra).
replace (u^2 * (d * (1 - 3/2*a*u) - 9/4*a^3)) with (del + 3/2*a*(1 - (1 + a*u + u*del)) - (1 - 3/2*a*u) * (del - (3/2*a^2*u + d*u^2))) by field.
lra.
Qed.

Lemma rho_above mu d u : 0 < mu -> 0 < u <= PI -> mu * u <= PI -> delta mu u <= 3/2 * (slope mu)^2 * u + d * u^2 ->
  rho mu u <= (d + 3/2 * (slope mu)^3) * u^2.
Proof.
intros M H W D. assert (A := slope_pos mu ltac:(lra)). assert (R := G_range mu M u H W). assert (D0 := M1 mu M u H W). unfold rho.
assert (LN := ln_step (G mu u) u ltac:(lra) ltac:(lra)).
set (a := slope mu) in *. set (del := delta mu u) in *.
assert (TW : 1 / (G mu u) = 1/u + a + del) by (unfold del, delta; fold a; field; lra).
assert (GU : G mu u / u = 1 / (1 + a * u + u * del)).
{ replace (G mu u / u) with (1 / (u * (1 / G mu u))) by (field; lra). rewrite TW. f_equal. field. lra. }
rewrite GU in LN.
assert (AU : 0 < a * u) by (apply Rmult_lt_0_compat; lra). assert (UD : 0 <= u * del) by (apply Rmult_le_pos; lra).
assert (Q : 1 / (1 + a*u + u*del) <= 1 / (1 + a * u)) by (apply inv_le; lra).
assert (Q2 : a * u - (a * u)^2 <= 1 - 1 / (1 + a*u)).
{ replace (1 - 1/(1 + a*u)) with (a * u / (1 + a*u)) by (field; lra).
  apply Rmult_le_reg_r with (1 + a*u). lra. replace (a*u/(1 + a*u) * (1 + a*u)) with (a*u) by (field; lra). 
  assert (0 <= (a*u)*(a*u)*(a*u)) by (apply Rmult_le_pos; nra). nra. }
assert (3/2*a * (a*u - (a*u)^2) <= 3/2*a * (ln u - ln (G mu u))) by (apply Rmult_le_compat_l; lra).
nra.
Qed.

(* ---- the link with the kernels as printed ---- *)
Lemma nngp_ang mu t l : 0 < mu -> 0 < t <= PI -> mu * t <= PI -> nngp (dual mu) (cos t) l = cos (ang mu t l).
Proof.
intros M H W. induction l; simpl. reflexivity. rewrite IHl. assert (R := ang_in mu t M H W l).
rewrite dual_cos by lra. destruct (G_cos mu M (ang mu t l) ltac:(lra) (ang_fits mu t M H W l)). symmetry; assumption.
Qed.

Lemma ntk_tangent mu t l : 0 < mu -> 0 < t <= PI -> mu * t <= PI -> ntk (dual mu) (ddual mu) (cos t) l = tangent mu t (cos t) l.
Proof.
intros M H W. induction l. reflexivity.
change (ntk (dual mu) (ddual mu) (cos t) (S l)) with
  (ddual mu (nngp (dual mu) (cos t) l) * ntk (dual mu) (ddual mu) (cos t) l + nngp (dual mu) (cos t) (S l)).
rewrite IHl, !(nngp_ang mu t) by assumption. assert (R := ang_in mu t M H W l). rewrite ddual_cos by lra. reflexivity.
Qed.

(* the start is below the pole *)
Lemma start_below_pole mu t : 0 < mu <= 1 -> 0 < t <= PI -> cos t <= pole mu t.
Proof.
intros M H. assert (P := PI_bounds). unfold pole, front. assert (C := COS_bound t).
assert (F : 3 * PI / 4 / t <= 3 * PI / (4 * mu) / t).
{ unfold Rdiv at 1 3. apply Rmult_le_compat_r. left; apply Rinv_0_lt_compat; lra.
  unfold Rdiv. apply Rmult_le_compat_l. lra. apply Rinv_le_contravar; lra. }
destruct (Rle_lt_dec t 2).
- assert (9/8 <= 3*PI/4/t). { apply Rmult_le_reg_r with t. lra. replace (3*PI/4/t*t) with (3*PI/4) by (field; lra). lra. } lra.
- assert (3/4 <= 3*PI/4/t). { apply Rmult_le_reg_r with t. lra. replace (3*PI/4/t*t) with (3*PI/4) by (field; lra). lra. }
  assert (Q := PI_above). assert (cos t <= 0) by (assert (2 <= t <= 355/113) by lra; interval). lra.
Qed.
