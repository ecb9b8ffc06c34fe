"""Networks that the tests of this folder share: every architecture, with kinks, biases, lengths and schedules."""

from sympy import Integer, Rational

from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, network
from theory.network import Network

RELU = ffnet(activation("relu"))
NETWORKS: dict[str, Network] = {
    "ffnet relu": RELU,
    "ffnet leaky": ffnet(activation("leaky_relu:1/5")),
    "ffnet abs": ffnet(activation("abs")),
    "ffnet erf": ffnet(activation("erf")),
    "ffnet step": ffnet(activation("step")),
    "ffnet exp": ffnet(activation("exp")),
    "ffnet relu_power": ffnet(activation("relu_power:2")),
    "ffnet relu bias": ffnet(activation("relu"), bias_variance=Rational(1, 10)),
    "ffnet relu ordered": ffnet(activation("relu"), bias_variance=Rational(1, 10), weight_variance=Rational(1, 2)),
    "ffnet erf bias": ffnet(activation("erf"), bias_variance=Rational(1, 10), normalised=False),
    "ffnet erf lengths": ffnet(activation("erf")).with_(squared_norms=(Integer(1), Integer(2))),
    "resnet relu": network("resnet", activation("relu"), gamma=Rational(3, 4)),
    "resnet erf": network("resnet", activation("erf"), gamma=Rational(1, 2)),
    "resnet schedule": network("resnet", activation("relu"), alpha=symbols.layer ** Rational(-1, 2)),
    "resnet_single abs": network("resnet_single", activation("abs"), gamma=Integer(1)),
}
