import pytest

from labs.results import (
    MOST_EVENTS,
    Cell,
    Event,
    Interval,
    Mark,
    Run,
    Scale,
    Series,
    Table,
    Tile,
    format_value,
    limited,
)

RUN = Run(
    slug="sample",
    version=1,
    seed=7,
    parameters={"rate": 10, "jitter": "full"},
    scale=Scale("Releases", "", (1.0, 2.0), ("first", "second")),
    series=(Series("served", "Served", "%", (None, 1 / 3), (100.0, -0.0)),),
    faults=(Interval(0.5, 1.5, "down"),),
    marks=(Mark(1.0, "limit"),),
    tables=(Table("matrix", "A matrix", ("", "b"), ((Cell("a"), Cell("no", "bad")),)),),
    clock="step",
    tiles=(Tile("served", "Served", 97.123456789, "%", 50.0, "up"),),
    events=(Event(0.7, "breaker", "opens: %(calls)d calls, 100 %%", {"calls": 3}),),
    events_left_out=4,
    totals={"served": 2 / 3},
)


def test_a_run_reads_back_what_it_wrote() -> None:
    text = RUN.to_json()
    assert Run.from_json(text).to_json() == text


def test_the_json_is_canonical() -> None:
    text = RUN.to_json()
    assert text.startswith('{"clock":"step","events":[')
    assert "0.333333," not in text
    assert '"with_pattern":[null,0.333333]' in text
    assert '"without_pattern":[100.0,0.0]' in text
    assert '"text":"opens: 3 calls, 100 %"' in text


def test_a_number_is_a_total_or_a_parameter() -> None:
    assert RUN.number("served") == 2 / 3
    assert RUN.number("rate") == 10.0
    with pytest.raises(KeyError):
        RUN.number("nothing")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"slug": 1}', "nonsense"])
def test_what_is_no_run_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a run|Expecting"):
        Run.from_json(text)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (97.12, "%", "97.1 %"),
        (211.6, "ms", "212 ms"),
        (2012.0, "", "2,012"),
        (27.0, "×", "27×"),
        (1.33, "×", "1.33×"),
        (2.45, "s", "2.5 s"),
    ],
)
def test_values_are_written_for_people(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


@pytest.mark.parametrize(
    ("value", "without", "good", "change", "verdict"),
    [
        (97.1, 50.0, "up", "+47.1", "better"),
        (40.0, 50.0, "up", "−10.0", "worse"),
        (40.0, 50.0, "down", "−10.0", "better"),
        (50.04, 50.0, "up", "±0", "same"),
        (40.0, 50.0, "neither", "−10.0", "same"),
    ],
)
def test_a_tile_says_what_the_pattern_changed(
    value: float, without: float, good: str, change: str, verdict: str
) -> None:
    tile = Tile("t", "T", value, "%", without, good)  # type: ignore[arg-type]
    assert (tile.change_text, tile.verdict) == (change, verdict)


def test_events_beyond_the_limit_are_counted() -> None:
    events = [Event(float(number), "c", "m") for number in range(MOST_EVENTS + 5)]
    kept, left_out = limited(events)
    assert (len(kept), left_out) == (MOST_EVENTS, 5)
