"""Formats: what was read can be written and restored, whatever the record looks like."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.formats import by_suffix, jsonl, text
from cleaner.formats.base import Kind, Piece, ReadOptions, RecordBuilder, UnreadableError
from cleaner.formats.discover import discover, shown
from cleaner.formats.jsonspans import literal, members
from cleaner.model import CleanerError

OPTIONS = ReadOptions()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
WHITE = st.sampled_from(["", " ", "  ", "\t", " \r"])


@st.composite
def json_lines(draw: st.DrawFn) -> tuple[str, str]:
    """A line of JSON as strange as people write it, and its text."""
    rows = draw(st.dictionaries(st.text(max_size=4), JSON, max_size=4))
    rows.pop("text", None)
    content = draw(st.text(max_size=20))
    members = list(rows.items())
    members.insert(draw(st.integers(0, len(members))), ("text", content))
    if draw(st.booleans()):  # duplicate keys are legal; the last one counts
        members.insert(0, ("text", "another"))
    parts = []
    for key, value in members:
        spelled = json.dumps(value, ensure_ascii=draw(st.booleans()))
        if isinstance(value, float) and draw(st.booleans()):
            spelled += "0" if "." in spelled and "e" not in spelled else ""
        space = draw(WHITE)
        parts.append(f"{space}{json.dumps(key)}{draw(WHITE)}:{space}{spelled}{draw(WHITE)}")
    return "{" + ",".join(parts) + "}" + draw(WHITE), content


def one(line: bytes) -> dict[str, Any]:
    builder = RecordBuilder()
    jsonl.add_line(builder, "a.jsonl", 1, line, OPTIONS)
    row: dict[str, Any] = builder.take().to_pylist()[0]
    return row


@given(json_lines())
def test_a_line_reads_as_the_standard_library_reads_it(case: tuple[str, str]) -> None:
    line, content = case
    row = one(line.encode() + b"\n")
    assert row["kind"] == Kind.DOCUMENT
    assert row["text"] == json.loads(line)["text"] == content


@given(json_lines(), st.text(max_size=20))
def test_only_the_text_of_a_line_changes_and_it_comes_back(case: tuple[str, str], new: str) -> None:
    line, old = case
    raw = line.encode() + b"\n"
    out = jsonl.rewrite(raw, old, new, OPTIONS)
    start, end = literal(raw, "text")
    assert out.startswith(raw[:start])
    assert out.endswith(raw[end:])
    assert json.loads(out)["text"] == new
    notes = jsonl.undo(raw, old, new, OPTIONS)
    assert jsonl.restore(out, notes, lambda _: old, OPTIONS) == raw


@given(json_lines(), st.text(max_size=20))
@example((r'{"text": "a\/b"}', "a/b"), "")
@example((r'{"text": "\u0061"}', "a"), "b")
@example((r'{"text": "\\u"}', "\\u"), "\x7f")
def test_a_line_is_respelled_as_rewrite_and_undo_say(case: tuple[str, str], new: str) -> None:
    line, old = case
    raw = line.encode() + b"\n"
    for now in (new, old):
        out, notes = jsonl.respell(raw, lambda: old, now, OPTIONS)
        assert out == jsonl.rewrite(raw, old, now, OPTIONS)
        assert notes == jsonl.undo(raw, old, now, OPTIONS)


@given(st.lists(st.text("\ufffda\uffff，é", max_size=6), max_size=6), st.integers(0, 6))
def test_texts_with_a_replacement_character_are_respelled(texts: list[str], start: int) -> None:
    column = pa.array(texts, pa.large_string()).slice(start)
    assert jsonl.respelled(column).tolist() == ["\ufffd" in text for text in texts[start:]]


@given(json_lines())
def test_members_stand_where_the_standard_library_reads_them(case: tuple[str, str]) -> None:
    raw = case[0].encode()
    *found, (_, brace, _) = members(raw, 0)
    read = [(key, json.loads(raw[start:end])) for key, start, end in found]
    assert dict(read) == json.loads(raw)
    assert raw[brace : brace + 1] == b"}"
    assert not raw[brace + 1 :].strip()


KEYS = st.sampled_from(['"text"', '"te\\u0078t"', '"a\\"text"', '"\\\\text"', '"n"'])
VALUES = st.recursive(
    st.sampled_from(
        ['"text"', '"\\"text\\": "', '"\\\\"', '"a\\u00e9b"', '"text\\\\"', "1", "null"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]"),
        st.lists(st.tuples(KEYS, inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f"{key} :{value}" for key, value in pairs) + "}"
        ),
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4), KEYS.filter(lambda key: key != '"n"'))
def test_the_text_is_found_at_one_look_or_member_by_member(
    pairs: list[tuple[str, str]], key: str
) -> None:
    inside = ", ".join(f"{name}: {value}" for name, value in [*pairs, (key, '"here"')])
    line = f"{{{inside}}}".encode()
    for field in ("text", 'a"text', "\\text"):
        found = [(low, high) for name, low, high in members(line, 0) if name == field]
        if found and isinstance(json.loads(line)[field], str):  # or the line is no document
            assert literal(line, field) == found[-1]


@pytest.mark.parametrize("line", [b"{", b'{"a"', b'{"a": [1', b'{"a": "b', b'{"a": 1'])
def test_a_line_that_ends_too_early_has_no_members(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"not found|no JSON"):
        list(members(line, 0))


@given(json_lines())
def test_columns_count_in_the_escaped_line(case: tuple[str, str]) -> None:
    line, content = case
    end = len(line.encode()[: literal(line.encode(), "text")[1]].decode())
    offsets = list(range(len(content)))
    places = jsonl.positions(line.encode(), content, offsets, OPTIONS)
    columns = [column - 1 for _, column in places] + [end - 1]
    spelled = [line[low:high] for low, high in pairwise(columns)]
    assert [json.loads(f'"{piece}"') for piece in spelled] == list(content)
    assert not columns[:-1] or line[columns[0] - 1] == '"'


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"text": "a"', "is no valid JSON"),
        (b'["a"]', "is a list, not a JSON object"),
        (b'{"txt": "a"}', "has no field \"text\" (it has 'txt')"),
        (b'{"text": null}', 'field "text" is null, not text'),
        (b'{"text": 5}', 'field "text" is a number, not text'),
        (b'{"text": "\xff"}', "is no valid UTF-8 (byte 11)"),
        (b'{"text": "\xed\xa0\xbd\xed\xb8\x80"}', "is no valid UTF-8 (byte 11)"),
        ('{"text": "a"}'.encode("utf-16"), "is no valid UTF-8 (byte 1)"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"text": "a", "n": ' + b"9" * 6000 + b"x}", "holds a number of too many digits"),
    ],
)
def test_a_broken_line_is_rejected_with_its_cause(line: bytes, error: str) -> None:
    row = one(line)
    assert row["kind"] == Kind.REJECTED
    assert error in row["error"]
    assert row["hint"]
    assert row["raw"] == line


def test_a_lone_surrogate_is_read_as_a_replacement_character_and_said() -> None:
    line = b'{"text": "a\\ud800b"}\n'
    row = one(line)
    assert row["text"] == "a\ufffdb"
    assert b"encoding.surrogate" in row["notes"]
    out = jsonl.rewrite(line, row["text"], row["text"], OPTIONS)
    assert json.loads(out)["text"] == "a\ufffdb"
    notes = jsonl.undo(line, row["text"], row["text"], OPTIONS)
    assert jsonl.restore(out, notes, lambda now: now, OPTIONS) == line


def test_lines_split_at_line_feeds_only(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text": "a\u2028b\u0085c"}\r\n\n{"text": "d"}'.encode())
    batches = jsonl.read(Piece(str(path), "a.jsonl", "jsonl"), OPTIONS)
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["text"] for row in rows] == ["a\u2028b\u0085c", "", "d"]
    assert [row["kind"] for row in rows] == [Kind.DOCUMENT, Kind.PASSED, Kind.DOCUMENT]
    assert [row["id"] for row in rows] == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3"]


def test_a_line_above_the_limit_is_rejected_whole_and_the_next_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    long = b'{"text": "' + b"x" * (9 << 20) + b'"}\n'
    path.write_bytes(long + b'{"text": "short"}\n')
    options = ReadOptions(max_record_bytes=1 << 20)
    rows = [r for b in jsonl.read(Piece(str(path), "a", "jsonl"), options) for r in b.to_pylist()]
    assert [row["kind"] for row in rows] == [Kind.REJECTED, Kind.DOCUMENT]
    assert rows[0]["raw"] == long


@given(st.text(max_size=30), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
@example("a\r\nb", "utf-8")
def test_a_text_file_comes_back_byte_for_byte(content: str, encoding: str) -> None:
    try:
        raw = content.encode(encoding)
    except UnicodeEncodeError:
        return
    try:
        from cleaner.formats.decoding import decode

        old = decode(raw).text
    except CleanerError:
        return
    out = text.rewrite(raw, old, old, OPTIONS)
    assert out.decode().removesuffix("\n").removesuffix("\r") in {old, old.rstrip("\r\n")}
    assert text.restore(out, text.undo(raw, old, old, OPTIONS), lambda now: now, OPTIONS) == raw


def test_a_file_above_the_limit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 2_000_000)
    piece = Piece(str(path), "a.txt", "text")
    with pytest.raises(UnreadableError, match="more than the limit of 1 MB"):
        list(text.read(piece, ReadOptions(max_record_bytes=1 << 20)))


def test_links_devices_and_foreign_files_are_counted_not_read(tmp_path: Path) -> None:
    import os

    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.jsonl").write_text("{}")
    (tmp_path / "picture.png").write_bytes(b"")
    (tmp_path / "link.txt").symlink_to("b.txt")
    (tmp_path / "_cleaner").mkdir()
    (tmp_path / "_cleaner" / "ledger.jsonl").write_text("")
    os.mkfifo(tmp_path / "pipe.txt")
    found = discover([str(tmp_path)])
    assert [piece.name for piece in found.files] == ["b.txt", "sub/a.jsonl"]
    assert [(one.name, one.why) for one in found.skipped] == [
        ("link.txt", "link"),
        ("picture.png", "no corpus format"),
        ("pipe.txt", "not a regular file"),
    ]


def test_a_missing_source_is_named() -> None:
    with pytest.raises(CleanerError, match="nowhere: No such file or directory"):
        discover(["nowhere"])


def test_suffixes_are_read_without_regard_to_case() -> None:
    assert by_suffix("A.TXT") == "text"


def test_names_that_are_no_text_are_shown_escaped() -> None:
    assert shown("caf\udce9") == "caf\\xe9"


def test_a_byte_order_mark_before_the_first_line_is_no_error() -> None:
    line = b'\xef\xbb\xbf{"text": "a"}\n'
    row = one(line)
    assert (row["kind"], row["text"]) == (Kind.DOCUMENT, "a")
    assert jsonl.rewrite(line, "a", "b", OPTIONS) == b'\xef\xbb\xbf{"text": "b"}\n'


def test_surrogates_in_utf8_are_no_text() -> None:
    row = one(b'{"text": "a", "other": "\xed\xa0\x80"}')
    assert row["kind"] == Kind.REJECTED
    assert "is no valid UTF-8" in row["error"]
