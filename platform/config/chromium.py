"""Finds a Chromium for the browser tests, or installs one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """Return the path of a Chromium: ``CHROMIUM``, one on PATH, or Playwright's own."""
    if (chosen := os.environ.get("CHROMIUM")) and Path(chosen).exists():
        return chosen
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or _playwrights_own()


def find_or_install(say: Callable[[str], None]) -> str | None:
    """Return a Chromium, installing one if that is possible here."""
    if found := find():
        return found
    say("No Chromium here; trying to install one for the browser tests")
    for command in _installers():
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
        if done.returncode == 0 and (found := find()):
            return found
    return None


def _installers() -> list[list[str]]:
    installers = [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
        installers.append(["sh", "-c", apt])
    return installers


def _playwrights_own() -> str | None:
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Error:
        return None
    return path if Path(path).exists() else None
