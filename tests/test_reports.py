"""`reports/` is what the README's command writes about `seeds/` today."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cleaner.config import Config
from cleaner.jobs.clean import clean

ROOT = Path(__file__).parents[1]
COMMAND = "cleaner clean seeds -o cleaned --report reports"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    clean(
        [str(ROOT / "seeds")],
        str(folder / "cleaned"),
        Config(),
        report=str(folder / "reports"),
        command=COMMAND,
    )
    return folder / "reports"


def without_versions(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(path.read_bytes())
    for name in ("python", "libraries"):
        del report["provenance"][name]
    return report


def prose(path: Path) -> str:
    """The page's own words, without charts and versions: those belong to other libraries."""
    page = path.read_text("utf-8")
    page = re.sub(r"(?s)<svg.*?</svg>|<style.*?</style>|<script.*?</script>", "", page)
    page = re.sub(r"(?s)<meta http-equiv[^>]*>", "", page)
    return re.sub(r"\d+\.\d+(\.\d+)+|Python 3\.\d+", "VERSION", page)


def test_the_numbers_are_fresh(fresh: Path) -> None:
    assert without_versions(ROOT / "reports/report.json") == without_versions(fresh / "report.json")


def test_the_summary_is_fresh(fresh: Path) -> None:
    assert (ROOT / "reports/report.md").read_bytes() == (fresh / "report.md").read_bytes()


def test_the_page_is_fresh(fresh: Path) -> None:
    assert prose(ROOT / "reports/report.html") == prose(fresh / "report.html")


def test_the_readme_shows_that_command() -> None:
    assert COMMAND in (ROOT / "README.md").read_text("utf-8")
