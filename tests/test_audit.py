"""The audit: numbers that add up, a page that holds its promises, files that stay as they are."""

import json
import random
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.audit import characters, compare, lines, markdown, marks, page, schema, visible
from cleaner.audit.measure import fetch, measure
from cleaner.audit.numbers import Clusters, Numbers, Sample
from cleaner.config import Config
from cleaner.engines.local import Dataset, LocalEngine
from cleaner.formats.base import Piece
from cleaner.formats.discover import Discovered, Skipped
from cleaner.jobs.audit import audit, corpus_name, gather, write_report
from cleaner.jobs.plan import Shard
from cleaner.model import CleanerError

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
ROOT = HERE.parent

FIELDS = [
    ("document", pa.int64()),
    ("kind", pa.int8()),
    ("piece", pa.int32()),
    ("record", pa.int64()),
    ("id", pa.large_string()),
    ("text", pa.large_string()),
    ("raw", pa.large_binary()),
    ("changes", pa.large_binary()),
    ("findings", pa.large_binary()),
    ("dropped", pa.large_string()),
    ("error", pa.large_string()),
    ("hint", pa.large_string()),
    ("language", pa.string()),
    ("script", pa.string()),
    ("language_margin", pa.float64()),
    ("language_reliable", pa.bool_()),
    ("language_reason", pa.string()),
    ("quality_words", pa.int64()),
]
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u202egnp.exe\u0007\u200b"
    "\ufffd {{ 7*7 }} {% raw %} javascript:alert(1) &lt; ]]> <!-- \u2066"
)


def row(number: int, text: str, **more: Any) -> dict[str, Any]:
    """A looked-at row; findings and changes are given as values."""
    if "changes" in more:
        more["changes"] = json.dumps(more["changes"]).encode()
    if "findings" in more:
        more["findings"] = "".join(f"{json.dumps(one)}\n" for one in more["findings"]).encode()
    plain = {
        "document": number,
        "kind": 0,
        "piece": 0,
        "record": number + 1,
        "id": f"doc-{number}",
        "text": text,
        "raw": text.encode(),
        "language": "en",
        "script": "Latin",
        "language_margin": 90.0,
        "language_reliable": True,
        "quality_words": len(text.split()),
    }
    return plain | more


def found(number: int, rule: str, span: Any = None, **more: Any) -> dict[str, Any]:
    plain = {
        "rule": rule,
        "document": f"doc-{number}",
        "path": "c.jsonl",
        "line": 1,
        "column": 1,
        "span": span,
        "message": f"says {rule}",
        "fix": None,
        "applicability": "display",
        "applied": False,
        "evidence": {},
    }
    return plain | more


def batch(rows: list[dict[str, Any]]) -> Any:
    columns = [pa.array([one.get(name) for one in rows], kind) for name, kind in FIELDS]
    return pa.record_batch(columns, names=[name for name, _ in FIELDS])


def corpus() -> list[dict[str, Any]]:
    """Ten rows with one of everything."""
    footer = "\nAll rights reserved by the Harbour Letter"
    rain = "Rain fell on the harbour all night and the boats stayed in. " * 6
    applied = {"applied": True, "applicability": "safe"}
    near = {"kept": "doc-4", "jaccard": 0.86, "containment": 0.93}
    below = {"kept": "doc-4", "jaccard": 0.78, "containment": 0.9}
    return [
        row(
            0,
            rain + footer,
            changes=[[0, "Home > News\n", "", ["structure.breadcrumb"]]],
            findings=[found(0, "structure.breadcrumb", [0, 12], **applied)],
        ),
        row(
            1,
            "It’s late." + footer,
            changes=[[2, "â€™", "’", ["encoding.mojibake"]]],
            findings=[
                found(1, "encoding.mojibake", [2, 5], **applied),
                found(1, "structure.byline", [8, 12], applicability="unsafe"),
            ],
        ),
        row(2, HOSTILE + footer, id=f"{HOSTILE}.txt"),
        row(3, "404", language="und", language_reliable=False, language_reason="too-short"),
        row(4, rain + "The end."),
        row(5, rain + "An end.", findings=[found(5, "duplicates.near", evidence=near)]),
        row(6, rain + "No end.", findings=[found(6, "duplicates.borderline", evidence=below)]),
        row(
            7,
            rain + "The end.",
            dropped="duplicates.exact",
            findings=[
                found(
                    7,
                    "duplicates.exact",
                    evidence={"kept": "doc-4", "jaccard": 1.0, "containment": 1.0},
                    **applied,
                )
            ],
        ),
        row(8, "", kind=1, error="broken JSON <b>", hint="mend it"),
        row(9, "", kind=2),
    ]


