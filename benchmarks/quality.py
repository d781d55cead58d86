"""Quality signals beside datatrove's own filters: speed, and whether the numbers are the same.

    python benchmarks/quality.py --data DIR [--documents 300]

DIR holds `*.jsonl` or `*.jsonl.gz` files with a field `text`. datatrove (0.10) must be installed,
with spaCy. Agreement is proved filter by filter: with its threshold just above our number datatrove
keeps the document, with its threshold just below it drops it. There, datatrove gets our definition
of a word, and texts without blank lines and indentation (`docs/quality.md` says what differs on
purpose); the speed is that of its own.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

MARGIN = 1e-5
"""Relative; our shares are float32."""


def texts_of(folder: Path, limit: int) -> Iterator[str]:
    """The first texts of each file."""
    for path in sorted(folder.glob("*.jsonl*")):
        data = path.read_bytes()
        lines = (gzip.decompress(data) if path.suffix == ".gz" else data).split(b"\n")
        found = (json.loads(line).get("text") for line in lines if line)
        yield from islice((text for text in found if text), limit)


def words(text: str, language: str = "") -> list[str]:
    """What `cleaner.kernels.quality.words` splits, for text of scripts with spaces."""
    del language
    found = []
    for run in text.lower().split():
        inside = [at for at, char in enumerate(run) if char.isalnum() or char == "_"]
        found.append(run[inside[0] : inside[-1] + 1] if inside else run)
    return found


def filters() -> dict[str, tuple[Callable[..., Any], dict[str, Any], str, str]]:
    """For each of our columns: datatrove's filter, what to switch off, its option, and its side."""
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )

    off = dict.fromkeys(
        ("dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac")
    )
    repetition = {**off, "top_n_grams": (), "dup_n_grams": ()}
    quality = dict.fromkeys(
        (
            "min_doc_words", "max_doc_words", "min_avg_word_length", "max_avg_word_length",
            "max_symbol_word_ratio", "max_bullet_lines_ratio", "max_ellipsis_lines_ratio",
            "max_non_alpha_words_ratio", "min_stop_words",
        )
    )  # fmt: skip
    fineweb = {
        "line_punct_thr": -1, "short_line_thr": 2, "char_duplicates_ratio": 2, "new_line_ratio": 1e9
    }  # fmt: skip
    table: dict[str, tuple[Callable[..., Any], dict[str, Any], str, str]] = {
        "repeated_line_share": (GopherRepetitionFilter, repetition, "dup_line_frac", ">"),
        "repeated_line_character_share": (
            GopherRepetitionFilter, repetition, "dup_line_char_frac", ">",
        ),
        "repeated_paragraph_share": (GopherRepetitionFilter, repetition, "dup_para_frac", ">"),
        "repeated_paragraph_character_share": (
            GopherRepetitionFilter, repetition, "dup_para_char_frac", ">",
        ),
        "words": (GopherQualityFilter, quality, "min_doc_words", "<"),
        "mean_word_length": (GopherQualityFilter, quality, "max_avg_word_length", ">"),
        "bullet_line_share": (GopherQualityFilter, quality, "max_bullet_lines_ratio", ">"),
        "ellipsis_line_share": (GopherQualityFilter, quality, "max_ellipsis_lines_ratio", ">"),
        "alphabetic_word_share": (GopherQualityFilter, quality, "max_non_alpha_words_ratio", "<"),
        "stop_words": (GopherQualityFilter, quality, "min_stop_words", "<"),
        "terminal_line_share": (FineWebQualityFilter, fineweb, "line_punct_thr", "<"),
        "short_line_share": (FineWebQualityFilter, fineweb, "short_line_thr", ">"),
        "repeated_line_character_ratio": (
            FineWebQualityFilter, fineweb, "char_duplicates_ratio", ">",
        ),
        "break_ratio": (FineWebQualityFilter, fineweb, "new_line_ratio", ">"),
        "c4_sentences": (C4QualityFilter, {}, "min_num_sentences", "<"),
    }  # fmt: skip
    for size in range(2, 5):
        name = f"top_{size}_gram_share"
        table[name] = (GopherRepetitionFilter, repetition, f"top_n_grams:{size}", ">")
    for size in range(5, 11):
        name = f"repeated_{size}_gram_share"
        table[name] = (GopherRepetitionFilter, repetition, f"dup_n_grams:{size}", ">")
    return table


