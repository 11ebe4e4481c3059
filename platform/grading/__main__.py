"""`python -m grading`: JSON lines from standard input to standard output.

The exit status is 1 when a line could not be graded, else 0.
"""

import json
import sys

from grading.embedded import EmbeddedGrader
from grading.jsonl import grade_lines


def main() -> int:
    """Grade standard input, writing each result as soon as it is there."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    failed = False
    for result in grade_lines(sys.stdin, EmbeddedGrader()):
        failed = failed or "error" in result
        sys.stdout.write(json.dumps(result, ensure_ascii=False, sort_keys=True) + "\n")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
