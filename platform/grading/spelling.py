"""Reading through slips of the keyboard: an unknown word one slip away from an expected one.

Only words that nobody knows are touched, and only where one letter was dropped, doubled, swapped
or mistyped. What the rubric and the question say is preferred; other words must be common.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache
from string import ascii_lowercase

from grading.embedding import ranks
from grading.segments import Segment
from grading.stemming import stem
from grading.words import NEGATORS, STOP_WORDS, Word, listed

SHORTEST = 4  # letters of a slip on an expected word; shorter words are too near to one another
SHORTEST_COMMON = 6  # the same where only the language speaks for the correction
COMMON = 8_000  # the rank of the rarest word that anything is corrected to
_SHORT_COMMON = 400  # for swapped letters in short words: “teh”
# Words of the trade that the language's common words are one slip away from.
_TRADE = listed(
    """jitter decode decoder schema preset multiply multiplex throughput sharding scheduler deferred
    retried retry router routers latent caching backend padding callee identifier balancer sampler
    compile compiler parity poisson bursty congested resent upsert cloning classifier specifier
    telephony retrain starve parses halve halving rename shorten symptom utilisation multicast"""
)


def corrections(words: Sequence[Word], expected: Mapping[str, str]) -> dict[int, str]:
    """The places of misspelt words, each with the form that was meant.

    `expected` maps the forms of question and rubric to their stems.
    """
    stems = frozenset(expected.values())
    found = {}
    for place, word in enumerate(words):
        if _is_suspect(word, expected, stems):
            meant = _meant(word.form, expected)
            if meant is not None:
                found[place] = meant
    return found


def _is_suspect(word: Word, expected: Mapping[str, str], stems: AbstractSet[str]) -> bool:
    form = word.form
    if len(form) < 3 or not (form.isascii() and form.isalpha()) or form in expected:
        return False
    if form in STOP_WORDS or form in NEGATORS or form in _TRADE:
        return False
    return word.stem not in stems and not is_known(form)


@lru_cache(maxsize=20_000)
def is_known(form: str) -> bool:
    """Whether a form, or its stem with an ending, is a word of the language."""
    known = ranks()
    return form in known or any(
        form.endswith(suffix) and form.removesuffix(suffix) in known
        for suffix in ("s", "es", "d", "ed", "ing", "ly", "er", "ers")
    )


def _meant(form: str, expected: Mapping[str, str]) -> str | None:
    if len(form) >= SHORTEST:
        close = sorted(edit for edit in _edits(form) if edit in expected and len(edit) > 2)
        if close:
            return close[0]
    return _common(form)


@lru_cache(maxsize=5_000)
def _common(form: str) -> str | None:
    """The commonest word of the language that this one was probably meant to be."""
    known = ranks()
    if len(form) >= SHORTEST_COMMON:
        edits, limit = _edits(form), COMMON
    else:
        edits, limit = _swaps(form), _SHORT_COMMON
    close = [edit for edit in edits if known.get(edit, limit) < limit]
    return min(close, key=lambda edit: (known[edit], edit), default=None)


def _swaps(form: str) -> set[str]:
    return {
        form[:place] + form[place + 1] + form[place] + form[place + 2 :]
        for place in range(len(form) - 1)
    }


def _edits(form: str) -> set[str]:
    """Every text one slip away; the first letter may only be swapped, hardly anybody misses it."""
    cuts = [(form[:place], form[place:]) for place in range(1, len(form) + 1)]
    dropped = {left + right[1:] for left, right in cuts if right}
    changed = {left + one + right[1:] for left, right in cuts if right for one in ascii_lowercase}
    added = {left + letter + right for left, right in cuts for letter in ascii_lowercase}
    return (dropped | changed | added | _swaps(form)) - {form}


def as_meant(segment: Segment, expected: Mapping[str, str]) -> Segment:
    """The segment with misspelt words in the form and stem that were meant."""
    meant = corrections(segment.words, expected)
    if not meant:
        return segment
    words = tuple(
        Word(word.start, word.end, meant[place], stem(meant[place])) if place in meant else word
        for place, word in enumerate(segment.words)
    )
    return replace(segment, words=words, slips=frozenset(meant))
