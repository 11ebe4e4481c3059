"""Points by dimension, and the radar they are drawn as."""

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from interviews import actions
from interviews.models import Answer, Interview
from interviews.overview import DimensionScore, draw_radar, score_dimensions
from interviews.rubrics import DIMENSIONS


def stage(*criteria: tuple[str, str | None, float]) -> dict[str, Any]:
    return {
        "criteria": [
            {"id": name, "points": points} | ({"dimension": dimension} if dimension else {})
            for name, dimension, points in criteria
        ]
    }


def told(scores: tuple[DimensionScore, ...]) -> list[tuple[str, float, float]]:
    return [(one.label, one.points, one.max_points) for one in scores]


def test_points_are_added_up_over_the_stages_in_the_order_of_the_dimensions() -> None:
    first = stage(("a", "failure", 2), ("b", "estimation", 3))
    second = stage(("a", "failure", 1))
    scores = score_dimensions([(first, {"a": 1.5, "b": 3}), (second, {"a": 1})])
    assert told(scores) == [("Estimation", 3, 3), ("Failure", 2.5, 3)]
    assert [one.percent for one in scores] == [100, 83]


def test_a_stage_that_was_not_handed_in_earned_nothing() -> None:
    assert told(score_dimensions([(stage(("a", "failure", 2)), {})])) == [("Failure", 0, 2)]


def test_criteria_of_old_editions_count_as_design() -> None:
    scores = score_dimensions([(stage(("a", None, 2), ("b", "unheard-of", 1)), {"a": 2})])
    assert told(scores) == [("Design", 2, 3)]


def test_fewer_than_three_dimensions_span_no_radar() -> None:
    two = score_dimensions([(stage(("a", "failure", 2), ("b", "design", 2)), {})])
    assert draw_radar(two) is None
    assert draw_radar(()) is None


shares = st.floats(min_value=0, max_value=1)


@given(st.lists(shares, min_size=3, max_size=6))
def test_the_shape_never_leaves_the_rim_nor_a_label_the_picture(earned: list[float]) -> None:
    scores = [DimensionScore(f"D{place}", share, 1) for place, share in enumerate(earned)]
    radar = draw_radar(scores)
    assert radar is not None
    centre = (float(radar.centre_x), float(radar.centre_y))
    for (x, y), axis in zip(radar.dots, radar.axes, strict=True):
        rim = distance(centre, (float(axis.x), float(axis.y)))
        assert distance(centre, (float(x), float(y))) <= rim + 0.1
        assert 0 <= float(axis.label_x) <= radar.width
        assert 12 <= float(axis.label_y) < float(axis.figures_y) <= radar.height
    assert len(radar.shape.split()) == len(earned)


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def test_the_radar_says_its_numbers_in_words() -> None:
    scores = [DimensionScore("Design", 1.5, 6), *(DimensionScore(x, 0, 1) for x in "AB")]
    radar = draw_radar(scores)
    assert radar is not None
    assert radar.alt == "Points by dimension: Design 1.5 of 6; A 0 of 1; B 0 of 1."


def finished_page(ada: Client, interview: Interview) -> str:
    actions.finish_interview(interview=interview)
    return ada.get(f"/interviews/sessions/{interview.pk}/debrief/").text


def test_two_dimensions_are_shown_as_bars(ada: Client, graded: Answer) -> None:
    page = finished_page(ada, graded.interview)
    assert "<svg" not in section(page)
    points = graded.current_grade.points
    assert f"{points:g} of 10" in section(page)


def section(page: str) -> str:
    found = re.search(r'<section class="overview".*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


class TestWithFourDimensions:
    @pytest.fixture
    def scenario_data(self, scenario_data: dict[str, Any]) -> dict[str, Any]:
        criteria = [one for item in scenario_data["stages"] for one in item["criteria"]]
        for criterion, dimension in zip(criteria, DIMENSIONS, strict=False):
            criterion["dimension"] = dimension
        return scenario_data

    def test_they_are_drawn_and_told_in_a_table(self, ada: Client, graded: Answer) -> None:
        shown = section(finished_page(ada, graded.interview))
        assert 'role="img"' in shown
        assert "Points by dimension: Requirements" in shown
        assert shown.count("<tr>") == 5
        assert "Communication" not in shown

    def test_no_style_is_written_into_the_picture(self, ada: Client, graded: Answer) -> None:
        shown = section(finished_page(ada, graded.interview))
        assert "style=" not in shown
        assert "<script" not in shown


def test_a_stage_that_waits_for_its_grade_is_no_zero(ada: Client, submitted: Answer) -> None:
    page = finished_page(ada, submitted.interview)
    assert 'class="overview"' not in page


@pytest.mark.parametrize(("cost", "left"), [(0.5, 1.5), (9, 0)])
def test_hints_are_taken_off_the_dimensions_as_off_the_total(
    ada: Client, graded: Answer, cost: float, left: float
) -> None:
    Answer.objects.update(hint_cost=cost)
    assert graded.current_grade is not None
    assert graded.current_grade.points == 2
    page = finished_page(ada, graded.interview)
    earned = re.findall(r'class="count">([\d.]+) of', section(page))
    assert sum(float(one) for one in earned) == left
    assert "What hints cost is taken off in proportion." in section(page)


def test_without_hints_nothing_is_said_of_them(ada: Client, graded: Answer) -> None:
    assert "hints cost" not in section(finished_page(ada, graded.interview))
