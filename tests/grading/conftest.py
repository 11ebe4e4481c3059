"""A small rubric about payments that survive an outage, and answers of every kind."""

from dataclasses import dataclass

import pytest

from grading import Assessment, Criterion, EmbeddedGrader, criteria_from_data

QUESTION = (
    "Design the payment path of a shop that must keep selling while its payment provider is down "
    "for twenty minutes. What happens to an order, and what do you tell the customer?"
)

RUBRIC: list[object] = [
    {
        "id": "queue-charges",
        "points": 2,
        "statement": "Orders are accepted during the outage and the charge is queued durably to be"
        " made later.",
        "paraphrases": [
            (
                "Take the order anyway, write the charge to a durable queue and process it once the"
                " provider is back."
            ),
            (
                "We store the payment request in an outbox table and a worker charges the card"
                " after recovery."
            ),
            (
                "Checkout puts the charge on a persistent queue instead of calling the provider"
                " synchronously."
            ),
        ],
        "misconceptions": [
            "Reject every order with an error until the provider is back.",
            "Keep the charge in memory and retry it in the request thread.",
        ],
        "groups": [
            [
                "queue|enqueue|outbox|store",
                "charge|payment|card",
                "later|recover|recovery|back|worker|durable|durably|persistent",
            ]
        ],
    },
    {
        "id": "idempotency",
        "points": 2,
        "statement": "Every charge carries an idempotency key so that a retry cannot charge the"
        " customer twice.",
        "paraphrases": [
            "Send a unique key with each charge; the provider ignores duplicates.",
            (
                "Use the order id as idempotency key, which makes repeating the call safe and"
                " avoids double charges."
            ),
            "Retries reuse the same request identifier so nobody pays twice.",
        ],
        "misconceptions": [
            "Retries are safe because the provider never charges twice by itself.",
            "Generate a fresh key for every attempt.",
        ],
        "groups": [
            [
                "idempotency key|idempotent|request identifier|unique key|dedupe",
                "!fresh key|new key",
            ]
        ],
    },
    {
        "id": "breaker",
        "points": 1,
        "statement": "A circuit breaker with a timeout stops calls to the failing provider so that"
        " threads are not used up.",
        "paraphrases": [
            (
                "Put a circuit breaker in front of the provider: it opens after failures and we"
                " fail fast instead of tying up threads."
            ),
            (
                "Short timeouts and a breaker keep slow provider calls from exhausting our"
                " connection pool."
            ),
            "After a few timeouts we trip the breaker and stop calling them for a while.",
        ],
        "misconceptions": [
            "Increase the timeout to a minute so that slow calls can still succeed."
        ],
        "groups": [["breaker", "open|trip|stop|fail fast|timeout|failing"]],
    },
    {
        "id": "tell-customer",
        "points": 1,
        "statement": "The customer is told honestly that the order is received and payment is"
        " pending, and gets an e-mail when it is settled.",
        "paraphrases": [
            "Show the order as pending payment and send a mail once the charge succeeds or fails.",
            (
                "The shopper sees “order received, payment being confirmed” and is notified by"
                " email later."
            ),
            (
                "Tell them we have the order, that payment will be taken later, and confirm by"
                " message."
            ),
        ],
        "misconceptions": ["Tell the customer that the payment succeeded."],
        "groups": [
            ["pending|confirmed|processing|received", "email|mail|notify|message|notification"]
        ],
    },
    {
        "id": "backlog",
        "points": 1,
        "statement": "At 18.5 orders per second, twenty minutes leave a backlog of about 22 200"
        " charges.",
        "paraphrases": [
            "18.5/s for 1 200 s makes 22 200 queued charges.",
            "The backlog after the outage is roughly 22,000 charges.",
        ],
        "misconceptions": ["The backlog stays empty."],
        "numbers": [{"value": 22_200, "unit": "", "tolerance": 0.1}],
    },
]

MODEL = """When the provider is down, checkout must not depend on it. The order service accepts \
the order and writes the charge into an outbox table in the same transaction; a worker takes it \
from the durable queue and charges the card when the provider has recovered.

Each charge has an idempotency key derived from the order id, so when the worker retries after a \
timeout the provider recognises the duplicate and the customer is never charged twice.

- Calls to the provider go through a circuit breaker with a two second timeout. After repeated \
failures it opens and we fail fast, so our threads stay free.
- At 18.5 orders/s, 20 minutes of outage leave 22 200 charges in the backlog; draining at 50/s \
takes about twelve minutes.

The page tells the customer "order received, payment pending", and we send an email when the \
payment is settled or has finally failed."""

MIDDLING = """I would put the payments into a queue so they can be done later. We should monitor \
the provider and scale the service with Kubernetes, and add a cache for products."""

OFF_TOPIC = """To train a large language model you need many GPUs and a lot of data. The tokens \
are embedded, attention layers mix them, and the loss is minimised with Adam. Mixed precision \
halves the memory, and gradient checkpointing trades compute for memory."""

NEGATED = """We do not accept orders during the outage and never queue the charge for later. \
Charges carry no idempotency key. There is no circuit breaker and no timeout in front of the \
provider. The customer is not told that the payment is pending and gets no e-mail."""

KEYWORDS = """queue charge later durable outbox idempotency key twice breaker timeout open \
threads pending email order received customer 22200 backlog"""


@dataclass(frozen=True)
class Payments:
    """The question, its rubric and a grader for answers to it."""

    question: str
    rubric: tuple[Criterion, ...]
    model: str = MODEL
    middling: str = MIDDLING
    off_topic: str = OFF_TOPIC
    negated: str = NEGATED
    keywords: str = KEYWORDS

    def grade(self, answer: str) -> Assessment:
        """The embedded grader's assessment of an answer."""
        return EmbeddedGrader().grade(self.question, self.rubric, answer)


@pytest.fixture(scope="session")
def payments() -> Payments:
    """The scenario most tests grade against."""
    return Payments(QUESTION, criteria_from_data(RUBRIC))
