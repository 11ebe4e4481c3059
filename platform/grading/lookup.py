"""Making the network look word vectors up before it unpacks them.

The model stores the vectors of its 30,522 words in 8 bits and unpacks all of them to floats, 47 MB,
although a text needs a few. The lookup is moved in front of the unpacking, which gives the same
floats. A file of ONNX is a tree of numbered fields (protocol buffers), of which only the few
needed here are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_GRAPH, _NODE = 7, 1  # the fields of a model and of a graph
_INPUT, _OUTPUT, _NAME, _KIND = 1, 2, 3, 4  # of a node
_FIXED = {1: 8, 5: 4}  # bytes of the wire types with a fixed size
_LAYERS = ("Cast", "Mul", "Gather")


class LayoutError(ValueError):
    """The model is not laid out as expected."""


@dataclass(frozen=True)
class _Field:
    """A field with its bytes: `start` and `end` of all, and of what is in it."""

    number: int
    start: int
    inner: int
    end: int


@dataclass(frozen=True)
class _Node:
    """A node of the network, with its place in the graph."""

    field: _Field
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def with_early_lookup(model: bytes, table: str) -> bytes:
    """The model with the rows of `table` gathered first; raises `LayoutError` if that is not so."""
    graph = next((one for one in _fields(model, 0, len(model)) if one.number == _GRAPH), None)
    if graph is None:
        raise LayoutError("The model has no graph.")
    fields = list(_fields(model, graph.inner, graph.end))
    nodes = {one: _node(model, one) for one in fields if one.number == _NODE}
    moved = _moved(model, table, list(nodes.values()))
    inside = b"".join(moved.get(one, model[one.start : one.end]) for one in fields)
    return model[: graph.start] + _wrapped(_GRAPH, inside) + model[graph.end :]


def _moved(model: bytes, table: str, nodes: list[_Node]) -> dict[_Field, bytes]:
    """What takes the places of the three nodes: rows and their scales are looked up, then used."""
    cast, scale, gather = _chain(nodes, table)
    whole, looked_up = scale.outputs[0], gather.outputs[0]
    scales = next(name for name in scale.inputs if name != cast.outputs[0])
    rows, row_scales, floats = f"{table}_rows", f"{scales}_rows", f"{table}_floats"
    first = (
        _renamed(model, gather, {whole: table, looked_up: rows}),
        _renamed(model, gather, {whole: scales, looked_up: row_scales}),
        _renamed(model, cast, {table: rows, cast.outputs[0]: floats}),
        _renamed(model, scale, {cast.outputs[0]: floats, scales: row_scales, whole: looked_up}),
    )
    return {gather.field: b"".join(first), cast.field: b"", scale.field: b""}


def _chain(nodes: list[_Node], table: str) -> list[_Node]:
    """The three nodes that unpack a table and look its rows up."""
    found: list[_Node] = []
    name = table
    for kind in _LAYERS:
        users = [one for one in nodes if name in one.inputs]
        if len(users) != 1 or users[0].kind != kind:
            raise LayoutError(f"“{name}” is not used as expected.")
        found.append(users[0])
        name = users[0].outputs[0]
    return found


def _node(model: bytes, field: _Field) -> _Node:
    texts: dict[int, list[str]] = {_INPUT: [], _OUTPUT: [], _KIND: []}
    for one in _fields(model, field.inner, field.end):
        if one.number in texts:
            texts[one.number].append(model[one.inner : one.end].decode())
    return _Node(field, texts[_KIND][0], tuple(texts[_INPUT]), tuple(texts[_OUTPUT]))


def _renamed(model: bytes, node: _Node, names: dict[str, str]) -> bytes:
    """The node with other inputs and outputs, and without the name that must be its alone."""
    parts = []
    for one in _fields(model, node.field.inner, node.field.end):
        part = b"" if one.number == _NAME else model[one.start : one.end]
        if one.number in (_INPUT, _OUTPUT):
            name = model[one.inner : one.end].decode()
            part = _wrapped(one.number, names.get(name, name).encode())
        parts.append(part)
    return _wrapped(_NODE, b"".join(parts))


def _fields(model: bytes, start: int, end: int) -> Iterator[_Field]:
    while start < end:
        tag, inner = _number(model, start)
        if tag & 7 == 2:  # a text or a part of the tree, after its length
            length, inner = _number(model, inner)
            stop = inner + length
        elif tag & 7 == 0:
            stop = _number(model, inner)[1]
        elif tag & 7 in _FIXED:
            stop = inner + _FIXED[tag & 7]
        else:
            raise LayoutError("The model cannot be read.")
        yield _Field(tag >> 3, start, inner, stop)
        start = stop


def _number(model: bytes, place: int) -> tuple[int, int]:
    """The number that begins at a place, seven bits a byte, and the place after it."""
    value = shift = 0
    while place < len(model):
        byte = model[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place
    raise LayoutError("The model ends within a number.")


def _wrapped(number: int, inside: bytes) -> bytes:
    return _written(number << 3 | 2) + _written(len(inside)) + inside


def _written(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes((*found, value))
