"""How the interchange form says that something is wrong."""


class BlockError(ValueError):
    """A block, or the text of one, that cannot be stored; `line` counts from 1 in that text."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class ContentError(Exception):
    """A file of a course that cannot be read or written.

    `path` is relative to the course's directory, `line` counts from 1 (0: the file as a whole),
    `reason` is a sentence for the person who wrote the file.
    """

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(path, line, reason)
        self.path = path
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.reason}"
