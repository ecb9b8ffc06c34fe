(* The forms in which the conclusions of a residual certificate are stated for a claim, h = L^(-2 gamma). *)
From Coq Require Import Reals Lra Lia.
From NtkProof Require Import Analysis Kernels AngleMap Depth ResNet ResNetDegenerate ResNetCertificate ResNetReLU.
Open Scope R_scope.

Section Residual.
Variables mu B D A K e1 C0 C1 : R.
Hypothesis C : resnet_certificate mu B D A K e1 C0 C1.
Let Mu : 0 < mu <= 1 := rc_mu _ _ _ _ _ _ _ _ C.

Theorem claim_res_limit gamma c : 1/2 < gamma -> -1 <= c <= 1 -> Un_cv (fun L => normalised (dual mu) (ddual mu) (hL gamma L) c L) (Omega mu c).
Proof.
intros G H eps He. destruct (res_limit_uniform _ _ _ _ _ _ _ _ C (hL gamma) (fun L _ => hL_pos gamma L) (L_hL_cv gamma G) eps He) as [N HN].
exists N. intros n Hn. unfold R_dist. apply HN. lia. exact H.
Qed.

Lemma hL_le_1 gamma L : 0 <= gamma -> (1 <= L)%nat -> 0 < hL gamma L <= 1.
Proof.
intros G HL. split. apply hL_pos. assert (M : 1 <= INR L) by (apply (le_INR 1); exact HL).
unfold hL. rewrite Rpower_Ropp, <- Rinv_1. apply Rinv_le_contravar. lra. rewrite <- (Rpower_O (INR L)) by lra. apply Rle_Rpower; lra.
Qed.

Theorem claim_res_degenerate gamma c : 0 <= gamma < 1/2 -> -1 <= c < 1 ->
  Un_cv (fun L => normalised (dual mu) (ddual mu) (hL gamma L) c L) (1/4).
Proof.
intros G H. apply (res_limit_quarter _ _ _ _ _ _ _ _ C (hL gamma) c H); [|apply L_hL_infty; lra].
intros L HL. apply hL_le_1; [lra | exact HL].
Qed.

Theorem claim_res_uniform gamma c L : -1 <= c <= 1 -> (1 <= L)%nat ->
  Rabs (normalised (dual mu) (ddual mu) (hL gamma L) c L - Omega mu c)
  <= 1/2 * Rpower (INR L) (1 - 2*gamma) + B * PI * sqrt 2 / 3 * Rpower (INR L) (1/2 - gamma).
Proof.
intros H N. assert (P := PI_bounds). assert (HP := hL_pos gamma L). destruct (eta_range _ HP) as [E E2]. assert (M : 1 <= INR L) by (apply (le_INR 1); exact N).
assert (B0 := B_nonneg mu B (rc_slope _ _ _ _ _ _ _ _ C)).
eapply Rle_trans. apply (res_uniform_simple _ _ _ _ _ _ _ _ C (hL gamma L) c L HP H N).
assert (LH := L_hL gamma L N).
assert (X : 0 <= eta (hL gamma L) * INR L <= Rpower (INR L) (1 - 2*gamma)) by (rewrite <- LH; split; nra).
assert (Q : sqrt (eta (hL gamma L) * INR L) <= Rpower (INR L) (1/2 - gamma)).
{ assert (R0 : 0 < Rpower (INR L) (1/2 - gamma)) by (unfold Rpower; apply exp_pos).
  rewrite <- (sqrt_pow2 (Rpower (INR L) (1/2 - gamma))) by lra. apply sqrt_le_1_alt.
  replace (Rpower (INR L) (1/2 - gamma) ^ 2) with (Rpower (INR L) (1 - 2*gamma)). lra.
  simpl. rewrite Rmult_1_r, <- Rpower_plus. f_equal. field. }
assert (A2 := sqrt_pos 2). assert (0 <= B * PI * sqrt 2 / 3). { apply Rmult_le_pos; [|lra]. apply Rmult_le_pos; [nra | lra]. }
assert (B * PI * sqrt 2 / 3 * sqrt (eta (hL gamma L) * INR L) <= B * PI * sqrt 2 / 3 * Rpower (INR L) (1/2 - gamma)) by (apply Rmult_le_compat_l; lra).
lra.
Qed.
End Residual.
