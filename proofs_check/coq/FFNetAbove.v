(* The normalised tangent kernel of a ReLU network exceeds 1/4 for every pair of distinct inputs exactly from L = 6 on.
   Angles up to 13/10 by the two-sided theorem; the others in three boxes, whose angles and kernels are followed through six layers
   (the angle map increases), and by restarting the theorem there. At one angle the kernel is below 1/4 for every L <= 5. *)
From Coq Require Import Reals Lra Lia List.
From Interval Require Import Tactic.
From NtkProof Require Import Analysis Kernels AngleMap Depth Certificate Hypotheses FFNet.
Import ListNotations.
Open Scope R_scope.

(* (p, q, T, U): the angle lies in [p, q], the tangent kernel in [T, U] *)
Definition enclosure := (R * R * R * R)%type.
Definition encloses (x : enclosure) (angle kernel : R) : Prop :=
  let '(p, q, T, U) := x in p <= angle <= q /\ T <= kernel <= U.

(* each enclosure follows from the one before *)
Fixpoint follows (path : list enclosure) : Prop :=
  match path with
  | (p, q, T, U) :: (((p', q', T', U') :: _) as rest) =>
      (0 <= p /\ q <= PI /\ 0 <= p' <= PI /\ 0 <= q' <= PI) /\ cos q' <= cos q + gain q /\ cos p + gain p <= cos p'
      /\ (T' <= (1 - q/PI) * T + cos q' /\ T' <= (1 - p/PI) * T + cos q')
      /\ ((1 - q/PI) * U + cos p' <= U' /\ (1 - p/PI) * U + cos p' <= U') /\ follows rest
  | _ => True
  end.

Lemma step (a b : enclosure) rest u x : follows (a :: b :: rest) -> 0 < u -> encloses a u x ->
  encloses b (G 1 u) ((1 - 1 * u / PI) * x + cos (G 1 u)).
