"""Depth limits: what becomes of the kernels of any network as its depth grows, phase by phase.

No single paper: the statements are collected from Poole et al. 2016, Schoenholz et al. 2017, Daniely et al. 2016, Cho and Saul
2009, Hayou, Doucet, Rousseau 2019, Jacot et al. 2019, Xiao et al. 2020, Huang et al. 2020 and Hayou et al. 2021, each named at
its claim, or are derived here; the theorems are proved in docs/depth-limits.md. C is the correlation map, chi = C'(1) and N_L the
normalised NTK. False variants stand beside the true ones: "false" is part of their ids.

The parts are depth_limits_maps (maps, slopes, fixed points), depth_limits_phases (ordered and chaotic), depth_limits_critical
(critical networks, biases, residual scales), depth_limits_orders (logarithms, moving lengths, scales),
depth_limits_schedules (scales that depend on the layer), depth_limits_flows (residual networks whose lengths move) and
depth_limits_lengths (lengths that tend to 0);
depth_limits_common holds the short forms.
"""

from theory.claims import Claim
from theory.papers import (
    depth_limits_critical,
    depth_limits_flows,
    depth_limits_lengths,
    depth_limits_maps,
    depth_limits_orders,
    depth_limits_phases,
    depth_limits_schedules,
)

CLAIMS: tuple[Claim, ...] = (
    *depth_limits_maps.CLAIMS,
    *depth_limits_phases.CLAIMS,
    *depth_limits_critical.CLAIMS,
    *depth_limits_orders.CLAIMS,
    *depth_limits_schedules.CLAIMS,
    *depth_limits_flows.CLAIMS,
    *depth_limits_lengths.CLAIMS,
)
