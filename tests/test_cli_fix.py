"""`check --fix` and `--diff`: in place, only the edited spans, and a patch that others read."""

import os
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import cli
from cleaner.jobs.diff import regions
from cleaner.jobs.splices import apply

MANGLED = "Le cafÃ© est fermÃ©."
MENDED = "Le café est fermé."
BEFORE = {
    "plain.txt": f"{MANGLED}\n\n\n\nFin.\n".encode(),
    "bare end.txt": f"{MANGLED}\n\n\n\nFin.".encode(),
    "windows.txt": f"{MANGLED}\r\n\r\n\r\n\r\nFin.\r\n".encode(),
    "marked.txt": b"\xef\xbb\xbf" + f"{MANGLED}\n\n\n\nFin.".encode(),
    "wide.txt": b"\xff\xfe" + "Une étude.\n\n\n\nFin.\n".encode("utf-16-le"),
    "deep/er/rows.jsonl": (
        rb'{"n": 1.50e3,  "text": "caf\u00c3\u00a9 a\/b \u00e9t\u00e9.\n\n\n\nB \ud800 x"'
        b', "z":[1,  2]}'
        b"\n\n" + f'{{"text": "{MANGLED}", "é": 1e400}}\r\n'.encode() + b'{"text": "All is well."}'
    ),
}
AFTER = {
    "plain.txt": f"{MENDED}\n\nFin.\n".encode(),
    "bare end.txt": f"{MENDED}\n\nFin.".encode(),
    "windows.txt": f"{MENDED}\r\n\r\nFin.\r\n".encode(),
    "marked.txt": b"\xef\xbb\xbf" + f"{MENDED}\n\nFin.".encode(),
    "wide.txt": b"\xff\xfe" + "Une étude.\n\nFin.\n".encode("utf-16-le"),
    "deep/er/rows.jsonl": (
        rb'{"n": 1.50e3,  "text": "caf\u00e9 a\/b \u00e9t\u00e9.\n\nB \ufffd x", "z":[1,  2]}'
        b"\n\n" + f'{{"text": "{MENDED}", "é": 1e400}}\r\n'.encode() + b'{"text": "All is well."}'
    ),
}
RULES = ("--select", "encoding,structure.blank-run", "--ignore", "encoding.replacement-character")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    write(folder, BEFORE)
    monkeypatch.chdir(folder)
    return folder


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in BEFORE}


def check(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check", ".", "-j1", *RULES, *arguments], standalone_mode=False)


def test_fix_touches_nothing_but_the_edited_spans(folder: Path) -> None:
    (folder / "plain.txt").chmod(0o640)
    done = check("--fix")
    assert content(folder) == AFTER
    assert done.return_value == 0
    assert "No findings in 8 documents." in done.stdout
    assert "in 6 files." in done.stderr
    assert (folder / "plain.txt").stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == sorted(
        Path(name).name for name in BEFORE
    )


@pytest.mark.parametrize(
    "command",
    [["patch", "-p0"], ["patch", "-p1"], ["git", "apply"]],
    ids=" ".join,
)
def test_the_patch_does_what_fix_does(folder: Path, command: list[str]) -> None:
    done = check("--diff")
    assert done.return_value == 1
    assert content(folder) == BEFORE
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    env = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    subprocess.run(command, input=done.stdout_bytes, cwd=other, check=True, env=env)
    assert content(other) == AFTER


def test_an_empty_patch_exits_with_0(folder: Path) -> None:
    write(folder, AFTER)
    done = check("--diff")
    assert (done.return_value, done.stdout) == (0, "")


def test_what_cannot_be_fixed_in_place_is_named_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = "Der Käfer war größer als der Frosch, und Käse gab es für alle.\n" * 4
    latin = f"{data}It&rsquo;s &rarr; here &rarr; there.\n".encode("latin-1")
    Path("latin.txt").write_bytes(latin)
    done = check("--fix", "--select", "encoding.entity")
    assert Path("latin.txt").read_bytes() == latin
    assert "not fixed: latin.txt: " in done.stderr
    assert done.return_value == 1


def test_fix_never_drops_a_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "The ferry left at seven and met the first of the fog an hour later, they say.\n" * 3
    for name in ("a.txt", "b.txt"):
        Path(name).write_text(text)
    done = check("--fix", "--select", "duplicates")
    assert "duplicates.exact" in done.stdout
    assert done.return_value == 1
    assert Path("b.txt").read_text() == text


def test_unsafe_fixes_are_applied_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "The ferry left at seven.\n\ntaking a chance ]\n\nIt met the fog an hour later.\n"
    Path("a.txt").write_text(text)
    arguments = ("--fix", "--select", "structure.orphan-fragment")
    assert check(*arguments).return_value == 1
    assert Path("a.txt").read_text() == text
    assert check(*arguments, "--unsafe-fixes").return_value == 0
    assert "chance" not in Path("a.txt").read_text()


@pytest.mark.parametrize(
    ("raw", "splices"),
    [
        (b"one\ntwo\nsix", [(3, 7, b"")]),
        (b"one\ntwo\nsix", [(0, 0, b"new\n"), (4, 4, b"x")]),
        (b"one\n\n\n\ntwo", [(4, 5, b""), (5, 6, b"")]),
        (b"", [(0, 0, b"a")]),
        (b"a\n", [(1, 2, b"")]),
        (b"a b\nc\n", [(0, 1, b"x"), (2, 3, b"y\nz"), (3, 4, b" ")]),
    ],
)
def test_regions_are_whole_lines_and_say_the_same(
    raw: bytes, splices: list[tuple[int, int, bytes]]
) -> None:
    found = list(regions(raw, splices))
    assert apply(raw, found) == apply(raw, splices)
    for low, high, _ in found:
        assert low == 0 or raw[low - 1 : low] == b"\n"
        assert high in {0, len(raw)} or raw[high - 1 : high] == b"\n"
    assert all(a[1] <= b[0] for a, b in pairwise(found))


def test_a_file_that_changed_meanwhile_is_left_alone(folder: Path) -> None:
    from cleaner.config import Config
    from cleaner.jobs.clean import examine
    from cleaner.jobs.fix import fix

    config = Config(select=("structure.blank-run",))
    with examine(["plain.txt"], config) as (_, plan, looked):
        (folder / "plain.txt").write_text("new")
        done = fix(plan, looked, config)
    assert done.files == []
    assert "changed meanwhile" in done.refused[0][1]
    assert (folder / "plain.txt").read_text() == "new"
