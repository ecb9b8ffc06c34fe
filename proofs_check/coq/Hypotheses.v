(* Tactics that discharge the hypotheses of a certificate with rational constants: near 0 the sign of a rational function
   without a zero there, elsewhere Taylor models. Every goal is first cut to one inequality 0 <= f t on a closed interval. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap Depth Certificate.
Open Scope R_scope.

Ltac rational_function t :=
  unfold cubic_rest, square_rest, tail_below, tail_above, cubic, square, slope; cbv zeta; interval with (i_bisect t, i_prec 60).
Ltac taylor_models t := interval with (i_bisect t, i_taylor t, i_prec 60).
Ltac split_at r t H N :=
  let P := fresh "P" in assert (P := PI_above); destruct (Rle_lt_dec t r) as [N|N];
  [assert (0 <= t <= r) by lra | assert (r <= t <= 355/113) by lra]; clear H N P.

Ltac prove_H1_lower :=
  let t := fresh "t" in let H := fresh "H" in let N := fresh "N" in intros t H; split_at (1/2) t H N;
  [ apply cubic_below; [lra | lra | unfold cubic, slope; interval | rational_function t]
  | match goal with |- ?l <= ?r => cut (0 <= r - l); [lra|] end; unfold cubic, slope, gain; taylor_models t ].
Ltac prove_H1_upper :=
  let t := fresh "t" in let H := fresh "H" in let N := fresh "N" in intros t H; split_at (1/2) t H N;
  [ apply cubic_above; [lra | lra | unfold cubic, slope; interval | rational_function t]
  | match goal with |- ?l <= ?r => cut (0 <= r - l); [lra|] end; unfold cubic, slope, gain; taylor_models t ].
Ltac prove_H1_linear :=
  let t := fresh "t" in let H := fresh "H" in let N := fresh "N" in intros t H; split_at (1/2) t H N;
  [ apply square_above; [lra | lra | unfold square, slope; interval | rational_function t]
  | match goal with |- ?l <= ?r => cut (0 <= r - l); [lra|] end; unfold square, slope, gain; taylor_models t ].

(* H3 has a zero of order one at 0 *)
Lemma H3_near mu d E t : 0 < mu -> 0 <= t <= 1/4 -> 0 <= E * mu / PI - t/2 - front mu * d * t ->
  1 - (cos t + mu * gain t) + front mu * d * t^2 <= E * mu * t / PI.
Proof.
intros M H K. assert (P := PI_bounds). assert (A := cos_below t ltac:(lra)). assert (B := gain_nonneg t ltac:(lra)).
assert (0 <= t * (E * mu / PI - t/2 - front mu * d * t)) by (apply Rmult_le_pos; lra).
assert (0 <= t^4 * (1/24 - t^2/720)). { apply Rmult_le_pos. apply pow_le; lra. nra. }
assert (0 <= mu * gain t) by (apply Rmult_le_pos; lra).
replace (E * mu * t / PI) with (t * (E * mu / PI)) by (field; lra). lra.
Qed.
Ltac prove_H3 :=
  let t := fresh "t" in let H := fresh "H" in let N := fresh "N" in intros t H; split_at (1/4) t H N;
  [ apply H3_near; [lra | lra | unfold front; interval]
  | match goal with |- ?l <= ?r => cut (0 <= r - l); [lra|] end; unfold front, gain; taylor_models t ].

Ltac prove_ffnet_certificate :=
  constructor; [lra | lra | prove_H1_lower | prove_H1_upper | prove_H1_linear | prove_H3
  | unfold slope; interval | split; lra | unfold front, slope; interval | unfold slope; interval].
