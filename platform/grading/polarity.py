"""Which words of a sentence stand under a negation, and which are denied with a whole clause."""

import re
from collections.abc import Sequence

from grading.words import Word, listed

REACH = 8  # content words a negation reaches forward, unless its clause ends before

_CLAUSE_END = re.compile(r"[,;:.!?()\[\]\n–—]")
_NEW_CLAUSE = listed("but because so which while instead then since although though if")
_NO_NEGATION_AFTER = {"not": frozenset(("only", "just"))}  # “not only” affirms
_DENIAL = re.compile(
    r"\b(?:(?:it\s+is|it['’]s|that\s+is|this\s+is)\s+(?:not|never)\s+(?:at\s+all\s+)?"
    r"(?:true|the\s+case|correct|right|so)\s+that"
    r"|(?:it\s+is\s*n['’]?t|it['’]s\s*n['’]?t)\s+(?:true|the\s+case|correct|right)\s+that"
    r"|(?:it\s+is|it['’]s)\s+(?:false|wrong|untrue|incorrect|a\s+mistake\s+to\s+\w+)\s+that"
    r"|(?:i|we)\s+(?:do\s+not|don['’]?t|cannot|can['’]?t)\s+(?:think|believe|agree|say)\s+that"
    r"|(?:i|we)\s+(?:deny|doubt|disagree)\s+that)\b",
    re.IGNORECASE,
)
_DISMISSED = re.compile(
    r"[,;:–—]?\s*(?:(?:this|that|which|it)\s+)?(?:is|are)\s+"
    r"(?:(?:not|never)\s+(?:true|the\s+case|correct|right)|false|wrong|untrue|incorrect)\W*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|\n")


def negated_places(text: str, words: Sequence[Word]) -> frozenset[int]:
    """The places in `words` (words of `text`, in order) that a negation reaches.

    “Rather than” and “instead of” negate like “not”. Two negations cancel each other. What is
    denied as a whole (“it is not true that …”) is turned around to its end.
    """
    negated: set[int] = set()
    for place, word in enumerate(words):
        if _negates(words, place):
            negated ^= _reached(text, words, place)
        elif word.form == "rather" and _form(words, place + 1) == "than":
            negated ^= _reached(text, words, place + 1)
    return frozenset(negated - denied_places(text, words))


def denied_places(text: str, words: Sequence[Word]) -> frozenset[int]:
    """The places of content words that are denied together with all they stand with."""
    denied: set[int] = set()
    for found in _DENIAL.finditer(text):
        end = _SENTENCE_END.search(text, found.end())
        denied |= _content(words, found.end(), end.start() if end else len(text))
    dismissed = _DISMISSED.search(text)
    if dismissed is not None:
        denied |= _content(words, 0, dismissed.start())
    return frozenset(denied)


def _content(words: Sequence[Word], start: int, end: int) -> set[int]:
    return {
        place
        for place, word in enumerate(words)
        if word.is_content and start <= word.start and word.end <= end
    }


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
