#!/usr/bin/env python3
"""The one entry point: ``manage.py run``, ``manage.py test`` and every other command."""

import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# Commands that need no server and should answer at once.
SERVERLESS = {"help", "version", "--help", "--version", "lab"}


def main() -> int:
    """Put the source root on the path, make sure the servers are there, hand over to Django."""
    if not hasattr(platform, "python_version"):
        print("The folder platform/ hides Python's own module: remove platform/__init__.py.")  # noqa: T201
        return 1
    sys.path.insert(0, str(ROOT / "platform"))
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if sys.argv[1:] == ["run"]:
        from config import start

        return start.main()

    from django.core.management import execute_from_command_line

    from config import database_user, embedded, local

    if command in SERVERLESS:
        local.prepare_environment()
        execute_from_command_line(sys.argv)
        return 0
    try:
        with embedded.servers(local.say):
            local.prepare_environment()
            execute_from_command_line(sys.argv)
    except database_user.StartError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
