(* Limits of a normalised kernel: f_L = q (L+1) + p log(1 + z L) + O(1) gives f_L/(L+m) -> q, and the difference times
   L/log L tends to p. *)
From Coq Require Import Reals Lra Lia ZArith.
From NtkProof Require Import Analysis.
Open Scope R_scope.

Section Limits.
Variables q p z m lo hi : R.
Variable f : nat -> R.
Hypothesis Hz : 0 < z.
Hypothesis Hm : 0 < m <= 1.
Hypothesis F : forall l, lo <= f l - q * (INR l + 1) - p * ln (1 + z * INR l) <= hi.

Lemma log_ratio n : 2 <= INR n -> Rabs (ln (1 + z * INR n) - ln (INR n)) <= Rabs (ln z) + / z.
Proof.
intros N2. assert (IZ : 0 < / z) by (apply Rinv_0_lt_compat; lra). assert (I : 0 < / INR n) by (apply Rinv_0_lt_compat; lra).
assert (I2 : / INR n <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
replace (1 + z * INR n) with (INR n * (z * (1 + / z * / INR n))) by (field; lra).
assert (J : 0 <= / z * / INR n <= / z) by (split; nra).
rewrite !ln_mult by (try apply Rmult_lt_0_compat; lra).
assert (L1 := ln_nonneg (1 + / z * / INR n) ltac:(lra)). assert (L2 := ln_le_minus1 (1 + / z * / INR n) ltac:(lra)).
assert (Q := Rle_abs (ln z)). assert (Q' := Rle_abs (- ln z)). rewrite Rabs_Ropp in Q'. apply Rabs_le. lra.
Qed.

Let M := Rabs lo + Rabs hi + Rabs p * (Rabs (ln z) + / z) + Rabs q + Rabs p.

(* explicit: at every depth of at least 2 *)
Theorem log_limit_bound n : 2 <= INR n -> Rabs ((f n / (INR n + m) - q) * INR n / ln (INR n) - p) <= M / ln (INR n).
Proof.
intros N2. assert (G0 : 0 < ln (INR n)) by (rewrite <- ln_1; apply ln_increasing; lra).
assert (E := log_ratio n N2). assert (Y := F n). set (g := ln (INR n)) in *.
set (r := f n - q * (INR n + 1) - p * g).
assert (R0 : Rabs r <= Rabs lo + Rabs hi + Rabs p * (Rabs (ln z) + / z)).
{ assert (P1 : Rabs (p * (ln (1 + z * INR n) - g)) <= Rabs p * (Rabs (ln z) + / z)).
  { rewrite Rabs_mult. apply Rmult_le_compat_l. apply Rabs_pos. exact E. }
  apply Rabs_elim in P1. assert (Q1 := Rle_abs lo). assert (Q1' := Rle_abs (- lo)). rewrite Rabs_Ropp in Q1'.
  assert (Q2 := Rle_abs hi). assert (Q2' := Rabs_pos hi). assert (Q3 := Rabs_pos lo). apply Rabs_le. unfold r. lra. }
replace ((f n / (INR n + m) - q) * INR n / g - p) with (INR n / (INR n + m) * ((r + q * (1 - m)) / g) - p * (m / (INR n + m))) by (unfold r; field; lra).
assert (U1 : 0 <= INR n / (INR n + m) <= 1) by (split; [apply div_nonneg | apply div_le_1]; lra).
assert (U2 : 0 <= m / (INR n + m) <= / g).
{ split. apply div_nonneg; lra. apply Rle_trans with (1 / (INR n + m)). apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat|]; lra.
  unfold Rdiv. rewrite Rmult_1_l. apply Rinv_le_contravar. lra. assert (Q := ln_le_minus1 (INR n) ltac:(lra)). fold g in Q. lra. }
assert (R1 : Rabs ((r + q * (1 - m)) / g) <= (Rabs lo + Rabs hi + Rabs p * (Rabs (ln z) + / z) + Rabs q) / g).
{ unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ g)) by (left; apply Rinv_0_lt_compat; lra). apply Rmult_le_compat_r.
  left; apply Rinv_0_lt_compat; lra. eapply Rle_trans. apply Rabs_triang. rewrite Rabs_mult, (Rabs_right (1 - m)) by lra.
  assert (Q := Rabs_pos q). nra. }
unfold Rminus at 1. eapply Rle_trans. apply Rabs_triang. rewrite Rabs_Ropp, !Rabs_mult, (Rabs_right (INR n / (INR n + m))), (Rabs_right (m / (INR n + m))) by lra.
assert (W := Rabs_pos ((r + q * (1 - m)) / g)). assert (W2 := Rabs_pos p). unfold M.
assert (Rabs p * (m / (INR n + m)) <= Rabs p * / g) by (apply Rmult_le_compat_l; lra).
replace ((Rabs lo + Rabs hi + Rabs p * (Rabs (ln z) + / z) + Rabs q + Rabs p) / g)
  with ((Rabs lo + Rabs hi + Rabs p * (Rabs (ln z) + / z) + Rabs q) / g + Rabs p * / g) by (field; lra). nra.
Qed.

Lemma far X : exists N, forall n, (N <= n)%nat -> 2 <= INR n /\ X < INR n.
Proof.
exists (max 2 (Z.to_nat (Rdefinitions.up (Rmax X 0)))). intros n Hn. split. apply (le_INR 2); lia.
assert (K : (Z.to_nat (Rdefinitions.up (Rmax X 0)) <= n)%nat) by lia. apply le_INR in K. destruct (archimed (Rmax X 0)) as [U _].
assert (A := Rmax_l X 0). assert (B := Rmax_r X 0). rewrite INR_IZR_INZ, Z2Nat.id in K by (apply le_IZR; lra). lra.
Qed.

Theorem log_limit : Un_cv (fun l => (f l / (INR l + m) - q) * INR l / ln (INR l)) p.
Proof.
intros eps He. destruct (far (exp (M / eps))) as [N HN]. exists N. intros n Hn. destruct (HN n Hn) as [N2 NX]. unfold R_dist.
assert (LN : M / eps < ln (INR n)) by (rewrite <- (ln_exp (M / eps)); apply ln_increasing; [apply exp_pos | exact NX]).
assert (G0 : 0 < ln (INR n)) by (rewrite <- ln_1; apply ln_increasing; lra).
eapply Rle_lt_trans. apply log_limit_bound; exact N2. apply Rmult_lt_reg_r with (ln (INR n)). exact G0.
replace (M / ln (INR n) * ln (INR n)) with (M / eps * eps) by (field; lra). rewrite (Rmult_comm eps). apply Rmult_lt_compat_r; lra.
Qed.

Theorem first_limit : Un_cv (fun l => f l / (INR l + m)) q.
Proof.
intros eps He. assert (Mp : 0 <= M).
{ unfold M. assert (0 < / z) by (apply Rinv_0_lt_compat; lra). assert (X1 := Rabs_pos lo). assert (X2 := Rabs_pos hi). assert (X3 := Rabs_pos p).
  assert (X4 := Rabs_pos q). assert (X5 := Rabs_pos (ln z)). assert (0 <= Rabs p * (Rabs (ln z) + / z)) by (apply Rmult_le_pos; lra). lra. }
assert (Pp := Rabs_pos p). set (V := 2 * (Rabs p + M)).
destruct (far ((V / eps)^2 + 1)) as [N HN]. destruct (far 3) as [N' HN']. exists (max N N'). intros n Hn.
destruct (HN n ltac:(lia)) as [N2 NX]. destruct (HN' n ltac:(lia)) as [_ N3]. unfold R_dist.
set (g := ln (INR n)). assert (G0 : 1 <= g).
{ unfold g. rewrite <- (ln_exp 1). apply ln_le. apply exp_pos. assert (X := exp_le_3). lra. }
assert (X := log_limit_bound n N2). fold g in X. set (e := f n / (INR n + m) - q) in *.
set (s := sqrt (INR n)). assert (S0 : 0 < s) by (apply sqrt_lt_R0; lra). assert (SS : INR n = s * s) by (unfold s; rewrite sqrt_sqrt; lra).
assert (GS : g <= 2 * s).
{ unfold g. rewrite SS, ln_mult by exact S0. assert (A := ln_le_minus1 s S0). lra. }
assert (B : Rabs (e * INR n / g) <= Rabs p + M).
{ replace (e * INR n / g) with ((e * INR n / g - p) + p) by ring. eapply Rle_trans. apply Rabs_triang.
  assert (M / g <= M) by (apply Rmult_le_reg_r with g; [lra | replace (M / g * g) with M by (field; lra); nra]). lra. }
assert (Z : Rabs e <= V / s).
{ replace e with (e * INR n / g * (g / INR n)) by (field; lra). rewrite Rabs_mult, (Rabs_right (g / INR n)) by (apply Rle_ge, div_nonneg; lra).
  replace (V / s) with ((Rabs p + M) * (2 * s / (s * s))) by (unfold V; field; lra). apply Rmult_le_compat. apply Rabs_pos. apply div_nonneg; lra. exact B.
  rewrite <- SS. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat|]; lra. }
eapply Rle_lt_trans. exact Z. apply Rmult_lt_reg_r with s. exact S0. replace (V / s * s) with (V / eps * eps) by (field; lra).
rewrite (Rmult_comm eps). apply Rmult_lt_compat_r. exact He. apply Rsqr_incrst_0; [|apply div_nonneg; unfold V; lra | lra]. unfold Rsqr. rewrite <- SS. lra.
Qed.
End Limits.
