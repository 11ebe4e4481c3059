"""Which words of a sentence stand under a negation, and which are denied with a whole clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grading.words import Word, listed

REACH = 8  # content words a negation reaches forward, unless its clause ends before

_CLAUSE_END = re.compile(r"[,;:.!?()\[\]\n–—]")
_NEW_CLAUSE = listed("but because so which while instead then since although though if")
_NO_NEGATION_AFTER = {"not": frozenset(("only", "just"))}  # “not only” affirms
_GOING_ON = frozenset(("even", "once", "ever", "yet"))
_AUXILIARIES = listed(
    "must should shall can could may might will would need do does did is are was were be has have"
)
_CONTRACTED = listed(
    """cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt shouldnt couldnt mustnt
    neednt hasnt havent hadnt"""
)
# What is negated beside one of these is the limit, not the thing itself.
_LIMITS = listed(
    """before after until till unless than without only more less over under above below beyond
    longer later earlier sooner fewer"""
)
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


@dataclass(frozen=True)
class Negation:
    """One negation and what it turns around, as places of words.

    `first` is the next content word of its sentence; `refuses` says that it negates a verb, as in
    “must not be settled”; `limits` are words in its reach that limit it, such as “later than”.
    """

    first: int
    reached: frozenset[int]
    limits: frozenset[str]
    refuses: bool


def negations(text: str, words: Sequence[Word]) -> tuple[Negation, ...]:
    """The negations of a text in order, without those that go on with one: “not even once”."""
    found = []
    for place, word in enumerate(words):
        if not _negates(words, place) or _form(words, place + 1) in _GOING_ON:
            continue
        first, reached = _first_content(text, words, place), _reached(text, words, place)
        if first is None:
            continue
        stretch = {_form(words, other) for other in range(place + 1, max(reached, default=place))}
        auxiliary = word.form == "not" and _form(words, place - 1) in _AUXILIARIES
        found.append(
            Negation(
                first,
                frozenset(reached),
                frozenset(stretch & _LIMITS),
                auxiliary or word.form in _CONTRACTED,
            )
        )
    return tuple(found)


def _first_content(text: str, words: Sequence[Word], place: int) -> int | None:
    for following in range(place + 1, len(words)):
        if _SENTENCE_END.search(text, words[following - 1].end, words[following].start + 1):
            return None
        if words[following].is_content:
            return following
    return None


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
