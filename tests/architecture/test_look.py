"""The stylesheet keeps its promises: contrast in both themes, and the bytes of a first load."""

import gzip
import itertools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
CSS = (STATIC / "css" / "loadmark.css").read_text()
TOKENS = {
    name: (day, night)
    for name, day, night in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS
    )
}

# Foreground, the grounds it is written on, and the least ratio: 4.5 for text, 3 for borders of
# controls, focus rings and shapes that carry meaning (WCAG 2.2, 1.4.3 and 1.4.11).
PAIRS = [
    ("ink", ("paper", "sheet", "well", "water-soft", "alarm-soft"), 4.5),
    ("soft", ("paper", "sheet", "well", "water-soft", "alarm-soft"), 4.5),
    ("water", ("paper", "sheet", "well", "water-soft"), 4.5),
    ("alarm", ("paper", "sheet", "well", "alarm-soft"), 4.5),
    ("on-water", ("water",), 4.5),
    ("code-word", ("well",), 4.5),
    ("code-text", ("well",), 4.5),
    ("code-number", ("well",), 4.5),
    ("code-name", ("well",), 4.5),
    ("edge", ("paper", "sheet", "well"), 3.0),
    ("fill-2", ("sheet",), 3.0),
    ("fill-3", ("sheet",), 3.0),
    ("fill-4", ("sheet",), 3.0),
]
FIRST_LOAD_SCRIPTS = (
    "js/theme.js",
    "js/page.js",
    "js/chart.js",
    "vendor/htmx/htmx.min.js",
    "vendor/uplot/uPlot.iife.min.js",
)
FIRST_LOAD_FONTS = ("loadmark-serif", "loadmark-serif-italic", "loadmark-sans")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, from 0 (black) to 1 (white), by WCAG's formula."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21, by WCAG's formula."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rows() -> list[tuple[str, str, float, float, float]]:
    """Foreground, ground, ratio by day, ratio by night, least ratio."""
    pairs = [(front, back, least) for front, backs, least in PAIRS for back in backs]
    return [
        (
            front,
            back,
            *(contrast(*both) for both in zip(TOKENS[front], TOKENS[back], strict=True)),
            least,
        )
        for front, back, least in pairs
    ]


def table_row(front: str, back: str, day: float, night: float, least: float) -> str:
    return f"| {front} on {back} | {day:.1f} | {night:.1f} | {least} |"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_pair_of_colours_can_be_told_apart(row: tuple[str, str, float, float, float]) -> None:
    _, _, day, night, least = row
    assert min(day, night) >= least


def test_the_table_in_the_docs_is_the_computed_one() -> None:
    written = (ROOT / "docs" / "look.md").read_text()
    assert [line for line in itertools.starmap(table_row, rows()) if line not in written] == []


def test_the_formula_gives_the_known_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_stylesheet_stays_within_14_kilobytes_compressed() -> None:
    assert len(gzip.compress(CSS.encode())) <= 14_000


def test_the_fonts_of_a_lesson_stay_within_55_kilobytes() -> None:
    sizes = [(STATIC / "fonts" / f"{name}.woff2").stat().st_size for name in FIRST_LOAD_FONTS]
    assert sum(sizes) <= 55_000


def test_scripts_and_chart_library_stay_within_45_kilobytes_compressed() -> None:
    sizes = [len(gzip.compress((STATIC / name).read_bytes())) for name in FIRST_LOAD_SCRIPTS]
    assert sum(sizes) <= 45_000
