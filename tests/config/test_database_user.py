"""What root does so that PostgreSQL, which refuses to run as root, can reach its files."""

import stat
from pathlib import Path

from config import database_user


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_closed_folders_are_opened_to_pass_through_and_that_is_said(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    inside = closed / "var"
    inside.mkdir(parents=True)
    inside.chmod(0o700)
    closed.chmod(0o700)
    said: list[str] = []
    database_user._open_path(inside, said.append)
    assert (mode(closed), mode(inside)) == (0o701, 0o701)
    assert f"{closed}, {inside} (chmod o+x)" in said[0]
    database_user._open_path(inside, said.append)
    assert len(said) == 1


def test_a_link_opens_the_folders_it_leads_to(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "wheel"
    target.mkdir(parents=True)
    target.parent.chmod(0o700)
    link = tmp_path / "link"
    link.symlink_to(target)
    database_user._open_path(link, lambda _line: None)
    assert mode(target.parent) == 0o701


def test_programs_unpacked_under_a_strict_umask_become_usable(tmp_path: Path) -> None:
    program, library = tmp_path / "bin" / "postgres", tmp_path / "lib.so"
    program.parent.mkdir(mode=0o700)
    program.touch(0o700)
    library.touch(0o600)
    tmp_path.chmod(0o700)
    database_user._open_programs(tmp_path)
    assert mode(tmp_path) == mode(program.parent) == mode(program) == 0o755
    assert mode(library) == 0o644


def test_nobody_but_root_needs_another_account(tmp_path: Path, monkeypatch: object) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)  # type: ignore[attr-defined]
    assert database_user.ensure(tmp_path / "nowhere", tmp_path, print) is None
