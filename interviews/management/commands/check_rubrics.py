"""manage.py check_rubrics [path …] [--json]"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interviews.definition import normalise_scenario_data
from interviews.linting import RubricFinding, lint_scenario
from interviews.models import ScenarioEdition

type Data = dict[str, Any]


class Command(BaseCommand):
    """Holds rubrics against themselves, as an author sees it in the studio."""

    help = (
        "Grade every rubric's own texts: of the published scenarios, or of the scenario files "
        "at the paths given (files, or folders like content/microservices). "
        "The exit code is 1 when anything was found."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="path")
        parser.add_argument("--json", action="store_true", help="One JSON object per finding.")

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[Path] = options["paths"]
        scenarios = list(_from_files(paths) if paths else _published())
        count = sum(self._tell(data, as_json=options["json"]) for data in scenarios)
        if not options["json"]:
            self.stdout.write(_summary(count, len(scenarios)))
        if count:
            raise SystemExit(1)

    def _tell(self, data: Data, *, as_json: bool) -> int:
        count = 0
        for count, finding in enumerate(lint_scenario(data), 1):  # noqa: B007 - counts
            found = {"scenario": data["slug"], **asdict(finding)}
            self.stdout.write(json.dumps(found) if as_json else _say(data["slug"], finding))
            self.stdout.flush()
        return count


def _published() -> Iterator[Data]:
    for edition in ScenarioEdition.objects.current().order_by("slug"):
        yield edition.data


def _from_files(paths: list[Path]) -> Iterator[Data]:
    for path in paths:
        files = sorted(path.glob("**/scenarios/*.yaml")) if path.is_dir() else [path]
        for file in files:
            yield _read(file)


def _read(file: Path) -> Data:
    try:
        return normalise_scenario_data(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"{file}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        sentence = _("%(file)s is not a scenario: %(error)r")
        raise CommandError(sentence % {"file": file, "error": error}) from error


def _say(slug: str, finding: RubricFinding) -> str:
    place = "/".join(part for part in (slug, finding.stage_id, finding.criterion_id) if part)
    tried = f"\n    “{finding.text}”" if finding.text else ""
    return f"{place}: {finding.sentence}{tried}"


def _summary(findings: int, scenarios: int) -> str:
    if not findings:
        return ngettext(
            "%(count)d scenario: nothing to say about its rubrics.",
            "%(count)d scenarios: nothing to say about their rubrics.",
            scenarios,
        ) % {"count": scenarios}
    return ngettext("%(count)d finding.", "%(count)d findings.", findings) % {"count": findings}
