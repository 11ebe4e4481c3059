"""Expected numbers in answers: what a person would take for them, and what not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading import ExpectedNumber
from grading.channels import Finding
from grading.channels.concepts import compile_group
from grading.channels.figures import figures
from grading.channels.numbers import Tie, find_numbers
from grading.guards import Expected, read_answer
from grading.segments import segment_of

TIE = Tie.of([segment_of("The cache takes 147 GB of memory on each replica.")], ())
MEMORY = ExpectedNumber(147, "GB", 0.05)
WAIT = ExpectedNumber(90, "min", 0.05)
RATE = ExpectedNumber(10, "1/s", 0.05)
SHARE = ExpectedNumber(75, "%", 0.03)
COUNT = ExpectedNumber(54_000, "", 0.05)
MONEY = ExpectedNumber(2.43e6, "€", 0.05)


def find(answer: str, *numbers: ExpectedNumber, tie: Tie = TIE) -> Finding:
    """What the channel finds in an answer."""
    expected = Expected.of("", ["The cache takes memory on each replica."])
    return find_numbers(numbers, read_answer("", answer, expected), tie)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("That makes 130.6 TB in all.", ExpectedNumber(130.6, "TB", 0.01)),
        ("About 118.8 TiB are needed,", ExpectedNumber(130.6, "TB", 0.01)),
        ("so 13 500 rps hit it", ExpectedNumber(13_500, "1/s", 0.01)),
        ("so 13.5k requests per second hit it", ExpectedNumber(13_500, "1/s", 0.01)),
        ("27 × the load", ExpectedNumber(27, "", 0.01)),
        ("(99.6 %)", ExpectedNumber(0.996, "", 0.001)),
        ("it costs $286k/day.", ExpectedNumber(286_000, "$/day", 0.01)),
        ("takes 2.08 h, then", ExpectedNumber(7_500, "s", 0.01)),
        ("22,200.", ExpectedNumber(22_200, "", 0.01)),
        ("6.3e24 FLOP", ExpectedNumber(6.3e24, "FLOP", 0.01)),
        ("324 sequences fit", ExpectedNumber(324, "sequences", 0.01)),
    ],
)
def test_an_expected_number_is_found_in_prose(answer: str, number: ExpectedNumber) -> None:
    found = find(answer, number)
    assert found.strength == 1
    assert found.segments[0].quote == answer.strip()


@pytest.mark.parametrize("answer", ["130.6 GB", "1306 TB", "v130.6.2", "no number", "TB 13 06"])
def test_another_number_is_not_the_expected_one(answer: str) -> None:
    assert find(answer, ExpectedNumber(130.6, "TB", 0.01)).strength == 0


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (MEMORY, "148 mm"),
        (MEMORY, "148mm of rain on the cache memory"),
        (MEMORY, "147 GB/s of cache memory"),
        (MEMORY, "147 Gbit of cache memory"),
        (WAIT, "90 orders"),
        (WAIT, "90 per second"),
        (RATE, "10 minutes every second"),
        (RATE, "10 orders"),
        (SHARE, "75 GB"),
        (COUNT, "54,000 ms"),
        (COUNT, "54,000 mm"),
        (COUNT, "54000 KB"),
        (MONEY, "$2.43 million"),
        (MONEY, "2.4m users"),
    ],
)
def test_a_unit_of_another_kind_never_counts(number: ExpectedNumber, answer: str) -> None:
    assert find(answer, number).strength == 0


@pytest.mark.parametrize(
    "answer", ["147 conversations in cache memory", "147 rejected pictures in cache memory"]
)
def test_a_number_of_things_is_no_measure(answer: str) -> None:
    assert find(answer, MEMORY).strength == 0


@pytest.mark.parametrize(
    "answer", ["Cache: 147", "| cache | 147 |", "147 for the cache memory", "The cache gets 147 on"]
)
def test_a_bare_number_counts_beside_the_criterion_s_own_words(answer: str) -> None:
    assert find(answer, MEMORY).strength == 1


@pytest.mark.parametrize("answer", ["147", "So it is 147 then, we think about it carefully."])
def test_a_bare_number_that_nothing_ties_does_not_count(answer: str) -> None:
    assert find(answer, MEMORY).strength == 0


def test_a_term_of_a_group_ties_a_bare_number_but_figures_in_groups_do_not() -> None:
    answer = "Dividing both of these numbers gives around 147 on every spare machine we bought."
    assert find(answer, MEMORY, tie=Tie(groups=(compile_group(["spare|147"]),))).strength == 1
    assert find(answer, MEMORY, tie=Tie(groups=(compile_group(["147"]),))).strength == 0
    assert find(answer, MEMORY, tie=Tie(groups=(compile_group(["!spare"]),))).strength == 0


@pytest.mark.parametrize("answer", ["54,000 late declines", "54,000", "1. 54,000 then"])
def test_a_plain_number_needs_no_tie(answer: str) -> None:
    assert find(answer, COUNT, tie=Tie()).strength == 1


@pytest.mark.parametrize(
    ("number", "answers"),
    [
        (MEMORY, "about 147GB;~147 GB;**147** GB;0.147 TB;147,000 MB;147 gigs;147 whole GB"),
        (WAIT, "90 mins;90m;1.5 h;1 h 30 min;1 hour and 30 minutes;5,400 s;90-minute;5 400 s"),
        (RATE, "10/s;10 a second;600 per minute;10 orders/sec;10 spare requests per second"),
        (RATE, "10 of them are made each second"),
        (SHARE, "75%;75 percent;75 per cent;0.75"),
        (COUNT, "54 000;54.0k;54k orders;54 thousand;54'000;54_000;5.4e4;0.054 million"),
        (MONEY, "€2.4m;2.43 million euros;EUR 2.43m;2,430,000 €;2.4 mio €"),
    ],
)
def test_a_number_may_be_written_as_people_write_it(number: ExpectedNumber, answers: str) -> None:
    missed = [one for one in answers.split(";") if find(one, number).strength != 1]
    assert not missed


@pytest.mark.parametrize("answer", ["The Cache Takes 147 Gb", "THE CACHE TAKES 147 GB", "147 gb"])
def test_capitals_say_nothing_where_all_words_have_them_or_none(answer: str) -> None:
    assert find(answer, MEMORY).strength == 1


@pytest.mark.parametrize("answer", ["The cache takes 147 Gb", "the cache takes 147 Gbit"])
def test_capitals_tell_bits_from_bytes_elsewhere(answer: str) -> None:
    assert find(answer, MEMORY).strength == 0


@pytest.mark.parametrize(
    "answer",
    ["140–150 GB", "140-150 GB", "140 GB – 150 GB", "between 140 and 150 GB", "140 to 150 GB"],
)
def test_a_narrow_range_around_the_number_counts(answer: str) -> None:
    assert find(f"It takes {answer}.", MEMORY).strength == 1


@pytest.mark.parametrize("answer", ["100–200 GB", "147–400 GB", "150–160 GB/s", "130-138 GB"])
def test_a_wide_range_or_one_beside_the_number_does_not_count(answer: str) -> None:
    assert find(answer, MEMORY).strength == 0


def test_from_one_number_to_a_far_one_is_no_range() -> None:
    assert find("It grows from 10 GB to 147 GB.", MEMORY).strength == 1


def test_the_tolerance_may_widen_a_range() -> None:
    assert find("50 to 75 s", ExpectedNumber(60, "s", 0.3)).strength == 1
    assert find("300–3000 GB", ExpectedNumber(1_000, "GB", 0.6, "magnitude")).strength == 1
    assert find("300–9000 GB", ExpectedNumber(1_000, "GB", 0.6, "magnitude")).strength == 0


@pytest.mark.parametrize("answer", ["It runs from 19:54000 on", "19:54000–20:54000"])
def test_times_of_day_are_no_numbers(answer: str) -> None:
    assert find(answer, COUNT).strength == 0


def test_half_of_the_numbers_is_half_the_strength() -> None:
    wanted = [ExpectedNumber(9_259, "1/s"), ExpectedNumber(23_148, "1/s")]
    assert find("On average 9 259 QPS.", *wanted).strength == 0.5


@pytest.mark.parametrize("answer", ["Not 130.6 TB.", "It is not true that it takes 130.6 TB."])
def test_a_number_that_is_refused_is_not_found(answer: str) -> None:
    assert find(answer, ExpectedNumber(130.6, "TB", 0.01)).strength == 0


def test_an_order_of_magnitude_is_counted_in_powers_of_ten() -> None:
    wanted = ExpectedNumber(1_000, "1/s", 0.5, "magnitude")
    assert find("Some 2 900 requests per second.", wanted).strength == 1
    assert find("Some 350/s.", wanted).strength == 1
    assert find("Some 3 900 requests per second.", wanted).strength == 0
    assert find("Some 1 000 GB.", wanted).strength == 0


SIGNS = "0123456789.,'_ -–—×x*:/%$€kMGBbsmin per hour and to e+\u2009 2e9 GB"


@given(text=st.text(max_size=80) | st.text(alphabet=SIGNS, max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    segment = segment_of(text)
    found = list(figures(segment))
    assert [one.start for one in found] == sorted({one.start for one in found})
    for one in found:
        assert segment.quote[one.start :].startswith(one.number)
    for number in (MEMORY, RATE, SHARE, COUNT, MONEY):
        assert find(text, number).strength in (0, 0.15, 1)
