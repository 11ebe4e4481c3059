"""The folder platform/ must never hide Python's module, nor an index package hide ours."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = "import platform, sys; sys.exit(not hasattr(platform, 'python_version'))"


def test_platform_is_pythons_own_module_in_every_process() -> None:
    import platform

    assert platform.python_version().startswith("3.13")
    child = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, check=False)
    assert child.returncode == 0


def test_the_source_root_is_not_a_package_and_holds_no_tests() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not list((ROOT / "platform").rglob("test_*.py"))


def test_manage_refuses_to_start_when_platform_hides_pythons_module(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text((ROOT / "manage.py").read_text())
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "__init__.py").write_text("")
    child = subprocess.run(
        [sys.executable, "manage.py", "help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert child.returncode == 1
    assert "remove platform/__init__.py" in child.stdout


@pytest.mark.parametrize(
    "name",
    [
        *("config", "common", "accounts", "simulation", "grading", "estimation"),
        *("progress", "courses", "interviews", "quizzes", "labs"),
    ],
)
def test_the_imported_package_is_ours(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)
    assert ".venv" not in Path(module.__file__).parts
