"""Words with their places in the text: folding, stop words, stems.

Offsets always point into the text as it was given; only the form that is compared is folded
(compatibility forms, case and accents removed).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from grading.stemming import stem

_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u200b-\u200d\u00ad])*(?:['’ʼ][^\W_]+)*")


def listed(words: str) -> frozenset[str]:
    """The set of words written one after another."""
    return frozenset(words.split())


STOP_WORDS = listed(
    """a about above after again all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each even few for from
    further get gets got had has have having he her here hers him his how i if in into is it its
    itself just let like make makes may me might more most much must my of off on once one only
    or other our ours out over own per quite rather really same shall she should since so some
    still such than that the their theirs them then there these they thing things this those
    through to too under until up upon us use used uses using very was we were what when where
    whether which while who whom why will with within would yes yet you your yours etc eg ie
    first second want wants need needs way ways well good"""
)
NEGATORS = listed(
    """not no never none nothing nobody neither nor without cannot cant dont doesnt didnt isnt
    arent wasnt werent wont wouldnt shouldnt couldnt mustnt neednt hasnt havent hadnt aint
    avoid avoids avoiding prevent prevents preventing lack lacks lacking unable hardly
    instead"""
)
# Forms whose stem the suffix rules cannot find.
_IRREGULAR = {
    form: base
    for base, forms in {
        "queue": "queued queuing queueing",
        "send": "sent",
        "keep": "kept",
        "write": "wrote written",
        "lose": "lost losing",
        "pay": "paid",
        "take": "took taken",
        "tell": "told",
        "hold": "held",
        "sell": "sold",
        "build": "built",
        "choose": "chose chosen choosing",
        "break": "broke broken",
        "fall": "fell fallen",
        "run": "ran",
        "know": "knew known",
        "give": "gave given",
        "show": "shown",
        "find": "found",
        "throw": "threw thrown",
        "index": "indices indexes",
    }.items()
    for form in forms.split()
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: `text[start:end]`, its folded form and its stem."""

    start: int
    end: int
    form: str
    stem: str

    @property
    def is_content(self) -> bool:
        """Whether it carries meaning of its own."""
        return self.form not in STOP_WORDS and self.form not in NEGATORS

    @property
    def is_negator(self) -> bool:
        """Whether it turns around what follows."""
        return self.form in NEGATORS


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """A word as it is compared: no case, accents, apostrophes, compatibility or hidden forms."""
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, in order."""
    found = []
    for match in _WORD.finditer(text):
        form = fold(match.group())
        if form:
            found.append(Word(match.start(), match.end(), form, stem(_IRREGULAR.get(form, form))))
    return tuple(found)


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, in order, repeats kept."""
    return tuple(word.stem for word in words_of(text) if word.is_content)
