"""Numbers that disagree between stages: said when it is sure, and only then."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimation import Quantity
from interviews.contradictions import Contradiction, Handed, find_contradictions
from interviews.figures import figures_in, sentence_at

RATE = {"id": "rate", "label": "Peak rate", "unit": "1/s"}
BACKLOG = {"id": "backlog", "label": "Unpaid orders", "unit": ""}
DRAIN = {"id": "drain", "label": "Time to catch up", "unit": "min"}
OUTAGE = {"id": "outage", "label": "Length of the outage", "unit": "min"}
DRAIN_NUMBER = {"value": 90, "unit": "min", "tolerance": 0.05, "of": "first/outage", "times": 2}


def stage(name: str, *estimates: dict[str, str], **more: Any) -> dict[str, Any]:
    numbers = more.pop("numbers", [])
    criteria = [{"id": "a", "numbers": numbers}]
    return {
        "id": name,
        "title": name.capitalize(),
        "prompt": "",
        "estimates": list(estimates),
        "criteria": criteria,
    } | more


def find(
    first: dict[str, Any], second: dict[str, Any], *handed: Handed, situation: str = ""
) -> tuple[Contradiction, ...]:
    return find_contradictions(
        [first, second], dict(zip(["first", "second"], handed, strict=True)), situation
    )


def typed(text: str = "", **estimates: str) -> Handed:
    return Handed(text, estimates)


class TestTheSameEstimateTwice:
    def test_two_values_are_quoted_with_their_stages(self) -> None:
        found = find(
            stage("first", RATE), stage("second", RATE), typed(rate="200/s"), typed(rate="600/s")
        )
        assert [(one.earlier.quote, one.later.quote) for one in found] == [
            ("Peak rate: 200/s", "Peak rate: 600/s")
        ]
        assert (found[0].earlier.stage_id, found[0].later.stage) == ("first", "Second")

    def test_another_unit_of_the_same_size_agrees(self) -> None:
        found = find(
            stage("first", RATE), stage("second", RATE), typed(rate="2/s"), typed(rate="120/min")
        )
        assert found == ()

    def test_a_twist_between_them_may_have_changed_it(self) -> None:
        second = stage("second", RATE, twist="Three times as many.")
        assert find(stage("first", RATE), second, typed(rate="200/s"), typed(rate="600/s")) == ()

    def test_what_cannot_be_read_contradicts_nothing(self) -> None:
        stages = stage("first", RATE), stage("second", RATE)
        for text in ("lots", "", "5 GB"):
            assert find(*stages, typed(rate="200/s"), typed(rate=text)) == ()

    def test_a_stage_that_was_not_handed_in_says_nothing(self) -> None:
        stages = [stage("first", RATE), stage("second", RATE)]
        assert find_contradictions(stages, {"first": typed(rate="200/s")}) == ()


class TestANumberThatFollows:
    @pytest.fixture
    def stages(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return stage("first", OUTAGE), stage("second", DRAIN, numbers=[DRAIN_NUMBER])

    def test_a_field_that_does_not_follow_is_said(self, stages: Any) -> None:
        found = find(*stages, typed(outage="270 min"), typed(drain="90 min"))
        assert [one.explanation for one in found] == [
            "Your earlier estimate leads to 540\u00a0min."
        ]

    def test_a_field_that_follows_in_another_unit_is_fine(self, stages: Any) -> None:
        assert find(*stages, typed(outage="270 min"), typed(drain="9 h")) == ()

    @pytest.mark.parametrize(
        ("typed_later", "is_said"), [("200 min", False), ("9 min", True), ("900 min", True)]
    )
    def test_a_tolerance_in_powers_of_ten_is_one(self, typed_later: str, is_said: bool) -> None:
        wide = DRAIN_NUMBER | {"tolerance": 0.5, "scale": "magnitude"}
        stages = stage("first", OUTAGE), stage("second", DRAIN, numbers=[wide])
        found = find(*stages, typed(outage="45 min"), typed(drain=typed_later))
        assert bool(found) is is_said

    def test_the_figure_everybody_reaches_is_noticed_in_a_text(self, stages: Any) -> None:
        text = "The queue is empty in 90 minutes."
        found = find(*stages, typed(outage="270 min"), typed(text))
        assert [one.later.quote for one in found] == [text]

    @pytest.mark.parametrize(
        "text",
        [
            "The queue is empty in 540 minutes; somebody else says 90 minutes.",
            "It would be 90 minutes with the other rate.",
            "It is not 90 minutes.",
            "About ninety minutes.",
            "Step 90 of the list.",
        ],
    )
    def test_a_text_that_may_mean_something_else_is_left_alone(
        self, stages: Any, text: str
    ) -> None:
        assert find(*stages, typed(outage="270 min"), typed(text)) == ()

    def test_a_figure_for_the_new_situation_is_noticed(self, stages: Any) -> None:
        text = "With the new load it now takes 90 minutes."
        found = find(*stages, typed(outage="270 min"), typed(text))
        assert [one.later.quote for one in found] == [text]

    def test_a_number_the_question_gives_is_nobodys_own(self, stages: Any) -> None:
        text = "The queue is empty in 90 minutes."
        handed = typed(outage="270 min"), typed(text)
        assert find(*stages, *handed, situation="Last year it took 90 minutes.") == ()

    def test_two_fields_of_one_kind_are_not_told_apart(self, stages: Any) -> None:
        first, _second = stages
        other = OUTAGE | {"unit": "s"}
        second = stage("second", DRAIN, other, numbers=[DRAIN_NUMBER])
        assert find(first, second, typed(outage="270 min"), typed(drain="90 min")) == ()

    def test_an_estimate_in_another_kind_of_unit_leads_nowhere(self) -> None:
        first = stage("first", OUTAGE | {"unit": "GB"})
        second = stage("second", DRAIN, numbers=[DRAIN_NUMBER])
        assert find(first, second, typed(outage="45 GB"), typed(drain="90 min")) == ()


class TestAnEstimateThatIsNamed:
    @pytest.mark.parametrize(
        "text",
        [
            "The backlog holds 30,000 unpaid orders.",
            "- Unpaid orders: 30,000",
            "Unpaid orders are about 30 000 in total.",
        ],
    )
    def test_its_name_beside_another_number_is_said(self, text: str) -> None:
        found = find(stage("first", BACKLOG), stage("second"), typed(backlog="54,000"), typed(text))
        assert [one.later.quote for one in found] == [text]

    @pytest.mark.parametrize(
        "text",
        [
            "The backlog holds 54,000 unpaid orders.",
            "54k unpaid orders, of which 30,000 unpaid orders are old.",
            "After an hour 30,000 unpaid orders are left.",
            "If there were 30,000 unpaid orders we would wait.",
            "30,000 orders were paid and unpaid orders wait.",
            "Orders: 30,000",
        ],
    )
    def test_agreement_and_doubt_are_left_alone(self, text: str) -> None:
        found = find(stage("first", BACKLOG), stage("second"), typed(backlog="54,000"), typed(text))
        assert found == ()

    def test_the_words_of_the_name_are_no_doubt_about_it(self) -> None:
        first = stage("first", {"id": "spare", "label": "Capacity left for old orders", "unit": ""})
        text = "Capacity left for old orders is 300."
        found = find(first, stage("second"), typed(spare="900"), typed(text))
        assert [one.later.quote for one in found] == [text]

    def test_a_single_word_names_too_many_things(self) -> None:
        first = stage("first", {"id": "threads", "label": "Threads", "unit": ""})
        handed = typed(threads="600"), typed("On a good day 200 threads wait.")
        assert find(first, stage("second"), *handed) == ()


amounts = st.floats(min_value=1e-3, max_value=1e9)
texts = st.text(max_size=300) | st.text(
    alphabet="0123456789.,k% /sGBunpaid orders:\n", max_size=200
)


@given(texts, texts, texts, texts)
def test_nothing_that_can_be_typed_breaks_it(one: str, two: str, three: str, four: str) -> None:
    first, second = stage("first", BACKLOG), stage("second", DRAIN, BACKLOG, numbers=[DRAIN_NUMBER])
    for found in find(first, second, typed(one, backlog=two), typed(three, drain=four)):
        assert found.earlier.quote
        assert found.later.quote


@given(amounts)
def test_a_number_that_follows_never_contradicts(outage: float) -> None:
    first, second = stage("first", OUTAGE), stage("second", DRAIN, numbers=[DRAIN_NUMBER])
    drain = f"{outage * 2:.12f} min"
    assert find(first, second, typed(outage=f"{outage:.9f}"), typed(drain=drain)) == ()


@given(amounts, st.floats(min_value=1.2, max_value=1e4))
def test_a_field_beyond_the_tolerance_always_does(outage: float, factor: float) -> None:
    first, second = stage("first", OUTAGE), stage("second", DRAIN, numbers=[DRAIN_NUMBER])
    drain = f"{outage * 2 * factor:.12f} min"
    assert len(find(first, second, typed(outage=f"{outage:.9f}"), typed(drain=drain))) == 1


@given(texts)
def test_figures_stand_where_they_say(text: str) -> None:
    last = 0
    for one in figures_in(text):
        assert last <= one.start < one.digits_end <= one.end <= len(text)
        assert sentence_at(text, one.start, one.end)
        last = one.digits_end


def test_figures_take_their_units_along() -> None:
    text = "At 20 orders/s, 45 min leave 54,000 unpaid orders, about €2.4 million; 3.5 % fail."
    assert [one.quantity for one in figures_in(text)] == [
        Quantity(20, "1/s"),
        Quantity(45, "min"),
        Quantity(54000),
        Quantity(2.4e6, "€"),
        Quantity(3.5, "%"),
    ]


def test_a_long_sentence_is_shortened_around_its_number() -> None:
    text = "word " * 100 + "500 GB " + "word " * 100
    quote = sentence_at(text, text.index("500"), text.index("500") + 6)
    assert "500 GB" in quote
    assert quote.startswith("…")
    assert len(quote) <= 210
