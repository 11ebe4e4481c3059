"""Telling sentences from shuffled words and keyword lists, by where function words stand.

In a sentence “the” is followed by a name or a quality and hardly ever by “of”, “is” or a full
stop. Words in disorder break such rules again and again; real writers hardly do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from grading.segments import Segment
from grading.words import Word, listed, words_of

_DETERMINER = listed("the a an every its our their my your")
_PREPOSITION = listed("of to in for with at by from into on during per")
_AUXILIARY = listed(
    "is are was were be been has have had can will would should must may might could does"
)
_MODAL = listed("can will would should must may might could")
_BE = listed("is are was were be")
_HAVE = listed("has have had")
_CONJUNCTION = listed("and or but because if when while than which who")
_SUBJECT = listed("we they he she i")
_FUNCTION = (
    _DETERMINER
    | _PREPOSITION
    | _AUXILIARY
    | _CONJUNCTION
    | _SUBJECT
    | listed("it that this not no there as")
)
_END = ""  # the place after the last word of a clause

_FORBIDDEN: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        _DETERMINER,
        _DETERMINER
        | _PREPOSITION
        | _AUXILIARY
        | _CONJUNCTION
        | _SUBJECT
        | listed("it not cannot so then")
        | {_END},
    ),
    **dict.fromkeys(
        _PREPOSITION, _AUXILIARY | _SUBJECT | listed("and or but of because than") | {_END}
    ),
    **dict.fromkeys(_MODAL, _DETERMINER | _PREPOSITION | _MODAL | {"is", "are", "was", "were"}),
    **dict.fromkeys(_CONJUNCTION, frozenset((_END, "than"))),
    **dict.fromkeys(_SUBJECT, _SUBJECT | _DETERMINER | {"of", "is", "it", _END}),
    **dict.fromkeys(_BE, _BE | listed("will would can could should has have do does")),
    **dict.fromkeys(_HAVE, listed("of is are was were will would can")),
    "no": _DETERMINER | _PREPOSITION | _AUXILIARY,
    "not": listed("is are was were and of which who"),
    "that": listed("that of and or"),
    "it": _SUBJECT | _DETERMINER | {"of", "are", "were", "have"},
}
# Exceptions: auxiliaries after “to”; A and I are also the names of things, on ends a phrase.
_ALLOWED: dict[str, frozenset[str]] = {
    "to": listed("be have do"),
    "a": frozenset((_END, "and", "to", "while")),
    "while": frozenset((_END,)),
    "i": frozenset((_END,)),
    "on": frozenset((_END,)),
}
_LIST_LENGTH = 12  # words; shorter notes without function words are how people write bullets
_UNBROKEN_LENGTH, _UNBROKEN_SHARE = 35, 0.22  # the same where nothing divides the words
_LIST_SHARE = 0.04  # of function words, in a list at most


@dataclass(frozen=True)
class Disorder:
    """How many places could break a rule of word order, and how many do."""

    chances: int
    broken: int

    def __add__(self, other: "Disorder") -> "Disorder":
        """Both texts together."""
        return Disorder(self.chances + other.chances, self.broken + other.broken)

    @property
    def is_certain(self) -> bool:
        """Too much for one sentence, however clumsy."""
        return self.broken >= 2 and self.broken >= 0.25 * self.chances

    @property
    def is_likely(self) -> bool:
        """Too much for a whole answer."""
        return self.broken >= 3 and self.broken >= 0.12 * self.chances


def measure(text: str) -> Disorder:
    """How disordered the words of a text are."""
    words = words_of(text)
    chances = broken = 0
    for word, following in _successors(text, words):
        if word.form in _FUNCTION and text[word.start : word.end] != "A":  # option A
            chances += 1
            broken += _breaks(word.form, following)
    return Disorder(chances, broken + _misplaced_capitals(text, words) + _stutters(text, words))


def _misplaced_capitals(text: str, words: tuple[Word, ...]) -> int:
    """How often a word that only the start of a sentence capitalises stands inside of one."""
    return sum(
        1
        for before, word in pairwise(words)
        if word.form in _FUNCTION
        and text[word.start : word.end].istitle()
        and word.end - word.start > 1
        and text[before.start : before.end].islower()
        and text[before.end : word.start] == " "
    )


def _stutters(text: str, words: tuple[Word, ...]) -> int:
    """How often a word that carries meaning follows itself: “order orders”."""
    return sum(
        1
        for before, word in pairwise(words)
        if word.is_content
        and word.stem == before.stem
        and word.form.isalpha()
        and text[before.end : word.start] == " "
    )


def _successors(text: str, words: tuple[Word, ...]) -> Iterator[tuple[Word, str]]:
    """Each word with the form that follows it in its clause, or the end of the clause."""
    for word, following in pairwise(words):
        between = text[word.end : following.start]
        yield word, following.form if between.isspace() else _after_mark(between)
    if words:
        yield words[-1], _END


def _after_mark(between: str) -> str:
    """Only a full stop or comma surely ends a clause; brackets, quotes and dashes may not."""
    return _END if between.strip() in (".", ",", ";") else "…"


def _breaks(form: str, following: str) -> bool:
    if following in _ALLOWED.get(form, frozenset()):
        return False
    if following in _FORBIDDEN.get(form, frozenset()):
        return True
    return _wrong_article(form, following)


def _wrong_article(form: str, following: str) -> bool:
    """“a outage”, “an queue”; initials and words of uncertain sound are let pass."""
    if len(following) < 4 or not following.isalpha():
        return False
    if form == "a":
        return following[0] in "ai" or following[:2] in ("ou", "ev", "ex", "en", "or")
    return form == "an" and following[0] in "bcdfgjkpqtvwz"


def looks_listed(segment: Segment) -> bool:
    """Whether a long segment is only words strung together, without the glue of a sentence."""
    count = len(segment.words)
    glue = sum(1 for word in segment.words if word.form in _FUNCTION)
    if count >= _UNBROKEN_LENGTH and not any(mark in segment.quote for mark in ",;:()"):
        return glue <= _UNBROKEN_SHARE * count
    return count >= _LIST_LENGTH and glue <= _LIST_SHARE * count
