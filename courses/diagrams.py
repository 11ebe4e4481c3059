"""Diagrams of a lesson's file that cannot be drawn, with the line that is wrong."""

from common.diagrams import DiagramError, render_diagram_cached
from courses.interchange import (
    ContentError,
    DiagramBlock,
    LessonFile,
    Located,
    SourceFile,
    lesson_blocks,
)


def diagram_errors(file: SourceFile[LessonFile]) -> list[ContentError]:
    """Draw every diagram of a lesson; what cannot be drawn is an error at its line."""
    found = []
    for located in lesson_blocks(file.source, path=file.path):
        block = located.block
        if isinstance(block, DiagramBlock):
            try:
                render_diagram_cached(block.text, block.alt)
            except DiagramError as error:
                line = _line(file.source, located, block.text, error.line)
                found.append(ContentError(file.path, line, str(error)))
    return found


def _line(source: str, located: Located, text: str, line: int) -> int:
    """The line of the file for a line of the diagram (0: the directive's own)."""
    if not line:
        return located.line
    lines = source.replace("\r\n", "\n").split("\n")
    first = text.split("\n", 1)[0]
    for index in range(located.line, len(lines)):
        if lines[index] == first:
            return index + line
    return located.line
