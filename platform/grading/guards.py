"""Reading an answer with care: what is not graded, what is only flagged, what earns less."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grading.assessment import Flag
from grading.gibberish import is_gibberish, is_word
from grading.order import Places, disorder, places
from grading.segments import Segment, capped, segment_of, split, windows
from grading.spelling import as_meant
from grading.words import STOP_WORDS, Word, words_of

COPIED_SHARE = 0.7  # of a segment's word triples found in the question
SHUFFLED_CREDIT = 0.15  # too little for any threshold
DISORDERED_FROM = 1.5  # the logarithm of the odds
COMPANY = 3.0  # what the rest of an answer can say for or against a segment, in the same unit
ENGLISH_SHARE = 0.6  # of words that English knows, before their order can be judged
SPOKEN_SHARE = 0.6  # of all words, that are neither numbers nor single letters
REPEATED_SHARE = 0.3  # of all segments, to be worth a flag
_TRIPLE = 3
_WITHIN_FIGURES = frozenset(". ,")  # 0.494, 13 500

# A farewell in the same sentence, as where people write no full stops; it says nothing.
_FAREWELL = re.compile(
    r"\s(?:i\s+hope\s+(?:this|that|it)\s+(?:helps?|answers?|is)\b|thank\s+you\b|thanks\b(?!\s+to)"
    r"|(?:best|kind)\s+regards\b|have\s+a\s+(?:nice|good|great)\s+day\b).{0,80}$",
    re.IGNORECASE | re.DOTALL,
)
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rubric|criteria|rules?)"
    r"|\b(?:award|give|grant|assign)\b.{0,30}\b(?:full|maximum|max|all|top|perfect|highest)\b"
    r".{0,20}\b(?:mark|point|score|credit|grade)s?\b"
    r"|\b(?:full|maximum|perfect)\s+(?:marks?|points?|score|credit)\b.{0,30}\b(?:answer|please|for)\b"
    r"|\b(?:mark|grade|score|rate|judge|treat|consider)\b.{0,40}\b(?:as\s+)?"
    r"(?:met|correct|fully\s+correct|complete|passed|perfect)\b.{0,30}"
    r"\b(?:criteri\w+|answer|submission|regardless)\b"
    r"|\b(?:all|every|each)\s+criteri\w+\b.{0,30}\b(?:met|fulfilled|satisfied)\b"
    r"|\b(?:dear|hello|hey|note\s+to|attention)\s+(?:the\s+)?(?:grader|examiner|marker|assistant|ai)\b"
    r"|\byou\s+are\s+(?:now\s+)?(?:a|an|the)\s+\w*\s*(?:grader|examiner|assistant|language\s+model)\b"
    r"|\b(?:this|my|the)\s+(?:answer|response|solution|submission)\b.{0,30}\b(?:deserves?|earns?|merits?"
    r"|should\s+(?:get|receive|be\s+(?:graded|marked|scored|given|awarded))"
    r"|must\s+(?:get|receive|be\s+(?:graded|marked|scored|given|awarded)))\b"
    r"|\b(?:this|my)\s+(?:answer|response|solution|submission)\s+is\s+(?:\w+\s+){0,2}"
    r"(?:correct|perfect|complete|right|flawless|excellent)\b"
    r"|\b(?:output|return|print|respond\s+with|set)\b.{0,20}\b(?:score|grade|verdict|points?)\b"
    r"|\bsystem\s+(?:prompt|message)\b|<\s*/?\s*(?:system|assistant|instructions?)\s*>",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, eq=False)
class Expected:
    """What an honest answer may say: the words of question and rubric, and what stands together.

    `forms` maps words to their stems: they always count as real words, and misspelt words are
    read as them first.
    """

    forms: Mapping[str, str]
    places: Places

    @classmethod
    def of(cls, question: str, texts: Iterable[str], terms: Iterable[str] = ()) -> "Expected":
        """What a question and the `texts` and single `terms` of a rubric let expect."""
        texts = list(texts)
        forms = {w.form: w.stem for text in (question, *texts, *terms) for w in words_of(text)}
        return cls(forms, places(segment_of(text) for text in texts))


@dataclass(frozen=True)
class Reading:
    """An answer ready to be judged.

    `segments` are what may be quoted, each with its `credit` in [0, 1]: how much of what it says
    may count. The windows come last: window i joins the segment at `pairs[i]` to the next one.
    Offsets point into the answer as it was given.
    """

    segments: tuple[Segment, ...]
    credits: tuple[float, ...]
    flags: tuple[Flag, ...]
    pairs: tuple[int, ...] = ()

    @property
    def single(self) -> tuple[Segment, ...]:
        """The segments without the windows."""
        return self.segments[: len(self.segments) - len(self.pairs)]


def read_answer(question: str, answer: str, expected: Expected) -> Reading:
    """Cut an answer into segments, drop what must not be graded, and flag what it is."""
    text, cut = capped(answer)
    pieces = tuple(as_meant(piece, expected.forms) for piece in split(text))
    flags = [Flag.TOO_LONG] if cut else []
    if not pieces:
        return Reading((), (), (Flag.EMPTY,))
    if is_gibberish(pieces, expected.forms):
        return Reading((), (), (*flags, Flag.GIBBERISH))
    civil = tuple(_before(piece, _FAREWELL) or piece for piece in pieces)
    honest = tuple(kept for piece in civil if (kept := _before(piece, _INSTRUCTION)) is not None)
    if honest != civil:
        flags.append(Flag.INSTRUCTIONS)
    distinct = _without_repeats(honest)
    if len(honest) - len(distinct) > REPEATED_SHARE * len(honest):
        flags.append(Flag.REPEATED)
    return _credited(question, text, distinct, flags, expected)


def _before(segment: Segment, pattern: re.Pattern[str]) -> Segment | None:
    """What of a segment stands before a pattern, if that is more than a word or two."""
    found = pattern.search(segment.quote)
    if found is None:
        return segment
    before = tuple(word for word in segment.words if word.end - segment.start <= found.start())
    if len(before) < _TRIPLE:
        return None
    quote = segment.quote[: before[-1].end - segment.start]
    slips = frozenset(place for place in segment.slips if place < len(before))
    return Segment(segment.start, before[-1].end, quote, before, slips=slips)


def _credited(
    question: str,
    text: str,
    segments: tuple[Segment, ...],
    flags: list[Flag],
    expected: Expected,
) -> Reading:
    triples = _triples(words_of(question))
    copied = [_is_copied(segment, triples) for segment in segments]
    shuffled = _shuffled(segments, expected.places)
    if segments and _weighted(segments, copied) > 0.5:
        flags.append(Flag.QUESTION_COPIED)
    if segments and _weighted(segments, shuffled) > 0.5:
        flags.append(Flag.SHUFFLED)
    credit = [
        0.0 if is_copied else SHUFFLED_CREDIT if is_shuffled else 1.0
        for is_copied, is_shuffled in zip(copied, shuffled, strict=True)
    ]
    pairs = tuple(windows(segments, text))
    return Reading(
        segments + tuple(pair for _place, pair in pairs),
        (*credit, *(min(credit[place : place + 2]) for place, _pair in pairs)),
        tuple(flags),
        tuple(place for place, _pair in pairs),
    )


def _shuffled(segments: Sequence[Segment], expected: Places) -> list[bool]:
    """Which segments are words in disorder; what the rest of the answer is like counts a little."""
    if not _is_english(segments):
        return [False] * len(segments)
    scores = [disorder(segment, expected) for segment in segments]
    together = math.fsum(scores)
    return [
        score + max(-COMPANY, min(COMPANY, together - score)) >= DISORDERED_FROM for score in scores
    ]


def _is_english(segments: Sequence[Segment]) -> bool:
    """Whether the order of words can be judged: they are words, and most of them are English.

    Rows of addresses and formulas follow no grammar, so nothing can be said of their order.
    """
    forms = [form for segment in segments for form in _spoken_forms(segment)]
    words = [form for form in forms if form.isalpha()]
    spoken = sum(1 for form in words if len(form) > 1 or form in STOP_WORDS)
    return spoken >= SPOKEN_SHARE * len(forms) and (
        sum(map(is_word, words)) >= ENGLISH_SHARE * len(words)
    )


def _spoken_forms(segment: Segment) -> Iterator[str]:
    """The forms of the words; figures with nothing but a point or a space between are one."""
    end, was_figure = segment.start, False
    for word in segment.words:
        between = segment.quote[end - segment.start : word.start - segment.start]
        is_figure = word.form[0].isdigit()
        if not (is_figure and was_figure and between in _WITHIN_FIGURES):
            yield word.form
        end, was_figure = word.end, is_figure


def _weighted(segments: Sequence[Segment], marked: Sequence[bool]) -> float:
    """The share of the words that stand in marked segments."""
    total = sum(len(segment.words) for segment in segments)
    return (
        sum(len(one.words) for one, is_marked in zip(segments, marked, strict=True) if is_marked)
        / total
    )


def _without_repeats(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    seen: set[tuple[str, ...]] = set()
    kept = []
    for segment in segments:
        key = tuple(word.form for word in segment.words)
        if key not in seen:
            kept.append(segment)
        seen.add(key)
    return tuple(kept)


def _triples(words: Sequence[Word]) -> frozenset[tuple[str, ...]]:
    stems = [word.stem for word in words]
    return frozenset(
        tuple(stems[place : place + _TRIPLE]) for place in range(max(0, len(stems) - _TRIPLE + 1))
    )


def _is_copied(segment: Segment, question: frozenset[tuple[str, ...]]) -> bool:
    own = _triples(segment.words)
    return bool(own) and len(own & question) >= COPIED_SHARE * len(own)
