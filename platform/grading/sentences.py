"""The sentences an assessment may contain: whole and constant, so that pages can translate them.

They are stored with a grade as written here; whoever shows one looks its translation up.
"""

from grading.assessment import Flag


def gettext_noop(message: str) -> str:
    """Mark a sentence for extraction."""
    return message


SAID = gettext_noop("These words say what was asked for.")
TOGETHER = gettext_noop("The ideas that were asked for stand together here.")
NUMBER_FOUND = gettext_noop("The expected number is here.")
NUMBER_MISSING = gettext_noop("Some of it is here, but an expected number was not found.")
IN_PART = gettext_noop("Some of what was asked for is here, not all.")
PERHAPS = gettext_noop("These words may mean it; a second opinion is needed.")
NOT_SAID = gettext_noop("Nothing in the answer says this clearly enough.")
CONTRADICTED = gettext_noop(
    "These words say the opposite of what was asked for, or a common mistake."
)
TORN = gettext_noop(
    "The answer says this and also seems to contradict it; a second opinion is needed."
)

FLAGS: dict[Flag, str] = {
    Flag.EMPTY: gettext_noop("The answer is empty."),
    Flag.GIBBERISH: gettext_noop("Most of the answer is not made of words."),
    Flag.QUESTION_COPIED: gettext_noop(
        "Most of the answer repeats the question, which earns nothing."
    ),
    Flag.SHUFFLED: gettext_noop(
        "Most of the answer is not in sentences: single words earn little."
    ),
    Flag.OTHER_QUESTION: gettext_noop(
        "The answer seems to be about something else than the question: it earns little."
    ),
    Flag.REPEATED: gettext_noop("The answer says the same thing several times: it counts once."),
    Flag.INSTRUCTIONS: gettext_noop(
        "Sentences that speak to whoever grades the answer were not read."
    ),
    Flag.TOO_LONG: gettext_noop("Only the first 2,000 words were read."),
}