FOUND = Discovered(
    files=[Piece("/nowhere/c.jsonl", "c.jsonl", "jsonl")],
    sizes=[4321],
    skipped=[Skipped("<i>.png", "no corpus format")],
)


def counted(parts: list[list[dict[str, Any]]]) -> Numbers:
    plan = [Shard(number, tuple(FOUND.files)) for number in range(len(parts))]
    looked = Dataset(tuple([batch(rows)] for rows in parts), None)
    return gather(LocalEngine(None), plan, looked, Config())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(
        folder,
        counted([corpus()]),
        found=FOUND,
        config=Config(budgets={"duplicates": "2%"}),
        command="cleaner audit corpus -o audit.html",
        name="corpus",
    )
    return folder


def report_of(folder: Path) -> schema.Report:
    return msgspec.json.decode((folder / "report.json").read_bytes(), type=schema.Report)


def test_numbers_of_the_corpus(written: Path) -> None:
    report = report_of(written)
    assert msgspec.structs.asdict(report.counts) == {
        "documents_in": 9,
        "kept": 7,
        "removed": 1,
        "rejected": 1,
        "edited": 2,
        "emptied": 0,
        "with_findings": 5,
        "skipped": 1,
    }
    assert report.characters.in_ - report.characters.out == 12 + 2 + len(corpus()[7]["text"])
    assert report.funnel[0].documents == 8
    assert report.funnel[-1].documents == report.counts.kept
    assert report.funnel[-1].characters == report.characters.out
    assert [(one.text, one.documents) for one in report.lines] == [
        ("All rights reserved by the Harbour Letter", 3)
    ]
    duplicates = report.duplicates
    assert duplicates
    assert (duplicates.bands, duplicates.rows) == (16, 8)
    assert duplicates.clusters == [(3, 1)]
    assert [one.jaccard for one in duplicates.above] == [0.86]
    assert [one.jaccard for one in duplicates.below] == [0.78]
    assert report.budgets[0].exceeded
    assert report.notices[0].text == "duplicates exceeds its budget of 2%"


def test_parts_do_not_matter(written: Path, tmp_path: Path) -> None:
    rows = corpus()
    write_report(
        tmp_path,
        counted([rows[:3], rows[3:5], [], rows[5:]]),
        found=FOUND,
        config=Config(budgets={"duplicates": "2%"}),
        command="cleaner audit corpus -o audit.html",
        name="corpus",
    )
    one, two = report_of(written), report_of(tmp_path)
    one.corpus.digest = two.corpus.digest  # of the shards, which depend on the input alone
    assert one == two


def test_merging_is_order_free() -> None:
    parts = [measure([batch([one])], Shard(0, tuple(FOUND.files)), b"{}") for one in corpus()]
    once, again = Numbers(), Numbers()
    for one in parts:
        once.merge(one)
    parts = [measure([batch([one])], Shard(0, tuple(FOUND.files)), b"{}") for one in corpus()]
    for one in reversed(parts):
        again.merge(one)
    assert once.documents == again.documents
    assert once.worst.entries() == again.worst.entries()
    assert once.random.entries() == again.random.entries()
    assert once.clusters.sizes() == again.clusters.sizes()


