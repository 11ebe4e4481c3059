"""Chance that repeats: one stream of random numbers per source, the same bits everywhere.

Python promises that `random.random()` gives the same floats for a seed in every version;
it does not promise so for `expovariate`, and the C library's `log` and `exp` differ in the
last bit between machines. So only IEEE 754 basic operations (+, −, ×, ÷, square root,
`frexp`, `ldexp`: all exact or correctly rounded) are used from there on.
"""

import hashlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain
from math import frexp, ldexp, sqrt
from random import Random

type Sampler = Callable[[], float]

_CELLS = 128
_CENTRES = tuple((_CELLS + cell + 0.5) / (2 * _CELLS) for cell in range(_CELLS))
_LOGS = tuple(float(Decimal(centre).ln()) for centre in _CENTRES)
_LN2 = float(Decimal(2).ln())
_DRAWS_PER_BLOCK = 40

# The exponential ziggurat of Marsaglia and Tsang (2000) with 256 layers of equal area: the
# right edge of the lowest layer that is not the tail, and the area of each layer.
_LAYERS = 256
_TAIL = 7.69711747013104972
_AREA = 0.0039496598225815571993


class Streams:
    """Independent random streams, named by what uses them.

    A stream depends on the seed and its name alone, so adding a source or drawing more
    often from one leaves all others as they were (common random numbers).
    """

    __slots__ = ("_seed",)

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def random(self, name: str) -> Sampler:
        """Uniform numbers in [0, 1) for the source called `name`, from their beginning."""
        digest = hashlib.sha256(f"{self._seed}/{name}".encode()).digest()
        return Random(int.from_bytes(digest)).random  # noqa: S311 -- simulation, not secrecy

    def exponential(self, name: str, mean: float) -> Sampler:
        """Exponential times with the given mean: gaps of a Poisson process, for instance."""
        return exponential(self.random(name), mean)

    def lognormal(self, name: str, median: float, sigma: float) -> Sampler:
        """Log-normal times; `sigma` is the standard deviation of their logarithm."""
        return lognormal(self.random(name), median, sigma)

    def uniform(self, name: str, low: float, high: float) -> Sampler:
        """Times spread evenly over [low, high)."""
        random, width = self.random(name), high - low
        return lambda: low + width * random()


def constant(value: float) -> Sampler:
    """The same value each time."""
    return lambda: value


def exponential(random: Sampler, mean: float) -> Sampler:
    """Exponential variates by the ziggurat method, drawn ahead in blocks for speed."""
    edges = tuple(mean * edge for edge in _EDGES)
    certain = edges[1:]

    def block() -> list[float]:
        return [
            x
            if (x := random() * edges[layer]) < certain[layer]
            else mean * _edge_case(random, layer, x / mean)
            for layer in _random_bytes(random)
        ]

    return chain.from_iterable(iter(block, None)).__next__


def _random_bytes(random: Sampler) -> bytes:
    """Bytes from the leading 48 bits of a few uniform numbers, six from each."""
    return b"".join([int(random() * 2.0**48).to_bytes(6) for _ in range(_DRAWS_PER_BLOCK)])


def _edge_case(random: Sampler, layer: int, x: float) -> float:
    """Finish a draw that fell into the part of a layer which the density cuts through."""
    beyond = 0.0
    while x >= _EDGES[layer + 1]:
        if layer == 0:
            beyond += _TAIL  # the tail of an exponential is an exponential again
        elif _accepts(layer, x, random()):
            break
        scaled = random() * 256.0
        layer = int(scaled)
        x = (scaled - layer) * _EDGES[layer]
    return beyond + x


def _accepts(layer: int, x: float, u: float) -> bool:
    low, high = _HEIGHTS[layer], _HEIGHTS[layer + 1]
    return low + (high - low) * u < natural_exp(-x)


def lognormal(random: Sampler, median: float, sigma: float) -> Sampler:
    """Log-normal variates."""
    return (median * natural_exp(sigma * normal) for normal in _normals(random)).__next__


def standard_normal(random: Sampler) -> Sampler:
    """Normal variates with mean 0 and deviation 1."""
    return _normals(random).__next__


def _normals(random: Sampler) -> Iterator[float]:
    """Marsaglia's polar method: two normal variates from each point inside the unit circle."""
    while True:
        x, y = 2.0 * random() - 1.0, 2.0 * random() - 1.0
        square = x * x + y * y
        if 0.0 < square < 1.0:
            scale = sqrt(-2.0 * natural_log(square) / square)
            yield x * scale
            yield y * scale


def natural_log(x: float) -> float:
    """ln x for x > 0, within 1e-14 · (1 + |ln x|), bit for bit the same anywhere.

    x is split into m · 2^e; ln m is read from a table at the centre of m's cell and
    corrected by the series of ln(1 + r), where |r| ≤ 1/256.
    """
    mantissa, exponent = frexp(x)
    cell = int(mantissa * 256.0) & 127
    r = mantissa / _CENTRES[cell] - 1.0
    series = r * (1.0 - r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r / 6)))))
    return exponent * _LN2 + _LOGS[cell] + series


def natural_exp(x: float) -> float:
    """e to the power x for |x| < 700, bit for bit the same anywhere (Taylor series)."""
    power = int(x / _LN2 + (0.5 if x >= 0 else -0.5))
    r = x - power * _LN2
    # written out: a loop over the sixteen terms takes three times as long
    series = 1.0 + (1.0 + (1.0 + (1.0 + (1.0 + r / 16) * r / 15) * r / 14) * r / 13) * r / 12
    series = 1.0 + (1.0 + (1.0 + (1.0 + series * r / 11) * r / 10) * r / 9) * r / 8
    series = 1.0 + (1.0 + (1.0 + (1.0 + series * r / 7) * r / 6) * r / 5) * r / 4
    return ldexp(1.0 + (1.0 + (1.0 + series * r / 3) * r / 2) * r, power)


def _layer_edges() -> tuple[float, ...]:
    """Right edges of the layers from the widest (which stands for the tail too) to 0."""
    edges = [_AREA * natural_exp(_TAIL), _TAIL]
    for _ in range(_LAYERS - 2):
        edges.append(-natural_log(natural_exp(-edges[-1]) + _AREA / edges[-1]))
    return (*edges, 0.0)


_EDGES = _layer_edges()
_HEIGHTS = tuple(natural_exp(-edge) for edge in _EDGES)  # the density at the edges