Proof.
destruct a as [[[p q] T] U], b as [[[p' q'] T'] U']. intros [[P0 [Q0 [P1 Q1]]] [CQ [CP [[T1 T2] [[U1 U2] _]]]]] u0 [[A1 A2] [B1 B2]]. assert (P := PI_bounds).
assert (M : 0 < 1) by lra.
assert (GQ : G 1 u <= q').
{ apply Rle_trans with (G 1 q). apply (G_mono 1 M u q); lra. apply (G_below 1 M); lra. }
assert (GP : p' <= G 1 u).
{ apply Rle_trans with (G 1 p). apply (G_above 1 M); lra. apply (G_mono 1 M p u); lra. }
assert (C1 : cos q' <= cos (G 1 u)) by (apply cos_decr_1; lra).
assert (C2 : cos (G 1 u) <= cos p') by (apply cos_decr_1; lra).
assert (V1 : p / PI <= u / PI <= q / PI) by (split; apply Rmult_le_compat_r; try lra; left; apply Rinv_0_lt_compat; lra).
assert (V2 := div_le_1 u PI ltac:(lra) ltac:(lra)). rewrite Rmult_1_l. split; [lra|].
set (z := u / PI) in *. set (zp := p / PI) in *. set (zq := q / PI) in *.
split.
- assert ((1 - z) * T <= (1 - z) * x) by (apply Rmult_le_compat_l; lra). destruct (Rle_lt_dec 0 T); nra.
- assert ((1 - z) * x <= (1 - z) * U) by (apply Rmult_le_compat_l; lra). destruct (Rle_lt_dec 0 U); nra.
Qed.

Lemma along path start t x : 0 < t <= PI -> follows (start :: path) -> encloses start t x ->
  forall l, (l <= length path)%nat -> encloses (nth l (start :: path) start) (ang 1 t l) (tangent 1 t x l).
Proof.
revert start t x. induction path as [|next rest IH]; intros start t x H F E l Hl.
- simpl in Hl. replace l with 0%nat by lia. exact E.
- destruct l as [|l]. exact E. simpl in Hl.
  assert (E' := step start next rest t x F (proj1 H) E). assert (GR := G_range 1 ltac:(lra) t H ltac:(lra)).
  assert (F' : follows (next :: rest)) by (destruct start as [[[p q] T] U], next as [[[p' q'] T'] U']; apply F).
  assert (X := IH next (G 1 t) _ ltac:(lra) F' E' l ltac:(lia)).
  assert (NTH : nth (S l) (start :: next :: rest) start = nth l (next :: rest) next).
  { simpl. destruct l as [|l]; [reflexivity|]. apply nth_indep. unfold lt. apply le_S_n. exact Hl. }
  assert (AE : ang 1 t (S l) = ang 1 (G 1 t) l) by (rewrite <- Nat.add_1_r, ang_plus; reflexivity).
  assert (TE : tangent 1 t x (S l) = tangent 1 (G 1 t) ((1 - 1 * t / PI) * x + cos (G 1 t)) l) by (rewrite <- Nat.add_1_r, tangent_plus; reflexivity).
  rewrite NTH, AE, TE. exact X.
Qed.

Ltac follow := cbn [follows]; unfold gain; repeat split; first [lra | interval with (i_prec 60)].

Definition first_box : list enclosure :=
  [(1.30000, 1.70000, -0.12885, 0.26750);
   (1.08883, 1.31137, 0.18099, 0.62034);
   (0.94601, 1.09606, 0.56254, 0.99027);
   (0.84066, 0.95117, 0.94700, 1.35905);
   (0.75879, 0.84459, 1.32431, 1.72106);
   (0.69288, 0.76192, 1.69179, 2.07479);
   (0.63842, 0.69544, 2.04925, 2.42024)].
Definition middle_box : list enclosure :=
  [(1.70000, 2.50000, -0.80115, -0.12884);
   (1.31136, 1.54391, -0.34075, 0.23023);
   (1.09605, 1.23252, 0.13334, 0.59125);
   (0.95115, 1.04497, 0.58295, 0.96572);
   (0.84457, 0.91438, 0.99932, 1.33740);
   (0.76189, 0.81645, 1.39327, 1.70140);
   (0.69541, 0.73951, 1.76998, 2.05658)].
Definition last_box : list enclosure :=
  [(2.50000, PI, -1.00001, -0.80114);
   (1.54390, 1.57080, -0.20424, 0.02690);
   (1.23250, 1.24686, 0.21443, 0.34557);
   (1.04494, 1.05443, 0.62304, 0.71196);
   (0.91435, 0.92126, 1.01874, 1.08546);
   (0.81642, 0.82175, 1.40093, 1.45438);
   (0.73948, 0.74375, 1.77042, 1.81525)].
Definition one_angle : list enclosure :=
  [(2.76600, 2.76600, -0.93030, -0.93029);
   (1.56525, 1.56526, -0.10569, -0.10567);
   (1.24391, 1.24393, 0.26804, 0.26808);
   (1.05248, 1.05250, 0.65730, 0.65736);
   (0.91984, 0.91986, 1.04302, 1.04309);
   (0.82064, 0.82067, 1.41935, 1.41944)].

Lemma first_box_follows : follows first_box. Proof. unfold first_box. follow. Qed.
Lemma middle_box_follows : follows middle_box. Proof. unfold middle_box. follow. Qed.
Lemma last_box_follows : follows last_box. Proof. unfold last_box. follow. Qed.
Lemma one_angle_follows : follows one_angle. Proof. unfold one_angle. follow. Qed.

(* behind six layers *)
Lemma six_layers t : 13/10 <= t <= PI -> ang 1 t 6 <= 3/4 /\ 7/4 + 19/1000 <= tangent 1 t (cos t) 6.
Proof.
intros H. assert (P := PI_bounds).
assert (W : forall start path, follows (start :: path) -> encloses start t (cos t) -> length path = 6%nat ->
  encloses (nth 6 (start :: path) start) (ang 1 t 6) (tangent 1 t (cos t) 6)).
{ intros start path F E L. apply along; [lra | exact F | exact E | lia]. }
destruct (Rle_lt_dec t 1.7) as [A|A]; [|destruct (Rle_lt_dec t 2.5) as [B|B]].
- assert (X := W _ _ first_box_follows). cbn [nth encloses] in X.
  assert (C : cos 1.7 <= cos t <= cos 1.3) by (split; apply cos_decr_1; lra).
  assert (C1 : -0.12885 <= cos 1.7) by (clear; interval). assert (C2 : cos 1.3 <= 0.26750) by (clear; interval).
  specialize (X ltac:(lra) eq_refl). lra.
- assert (X := W _ _ middle_box_follows). cbn [nth encloses] in X.
  assert (C : cos 2.5 <= cos t <= cos 1.7) by (split; apply cos_decr_1; lra).
  assert (C1 : -0.80115 <= cos 2.5) by (clear; interval). assert (C2 : cos 1.7 <= -0.12884) by (clear; interval).
  specialize (X ltac:(lra) eq_refl). lra.
- assert (X := W _ _ last_box_follows). cbn [nth encloses] in X.
  assert (C : cos t <= cos 2.5) by (apply cos_decr_1; lra). assert (C0 := COS_bound t).
  assert (C2 : cos 2.5 <= -0.80114) by (clear; interval).
  specialize (X ltac:(lra) eq_refl). lra.
Qed.

Lemma late_source u : 0 < u <= 3/4 -> 0 <= source_defect 1 u <= 21/20 * (1 * u / PI).
Proof.
intros H. assert (P := PI_bounds). destruct (cert_source _ _ _ _ _ _ _ _ relu_certificate u ltac:(lra)) as [S0 _].
split. lra. destruct (cert_delta _ _ _ _ _ _ _ _ relu_certificate u ltac:(lra)) as [[_ D2] _]. unfold source_defect.
destruct (G_cos 1 ltac:(lra) u ltac:(lra) ltac:(lra)) as [GC _]. rewrite GC.
assert (F0 : 0 < front 1) by (unfold front; apply Rdiv_lt_0_compat; lra).
assert (F1 : front 1 * (delta 1 u - 3/2 * (slope 1)^2 * u) <= front 1 * (1641/100000 * u^2)) by (apply Rmult_le_compat_l; lra).
assert (K : 1 - (cos u + 1 * gain u) + front 1 * (1641/100000) * u^2 <= 21/20 * 1 * u / PI).
{ destruct (Rle_lt_dec u (1/4)).
  - apply H3_near; [lra | lra | unfold front; assert (0 <= u <= 1/4) by lra; interval].
  - cut (0 <= 21/20 * 1 * u / PI - (1 - (cos u + 1 * gain u) + front 1 * (1641/100000) * u^2)). lra.
    unfold front, gain. assert (1/4 <= u <= 3/4) by lra. interval with (i_bisect u, i_taylor u). }
replace (21/20 * (1 * u / PI)) with (21/20 * 1 * u / PI) by (field; lra). lra.
Qed.

(* Theorem 1b *)
Theorem ffnet_above_quarter c L : -1 <= c < 1 -> (6 <= L)%nat -> 1/4 < Theta c L / Theta 1 L.
Proof.
intros C N. assert (P := PI_bounds). assert (R := acos_range c C). rewrite ffnet_diagonal. assert (NL := pos_INR L).
cut (0 < Theta c L - (INR L + 1)/4).
{ intros X. apply Rmult_lt_reg_r with (INR L + 1). lra. replace (Theta c L / (INR L + 1) * (INR L + 1)) with (Theta c L) by (field; lra). lra. }
assert (N6 : 6 <= INR L) by (replace 6 with (INR 6) by (simpl; lra); apply le_INR; exact N).
set (t := acos c) in *. assert (CT : c = cos t) by (unfold t; rewrite cos_acos; lra).
assert (M : 0 < 1 <= 1) by lra. assert (M0 := proj1 M). assert (RF := fits 1 t M (proj2 R)).
rewrite Theta_family, CT, (ntk_tangent 1 t L M0 R RF).
destruct (Rle_lt_dec t (13/10)) as [T|T].
- assert (X := kernel_second 1 t M0 R RF 0 (803/500) (cos t) (fun u Hu => cert_source _ _ _ _ _ _ _ _ relu_certificate u ltac:(lra))
    0 (1641/100000 + 3/2*(slope 1)^3) (6789/100000)
    (fun u Hu => proj2 (cert_delta _ _ _ _ _ _ _ _ relu_certificate u ltac:(lra)))
    (fun u Hu => proj1 (cert_rho _ _ _ _ _ _ _ _ relu_certificate u ltac:(lra))) (fun u Hu => proj2 (cert_rho _ _ _ _ _ _ _ _ relu_certificate u ltac:(lra)))
    (Rle_refl 0) (cert_Khi _ _ _ _ _ _ _ _ relu_certificate) L).
  destruct X as [X _]. rewrite Rmult_0_l, Rmult_0_r in X.
  assert (EL : 0 <= ell 1 t L) by (apply ell_nonneg; assumption).
  assert (C1 : 0.267 <= cos (13/10)) by interval. assert (C2 : cos (13/10) <= cos t) by (apply cos_decr_1; lra).
  assert (F : 3*PI/4/t = front 1 / t) by (unfold front; field; lra).
  (* front/t - 3/8 - E + (3/8) log (1 + 6 a t) > 0 *)
  assert (K : 0 < 3*PI/4/t - 3/8 - 803/500 + 3/8 * ell 1 t L).
  { destruct (Rle_lt_dec t (118/100)).
    - assert (3*PI/4/(118/100) <= 3*PI/4/t) by (unfold Rdiv; apply Rmult_le_compat_l; [lra | apply Rinv_le_contravar; lra]).
      assert (3/8 + 803/500 + 1/1000 <= 3*PI/4/(118/100)) by interval. lra.
    - assert (LL : ln (1 + slope 1 * (118/100) * 6) <= ell 1 t L).
      { unfold ell. assert (A := slope_pos 1 ltac:(lra)). apply ln_le. nra. apply Rplus_le_compat_l.
        apply Rmult_le_compat; [nra | lra | apply Rmult_le_compat_l; lra | exact N6]. }
      assert (3*PI/4/(13/10) <= 3*PI/4/t) by (unfold Rdiv; apply Rmult_le_compat_l; [lra | apply Rinv_le_contravar; lra]).
      assert (0 < 3*PI/4/(13/10) - 3/8 - 803/500 + 3/8 * ln (1 + slope 1 * (118/100) * 6)) by (unfold slope; interval). lra. }
  rewrite F in K. revert X. unfold Rmax, pole. destruct (Rle_dec (front 1 / t - 1/8 - cos t) (803/500)); intros; lra.
- destruct (six_layers t ltac:(lra)) as [A6 T6]. assert (R6 := ang_range 1 t M0 R RF 6).
  replace L with ((L - 6) + 6)%nat by lia. rewrite tangent_plus.
  set (phi := ang 1 t 6) in *. set (x := tangent 1 t (cos t) 6) in *.
  assert (F : PI <= front 1 / phi).
  { replace PI with (3*PI/4/(3/4)) at 1 by field. unfold front. replace (3*PI/(4*1)/phi) with (3*PI/4/phi) by (field; lra). unfold Rdiv. apply Rmult_le_compat_l. lra. apply Rinv_le_contravar; lra. }
  assert (I6 : INR 6 = 6) by (simpl; ring).
  assert (PB : 0 < phi <= PI) by lra.
  assert (RL : forall u, 0 < u <= phi -> 0 <= rho 1 u).
  { intros u Hu. destruct (cert_rho _ _ _ _ _ _ _ _ relu_certificate u ltac:(lra)) as [Q _]. rewrite Rmult_0_l, Ropp_0 in Q. exact Q. }
  assert (RH : exists K, 0 <= K /\ forall u, 0 < u <= phi -> rho 1 u <= K * u^2).
  { exists (1641/100000 + 3/2*(slope 1)^3). split. exact (cert_Khi _ _ _ _ _ _ _ _ relu_certificate).
    intros u Hu. apply (cert_rho _ _ _ _ _ _ _ _ relu_certificate u). lra. }
  assert (DL : exists b, forall u, 0 < u <= phi -> delta 1 u <= b * u).
  { exists (6789/100000). intros u Hu. apply (cert_delta _ _ _ _ _ _ _ _ relu_certificate u). lra. }
  assert (SD : forall u, 0 < u <= phi -> 0 <= source_defect 1 u <= 21/20 * (1 * u / PI)) by (intros u Hu; apply late_source; lra).
  assert (X := restart 1 (21/20) phi x 6 (L - 6) M PB RL RH DL SD (19/1000)). rewrite I6 in X. specialize (X ltac:(lra) ltac:(lra)).
  assert (EL := ell_nonneg 1 phi M0 ltac:(lra) (L - 6)).
  replace (L - 6 + 6)%nat with L in X |- * by lia. lra.
Qed.

(* six is sharp *)
Theorem ffnet_below_quarter : exists c, -1 <= c < 1 /\ forall L, (L <= 5)%nat -> Theta c L / Theta 1 L < 1/4.
Proof.
assert (P := PI_bounds). exists (cos 2.766). assert (R : 0 < 2.766 <= PI) by lra.
assert (CC : -1 <= cos 2.766 < 1) by (clear; split; interval). split. exact CC.
intros L HL. rewrite ffnet_diagonal. assert (NL := pos_INR L).
assert (CB : -0.93030 <= cos 2.766 <= -0.93029) by (clear; split; interval).
cut (Theta (cos 2.766) L < (INR L + 1)/4).
{ intros X. apply Rmult_lt_reg_r with (INR L + 1). lra. replace (Theta (cos 2.766) L / (INR L + 1) * (INR L + 1)) with (Theta (cos 2.766) L) by (field; lra). lra. }
rewrite Theta_family, (ntk_tangent 1 2.766 L ltac:(lra) R ltac:(lra)).
assert (X := along _ _ 2.766 (cos 2.766) R one_angle_follows ltac:(unfold encloses; lra) L HL).
destruct L as [|[|[|[|[|[|L]]]]]]; [| | | | | | lia]; cbn [nth encloses] in X; simpl INR; lra.
Qed.
