"""The kernel for JSON lines reads what the parser reads, or leaves the line to it."""

import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.formats import jsonl
from cleaner.formats.base import Kind, ReadOptions, RecordBuilder
from cleaner.formats.jsonbatch import read_block

OPTIONS = ReadOptions()
CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\/\b\f\n\r\t\x00\u2028')
TEXTS = st.text(CHARACTERS, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
HOSTS = ["http://A.example/x", "https://a.b:80/", "ftp://h/", "http:///", "http://[::1]/", "x", "h"]
VALUES = {
    "text": TEXTS | JSON,
    "id": TEXTS | st.integers() | JSON,
    "url": st.sampled_from(HOSTS) | TEXTS | JSON,
}
ODD = (b"", b" ", b"{}", b'{"text":"a"', b"[1]", b"\xff", b'\xef\xbb\xbf{"text": "a"}')
SPELLED = st.sampled_from(
    [
        *("1.10", "1E+2", "-0", "01", "1.", ".5", "1e", "+1", "NaN", "1e999", "9" * 30, "-5"),
        *("tru", "[1,]", '{"a":1,}', "[" * 70 + "]" * 70, "[[],{}]", '"\\ud83d\\ude00"'),
        *('"\\ud83d"', '"\\ude00x"', '"\\u12"', '"\\x"', '"tab\t"', '"\\/\\u00e9"', '""', "' '"),
    ]
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A line as strange as people write it, and sometimes none."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(ODD) | st.binary(max_size=12)).replace(b"\n", b" ")
    keys = draw(st.lists(st.sampled_from(["text", "text", "id", "url", "x", 'q"']), max_size=6))
    space = draw(st.sampled_from(["", " ", "\t", " \r"]))
    parts = []
    for key in keys:
        spelled = (
            draw(SPELLED)
            if draw(st.integers(0, 4)) == 0
            else json.dumps(draw(VALUES.get(key, JSON)), ensure_ascii=draw(st.booleans()))
        )
        parts.append(f"{space}{json.dumps(key)}{space}:{space}{spelled}")
    line = (space + "{" + ",".join(parts) + space + "}" + space).encode()
    if draw(st.integers(0, 5)) == 0 and line:  # damage
        at = draw(st.integers(0, len(line) - 1))
        line = line[:at] + draw(st.binary(max_size=2)) + line[at + 1 :]
    return line.replace(b"\n", b"")


def slowly(numbered: list[tuple[int, bytes]]) -> Any:
    builder = RecordBuilder()
    for number, line in numbered:
        jsonl.add_line(builder, "a.jsonl", number, line, OPTIONS)
    return builder.take()


@given(st.lists(lines(), min_size=1, max_size=6), st.booleans())
@example([b'{"text": "a", "text": 1}', b'{"text": 1, "text": "a"}'], True)
@example([b'{"te\\u0078t": "a", "text": "b"}', b'{"text":"b","te\\u0078t":"a"}'], False)
@example([b'{"id":"","text":"a"}', b'{"id":-0,"text":"a"}', b'{"id":1.0,"text":"a"}'], True)
def test_a_block_reads_as_its_lines_do(given: list[bytes], ended: bool) -> None:
    block = b"\n".join(given) + (b"\n" if ended or not given[-1] else b"")
    expected = slowly(list(enumerate(jsonl.lines_of(block), 9)))
    found = read_block(block, "a.jsonl", 9, OPTIONS, slowly)
    found.validate(full=True)
    assert found.to_pylist() == expected.to_pylist()
    assert found.schema.equals(expected.schema)


@given(st.lists(TEXTS, min_size=1, max_size=5), st.booleans())
def test_plain_lines_need_no_parser(texts: list[str], ascii_only: bool) -> None:
    rows = [{"n": [1.5, None], "text": text, "url": "http://a/"} for text in texts]
    block = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in rows).encode()

    def never(_: object) -> Any:
        pytest.fail("a plain line was left to the parser")

    found = read_block(block, "a.jsonl", 1, OPTIONS, never)
    assert found.column("text").to_pylist() == texts
    assert found.column("id").to_pylist() == [f"a.jsonl#{n}" for n in range(1, len(texts) + 1)]
    assert set(found.column("group").to_pylist()) == {"a"}


@given(st.lists(lines(), min_size=1, max_size=6))
@example([b'{"text": "\xef\xbf\xbd"}', b'{"text": "a\\ufffd"}', b'{"text": "\\ud83d\\ude00\\n"}'])
@example([b'{"text": "' + "é漢字，\U0001f600".encode() * 5 + b'"}', b'{"text":"\\u00e9\\ud83d"}'])
def test_a_bare_block_has_lengths_in_place_of_texts(given: list[bytes]) -> None:
    block = b"\n".join(given) + b"\n"
    whole = read_block(block, "a.jsonl", 1, OPTIONS, slowly).to_pylist()
    bare = read_block(block, "a.jsonl", 1, replace(OPTIONS, bare=True), slowly)
    bare.validate(full=True)
    for full, row in zip(whole, bare.to_pylist(), strict=True):
        size = row["characters"]
        if size is None:  # left to the parser
            assert row == full
            continue
        assert (full["kind"], full["notes"], size) == (Kind.DOCUMENT, None, len(full["text"]))
        assert not jsonl.respelled(pa.array([full["text"]], pa.large_string()))[0]
        for name in ("kind", "record", "line", "raw", "error", "hint"):
            assert row[name] == full[name]
