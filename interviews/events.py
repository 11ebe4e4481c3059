"""Who waits for news of a grading, and how the news reaches them.

PostgreSQL tells (NOTIFY, by a trigger on the table of gradings) when a change is committed. It is
also where the change is stored, so that there is no moment in which one is there without the
other: when the connection breaks, everybody is told to look again as soon as there is a new one.

An event says “look”, never what is to be seen: the page asks the web server, as it does without
events. All of this runs in one event loop, of the events process.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

logger = logging.getLogger(__name__)
CHANNEL = "interviews_grading"  # as the trigger of migration 0007 spells it
PER_LEARNER, IN_ALL = 6, 500
# After this long in silence a reader looks anyway: whatever breaks, the page is at most so old.
HEARTBEAT_S = 10.0
LONGEST_S = 600.0
RECONNECT_S = 1.0
LOOK = b"data: look\n\n"
# A browser whose connection ended comes back after so many milliseconds.
HELLO = b"retry: 3000\n" + LOOK


class Hub:
    """The readers that wait, by the answer they wait for."""

    def __init__(self) -> None:
        self.waiting: dict[int, set[asyncio.Event]] = {}
        self.readers: Counter[int] = Counter()
        self.listening: asyncio.Task[None] | None = None

    def is_full_for(self, learner_id: int) -> bool:
        """Whether one more reader would be too many, for this learner or in all."""
        return self.readers[learner_id] >= PER_LEARNER or self.readers.total() >= IN_ALL

    async def follow(self, learner_id: int, answer_id: int) -> AsyncIterator[bytes]:
        """Yield what a waiting browser is sent; the first tells it to look at once."""
        news = asyncio.Event()
        self.waiting.setdefault(answer_id, set()).add(news)
        self.readers[learner_id] += 1
        self._listen()
        end = time.monotonic() + LONGEST_S
        try:
            yield HELLO
            while time.monotonic() < end:
                await _wait(news)
                yield LOOK
        finally:
            self._leave(learner_id, answer_id, news)

    def tell(self, answer_id: int) -> None:
        """Wake who waits for an answer."""
        for news in self.waiting.get(answer_id, ()):
            news.set()

    def tell_all(self) -> None:
        """Wake everybody: something may have happened that nobody was told of."""
        for answer_id in self.waiting:
            self.tell(answer_id)

    def _leave(self, learner_id: int, answer_id: int, news: asyncio.Event) -> None:
        self.readers[learner_id] -= 1
        self.readers += Counter()  # forgets who has none left
        waiting = self.waiting[answer_id]
        waiting.discard(news)
        if not waiting:
            del self.waiting[answer_id]

    def _listen(self) -> None:
        if self.listening is None or self.listening.done():
            self.listening = asyncio.create_task(listen(self))


async def _wait(news: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(news.wait(), HEARTBEAT_S)
    except TimeoutError:
        return
    news.clear()


async def listen(hub: Hub) -> None:
    """Pass on what the database tells, for as long as anybody waits."""
    while hub.waiting:
        try:
            await _pass_on(hub)
        except psycopg.Error as error:
            logger.warning("No news from the database: %s", error)
            await asyncio.sleep(RECONNECT_S)


async def _pass_on(hub: Hub) -> None:
    async with await psycopg.AsyncConnection.connect(_address(), autocommit=True) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        hub.tell_all()
        while hub.waiting:
            async for told in listener.notifies(timeout=HEARTBEAT_S, stop_after=1):
                hub.tell(int(told.payload))
        logger.debug("Nobody waits any more.")


def _address() -> str:
    """Return where Django's database is, for a connection that is not Django's."""
    known = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST",
             "port": "PORT"}  # fmt: skip
    options = {name: value for name, value in known["OPTIONS"].items() if name != "pool"}
    return make_conninfo(
        **options, **{name: known[key] for name, key in names.items() if known[key]}
    )


hub = Hub()
