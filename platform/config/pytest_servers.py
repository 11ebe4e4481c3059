"""pytest plugin: the test run uses the same embedded servers as everything else.

Loaded with ``-p config.pytest_servers`` (see pyproject.toml): settings are read before any
conftest.py is.
"""

import atexit
import os
from contextlib import ExitStack

import pytest

from config import embedded, env, local

_stack = ExitStack()


def _start() -> None:
    """Start the servers; the tests' broker and cache are databases of their own."""
    os.environ["PYTHONPATH"] = os.pathsep.join(
        str(path) for path in (embedded.ROOT / "platform", embedded.ROOT)
    )
    try:
        _stack.enter_context(embedded.servers(local.say))
    except embedded.StartError as error:
        raise pytest.UsageError(str(error)) from None
    os.environ["REDIS_URL"] = env.with_database(os.environ["REDIS_URL"], 8)
    os.environ["CACHE_URL"] = env.with_database(os.environ["REDIS_URL"], 9)
    local.prepare_environment()
    # Not a pytest hook: a run that fails while it starts has to stop them too.
    atexit.register(_stack.close)


# At import, because pytest-django reads the settings in the very first hook.
_start()
