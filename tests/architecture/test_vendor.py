"""Vendored files are the ones we took, and pages load nothing from anybody else."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

FOREIGN = r"(?:https?:)?//[^\s\"')]"
LOADS_IN_TEMPLATE = re.compile(
    rf"<(?:script|link|img|iframe|source|video|audio|object|embed|use)\b[^>]*"
    rf"\b(?:src|href|srcset|data)\s*=\s*[\"']?\s*{FOREIGN}",
    re.IGNORECASE,
)
LOADS_IN_STYLE = re.compile(rf"(?:url\(|@import)\s*[\"']?\s*{FOREIGN}", re.IGNORECASE)
LOADS_IN_SCRIPT = re.compile(rf"[\"'`]{FOREIGN}", re.IGNORECASE)
REFUSED_BY_POLICY = re.compile(
    r"<script(?![^>]*\b(?:src|nonce)=)(?![^>]*application/(?:ld\+)?json)[^>]*>"
    r"|<style\b"
    r"|<[a-z][^>]*\s(?:style|on[a-z]+)\s*=",
    re.IGNORECASE,
)


def listed_sums() -> dict[str, str]:
    """The path below static/vendor, and the SHA-256 that CHECKSUMS gives for it."""
    lines = (VENDOR / "CHECKSUMS").read_text().splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def found_sums() -> dict[str, str]:
    files = (path for path in VENDOR.rglob("*") if path.is_file() and path.name != "CHECKSUMS")
    return {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_every_vendored_file_has_the_sum_it_came_with() -> None:
    assert found_sums() == listed_sums()


def test_every_vendored_package_brings_its_licence() -> None:
    packages = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert packages
    assert [path.name for path in packages if not (path / "LICENSE").is_file()] == []


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        (TEMPLATES, LOADS_IN_TEMPLATE),
        (STYLES, LOADS_IN_STYLE),
        (SCRIPTS, LOADS_IN_SCRIPT),
    ],
    ids=["templates", "styles", "scripts"],
)
def test_nothing_is_loaded_from_a_third_party(paths: list[Path], pattern: re.Pattern[str]) -> None:
    assert paths
    assert [str(path) for path in paths if pattern.search(path.read_text())] == []


def test_no_template_holds_what_the_policy_refuses() -> None:
    offenders = {
        str(path.relative_to(ROOT)): match.group()[:80]
        for path in TEMPLATES
        if (match := REFUSED_BY_POLICY.search(path.read_text()))
    }
    assert offenders == {}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (LOADS_IN_TEMPLATE, '<script src="https://cdn.example/x.js"></script>'),
        (LOADS_IN_TEMPLATE, "<link rel=stylesheet href=//cdn.example/x.css>"),
        (LOADS_IN_STYLE, "@import 'https://fonts.example/inter.css';"),
        (LOADS_IN_STYLE, "src: url(//fonts.example/inter.woff2)"),
        (LOADS_IN_SCRIPT, 'import("https://cdn.example/uplot.js")'),
        (REFUSED_BY_POLICY, "<script>alert(1)</script>"),
        (REFUSED_BY_POLICY, '<p class="x" style="inline-size: 38%">'),
        (REFUSED_BY_POLICY, '<button onclick="go()">'),
        (REFUSED_BY_POLICY, "<style>p { color: red }</style>"),
    ],
)
def test_the_patterns_see_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (LOADS_IN_TEMPLATE, '<a href="https://example.org/paper">a paper</a>'),
        (REFUSED_BY_POLICY, "<script src=\"{% static 'js/theme.js' %}\"></script>"),
        (REFUSED_BY_POLICY, '<script type="application/json">{}</script>'),
        (REFUSED_BY_POLICY, '<span class="style">on = off</span>'),
    ],
)
def test_the_patterns_leave_the_rest_alone(pattern: re.Pattern[str], text: str) -> None:
    assert not pattern.search(text)
