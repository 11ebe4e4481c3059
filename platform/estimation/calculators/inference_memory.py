"""What fills the memory of the GPUs that serve a language model.

Weights take parameters × bytes per weight; every token of every running sequence keeps a key and
a value per layer: 2 × layers × KV heads × head dimension × bytes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from estimation.calculator import Bar, Estimate, Preset, Result, Step, Tone, make_bar
from estimation.formatting import format_number, format_quantity
from estimation.inputs import input_field
from estimation.quantity import Quantity
from estimation.wording import gettext as _
from estimation.wording import gettext_noop

BYTES_PER_WEIGHT: Mapping[str, float] = {"fp16": 2.0, "fp8": 1.0, "int4": 0.5}
BYTES_PER_ENTRY: Mapping[str, float] = {"fp16": 2.0, "fp8": 1.0}
_DECIMAL = ("B", "KB", "MB", "GB", "TB")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True)
class InferenceMemoryInputs:
    """A model, the requests it serves at once, and the GPUs it runs on."""

    parameters: float = input_field(
        70.55,
        label=gettext_noop("Parameters"),
        unit="billion",
        minimum=0.01,
        maximum=5_000.0,
        step=0.01,
        help=gettext_noop("All weights of the model, in billions."),
    )
    weight_format: str = input_field(
        "fp16",
        label=gettext_noop("Weights stored as"),
        choices={
            "fp16": gettext_noop("16 bits (2 bytes)"),
            "fp8": gettext_noop("8 bits (1 byte)"),
            "int4": gettext_noop("4 bits (half a byte)"),
        },
        help=gettext_noop("Fewer bits take less memory; 4-bit scales add a little on top."),
    )
    layers: int = input_field(
        80,
        label=gettext_noop("Layers"),
        minimum=1,
        maximum=1_000,
        step=1,
        help=gettext_noop("Transformer layers; each keeps its own keys and values."),
    )
    kv_heads: int = input_field(
        8,
        label=gettext_noop("KV heads"),
        minimum=1,
        maximum=1_024,
        step=1,
        help=gettext_noop("Heads that keep keys and values; fewer than query heads when grouped."),
    )
    head_dimension: int = input_field(
        128,
        label=gettext_noop("Head dimension"),
        minimum=1,
        maximum=4_096,
        step=1,
        help=gettext_noop("Numbers in one key or value of one head."),
    )
    kv_format: str = input_field(
        "fp16",
        label=gettext_noop("KV cache stored as"),
        choices={
            "fp16": gettext_noop("16 bits (2 bytes)"),
            "fp8": gettext_noop("8 bits (1 byte)"),
        },
        help=gettext_noop("Half the bytes per entry let twice as many tokens fit."),
    )
    context_tokens: int = input_field(
        4_096,
        label=gettext_noop("Context"),
        unit="tokens",
        minimum=1,
        maximum=20_000_000,
        step=1,
        help=gettext_noop("Prompt and output of one sequence, at its longest."),
    )
    sequences: int = input_field(
        64,
        label=gettext_noop("Sequences at once"),
        unit="sequences",
        minimum=0,
        maximum=1_000_000,
        step=1,
        help=gettext_noop("Requests that are generated at the same time."),
    )
    gpu_memory: float = input_field(
        80.0,
        label=gettext_noop("Memory per GPU"),
        unit="GB",
        minimum=1.0,
        maximum=10_000.0,
        step=1,
        help=gettext_noop("High-bandwidth memory of one GPU, in GB of 10⁹ bytes."),
    )
    gpus: int = input_field(
        8,
        label=gettext_noop("GPUs"),
        unit="GPUs",
        minimum=1,
        maximum=100_000,
        step=1,
        help=gettext_noop("GPUs that hold one copy of the model together."),
    )
    usable: float = input_field(
        90.0,
        label=gettext_noop("Usable share"),
        unit="%",
        minimum=1.0,
        maximum=100.0,
        step=1,
        help=gettext_noop("What is left after activations, buffers and fragmentation."),
    )


@dataclass(frozen=True)
class _Memory:
    """The quantities an estimate is made of."""

    weights: Quantity
    kv_per_token: Quantity
    kv_per_sequence: Quantity
    kv_total: Quantity
    total: Quantity
    usable: Quantity
    left_for_kv: Quantity  # below zero when the weights alone do not fit
    fitting: int

    @property
    def fits(self) -> bool:
        return self.total <= self.usable


def _work_out(inputs: InferenceMemoryInputs) -> _Memory:
    weights = (
        Quantity(inputs.parameters, "billion")
        * Quantity(BYTES_PER_WEIGHT[inputs.weight_format], "B")
    ).to("B")
    entries = 2 * inputs.layers * inputs.kv_heads * inputs.head_dimension
    kv_per_token = Quantity(entries * BYTES_PER_ENTRY[inputs.kv_format], "B/token")
    kv_per_sequence = (kv_per_token * Quantity(inputs.context_tokens, "tokens")).to("B")
    kv_total = kv_per_sequence * inputs.sequences
    usable = (Quantity(inputs.gpu_memory, "GB") * inputs.gpus * Quantity(inputs.usable, "%")).to(
        "B"
    )
    left = usable - weights
    fitting = max(0, math.floor(left.value / kv_per_sequence.value + 1e-9))
    return _Memory(
        weights, kv_per_token, kv_per_sequence, kv_total, weights + kv_total, usable, left, fitting
    )


def _steps(inputs: InferenceMemoryInputs, memory: _Memory) -> tuple[Step, ...]:
    return (*_demand_steps(inputs, memory), *_supply_steps(inputs, memory))


def _demand_steps(inputs: InferenceMemoryInputs, memory: _Memory) -> tuple[Step, ...]:
    weight_bytes = format_number(BYTES_PER_WEIGHT[inputs.weight_format])
    kv_bytes = format_number(BYTES_PER_ENTRY[inputs.kv_format])
    per_token = memory.kv_per_token.best([f"{unit}/token" for unit in _BINARY])
    return (
        Step(
            _("Weights"),
            _("parameters × bytes per weight"),
            f"{format_number(inputs.parameters, 6)} × 10⁹ × {weight_bytes} B",
            memory.weights.best(_DECIMAL),
        ),
        Step(
            _("KV cache per token"),
            _("2 (key and value) × layers × KV heads × head dimension × bytes per entry"),
            f"2 × {inputs.layers} × {inputs.kv_heads} × {inputs.head_dimension} × {kv_bytes} B",
            per_token,
        ),
        Step(
            _("KV cache per sequence"),
            _("KV cache per token × context"),
            f"{format_quantity(per_token)} × {format_number(inputs.context_tokens, 9)} tokens",
            memory.kv_per_sequence.best(_BINARY),
        ),
        Step(
            _("KV cache of all sequences"),
            _("KV cache per sequence × sequences at once"),
            f"{format_quantity(memory.kv_per_sequence.best(_BINARY))}"
            f" × {format_number(inputs.sequences, 9)}",
            memory.kv_total.best(_DECIMAL),
        ),
        Step(
            _("Memory needed"),
            _("weights + KV cache of all sequences"),
            f"{format_quantity(memory.weights.best(_DECIMAL))}"
            f" + {format_quantity(memory.kv_total.best(_DECIMAL))}",
            memory.total.best(_DECIMAL),
        ),
    )


def _supply_steps(inputs: InferenceMemoryInputs, memory: _Memory) -> tuple[Step, ...]:
    memory_per_gpu = format_quantity(Quantity(inputs.gpu_memory, "GB"))
    share = format_quantity(Quantity(inputs.usable, "%"))
    return (
        Step(
            _("Memory that can be used"),
            _("GPUs × memory per GPU × usable share"),
            f"{format_number(inputs.gpus, 9)} × {memory_per_gpu} × {share}",
            memory.usable.best(_DECIMAL),
        ),
        Step(
            _("Left for the KV cache"),
            _("memory that can be used − weights"),
            f"{format_quantity(memory.usable.best(_DECIMAL))}"
            f" − {format_quantity(memory.weights.best(_DECIMAL))}",
            memory.left_for_kv.best(_DECIMAL),
        ),
        Step(
            _("Sequences that fit"),
            _("left for the KV cache ÷ KV cache per sequence, rounded down"),
            f"{format_quantity(memory.left_for_kv.best(_DECIMAL))}"
            f" ÷ {format_quantity(memory.kv_per_sequence.best(_DECIMAL))}",
            Quantity(memory.fitting, "sequences"),
        ),
    )


def _results(memory: _Memory) -> tuple[Result, ...]:
    per_token = memory.kv_per_token.best([f"{unit}/token" for unit in _BINARY])
    verdict = _("It fits") if memory.fits else _("It does not fit")
    return (
        Result(
            _("Does it fit?"),
            memory.total.best(_DECIMAL),
            verdict,
            _("%(needed)s needed of %(usable)s that can be used")
            % {
                "needed": format_quantity(memory.total.best(_DECIMAL)),
                "usable": format_quantity(memory.usable.best(_DECIMAL)),
            },
            Tone.GOOD if memory.fits else Tone.BAD,
        ),
        Result(
            _("Sequences that fit"),
            Quantity(memory.fitting, "sequences"),
            format_number(memory.fitting, 9),
            _("at the full context length"),
            Tone.PLAIN if memory.fitting else Tone.BAD,
        ),
        _plain_result(_("Weights"), memory.weights.best(_DECIMAL)),
        _plain_result(_("KV cache per token"), per_token),
        _plain_result(_("KV cache per sequence"), memory.kv_per_sequence.best(_BINARY)),
    )


def _plain_result(name: str, value: Quantity) -> Result:
    return Result(name, value, format_quantity(value))


def _sentences(inputs: InferenceMemoryInputs, memory: _Memory) -> tuple[str, ...]:
    if memory.left_for_kv.value <= 0:
        return (_weights_do_not_fit(memory),)
    share = Quantity(memory.weights.value / memory.usable.value).to("%")
    sentences = [
        _("The weights take %(share)s of the usable memory before the first request arrives.")
        % {"share": format_quantity(share, 3)},
        _("What is left holds %(fitting)s sequences of %(context)s tokens.")
        % {
            "fitting": format_number(memory.fitting, 9),
            "context": format_number(inputs.context_tokens, 9),
        },
    ]
    if not memory.fits:
        sentences.append(
            _(
                "The %(asked)s sequences asked for need %(missing)s more: run fewer at once, "
                "shorten the context, store the cache in fewer bits, or add GPUs."
            )
            % {
                "asked": format_number(inputs.sequences, 9),
                "missing": format_quantity((memory.total - memory.usable).best(_DECIMAL), 3),
            }
        )
    elif memory.kv_total > memory.weights:
        sentences.append(_("Most of the memory in use is KV cache, not weights."))
    return tuple(sentences)


def _weights_do_not_fit(memory: _Memory) -> str:
    return _(
        "The weights alone need %(weights)s and only %(usable)s can be used: not one sequence "
        "fits. Store the weights in fewer bits or add GPUs."
    ) % {
        "weights": format_quantity(memory.weights.best(_DECIMAL)),
        "usable": format_quantity(memory.usable.best(_DECIMAL)),
    }


def _bar(memory: _Memory) -> Bar:
    return make_bar(
        _("What fills the memory"),
        [
            (_("Weights"), memory.weights.to("GB")),
            (_("KV cache"), memory.kv_total.to("GB")),
        ],
        memory.usable.to("GB"),
    )


def _shape(parameters: float, layers: int, kv_heads: int, **rest: object) -> InferenceMemoryInputs:
    return InferenceMemoryInputs(
        parameters=parameters,
        layers=layers,
        kv_heads=kv_heads,
        **rest,  # type: ignore[arg-type]  # the remaining inputs, by name
    )


class InferenceMemory:
    """The calculator “inference-memory”."""

    slug = "inference-memory"
    title = gettext_noop("Inference memory")
    summary = gettext_noop("What fills the memory of a model server, and how much it can serve.")
    version = 1
    inputs_type = InferenceMemoryInputs
    # Shapes as published; 70.55 billion and so on are counted from them.
    presets: Mapping[str, Preset[InferenceMemoryInputs]] = {
        "llama-3-70b": Preset(
            gettext_noop("Llama 3.1 70B, 16 bits, 8 GPUs of 80 GB"), InferenceMemoryInputs()
        ),
        "llama-3-70b-fp8": Preset(
            gettext_noop("Llama 3.1 70B, 8 bits, 8 GPUs of 80 GB"),
            InferenceMemoryInputs(weight_format="fp8", kv_format="fp8"),
        ),
        "llama-2-7b": Preset(
            gettext_noop("Llama 2 7B, 16 bits, one GPU of 80 GB"),
            _shape(7.0, 32, 32, gpus=1, sequences=16),
        ),
        "llama-3-8b": Preset(
            gettext_noop("Llama 3.1 8B, 16 bits, one GPU of 80 GB"),
            _shape(8.03, 32, 8, context_tokens=8_192, gpus=1, sequences=32),
        ),
        "llama-3-405b": Preset(
            gettext_noop("Llama 3.1 405B, 8 bits, 8 GPUs of 80 GB"),
            _shape(405.85, 126, 8, weight_format="fp8", context_tokens=8_192, sequences=32),
        ),
    }

    def compute(self, inputs: InferenceMemoryInputs) -> Estimate:
        """Weights, KV cache, their sum, and how many sequences the GPUs hold."""
        memory = _work_out(inputs)
        return Estimate(
            results=_results(memory),
            steps=_steps(inputs, memory),
            sentences=_sentences(inputs, memory),
            bars=(_bar(memory),),
        )
