"""The one dictionary of letters: ASCII name, SymPy symbol with its assumptions, LaTeX.

letter        name          meaning
x             x             argument of an activation
c             c             correlation of the two inputs, in [-1, 1]
theta         theta         angle of the two inputs, arccos c, in [0, pi]
K             nngp          NNGP kernel at a pair of inputs
q, q_1, q_2   length(1, 2)  NNGP kernel at one input (squared length of the pre-activation)
Theta         ntk           neural tangent kernel at a pair; Theta_d: at one input
l, L          layer, depth  index of a layer and the number of layers
gamma, alpha  gamma, alpha  residual exponent and residual scale alpha = L^(-gamma)
h             scale         alpha^2
eta           eta           h / (1 + h)
mu            mu            (1 - s)^2 / (1 + s^2) for the slope s of a leaky ReLU
phi           first_angle   angle of the two inputs behind one layer, in (0, pi/2]
tau           tau           h L, where it is the same at every depth
H             steps         sum of eta over the layers
flow          flow          kernel of the flow at time tau, see theory.flow_kernel
v             slant         (1 - |s|) / (1 + |s|) for a slope s in (-1, 1), in (0, 1]
"""

from sympy import Symbol

x = Symbol("x", real=True)
c = Symbol("c", real=True)
theta = Symbol("theta", positive=True)
nngp = Symbol("K", real=True)
length = Symbol("q", positive=True)
length1 = Symbol("q1", positive=True)
length2 = Symbol("q2", positive=True)
ntk = Symbol("T", real=True)
ntk_diagonal = Symbol("Td", real=True)
layer = Symbol("l", integer=True, nonnegative=True)
depth = Symbol("L", integer=True, positive=True)
gamma = Symbol("gamma", nonnegative=True)
alpha = Symbol("alpha", positive=True)
scale = Symbol("h", positive=True)
eta = Symbol("eta", positive=True)
mu = Symbol("mu", positive=True)
slope = Symbol("s", real=True)
slant = Symbol("v", positive=True)
first_angle = Symbol("phi", positive=True)
value = Symbol("value", real=True)
tau = Symbol("tau", positive=True)
flow = Symbol("flow", real=True)
steps = Symbol("H", positive=True)

LATEX = {
    x: "x",
    c: "c",
    theta: r"\theta",
    nngp: "K",
    length: "q",
    length1: "q_1",
    length2: "q_2",
    ntk: r"\Theta",
    ntk_diagonal: r"\Theta^{\mathrm{d}}",
    layer: r"\ell",
    depth: "L",
    gamma: r"\gamma",
    alpha: r"\alpha",
    scale: "h",
    eta: r"\eta",
    mu: r"\mu",
    slope: "s",
    slant: "v",
    first_angle: r"\varphi",
    tau: r"\tau",
    steps: "H",
    flow: r"N^{\mathrm{flow}}",
}
"""LaTeX of each symbol, for ``sympy.latex(expr, symbol_names=LATEX)``."""
