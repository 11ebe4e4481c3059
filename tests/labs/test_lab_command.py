"""`manage.py lab`: what the command line says of labs."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labs.base import Run
from labs.registry import all_labs, get_lab


def output(*arguments: str) -> str:
    """What the command prints."""
    stream = StringIO()
    call_command("lab", *arguments, stdout=stream)
    return stream.getvalue()


def test_the_list_names_every_lab_with_its_parameters() -> None:
    listed: list[dict[str, Any]] = json.loads(output("--list", "--json"))
    assert [one["slug"] for one in listed] == [lab.slug for lab in all_labs()]
    for one in listed:
        assert {"title", "group", "version", "parameters"} <= set(one)
        for parameter in one["parameters"]:
            assert {"name", "unit", "range", "step", "default"} <= set(parameter)
            assert bool(parameter["range"]) != bool(parameter["choices"])


def test_the_list_for_people_has_a_line_for_each_lab() -> None:
    assert len(output("--list").splitlines()) == len(all_labs())


def test_a_run_is_the_whole_run_and_the_same_each_time() -> None:
    arguments = ("circuit-breaker", "--seed", "5", "--set", "rate=80", "--set", "open_s=2.5")
    first = output(*arguments, "--json")
    run = Run.from_json(first)
    assert output(*arguments, "--json") == first
    assert (run.seed, run.parameters["rate"], run.parameters["open_s"]) == (5, 80, 2.5)


def test_a_run_for_people_tells_tiles_and_story() -> None:
    text = output("circuit-breaker")
    lab = get_lab("circuit-breaker")
    run = lab.run(lab.defaults)
    assert run.tiles[0].text in text
    assert lab.explain(run)[0] in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Name a lab"),
        (("perpetual-motion",), "There is no lab “perpetual-motion”"),
        (("circuit-breaker", "--set", "rate"), "“rate” is not NAME=VALUE"),
        (("circuit-breaker", "--set", "rate=1e9"), "must be from 20 to 200 requests/s"),
        (("circuit-breaker", "--set", "colour=red"), "has no parameter “colour”"),
        (("circuit-breaker", "--seed", "x"), "whole number"),
    ],
)
def test_a_wrong_argument_gets_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        output(*arguments)
