"""`manage.py lab`: the labs and their runs on the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labs.base import DEFAULT_SEED, Lab, Run, format_value, parse_parameters, parse_seed
from labs.parameters import ParameterError, Spec, text_of
from labs.registry import UnknownLab, all_labs, get_lab


class Command(BaseCommand):
    """List the labs, or run one."""

    help = "List the labs (--list) or run one: manage.py lab circuit-breaker --set rate=80 --json"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("slug", nargs="?", help="the lab to run")
        parser.add_argument("--list", action="store_true", help="list every lab instead")
        parser.add_argument("--seed", default=str(DEFAULT_SEED), help="a whole number")
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help="one parameter"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list, or the run."""
        if options["list"]:
            self._list(as_json=options["json"])
        elif options["slug"]:
            self._run(options)
        else:
            raise CommandError("Name a lab, or ask for all with --list.")

    def _list(self, *, as_json: bool) -> None:
        labs = [_lab_data(lab) for lab in all_labs()]
        if as_json:
            self.stdout.write(json.dumps(labs, ensure_ascii=False, indent=2))
            return
        for lab in labs:
            self.stdout.write(f"{lab['slug']:28} {lab['group']:14} {lab['title']}")

    def _run(self, options: dict[str, Any]) -> None:
        try:
            lab = get_lab(options["slug"])
        except UnknownLab:
            raise CommandError(
                f"There is no lab “{options['slug']}”. There are: "
                + ", ".join(lab.slug for lab in all_labs())
            ) from None
        try:
            parameters = parse_parameters(lab, _pairs(options["set"]))
            run = lab.run(parameters, seed=parse_seed(options["seed"]))
        except ParameterError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(run.to_json())
        else:
            self._tell(lab, run)

    def _tell(self, lab: Lab[Any], run: Run) -> None:
        self.stdout.write(f"{lab.title} (seed {run.seed})")
        for tile in run.tiles:
            without = format_value(tile.without_pattern, tile.unit)
            self.stdout.write(f"  {tile.label}: {tile.text} (without: {without})")
        for sentence in lab.explain(run):
            self.stdout.write(f"  {sentence}")


def _pairs(settings: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise CommandError(f"“{setting}” is not NAME=VALUE.")
        pairs[name] = text
    return pairs


def _lab_data(lab: Lab[Any]) -> dict[str, Any]:
    return {
        "slug": lab.slug,
        "title": str(lab.title),
        "pattern": str(lab.pattern),
        "group": str(lab.group),
        "version": lab.version,
        "summary": str(lab.summary),
        "parameters": [_spec_data(spec) for spec in lab.specs],
        "presets": sorted(lab.presets),
        "challenges": [challenge.id for challenge in lab.challenges],
    }


def _spec_data(spec: Spec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "label": str(spec.label),
        "unit": spec.unit,
        "range": None if spec.choices else [spec.minimum, spec.maximum],
        "step": spec.step,
        "default": spec.default,
        "choices": [text_of(choice) for choice in spec.choices],
        "help": str(spec.help),
    }
