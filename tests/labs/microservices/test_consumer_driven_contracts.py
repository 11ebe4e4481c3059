"""Releases of a provider against what its consumers wrote down."""

from itertools import product

import pytest

from labs.catalog.microservices._contracts import PUBLISHERS, Change, History, Style
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "consumer-driven-contracts"


def history(*changes: Change, style: Style = Style.USED, checked: bool = True) -> History:
    """These releases, with every consumer's contract asked unless `checked` says otherwise."""
    one = History(style, PUBLISHERS["all"], checked=checked)
    one.release_all(changes)
    return one


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (Change.DROP_PROMO, 0),
        (Change.DROP_NOTE, 1),
        (Change.DROP_TOTAL, 2),
        (Change.RENAME, 2),
        (Change.ADD_AMOUNT, 0),
        (Change.OPTIONAL, 0),
        (Change.REQUIRED, 3),
    ],
)
def test_a_change_breaks_those_who_use_the_field_and_contracts_say_so(
    change: Change, broken: int
) -> None:
    assert len(history(change, checked=False).broken) == broken
    asked = history(change).steps[0]
    assert asked is not None
    assert len(asked.objectors) == broken
    assert asked.released == (broken == 0)


def test_who_publishes_a_contract_is_never_broken_whatever_is_released() -> None:
    for first, second, third in product(Change, repeat=3):
        for style in Style:
            assert history(first, second, third, style=style).broken == ()


def test_contracts_of_used_fields_hold_nothing_back_for_nothing() -> None:
    for changes in product(Change, repeat=3):
        assert history(*changes).totals()["held_for_nothing"] == 0.0


def test_copied_answers_hold_back_what_nobody_reads_and_exact_ones_even_additions() -> None:
    assert history(Change.DROP_PROMO, style=Style.COPIED).totals()["held_for_nothing"] == 1.0
    assert history(Change.ADD_AMOUNT, style=Style.COPIED).totals()["released"] == 1.0
    assert history(Change.ADD_AMOUNT, style=Style.EXACT).totals()["held_for_nothing"] == 1.0


def test_a_rename_in_three_steps_breaks_nobody_and_in_one_breaks_two() -> None:
    steps = history(Change.ADD_AMOUNT, Change.READ_AMOUNT, Change.DROP_TOTAL)
    at_once = history(Change.RENAME, checked=False)
    assert steps.provider.answer == at_once.provider.answer
    assert (steps.totals()["released"], len(at_once.broken)) == (3.0, 2)


def test_a_consumer_cannot_go_ahead_of_its_provider() -> None:
    too_soon = history(Change.READ_AMOUNT, Change.ADD_AMOUNT, Change.READ_AMOUNT)
    assert [step.released for step in too_soon.steps if step] == [False, True, True]


def test_a_consumer_without_a_contract_is_broken_by_a_release_that_was_allowed() -> None:
    run = run_of(SLUG)
    assert run.totals["breaking"] == 1.0
    assert "Warehouse" in get_lab(SLUG).explain(run)[2]
    assert run_of(SLUG, publishers="all").totals["breaking"] == 0.0


def test_the_matrix_answers_for_every_pair_of_versions() -> None:
    matrix = next(table for table in run_of(SLUG, publishers="all").tables if table.id == "matrix")
    answers = {row[0].text: [cell.text for cell in row[1:]] for row in matrix.rows}
    assert answers["Warehouse 1"][:3] == ["yes", "yes", "no: gift_note"]
    assert answers["Shop 1"][3] == "no: total"
    assert all(texts[-1] == "no: currency" for texts in answers.values())


def test_five_releases_that_change_nothing_are_told_as_such() -> None:
    nothing = {f"release_{place}": "none" for place in range(1, 6)}
    run = run_of(SLUG, **nothing)
    assert run.totals["changes"] == 0.0
    assert "None of the five" in get_lab(SLUG).explain(run)[0]


def test_a_contract_that_forbids_additions_is_not_said_to_ask_for_what_nobody_reads() -> None:
    lab = get_lab("consumer-driven-contracts")
    told = lab.explain(lab.run(lab.presets["exact"].parameters))
    assert told[2] == "Nobody broke, but the contracts demanded more than their consumers need."
