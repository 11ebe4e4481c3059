"""manage.py bench: measurements of one run, beside what they are compared to."""

import statistics
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management.base import BaseCommand, CommandParser

from config import chromium, embedded
from config.bench import agreement, engine, grading, inside, labs, people, site
from config.bench.load import Target, family, measure
from config.bench.site import Site
from labs.registry import all_labs

COURSE = "microservices"
LESSON = f"/courses/{COURSE}/circuit-breaker/"
QUIZ = "circuit-breaker-basics"


class Command(BaseCommand):
    """Measure an installation that is started for this purpose."""

    # The checks would read the list of static files before the site has collected them.
    requires_system_checks: list[str] = []
    help = "Print measurements: pages against bare views, bytes, paint, grading, start-up, memory."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read which part is wanted."""
        parser.add_argument("--grading", action="store_true", help="Measure grading only.")

    def handle(self, *args: Any, **options: Any) -> None:
        var = embedded.directory()
        if options["grading"]:
            self.agreement()
            with site.running(var, own_servers=False) as running:
                self.grading(running)
            return
        self.start_up(var / "start-up")
        with site.running(var, own_servers=False) as running:
            # This process began before the site had collected its static files.
            files = staticfiles_storage
            files.hashed_files, files.manifest_hash = files.load_manifest()  # type: ignore[attr-defined]
            self.pages(running)
            self.in_process()
            self.engine()
            self.labs()
            self.agreement()
            self.grading(running)
            self.memory(running)
            self.browser(running)

    def line(self, name: str, value: str, goal: str = "") -> None:
        """Print one measurement."""
        self.stdout.write(f"{name:<58} {value:>16}   {goal}")
        self.stdout.flush()

    def title(self, text: str) -> None:
        """Print a heading."""
        self.stdout.write(f"\n{text}")

    def start_up(self, var: Path) -> None:
        """Measure the second start, which finds everything in place."""
        self.title("Start-up (until the first page is answered)")
        var.mkdir(parents=True, exist_ok=True)
        with site.running(var, own_servers=True) as first:
            self.line("start, whatever was there", f"{first.started_s:.1f} s")
        with site.running(var, own_servers=True) as second:
            self.line("second start", f"{second.started_s:.1f} s", "< 6 s")

    def pages(self, running: Site) -> None:
        """Compare pages with bare views of the same server, in turns."""
        self.title("Pages against bare views of the same server (medians of turns)")
        _learner, cookie = people.learner_with_session()
        large = people.large_course(200)
        pairs = [
            ("lesson, logged in", Target("lesson", LESSON, cookie), "/bare/lesson/",
             "≥ 0.6, aim 0.8"),
            ("lesson of 200, logged in",
             Target("large", f"/courses/{large}/lesson-0/", cookie), "/bare/lesson/", "≥ 0.6"),
            ("course outline, 4 lessons or so", Target("course", f"/courses/{COURSE}/", cookie),
             f"/bare/course/{COURSE}/", "≥ 0.8"),
            ("course outline, 200 lessons", Target("course", f"/courses/{large}/", cookie),
             f"/bare/course/{large}/", "≥ 0.8"),
            ("catalogue", Target("catalogue", "/courses/", cookie), "/bare/catalogue/", "≥ 0.8"),
        ]  # fmt: skip
        for name, target, bare_path, goal in pairs:
            pair = [target, Target("bare", bare_path)]
            ours, bare = measure(site.HOST, running.port, [running.pids["web"]], pair)
            self.line(f"{name}: requests/s, ours / bare",
                      f"{ours.rate:.0f} / {bare.rate:.0f}")  # fmt: skip
            self.line("  ratio", f"{ours.rate / bare.rate:.2f}", goal)
            self.line("  CPU per request, ours / bare",
                      f"{ours.cpu_ms:.2f} / {bare.cpu_ms:.2f} ms")  # fmt: skip
            self.line("  HTML, compressed", f"{ours.body_bytes / 1000:.1f} KB", "≤ 40 KB")
            self.line("  queries", str(inside.queries(cookie, target.path)), "≤ 6")

    def in_process(self) -> None:
        """Measure what one process does."""
        self.title("In one process")
        self.line("quiz answer, CPU with request and response",
                  f"{inside.quiz_answer_ms(QUIZ):.1f} ms", "≤ 10 ms")  # fmt: skip

    def labs(self) -> None:
        """Measure the runs of every lab in one process."""
        self.title(
            "Labs (CPU of a run, both halves: default / worst of 42 sets; answer compressed)"
        )
        _learner, cookie = people.learner_with_session()
        browser = inside.client(cookie)
        costs = []
        for cost in labs.lab_costs(browser):
            costs.append(cost)
            self.line(
                f"{cost.slug}",
                f"{cost.default_ms:.0f} / {cost.worst_ms:.0f} ms",
                f"{cost.fragment_bytes / 1000:.1f} KB",
            )
        middle = statistics.median(cost.default_ms for cost in costs)
        self.line("median default run", f"{middle:.0f} ms", "≤ 60 ms")
        self.line("worst run", f"{max(cost.worst_ms for cost in costs):.0f} ms", "≤ 250 ms")
        largest = max(cost.fragment_bytes for cost in costs)
        self.line("largest answer, compressed", f"{largest / 1000:.1f} KB", "≤ 25 KB")
        cached = max(labs.cached_answer_ms(browser, lab) for lab in all_labs())
        self.line("answer from the cache, slowest lab", f"{cached:.1f} ms", "≤ 5 ms")
        growth = labs.memory_growth_bytes()
        self.line("growth over 1,000 different runs", f"{growth / 1e6:.1f} MB", "< 20 MB")

    def engine(self) -> None:
        """Measure the simulation engine beside SimPy."""
        self.title("Engine against SimPy, the same requests (events of the model per second)")
        for one in engine.comparisons():
            rates = f"{one.ours.rate / 1000:.0f} / {one.simpy.rate / 1000:.0f}"
            self.line(f"{one.name}: thousand events/s, ours / SimPy", rates)
            self.line("  ratio", f"{one.ratio:.1f}", "≥ 5")
            self.line("  mean wait, ours", one.ours.wait)
            self.line("  mean wait, SimPy", one.simpy.wait, "the same")

    def agreement(self) -> None:
        """Hold the grader against people's labels, and list where it says something else."""
        judged = agreement.judge_all()
        for slug in sorted({one.scenario for one in judged}):
            own = [one for one in judged if one.scenario == slug]
            self.title(f"Agreement with labelled answers: {slug}, {len(own)} criteria")
            self.line("sure", f"{100 * agreement.sure_share(own):.0f} %", "≥ 60 %")
            self.line("agreement when sure", f"{100 * agreement.agreement(own):.0f} %", "≥ 85 %")
            for one in own:
                if one.is_sure and not one.agrees:
                    said = f"{one.person}, grader {one.grader}"
                    self.line(f"  {one.answer} ({one.kind}): {one.criterion}", said)

    def grading(self, running: Site) -> None:
        """Measure what a grade costs, how long it takes, and what a worker needs."""
        self.title("Grading in one process, one core (CPU)")
        cost = grading.in_process()
        self.line("answers graded per second per core", f"{cost.answers_per_core_s:.1f}")
        self.line(f"an answer of {cost.words} words against {cost.criteria} criteria",
                  f"{cost.large_s:.2f} s", "≤ 0.6 s")  # fmt: skip
        self.line("  reading such a rubric and the model, once", f"{cost.rubric_s:.2f} s")
        worker = running.pids["worker"]
        batch = grading.at_once(worker)
        self.title(f"Submitted to graded, one worker of two processes, {grading.AT_ONCE} at once")
        self.waits(batch.waits)
        self.line("answers graded per second", f"{grading.AT_ONCE / batch.elapsed_s:.1f}")
        self.line("  per second of its CPU", f"{grading.AT_ONCE / batch.cpu_s:.1f}")
        self.title(f"Submitted to graded, {grading.ONE_BY_ONE} one after the other")
        self.waits(grading.one_by_one())
        self.title("A worker")
        self.line("memory of a process with the model",
                  f"{grading.resident_bytes(worker) / 1e6:.0f} MB", "≤ 300 MB")  # fmt: skip
        ready = grading.ready()
        self.line("grader: from start to the first grade", f"{ready.first_grade_s:.1f} s", "≤ 2 s")
        self.line("worker: from start to taking answers", f"{ready.worker_s:.1f} s")

    def waits(self, waits: list[float]) -> None:
        """Print how long grades took."""
        figures = (_at(waits, 0.5), _at(waits, 0.95), waits[-1])
        self.line("p50 / p95 / last", " / ".join(f"{wait:.2f}" for wait in figures) + " s")

    def memory(self, running: Site) -> None:
        """Print the resident memory of every process."""
        self.title("Resident memory (unique / resident)")
        for name, pid in running.pids.items():
            for process in family([pid]):
                info = process.memory_full_info()
                self.line(f"{name}, process {process.pid}",
                          f"{info.uss / 1e6:.0f} / {info.rss / 1e6:.0f} MB")  # fmt: skip

    def browser(self, running: Site) -> None:
        """Measure what a reader's browser sees."""
        from playwright.sync_api import sync_playwright

        from config.bench import browser

        executable = chromium.find()
        if executable is None:
            self.stdout.write("\nNo Chromium: nothing measured in a browser.")
            return
        _learner, cookie = people.learner_with_session()
        pairs = [pair.partition("=")[::2] for pair in cookie.split("; ")]
        place = {"domain": site.HOST, "path": "/"}
        cookies = [{"name": name, "value": value} | place for name, value in pairs]
        url = f"http://{site.HOST}:{running.port}{LESSON}"
        self.title("In headless Chromium (medians, cold cache)")
        with sync_playwright() as playwright:
            opened = browser.launch(playwright, executable)
            desktop = browser.visit(opened, url, cookies, phone=False)
            phone = browser.visit(opened, url, cookies, phone=True)
            with browser.static_copy(opened, url, cookies) as copy:
                still = browser.visit(opened, copy, [], phone=True)
            opened.close()
        self.line("first load, all transferred", f"{desktop.total_bytes / 1000:.0f} KB", "≤ 150 KB")
        for address, size in sorted(desktop.transferred.items(), key=lambda item: -item[1]):
            self.line(f"  {address.partition(str(running.port))[2][:54]}", f"{size / 1000:.1f} KB")
        self.line("requests to others", str(len(desktop.foreign)), "0")
        self.line("largest paint, desktop", f"{desktop.lcp_ms:.0f} ms")
        self.line("blocked, desktop", f"{desktop.blocked_ms:.0f} ms", "≤ 50 ms")
        self.line("largest paint, slow phone", f"{phone.lcp_ms:.0f} ms")
        self.line("largest paint, slow phone, static copy", f"{still.lcp_ms:.0f} ms")
        self.line("  ratio", f"{phone.lcp_ms / still.lcp_ms:.2f}", "≤ 1.3")
        self.line("blocked, slow phone", f"{phone.blocked_ms:.0f} ms", "≤ 50 ms")
        self.line("blocked, slow phone, static copy", f"{still.blocked_ms:.0f} ms")


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