def test_without_quotes_no_word_of_the_corpus_is_shown(written: Path, tmp_path: Path) -> None:
    write_report(
        tmp_path,
        counted([corpus()]),
        found=FOUND,
        config=Config(),
        command="cleaner audit corpus -o audit.html --no-quotes",
        quotes=False,
    )
    texts = ("Rain fell", "The end.", "All rights reserved", "late.", "Home > News", "Home &gt;")
    for name in ("report.html", "report.json", "report.md"):
        shown = (tmp_path / name).read_text("utf-8")
        assert not [text for text in texts if text in shown]
    assert "Rain fell" in (written / "report.html").read_text("utf-8")
    one, two = report_of(written), report_of(tmp_path)
    assert (two.lines, two.lines_found) == ([], one.lines_found)
    assert (two.counts, two.text, two.rules) == (one.counts, one.text, one.rules)
    assert one.duplicates
    assert two.duplicates
    assert two.duplicates.above == one.duplicates.above


def test_pairs_far_below_the_threshold_are_in_the_histogram(tmp_path: Path) -> None:
    draw = random.Random(3)

    def pair(number: int, changed: int) -> Iterator[dict[str, str]]:
        words = [f"w{draw.randrange(10**9)}" for _ in range(204)]  # 200 shingles
        yield {"id": f"{number}", "text": " ".join(words)}
        for at in range(changed):  # each breaks five of them
            words[10 + 20 * at] = "other"
        yield {"id": f"{number}'", "text": " ".join(words)}

    rows = [one for number in range(30) for one in pair(number, 3 if number < 10 else 7)]
    path = tmp_path / "c.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    report = audit([str(path)], str(tmp_path / "a.html"), Config(select=("duplicates",)))
    compared = report.duplicates.compared
    found = {low: n for low, n in zip(compared.edges, compared.counts, strict=False) if n}
    assert set(found) == {0.7, 0.86}  # 165 / 235 and 185 / 215, computed
    assert found[0.86] == 10  # the bands miss one of 300
    assert 5 <= found[0.7] <= 20  # they miss two in five
    assert {one.name: one.documents for one in report.duplicates.kinds}["near"] == 10


def test_goldens(written: Path) -> None:
    """Regenerate with `python tests/test_audit.py` after looking at the difference."""
    for name in ("report.json", "report.md"):
        assert _stable(written / name) == _stable(GOLDEN / f"audit.{name}"), name


def _stable(path: Path) -> str:
    """Without what depends on versions, options and the wording of rules."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return text.rpartition("Made by")[0]
    report = json.loads(text)
    del report["provenance"]
    for rule in report["rules"]:
        del rule["summary"]
    report["funnel"] = [one for one in report["funnel"] if one["findings"] or one["removed"]]
    return json.dumps(report, indent=1, sort_keys=False)


def test_schema_is_fresh_and_holds(written: Path) -> None:
    stored = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    assert stored == schema.schema()
    jsonschema.validate(json.loads((written / "report.json").read_text()), stored)


def test_schema_is_documented() -> None:
    text = (ROOT / "docs" / "report.md").read_text()
    for name in schema.Report.__struct_fields__:
        assert f"`{name}`" in text, name


class Reader(HTMLParser):
    """Collects what a browser would act on, and what it would show."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.quiet += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.words.append(data)


def read(html: bytes) -> Reader:
    reader = Reader()
    reader.feed(html.decode())
    return reader


def test_nothing_hostile_becomes_markup(written: Path) -> None:
    html = (written / "report.html").read_bytes()
    reader = read(html)
    names = [name for name, _ in reader.tags]
    assert names.count("script") == 1
    assert names.count("style") == 1
    assert not {"img", "iframe", "object", "link", "base", "form", "b"} & (
        set(names) - {"b"} if "b" in names else set(names)
    )
    for _, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert (attributes.get("href") or "#").startswith("#")
        assert "src" not in attributes
    text = html.decode()
    shown = [char for char in text if characters.is_unusual(ord(char)) and char != "\ufffd"]
    assert not shown
    assert "U+202E" in "".join(reader.words)
    assert "<script>alert(1)</script>" in "".join(reader.words)
    assert "{{ 7*7 }}" in "".join(reader.words)


