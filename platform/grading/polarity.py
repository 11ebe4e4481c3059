"""Which words of a sentence stand under a negation."""

import re
from collections.abc import Sequence

from grading.words import Word, listed

REACH = 4  # content words a negation reaches forward, unless its clause ends before

_CLAUSE_END = re.compile(r"[,;:.!?()\[\]\n–—]")
_NEW_CLAUSE = listed("but because so which while instead then since although though if")
_NO_NEGATION_AFTER = {"not": frozenset(("only", "just"))}  # “not only” affirms


def negated_places(text: str, words: Sequence[Word]) -> frozenset[int]:
    """The places in `words` (words of `text`, in order) that a negation reaches.

    “Rather than” and “instead of” negate like “not”. Two negations cancel each other.
    """
    negated: set[int] = set()
    for place, word in enumerate(words):
        if _negates(words, place):
            negated ^= _reached(text, words, place)
        elif word.form == "rather" and _form(words, place + 1) == "than":
            negated ^= _reached(text, words, place + 1)
    return frozenset(negated)


def _negates(words: Sequence[Word], place: int) -> bool:
    word = words[place]
    if word.form == "instead":
        return _form(words, place + 1) == "of"
    following = _form(words, place + 1)
    return word.is_negator and following not in _NO_NEGATION_AFTER.get(word.form, frozenset())


def _form(words: Sequence[Word], place: int) -> str:
    return words[place].form if place < len(words) else ""


def _reached(text: str, words: Sequence[Word], place: int) -> set[int]:
    reached: set[int] = set()
    for following in range(place + 1, len(words)):
        between = text[words[following - 1].end : words[following].start]
        if _CLAUSE_END.search(between) or words[following].form in _NEW_CLAUSE:
            break
        if words[following].is_content:
            reached.add(following)
            if len(reached) == REACH:
                break
    return reached
