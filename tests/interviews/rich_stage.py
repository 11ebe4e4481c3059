"""A stage that has everything a stage can have."""

from typing import Any

HINTS = ["Where does a charge **wait**?", "What makes a retry harmless?"]
TWIST = "The provider now allows *five* requests a second."


def enrich(data: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario whose first stage has estimates, hints, a twist and a diagram."""
    first, *others = data["stages"]
    rich = first | {
        "twist": TWIST,
        "hints": [{"text": HINTS[0], "cost": 0.5}, {"text": HINTS[1], "cost": 1}],
        "estimates": [
            {"id": "backlog", "label": "Unpaid orders", "unit": "", "help": "After the outage."},
            {"id": "rate", "label": "Spare rate", "unit": "1/s", "help": ""},
        ],
        "diagram": True,
    }
    return data | {"stages": [rich, *others]}
