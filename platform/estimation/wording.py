"""Translation of the sentences this package says, without depending on who translates.

Strings are marked with `gettext` and `gettext_noop` so that message extraction finds them. An
application that has a translator hands it over once with `use_translator`; until then the
sentences stay as written.
"""

from collections.abc import Callable


def gettext_noop(message: str) -> str:
    """Mark a string for extraction; whoever shows it translates it."""
    return message


_translate: Callable[[str], str] = gettext_noop


def use_translator(translate: Callable[[str], str]) -> None:
    """Translate every sentence of this package with `translate` from now on."""
    global _translate  # one process speaks through one translator, chosen at start
    _translate = translate


def gettext(message: str) -> str:
    """The message in the language of the reader."""
    return _translate(message)
