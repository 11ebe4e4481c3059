"""Telling words from keys pressed at random."""

import re
from collections.abc import Mapping, Sequence

from grading.segments import Segment
from grading.spelling import is_known
from grading.words import NEGATORS, STOP_WORDS, Word

STRANGE_SHARE = 0.5  # of the Latin-script words that cannot be words of any language
UNKNOWN_SHARE = 0.7  # of the words that an English text does not know
ENGLISH_SHARE = 0.6  # of known words in question and rubric, for the above to be held against it
_LONGEST_WORD = 22
_ACRONYM = 5  # letters; what is shorter and unknown may be the name of a thing
_ENOUGH = 4  # unknown words
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
_SAME_LETTER = re.compile(r"(.)\1{3,}")
_LATIN = re.compile(r"[a-z]+")


def is_gibberish(segments: Sequence[Segment], expected: Mapping[str, str]) -> bool:
    """Whether most of an answer is not made of words; `expected` words always are."""
    latin = [word for segment in segments for word in segment.words if _LATIN.fullmatch(word.form)]
    if not latin:
        return False
    stems = frozenset(expected.values())
    strange = sum(1 for word in latin if word.stem not in stems and not _looks_like_a_word(word))
    if strange > STRANGE_SHARE * len(latin):
        return True
    long = [word for word in latin if len(word.form) >= _ACRONYM]
    unknown = sum(1 for word in long if word.stem not in stems and not is_word(word.form))
    return unknown >= max(_ENOUGH, UNKNOWN_SHARE * len(latin)) and _is_english(expected)


def _is_english(expected: Mapping[str, str]) -> bool:
    forms = [form for form in expected if _LATIN.fullmatch(form)]
    return bool(forms) and sum(map(is_word, forms)) >= ENGLISH_SHARE * len(forms)


def is_word(form: str) -> bool:
    """Whether English knows a folded word."""
    return form in STOP_WORDS or form in NEGATORS or is_known(form)


def _looks_like_a_word(word: Word) -> bool:
    form = word.form
    if form in STOP_WORDS:
        return True
    if len(form) > _LONGEST_WORD or _CONSONANTS.search(form) or _SAME_LETTER.search(form):
        return False
    return any(letter in form for letter in "aeiouy") or len(form) <= 4
