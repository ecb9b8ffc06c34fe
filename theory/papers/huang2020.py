"""Huang, Wang, Tao, Zhao 2020: Why Do Deep Residual Networks Generalize Better than Deep Feedforward Networks?

NeurIPS 2020, arXiv 2002.06262. Their letters (to be confirmed) and ours:

    paper                    here                       meaning
    kappa_1, kappa_0         KAPPA_1, KAPPA_0           dual of ReLU, normalised to 1 at c = 1, and its slope
    Sigma_l, K_l             nngp                       NNGP kernel of the ffnet and of the resnet
    Theta_L, Omega_L         ntk                        tangent kernel of the ffnet, of the resnet; Omega_1: one block
    normalised, bar          normalized_ntk             divided by the square root of its two diagonal values
    D                        length                     K_{l-1}(x,x) = (1 + alpha^2)^(l-1)
    B_l                      factor, multiplied up      backward products of the resnet; B_{L+1} = 1
    alpha = L^(-gamma)       alpha, gamma               residual scale
    n, y_1..y_n              regression.n, total        number of training points; total is the sum of the labels

The claims say what the paper states, with theorem numbers to be confirmed, what is sharper, and false variants that
must be refuted: slips of the kind that get into print; "false" is part of their ids. The parts are huang2020_kernels
(duals, recursions), huang2020_ffnet, huang2020_resnet and huang2020_learning; huang2020_common holds the short forms.
"""

from theory.claims import Claim
from theory.papers import huang2020_ffnet, huang2020_kernels, huang2020_learning, huang2020_resnet

CLAIMS: tuple[Claim, ...] = (
    *huang2020_kernels.CLAIMS,
    *huang2020_ffnet.CLAIMS,
    *huang2020_resnet.CLAIMS,
    *huang2020_learning.CLAIMS,
)
