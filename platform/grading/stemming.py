"""Word stems by the algorithm of M. F. Porter, “An algorithm for suffix stripping”, 1980.

Written from the published description, with its two later changes (`abli` → `bli` rule and
`logi` → `log`). Only words of ASCII letters are stemmed; others come back unchanged.
"""

import itertools
from functools import lru_cache

_VOWELS = "aeiou"

_STEP_2 = (
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
)
_STEP_3 = (
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
)
_STEP_4 = (
    "ement",
    "ance",
    "ence",
    "able",
    "ible",
    "ment",
    "ant",
    "ent",
    "ion",
    "ism",
    "ate",
    "iti",
    "ous",
    "ive",
    "ize",
    "al",
    "er",
    "ic",
    "ou",
)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a lower-case word."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    for step in (_plural, _past, _final_y, _double_suffix, _derived, _residual, _final_e):
        word = step(word)
    return word


def _is_consonant(word: str, place: int) -> bool:
    letter = word[place]
    if letter in _VOWELS:
        return False
    return letter != "y" or place == 0 or not _is_consonant(word, place - 1)


def _measure(word: str) -> int:
    """How often a vowel run is followed by a consonant run: the m of the paper."""
    kinds = [_is_consonant(word, place) for place in range(len(word))]
    return sum(1 for before, after in itertools.pairwise(kinds) if after and not before)


def _has_vowel(word: str) -> bool:
    return any(not _is_consonant(word, place) for place in range(len(word)))


def _ends_double(word: str) -> bool:
    return len(word) > 1 and word[-1] == word[-2] and _is_consonant(word, len(word) - 1)


def _ends_short(word: str) -> bool:
    """Consonant, vowel, consonant other than w, x, y at the end: the *o of the paper."""
    last = len(word) - 1
    return (
        last >= 2
        and _is_consonant(word, last)
        and not _is_consonant(word, last - 1)
        and _is_consonant(word, last - 2)
        and word[last] not in "wxy"
    )


def _plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        head = word.removesuffix(suffix)
        if head != word and _has_vowel(head):
            return _mended(head)
    return word


def _mended(head: str) -> str:
    if head.endswith(("at", "bl", "iz")):
        return head + "e"
    if _ends_double(head) and head[-1] not in "lsz":
        return head[:-1]
    if _measure(head) == 1 and _ends_short(head):
        return head + "e"
    return head


def _final_y(word: str) -> str:
    return word[:-1] + "i" if word.endswith("y") and _has_vowel(word[:-1]) else word


def _double_suffix(word: str) -> str:
    return _replaced(word, _STEP_2)


def _derived(word: str) -> str:
    return _replaced(word, _STEP_3)


def _replaced(word: str, rules: tuple[tuple[str, str], ...]) -> str:
    for suffix, replacement in sorted(rules, key=lambda rule: -len(rule[0])):
        if word.endswith(suffix):
            head = word[: -len(suffix)]
            return head + replacement if _measure(head) > 0 else word
    return word


def _residual(word: str) -> str:
    for suffix in _STEP_4:
        if not word.endswith(suffix):
            continue
        head = word[: -len(suffix)]
        if _measure(head) > 1 and (suffix != "ion" or head.endswith(("s", "t"))):
            return head
        return word
    return word


def _final_e(word: str) -> str:
    if word.endswith("e"):
        head = word[:-1]
        if _measure(head) > 1 or (_measure(head) == 1 and not _ends_short(head)):
            word = head
    if word.endswith("ll") and _measure(word) > 1:
        return word[:-1]
    return word
