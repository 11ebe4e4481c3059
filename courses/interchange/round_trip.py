"""The guarantee that what is written can be read back."""

from typing import Protocol

from django.utils.translation import gettext as _

from courses.interchange.errors import ContentError


class Parser[T](Protocol):
    def __call__(self, text: str, *, path: str) -> T: ...


def checked[T](text: str, value: T, *, path: str, parse: Parser[T]) -> str:
    """`text`, if reading it gives `value` again; ContentError otherwise.

    All rules live in the readers; a value that was never a file is held to them here.
    """
    if parse(text, path=path) != value:
        reason = _("A text begins or ends with a blank line, or has a line break it must not have.")
        raise ContentError(path, 0, reason)
    return text
