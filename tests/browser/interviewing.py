"""An interview as somebody goes through it: what there is to type, to press and to read."""

import html
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.people import sign_up

CONTENT = Path(__file__).parents[2] / "content"
GRADED_MS = 60_000
DIAGRAM = "clerk: Client {shape: person}\nqueue: Queue {shape: queue}\nclerk -> queue: leaves work"


@dataclass(frozen=True)
class Script:
    """A shipped scenario. `estimates`: by field what is typed, and how it is read."""

    file: str
    estimates: dict[str, tuple[str, str]]

    @cached_property
    def data(self) -> dict[str, Any]:
        """The file."""
        loaded: dict[str, Any] = yaml.safe_load((CONTENT / self.file).read_text())
        return loaded

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return str(self.data["slug"])

    @property
    def title(self) -> str:
        """Its name for people."""
        return str(self.data["title"])

    @property
    def stages(self) -> list[dict[str, Any]]:
        """What is asked, one after the other."""
        stages: list[dict[str, Any]] = self.data["stages"]
        return stages

    @property
    def max_points(self) -> float:
        """All there is to earn."""
        points = (one["points"] for stage in self.stages for one in stage["criteria"])
        return float(sum(points))


PAYMENT_PATH = Script(
    "microservices/scenarios/payment-path.yaml",
    {
        "threads": ("600", "Read as 600."),
        "backlog": ("54k", "Read as 54 000."),
        "spare": ("600/min", "Read as 600/min, which is 10/s."),
        "catch-up": ("1.5 h", "Read as 1.5 h, which is 90 min."),
        "refused": ("some", "I found no number"),
    },
)
REPLY_DRAFTS = Script(
    "genai/scenarios/reply-drafts.yaml",
    {
        "rate": ("10/s", "Read as 10/s."),
        "prefill": ("1250 ms", "which is 1.25 s."),
        "gpus": ("22", "Read as 22."),
        "cache": ("1230 MB", "which is 1.23 GB."),
        "price": ("$0.019", "Read as $0.019."),
    },
)
CARD_PICTURES = Script(
    "genai/scenarios/card-pictures.yaml",
    {
        "peak": ("60/s", "Read as 60/s."),
        "seconds": ("935 ms", "which is 0.935 s."),
        "gpus": ("750", "Read as 750."),
        "stored": ("1300 GB", "which is 1.3 TB."),
        "price": ("0.42 cents", "which is $0.0042."),
    },
)
SCRIPTS = [PAYMENT_PATH, REPLY_DRAFTS, CARD_PICTURES]


def paragraphs(stage: dict[str, Any]) -> list[str]:
    """The model answer, a paragraph each."""
    return [one.strip() for one in stage["model_answer"].strip().split("\n\n")]


def half_an_answer(stage: dict[str, Any]) -> str:
    """Every other paragraph of the model answer: some criteria are met, some are not."""
    return "\n\n".join(paragraphs(stage)[::2])


def secrets_of(stage: dict[str, Any]) -> list[str]:
    """What nobody reads before the end of a strict interview, unless it is typed by oneself."""
    criteria = stage["criteria"]
    told = [
        criterion[part] for criterion in criteria for part in ("statement", "hint", "follow_up")
    ]
    hints = [hint["text"] for hint in stage["hints"]]
    return [as_read(one) for one in [*paragraphs(stage)[1::2], *told, *hints]]


def as_read(markdown: str) -> str:
    """Return a text as it reads once it is rendered, as one line."""
    return " ".join(re.sub("[*`]", "", markdown).split())


def words_of(source: str) -> str:
    """All text of a page, folded and hidden parts included, as one line."""
    return " ".join(html.unescape(re.sub("<[^>]*>", "", source)).split())


def note_refusals(page: Page, refused: list[str]) -> None:
    """Add every request to the list that the server does not answer well from now on."""

    def note(answer: Response) -> None:
        if answer.status >= 400:
            refused.append(f"{answer.status} {answer.url}")

    page.on("response", note)


# ---- beginning and going on ------------------------------------------------------------------
def begin(page: Page, script: Script, *, mode: str = "Practice") -> None:
    """Sign up, choose the scenario and a mode, and open its first stage."""
    sign_up(page)
    page.goto("/interviews/")
    page.locator("#main").get_by_role("link", name=script.title).click()
    page.get_by_role("radio", name=mode).check()
    page.get_by_role("button", name="Start the interview").click()
    expect(page.locator(".eyebrow").first).to_contain_text(mode)


