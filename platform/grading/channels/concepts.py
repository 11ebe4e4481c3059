"""The concept channel: all terms of one group inside one segment or window."""

from collections.abc import Sequence
from dataclasses import dataclass

from grading.channels import NOTHING, Finding
from grading.guards import Reading
from grading.segments import Segment
from grading.words import words_of

Phrase = tuple[str, ...]  # stems that follow one another
_PHRASE_GAP = 1  # words that may stand between two words of a phrase


@dataclass(frozen=True)
class Term:
    """One term of a group: any of its phrases will do; a veto must not occur at all."""

    phrases: tuple[Phrase, ...]
    is_veto: bool = False


Group = tuple[Term, ...]


def compile_group(group: Sequence[str]) -> Group:
    """A group from its written form: `a|b` for synonyms, `!a` for a veto, phrases allowed."""
    terms = []
    for written in group:
        is_veto = written.strip().startswith("!")
        phrases = tuple(
            stems
            for synonym in written.strip().removeprefix("!").split("|")
            if (stems := tuple(word.stem for word in words_of(synonym)))
        )
        if phrases:
            terms.append(Term(phrases, is_veto))
    return tuple(terms)


def find_group(
    groups: Sequence[Group], reading: Reading, may_be_negated: frozenset[str]
) -> Finding:
    """The best group: strength 1 when all its terms stand together, else the share that does.

    A term under a negation counts only when one of its stems is in `may_be_negated`: the stems
    that the criterion's own exemplars negate.
    """
    best = NOTHING
    for segment, credit in zip(reading.segments, reading.credits, strict=True):
        for group in groups:
            strength = credit * _share(group, segment, may_be_negated)
            if strength > best.strength + (0.01 if segment.parts > 1 else 1e-9):
                best = Finding(strength, (segment,))
    return best


def _share(group: Group, segment: Segment, may_be_negated: frozenset[str]) -> float:
    wanted = [term for term in group if not term.is_veto]
    vetoes = [term for term in group if term.is_veto]
    if not wanted or any(_occurs(term, segment, None) for term in vetoes):
        return 0.0
    return sum(_occurs(term, segment, may_be_negated) for term in wanted) / len(wanted)


def _occurs(term: Term, segment: Segment, may_be_negated: frozenset[str] | None) -> bool:
    return any(_stands(phrase, segment, may_be_negated) for phrase in term.phrases)


def holds_a_term(groups: Sequence[Group], segment: Segment) -> bool:
    """Whether a term of any group stands in the segment, one in words rather than figures."""
    return any(
        _stands(phrase, segment, None)
        for group in groups
        for term in group
        for phrase in term.phrases
        if not term.is_veto and all(stem.isalpha() for stem in phrase)
    )


def _stands(phrase: Phrase, segment: Segment, may_be_negated: frozenset[str] | None) -> bool:
    """Whether the phrase occurs, in a place where its polarity allows it to count."""
    free = may_be_negated is None or any(stem in may_be_negated for stem in phrase)
    for place, word in enumerate(segment.words):
        if word.stem != phrase[0]:
            continue
        places = _matched(phrase, segment, place)
        if places and not (segment.denied if free else segment.negated).intersection(places):
            return True
    return len(phrase) == 1 and phrase[0] in segment.stems and _only_joined(phrase[0], segment)


def _only_joined(stem: str, segment: Segment) -> bool:
    """A hyphenated word found under its closed spelling."""
    return all(word.stem != stem for word in segment.words)


def _matched(phrase: Phrase, segment: Segment, start: int) -> tuple[int, ...]:
    places = [start]
    for stem in phrase[1:]:
        reach = range(places[-1] + 1, min(places[-1] + 2 + _PHRASE_GAP, len(segment.words)))
        found = next((place for place in reach if segment.words[place].stem == stem), None)
        if found is None:
            return ()
        places.append(found)
    return tuple(places)