def agrees(
    text: str, value: float, entry: tuple[Callable[..., Any], dict[str, Any], str, str]
) -> bool:
    """Whether datatrove's number lies where ours does."""
    from datatrove.data import Document

    kind, rest, option, side = entry
    name, _, size = option.partition(":")
    if size and not value:
        return True  # datatrove takes a run that occurs once for the most frequent one

    def keeps(limit: float) -> bool:
        setting: Any = ((int(size), limit),) if size else limit
        verdict = kind(**{**rest, name: setting}).filter(Document(text=text, id="x"))
        return verdict is True

    near = abs(value) * MARGIN + 1e-9
    whole = value == int(value) and "ratio" not in option and "frac" not in option and not size
    if side == ">":
        # A threshold of 0 switches datatrove's check off.
        return keeps(value + near) and (value <= near or not keeps(value - near))
    step = 0.5 if whole and value > 1 else near
    return (value - step <= 0 or keeps(value - step)) and not keeps(value + step)


def compare(texts: list[str]) -> None:
    """Print, column by column, for how many documents datatrove has our number."""
    import pyarrow as pa
    from datatrove.pipeline.filters import (
        fineweb_quality_filter,
        gopher_quality_filter,
        gopher_repetition_filter,
    )

    from cleaner.passes.quality import QualityPass

    own: dict[Any, Any] = {}
    for module in (fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter):
        own[module] = module.split_into_words
        module.split_into_words = words
    plain = [[line.strip() for line in text.split("\n") if line.strip()] for text in texts]
    columns = {}
    for joint in ("\n", "\n\n"):
        joined = [joint.join(lines) for lines in plain]
        measures = QualityPass().measure(pa.array(joined, pa.large_string()))
        columns[joint] = joined, measures
    print(f"{'signal':40} agreement with datatrove on {len(texts)} documents")
    for name, entry in filters().items():
        joined, measures = columns["\n\n" if "paragraph" in name else "\n"]
        values = measures.column(f"quality_{name}").to_pylist()
        same = sum(agrees(*pair, entry) for pair in zip(joined, values, strict=True))
        print(f"{name:40} {same / len(texts):8.2%}")
    for module, function in own.items():
        module.split_into_words = function


def race(texts: list[str], few: int) -> None:
    """Print speeds: ours over all texts, datatrove's over the first few."""
    import pyarrow as pa
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )

    from cleaner.passes.quality import QualityPass

    array = pa.array(texts, pa.large_string())
    looker = QualityPass()
    began = time.perf_counter()
    looker.measure(array.slice(0, 1))
    print(f"first document, with loading or compiling: {time.perf_counter() - began:.2f} s")
    size = sum(len(text.encode()) for text in texts) / 1e6
    ours = max(size / _clock(lambda: looker.suspects(looker.measure(array))) for _ in range(3))
    print(f"cleaner, all signals: {ours:.1f} MB/s of one core")
    sample = texts[:few]
    size = sum(len(text.encode()) for text in sample) / 1e6
    chain = [
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        FineWebQualityFilter(),
        C4QualityFilter(),
    ]

    def run() -> None:
        for text in sample:
            for one in chain:  # each of them, as our signals are all computed
                one.filter(Document(text=text, id="x"))

    run()  # spaCy loads its tokeniser
    theirs = size / _clock(run)
    print(f"datatrove, its four filters: {theirs:.2f} MB/s; ratio {ours / theirs:.0f}")


def _clock(function: Callable[[], object]) -> float:
    """Seconds of processor time."""
    began = time.process_time()
    function()
    return time.process_time() - began


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=300, help="for the comparison")
    options = parser.parse_args()
    texts = list(texts_of(options.data, 10 * options.documents))
    if not texts:
        sys.exit(f"no texts in {options.data}")
    race(texts, options.documents)
    compare([text for text in texts if text.isascii()][: options.documents])


if __name__ == "__main__":
    main()