def expect_stage(page: Page, script: Script, stage: dict[str, Any]) -> None:
    """It is this one's turn: its question and its clock, and its twist if it has one."""
    number = script.stages.index(stage) + 1
    expect(page.get_by_role("heading", name=stage["title"], level=2)).to_be_visible()
    expect(page.locator(".eyebrow").first).to_contain_text(f"Stage {number} of 6")
    expect(page.locator(".clock")).to_have_text(re.compile(r"\d+:\d\d left in this stage"))
    expect(page.locator(".twist")).to_have_count(1 if "twist" in stage else 0)
    expect(page.locator("#diagram")).to_have_count(1 if stage.get("diagram") else 0)


def go_on(page: Page) -> None:
    """Begin the next stage."""
    page.get_by_role("button", name="Begin the next stage").click()


def open_debrief(page: Page) -> None:
    """Look at the whole interview."""
    page.get_by_role("link", name="See the whole debrief").click()
    expect(page.get_by_role("heading", name="Stage by stage")).to_be_visible()


# ---- writing ---------------------------------------------------------------------------------
def write(page: Page, script: Script, stage: dict[str, Any]) -> None:
    """Fill in everything the stage asks for; what is drawn and read is seen before it is sent."""
    page.locator("#answer").fill(half_an_answer(stage))
    for field in stage.get("estimates", []):
        page.locator(f"#estimate-{field['id']}").fill(script.estimates[field["id"]][0])
    if stage.get("diagram"):
        page.locator("#diagram").fill(DIAGRAM)
        expect(page.locator("#picture svg")).to_contain_text("leaves work")
    for field in stage.get("estimates", []):
        reading = page.locator(f"#estimate-{field['id']}-reading")
        expect(reading).to_contain_text(script.estimates[field["id"]][1])


def take_a_hint(page: Page, stage: dict[str, Any]) -> None:
    """Pay for the first hint and read it."""
    page.get_by_role("button", name="Take a hint").click()
    expect(page.locator("#hint-1")).to_contain_text(stage["hints"][0]["text"])


def submit(page: Page) -> None:
    """Hand the stage in."""
    page.get_by_role("button", name="Submit this stage").click()
    expect(page.locator(".result-region")).to_be_visible()


# ---- reading ---------------------------------------------------------------------------------
def debrief_of(page: Page, stage: dict[str, Any]) -> Locator:
    """The graded stage."""
    return page.locator(f"#result-{stage['id']} > .debrief")


def expect_graded(page: Page, stage: dict[str, Any]) -> Locator:
    """The stage is judged criterion by criterion, with one's own words marked as evidence."""
    debrief = debrief_of(page, stage)
    criteria = debrief.locator(".criteria > li")
    expect(criteria).to_have_count(len(stage["criteria"]), timeout=GRADED_MS)
    titles = [criterion["title"] for criterion in stage["criteria"]]
    assert criteria.locator(".name").all_inner_texts() == titles
    verdicts = {"met", "partly met", "missed", "not sure"}
    assert set(criteria.locator(".word").all_inner_texts()) <= verdicts
    expect_evidence(debrief)
    return debrief


def expect_evidence(debrief: Locator) -> None:
    """Every quote leads to a mark in the answer that begins with the quoted words."""
    found: list[list[str]] = debrief.evaluate(
        """(debrief) => [...debrief.querySelectorAll(".criteria a:has(q)")].map((link) => {
            const at = document.getElementById(link.hash.slice(1));
            const own = debrief.querySelector("blockquote.answer");
            if (!at?.closest("mark") || !own.contains(at)) return [link.textContent, ""];
            const range = document.createRange();
            range.setStartAfter(at);
            range.setEndAfter(own.lastChild);
            return [link.textContent, range.toString()];
        })"""
    )
    for quote, text in found:
        assert text.startswith(quote), f"“{quote}” is not marked in the answer."
    credited = debrief.locator(".criteria > li.met, .criteria > li.partly")
    for criterion in credited.all():
        expect(criterion.locator("q").first).to_be_visible()


def points_of(debrief: Locator) -> float:
    """What the stage earned."""
    said = re.search(r"· ([\d.]+) of", debrief.locator("header .eyebrow").text_content() or "")
    assert said is not None
    return float(said[1])
