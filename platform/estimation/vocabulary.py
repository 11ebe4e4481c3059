"""The words units are made of: data for `estimation.units`."""

from dataclasses import dataclass

from estimation.wording import gettext_noop

Exponents = tuple[tuple[str, int], ...]

# K and k are both 1,000: nobody estimates in kelvin here.
DECIMAL_PREFIXES: dict[str, float] = {
    "k": 1e3,
    "K": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    "m": 1e-3,
    "u": 1e-6,
    "µ": 1e-6,
    "μ": 1e-6,  # the Greek letter, which looks the same
    "n": 1e-9,
}
BINARY_PREFIXES: dict[str, float] = {
    prefix: float(1024**power)
    for power, prefix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)
} | {"ki": 1024.0}
WORD_PREFIXES: dict[str, tuple[str, float]] = {
    "kilo": ("k", 1e3),
    "mega": ("M", 1e6),
    "giga": ("G", 1e9),
    "tera": ("T", 1e12),
    "peta": ("P", 1e15),
    "exa": ("E", 1e18),
    "milli": ("m", 1e-3),
    "micro": ("µ", 1e-6),
    "nano": ("n", 1e-9),
    "kibi": ("Ki", 1024.0),
    "mebi": ("Mi", 1024.0**2),
    "gibi": ("Gi", 1024.0**3),
    "tebi": ("Ti", 1024.0**4),
    "pebi": ("Pi", 1024.0**5),
}
LARGE = ("k", "K", "M", "G", "T", "P", "E")
SMALL = ("m", "u", "µ", "μ", "n")
BINARY = tuple(BINARY_PREFIXES)

MULTIPLIERS: dict[str, float] = {
    "k": 1e3,
    "K": 1e3,
    "thousand": 1e3,
    "M": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "G": 1e9,
    "B": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "billions": 1e9,
    "T": 1e12,
    "tn": 1e12,
    "trillion": 1e12,
    "trillions": 1e12,
}


@dataclass(frozen=True)
class Atom:
    """One unit word: its symbol, size in base units, dimension, and the prefixes it may take."""

    symbol: str
    factor: float
    dimension: Exponents = ()
    prefixes: tuple[str, ...] = ()


_DATA: Exponents = (("B", 1),)
_RATE: Exponents = (("s", -1),)
_TIME: Exponents = (("s", 1),)
_DATA_RATE: Exponents = (("B", 1), ("s", -1))
_FLOP_RATE: Exponents = (("FLOP", 1), ("s", -1))
_POWER: Exponents = (("J", 1), ("s", -1))

_SIZES = (
    ("B byte octet", Atom("B", 1.0, _DATA, LARGE + BINARY)),
    ("b bit", Atom("bit", 0.125, _DATA, LARGE + BINARY)),
    ("bps", Atom("bps", 0.125, _DATA_RATE, LARGE + BINARY)),
    ("Bps", Atom("Bps", 1.0, _DATA_RATE, LARGE + BINARY)),
    ("s sec second", Atom("s", 1.0, _TIME, SMALL)),
    ("msec", Atom("ms", 1e-3, _TIME)),
    ("usec µsec", Atom("µs", 1e-6, _TIME)),
    ("min minute", Atom("min", 60.0, _TIME)),
    ("h hr hrs hour", Atom("h", 3600.0, _TIME)),
    ("d day", Atom("day", 86_400.0, _TIME)),
    ("wk wks week", Atom("week", 604_800.0, _TIME)),
    ("mo month", Atom("month", 2_592_000.0, _TIME)),
    ("yr yrs y year", Atom("year", 31_536_000.0, _TIME)),
    ("Hz", Atom("Hz", 1.0, _RATE, LARGE)),
    ("FLOP flop FLOPs", Atom("FLOP", 1.0, (("FLOP", 1),), LARGE)),
    ("FLOPS flops F", Atom("FLOPS", 1.0, _FLOP_RATE, LARGE)),
    ("J joule", Atom("J", 1.0, (("J", 1),), LARGE)),
    ("W watt", Atom("W", 1.0, _POWER, (*LARGE, "m"))),
    ("Wh", Atom("Wh", 3600.0, (("J", 1),), LARGE)),
    ("$ USD dollar", Atom("$", 1.0, (("$", 1),), ("k", "K", "M"))),
    ("cent ¢", Atom("cent", 0.01, (("$", 1),))),
    ("€ EUR euro", Atom("€", 1.0, (("€", 1),), ("k", "K", "M"))),
    ("£ GBP", Atom("£", 1.0, (("£", 1),), ("k", "K", "M"))),
    ("km kilometre kilometer", Atom("km", 1e3, (("m", 1),))),
    ("metre meter", Atom("metre", 1.0, (("m", 1),))),
    ("g gram", Atom("g", 1e-3, (("kg", 1),))),
    ("kg kilogram", Atom("kg", 1.0, (("kg", 1),))),
    ("tonne", Atom("tonne", 1e3, (("kg", 1),))),
    ("% percent pct", Atom("%", 0.01)),
    ("‰", Atom("‰", 0.001)),
    ("x X times fold", Atom("x", 1.0)),
)
ATOMS: dict[str, Atom] = {word: atom for words, atom in _SIZES for word in words.split()}

# Written all in lower case these are bytes (and bit/s) by habit, whatever the SI says.
LOWERCASE_DATA: dict[str, Atom] = (
    {
        f"{prefix.lower()}b": Atom(f"{prefix}B", DECIMAL_PREFIXES[prefix], _DATA)
        for prefix in ("K", "M", "G", "T", "P")
    }
    | {
        f"{prefix.lower()}b": Atom(f"{prefix}B", BINARY_PREFIXES[prefix], _DATA)
        for prefix in ("Ki", "Mi", "Gi", "Ti", "Pi")
    }
    | {
        f"{prefix.lower()}bps": Atom(f"{prefix}bps", DECIMAL_PREFIXES[prefix] / 8, _DATA_RATE)
        for prefix in ("K", "M", "G", "T")
    }
)

_RATES = "rps qps tps fps iops"
_THINGS = """
    request req query queries call event message msg token tok user customer person people
    record row item image img picture clip video photo frame character char word sequence seq
    stream session connection conn thread worker process processes server node replica partition
    shard machine host instance container pod core cpu gpu device card accelerator layer
    parameter param weight vector key value file object job task order payment transaction txn
    prompt exchange response answer attempt retry retries permit slot batch batches page document
    doc chunk read write op operation step sample head copy copies broker consumer producer
    service region zone link packet click view visit account
"""
_INITIALS = {"gpu": "GPU", "gpus": "GPUs", "cpu": "CPU", "cpus": "CPUs"}
COUNTED: dict[str, Atom] = (
    {word: Atom(_INITIALS.get(word, word), 1.0, (), LARGE) for word in _THINGS.split()}
    | {
        f"{word}s": Atom(_INITIALS.get(f"{word}s", f"{word}s"), 1.0, (), LARGE)
        for word in _THINGS.split()
    }
    | {word: Atom(word, 1.0, _RATE, LARGE) for word in _RATES.split()}
    | {
        "rpm": Atom("rpm", 1 / 60, _RATE, LARGE),
        "qpm": Atom("qpm", 1 / 60, _RATE, LARGE),
    }
)

AMBIGUOUS: dict[str, str] = {
    "m": gettext_noop(
        "“m” could mean minutes, metres or millions. Write min, metres, or M for millions."
    ),
}
