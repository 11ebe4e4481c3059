"""The layer rule holds, and the check that says so can fail."""

import os
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT = ROOT / ".venv" / "bin" / "lint-imports"


def lint(config: Path, *roots: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(root) for root in roots)}
    return subprocess.run(
        [str(LINT), "--config", str(config), "--no-cache"],
        cwd=config.parent,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_nobody_imports_upwards() -> None:
    result = lint(ROOT / "pyproject.toml", ROOT / "platform", ROOT)
    assert result.returncode == 0, result.stdout


def test_an_upward_import_is_reported(tmp_path: Path) -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contract["contracts"][0]["layers"]
    for name in layers:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / "quizzes" / "__init__.py").write_text("import courses\n")
    config = tmp_path / "layers.toml"
    quoted = ", ".join(f'"{name}"' for name in layers)
    config.write_text(
        f"[tool.importlinter]\nroot_packages = [{quoted}]\n"
        f'[[tool.importlinter.contracts]]\nname = "layers"\ntype = "layers"\nlayers = [{quoted}]\n'
    )
    result = lint(config, tmp_path)
    assert result.returncode == 1
    assert "quizzes -> courses" in result.stdout