def test_policy_names_style_and_script(written: Path) -> None:
    html = (written / "report.html").read_text()
    policy = next(
        attributes["content"]
        for tag, attributes in read(html.encode()).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        inner = html.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        assert page._hash(inner) in policy
    assert "unsafe" not in policy
    assert "http://" not in html.replace("http-equiv", "")
    assert "https://" not in html


def test_page_shows_the_numbers_of_the_json(written: Path) -> None:
    report = report_of(written)
    words = " ".join(" ".join(read((written / "report.html").read_bytes()).words).split())
    assert f"{report.counts.kept} of {report.counts.documents_in}" in words
    assert f"{report.characters.out:,} of {report.characters.in_:,} are left" in words
    for rule in report.rules:
        assert rule.name in words
    for stage in report.funnel:
        assert f"{stage.characters:,}" in words
    assert report.corpus.digest in words


def test_page_stays_below_its_limit(written: Path) -> None:
    numbers = counted([corpus()])
    report = report_of(written)
    whole = page.render(report, numbers, config="{}", skipped=[])
    for limit in (len(whole), len(whole) - 1, 70_000):
        small = page.render(report, numbers, config="{}", skipped=[], limit=limit)
        assert len(small) <= limit
        assert (b"Fewer and shorter samples" in small) == (limit < len(whole))


def test_large_texts_stay_small(tmp_path: Path) -> None:
    rows = [
        row(
            number,
            "<&>\u202e" * 50_000,
            id="x" * 5000 + str(number),
            findings=[found(number, "a.b", [at, at + 400]) for at in range(0, 9000, 30)],
        )
        for number in range(45)
    ]
    numbers = counted([rows])
    write_report(tmp_path, numbers, found=FOUND, config=Config(), command="c")
    assert (tmp_path / "report.html").stat().st_size <= page.LIMIT


def test_empty_corpus(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    report = audit(
        [str(tmp_path / "in")],
        str(tmp_path / "a.html"),
        Config(),
        json_path=str(tmp_path / "a.json"),
    )
    assert report.counts.documents_in == 0
    assert b"Nothing was found" in (tmp_path / "a.html").read_bytes()


def test_compare(written: Path, tmp_path: Path) -> None:
    older = compare.load(written / "report.json")
    rows = corpus()
    rows[4]["language"] = "de"
    rows[3]["findings"] = json.dumps(found(3, "quality.short")).encode()
    write_report(
        tmp_path, counted([rows]), found=FOUND, config=Config(), command="c", compare=older
    )
    change = report_of(tmp_path).compare
    assert change
    assert change.config_changed
    assert not change.corpus_changed
    assert [one.name for one in change.rules] == ["quality.short"]
    assert {(one.name, one.before, one.after) for one in change.languages} == {
        ("de", 0, 1),
        ("en", 6, 5),
    }
    assert "Since the older report" in (tmp_path / "report.html").read_text()
    assert "Since the older report" in (tmp_path / "report.md").read_text()


@pytest.mark.parametrize("content", ["", "[]", '{"version": 9}', "\x00", None])
def test_compare_refuses_what_is_no_report(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "old.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CleanerError, match=r"old\.json"):
        compare.load(path)


def test_compare_refuses_another_version(written: Path, tmp_path: Path) -> None:
    report = json.loads((written / "report.json").read_text()) | {"version": 2}
    path = tmp_path / "old.json"
    path.write_text(json.dumps(report))
    with pytest.raises(CleanerError, match="version 2"):
        compare.load(path)


def test_fetch_reads_partners_and_counts_lines() -> None:
    texts, counts = fetch(
        [batch(corpus())], ["doc-4", "none"], ["All rights reserved by the Harbour Letter"]
    )
    assert list(texts) == ["doc-4"]
    assert counts == {"All rights reserved by the Harbour Letter": 3}


@given(st.text(), st.data())
def test_runs_hold_every_character(text: str, data: st.DataObject) -> None:
    spans = data.draw(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40), st.sampled_from("ab")))
    )
    cut = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(cut, len(text)))
    changes = [(cut, text[cut:end], "", ["r"])] if end > cut else []
    made = marks.runs(text, changes, [(a, max(a, b), rule) for a, b, rule in spans])
    assert "".join(run.text for run in made) == text
    short = marks.around(made, most=20, context=3)
    assert sum(len(run.text) + run.hidden for run in short) == len(text)


