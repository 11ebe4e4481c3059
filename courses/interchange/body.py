"""The body of a lesson: blocks to text and back."""

from collections.abc import Sequence
from dataclasses import dataclass

from courses.interchange.blocks import Block, TextBlock, block_from
from courses.interchange.markup import split

BREAK = "+++"


@dataclass(frozen=True, slots=True)
class Located:
    """A block and the line, counted from 1 in the body, on which it begins."""

    block: Block
    line: int


def read_body(body: str) -> list[Located]:
    """The blocks of `body`; raises BlockError with the line of the first thing that is wrong."""
    return [Located(block_from(segment), segment.line) for segment in split(body)]


def write_body(blocks: Sequence[Block]) -> str:
    """The canonical text of the blocks, without a newline at the end; empty for no blocks.

    Raises BlockError when a block would not be read back as it is.
    """
    parts: list[str] = []
    previous: Block | None = None
    for block in blocks:
        block.validate()
        if isinstance(previous, TextBlock) and isinstance(block, TextBlock):
            parts.append(BREAK)
        parts.append(block.source())
        previous = block
    return "\n\n".join(parts)
