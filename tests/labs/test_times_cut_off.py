"""A time that the end of the run cuts off is told as such, not as if it had been measured."""

import re
from typing import Any

import pytest
from django.test import Client

from labs.base import Lab, to_query
from labs.readouts import TileView, read_out
from labs.registry import all_labs, get_lab

HTMX = {"HX-Request": "true"}
CUTTING = [lab for lab in all_labs() if lab.cuts(lab.run(lab.defaults))]


def tile_of(lab: Lab[Any], parameters: Any, name: str, before: Any = None) -> TileView:
    """A tile of the run of these parameters, seen after the run of `before`."""
    earlier = None if before is None else lab.run(before)
    shown = read_out(lab, lab.run(parameters), "", earlier)
    return next(view for view in shown.tiles if view.tile.id == name)


def test_a_service_that_stays_down_is_not_said_to_recover_when_the_run_ends() -> None:
    lab = get_lab("retry-storm")
    shown = tile_of(lab, lab.defaults, "recovery_s")
    assert (shown.figure, shown.unit, shown.is_cut) == ("not within 25 s", "", True)
    assert shown.without == "0.0 s"


def test_without_the_pattern_an_address_may_be_in_use_to_the_end() -> None:
    lab = get_lab("service-registry")
    shown = tile_of(lab, lab.defaults, "removed_s")
    assert (shown.figure, shown.unit, shown.is_cut) == ("229.0", "s", False)
    assert shown.without == "to the end, 840 s"


def test_what_is_left_after_an_outage_depends_on_how_long_it_was() -> None:
    lab = get_lab("polyglot-persistence")
    longer = lab.parameters(outage_s=20)
    assert tile_of(lab, longer, "recovery_s").without == "to the end, 20 s"


@pytest.mark.parametrize("turned", [False, True])
def test_no_change_is_worked_out_from_a_time_that_was_cut_off(*, turned: bool) -> None:
    lab = get_lab("circuit-breaker")
    cut, whole = lab.presets["resilience4j"].parameters, lab.presets["polly"].parameters
    before, after = (cut, whole) if turned else (whole, cut)
    assert tile_of(lab, after, "recovery_s", before).change == ""
    assert tile_of(lab, after, "served_down", before).change != ""


def test_a_change_does_not_repeat_the_unit_that_stands_before_it() -> None:
    lab = get_lab("circuit-breaker")
    whole, other = lab.presets["polly"].parameters, lab.presets["hystrix"].parameters
    shown = tile_of(lab, whole, "p99_ms", other)
    assert shown.unit == "ms"
    assert re.fullmatch(r"[+−][0-9,]+", shown.change)


@pytest.mark.parametrize("lab", CUTTING, ids=lambda lab: lab.slug)
def test_what_is_cut_off_is_a_time_that_a_tile_shows(lab: Lab[Any]) -> None:
    run = lab.run(lab.defaults)
    for name, cut in lab.cuts(run).items():
        assert run.tile(name).unit in {"s", "min"}
        assert cut.at > 0


@pytest.mark.django_db
def test_the_page_says_it_in_words(stranger: Client) -> None:
    lab = get_lab("retry-storm")
    text = stranger.get("/labs/retry-storm/", to_query(lab.defaults), headers=HTMX).content.decode()
    assert '<dd class="value words">not within 25\xa0s</dd>' in text
