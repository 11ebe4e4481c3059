import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.__main__ import main

PLATFORM = Path(__file__).parents[2] / "platform"
MODEL = ["mmc", "--rate", "40", "--service", "0.05", "--servers", "3", "--seed", "1"]


def test_the_command_prints_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*MODEL, "--requests", "20000"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) == {
        "mean_latency",
        "mean_queue",
        "mean_wait",
        "p50",
        "p95",
        "p99",
        "utilisation",
    }
    assert result["mean_wait"] == pytest.approx(0.0222, rel=0.2)


def test_the_engine_runs_in_a_bare_interpreter_with_nothing_but_itself_on_the_path() -> None:
    program = (
        f"import sys; sys.path = [{str(PLATFORM)!r}] + [p for p in sys.path if 'site-' not in p];"
        "from simulation.__main__ import main; main(sys.argv[1:]);"
        "sys.exit(any(name.startswith('django') for name in sys.modules))"
    )
    command = [sys.executable, "-I", "-c", program, *MODEL, "--requests", "1000"]
    first, second = (subprocess.run(command, check=True, capture_output=True) for _ in range(2))
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (["--servers", "2"], "raise --servers"),
        (["--rate", "nan"], "must be a number above 0"),
        (["--rate", "many"], "invalid"),
        (["--service", "-1"], "must be a number above 0"),
        (["--requests", "0"], "must be from 1 to"),
        (["--requests", "99999999"], "must be from 1 to"),
    ],
)
def test_a_model_that_cannot_run_is_refused_with_a_sentence(
    change: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*MODEL, *change])
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err
