r"""Huang, Wang, Tao, Zhao 2020, arXiv 2002.06262: why deep residual networks generalise better than feedforward ones.

Their letters, and ours:

    paper                      here                      meaning
    Sigma, K (GP kernels)      nngp                      NNGP kernel
    Omega, Theta (NTK)         ntk                       tangent kernel; Omega is their resnet kernel, Omega_1 one block
    bar Omega, tilde K         normalized_ntk            divided by its diagonal
    psi_sigma, hat sigma       KAPPA_1, correlation_dual dual of ReLU, normalised so that its value at 1 is 1
    B_l                        products of factors       backward products of the resnet; B_{L+1} = 1
    alpha = L^(-gamma)         alpha, gamma              residual scale
    n, y                       regression.n, total       number of training points, labels (total is their sum S)

The claims say what the paper states, with theorem numbers to be confirmed, what is sharper, and false variants that must be
refuted: slips of the kind that gets into print. The parts are huang2020_kernels (duals, recursions), huang2020_ffnet,
huang2020_resnet and huang2020_learning.
"""

from theory.claims import Claim
from theory.papers import huang2020_ffnet, huang2020_kernels, huang2020_learning, huang2020_resnet

NAME = "huang2020"
TITLE = "Huang, Wang, Tao, Zhao 2020: Why Do Deep Residual Networks Generalize Better than Deep Feedforward Networks?"

CLAIMS: tuple[Claim, ...] = (
    *huang2020_kernels.CLAIMS,
    *huang2020_ffnet.CLAIMS,
    *huang2020_resnet.CLAIMS,
    *huang2020_learning.CLAIMS,
)