@given(st.text())
def test_visible_text_is_inert(text: str) -> None:
    shown = read(str(visible.visible(text)).encode("utf-8", "replace"))
    assert {name for name, _ in shown.tags} <= {"span"}
    for html in visible.differing(text, text[::-1]):
        assert {name for name, _ in read(str(html).encode("utf-8", "replace")).tags} <= {
            "span",
            "b",
        }


@given(st.text())
def test_markdown_cells_hold_no_markup(text: str) -> None:
    cell = markdown._cell(text)
    assert "\n" not in cell
    assert all(cell[at - 1] == "\\" for at, char in enumerate(cell) if char in "<|`[")


@given(st.text(min_size=1).filter(lambda t: t.isprintable() and t.strip()))
def test_a_copied_rule_is_toml(line: str) -> None:
    rule = tomllib.loads(lines.toml_rule(line, 3))["rule"][0]
    assert rule["match"] == [line]


def test_a_copied_rule_works(tmp_path: Path) -> None:
    from cleaner import packs
    from cleaner.passes.boilerplate import BoilerplatePass

    line = "Read more (2) – share on Facebook & co. #harbour"
    pack = '[pack]\nname = "boilerplate.mine"\nsummary = "Mine"\n'
    path = tmp_path / "mine.toml"
    path.write_text(pack + lines.toml_rule(line, 7))
    BoilerplatePass(packs.load([path]))  # proves `match` and `keep`


@given(st.lists(st.text(), max_size=8))
def test_characters_are_counted_as_python_counts(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    counted = characters.count(pa.array(texts, pa.large_string()))
    expected: dict[int, list[int]] = {}
    for text in texts:
        for point in map(ord, text):
            if characters.is_unusual(point):
                expected.setdefault(point, [0, 0])[0] += 1
        for point in set(map(ord, text)):
            if point in expected:
                expected[point][1] += 1
    rows = zip(counted.points, counted.found, counted.texts, strict=True)
    assert {int(p): [int(f), int(t)] for p, f, t in rows} == expected


@given(st.lists(st.sampled_from(["one long line here", "another long line", "short", ""])))
def test_lines_are_counted_once_a_document(parts: list[str]) -> None:
    texts = pa.array(["\n".join(parts), "another long line\nx"], pa.large_string())
    counts = lines.count_lines(texts)
    assert counts == ({"another long line": 2} if "another long line" in parts else {})
    assert lines.count_exactly(texts, list(counts)) == counts


def test_clusters_are_sampled_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clusters, "MOST", 100)
    hashes = np.random.default_rng(1).integers(0, 2**64, 1000, np.uint64).tolist()
    whole, left, right = Clusters(), Clusters(), Clusters()
    for number, one in enumerate(hashes):
        whole.add(one)
        (left if number % 3 else right).add(one)
    right.merge(left)
    assert whole.counts == right.counts
    assert len(whole.counts) <= 100
    assert whole.one_in == right.one_in > 1


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 40))
def test_samples_hold_the_smallest(keys: list[int], split: int) -> None:
    def sample(part: list[tuple[int, int]]) -> Sample:
        made = Sample(5)
        for number, key in part:
            made.offer(key, number, lambda key=key, number=number: (key, number))  # type: ignore[misc]
        return made

    rows = list(enumerate(keys))
    merged = sample(rows[split:])
    merged.merge(sample(rows[:split]))
    assert merged.entries() == sorted((key, number) for number, key in rows)[:5]
    assert merged.offered == len(rows)


def test_corpus_name() -> None:
    assert corpus_name(["/a/b/seeds/"]) == "seeds"
    assert corpus_name(["a", "b", "c", "d"]) == "a, b, c and 1 more"


if __name__ == "__main__":
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_report(
            Path(folder),
            counted([corpus()]),
            found=FOUND,
            config=Config(budgets={"duplicates": "2%"}),
            command="cleaner audit corpus -o audit.html",
            name="corpus",
        )
        for name in ("report.json", "report.md"):
            shutil.copy(Path(folder) / name, GOLDEN / f"audit.{name}")
    made = json.dumps(schema.schema(), indent=1)
    (ROOT / "docs" / "report.schema.json").write_text(made + "\n")
