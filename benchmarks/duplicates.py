"""Duplicates: speed, memory, recall and precision, beside other tools.

    python benchmarks/duplicates.py recall --data DIR     # pairs.jsonl.gz and docs.jsonl.gz
    python benchmarks/duplicates.py traps --data DIR
    python benchmarks/duplicates.py job [--peers PYTHON…] [--documents 20000] --data DIR
    python benchmarks/duplicates.py sign [--peers PYTHON…] [--documents 20000] --data DIR
    python benchmarks/duplicates.py candidates [--documents 5000000]

`--peers` names interpreters; each peer runs under the first one that has it, as no environment
holds all of them: datasketch, xxhash, rensa, gaoya, daft; datatrove[processing] (xxhash below 4);
text-dedup 0.4. Times are CPU seconds of a whole process and its children, start-up included, the
best of three; `sign` is warm. DIR holds `docs.jsonl.gz` (id, collection, text) and `pairs.jsonl.gz`
(a, b, jaccard, collection).
"""

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RUNS = 3
JOBS = ("gaoya", "rensa", "datasketch", "textdedup", "datatrove")
SLOW = ("textdedup", "datatrove")
SIGNERS = ("daft", "rensa", "datasketch")
TARGETS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0)


def read(path: Path) -> list[dict[str, Any]]:
    """All rows of a compressed JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def recall(data: Path) -> None:
    """Recall and precision against exactly known pairs, by collection and threshold."""
    from cleaner.similar import near_duplicates

    documents, pairs = read(data / "docs.jsonl.gz"), read(data / "pairs.jsonl.gz")
    print("threshold collection          found >= t+.05   found t..t+.05   removed  wrong")
    for threshold in (0.7, 0.8):
        for collection in dict.fromkeys(row["collection"] for row in documents):
            some = [row for row in documents if row["collection"] == collection]
            place = {row["id"]: at for at, row in enumerate(some)}
            found = near_duplicates([row["text"] for row in some], threshold)
            gone = {one.document for one in found}
            true = {
                (place[row["a"]], place[row["b"]]): row["jaccard"]
                for row in pairs
                if row["collection"] == collection
            }
            counts: Counter[tuple[bool, bool]] = Counter()
            for (a, b), jaccard in true.items():
                if jaccard >= threshold:
                    counts[jaccard >= threshold + 0.05, a in gone or b in gone] += 1
            wrong = sum(not _right(true, one, threshold) for one in found)
            sums = [
                (counts[far, True], counts[far, True] + counts[far, False]) for far in (True, False)
            ]
            told = "".join(f"{hit:>8}/{all_:<8}" for hit, all_ in sums)
            print(f"{threshold:<9} {collection:<20}{told}{len(gone):>9}{wrong:>7}")


def _right(true: dict[tuple[int, int], float], one: Any, threshold: float) -> bool:
    pair = (one.document, one.kept)
    known = true.get(pair, true.get(pair[::-1], 0.0))
    return known >= threshold and abs(known - one.jaccard) < 1e-4  # the file has four digits


def originals(data: Path) -> Iterator[list[str]]:
    """Pieces of real documents that have no similar one, as lists of words."""
    paired = {row[side] for row in read(data / "pairs.jsonl.gz") for side in "ab"}
    for row in read(data / "docs.jsonl.gz"):
        if row["id"] not in paired and row["collection"] != "installation-guide":
            words = row["text"].split()
            for at in range(0, len(words) - 450, 450):
                yield words[at : at + 450]


def corpus(data: Path, count: int) -> tuple[list[str], list[tuple[int, int, float]]]:
    """Originals, and a fifth edited copies; with the similarity of each copy, computed exactly."""
    from cleaner.kernels.duplicates.shingles import define_shingles

    draw = random.Random(20)
    base = [*originals(data)]
    draw.shuffle(base)
    vocabulary = [word for words in base[:500] for word in words]
    while len(base) < count * 4 // 5:  # real words in an order of their own
        base.append(draw.choices(vocabulary, k=450))
    base = base[: count * 4 // 5]
    texts = [" ".join(words) for words in base]
    pairs = []
    while len(texts) < count:
        at, target = draw.randrange(len(base)), draw.choice(TARGETS)
        words = list(base[at])
        if draw.random() < 0.5:
            for place in draw.sample(range(len(words)), round((1 - target) * len(words) / 7)):
                words[place] = draw.choice(vocabulary)
        else:
            words = words[: max(60, round(target * len(words)))]
        texts.append(" ".join(words))
        one, two = set(define_shingles(texts[at])), set(define_shingles(texts[-1]))
        pairs.append((at, len(texts) - 1, len(one & two) / len(one | two)))
    return texts, pairs


def write(texts: list[str], path: Path) -> None:
    """Texts as JSONL."""
    rows = (json.dumps({"id": str(at), "text": text}) + "\n" for at, text in enumerate(texts))
    path.write_text("".join(rows), "utf-8")


def measure(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a process and its children."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    child = subprocess.Popen(command, env=environment)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command}: failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def interpreters(tools: tuple[str, ...], peers: list[str]) -> Iterator[tuple[str, str]]:
    """Ours under this interpreter, and each peer under the first that has it."""
    yield "ours", sys.executable
    for tool in tools:
        name = {"textdedup": "text_dedup"}.get(tool, tool)
        probe = f"import importlib.util, sys; sys.exit(not importlib.util.find_spec({name!r}))"
        for python in peers:
            if not subprocess.run([python, "-c", probe], check=False).returncode:
                yield tool, python
                break


def job(data: Path, count: int, peers: list[str]) -> None:
    """Whole job, JSONL to JSONL."""
    texts, pairs = corpus(data, count)
    near = [(a, b) for a, b, jaccard in pairs if jaccard >= 0.8]
    by_original: dict[int, list[tuple[int, float]]] = {}
    for a, b, jaccard in pairs:
        by_original.setdefault(a, []).append((b, jaccard))
    partnered = {at for pair in near for at in pair}
    # Two copies of one original may be similar to each other as well.
    maybe = {b for copies in by_original.values() if len(copies) > 1 for b, _ in copies}
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "in.jsonl"), Path(folder, "out.json")
        write(texts, source)
        print(f"{count} documents, {source.stat().st_size / 1e6:.1f} MB, {len(near)} pairs >= 0.8")
        print("tool        CPU s   peak MB   recall   precision")
        for tool, python in interpreters(JOBS, peers):
            tools = str(HERE / "duplicates_tools.py")
            runs = [
                measure([python, tools, tool, "job", str(source), str(out)])
                for _ in range(1 if tool in SLOW else RUNS)
            ]
            gone = set(json.loads(out.read_text()))
            found = sum(a in gone or b in gone for a, b in near) / len(near)
            sure = gone - maybe
            right = len(sure & partnered) / max(1, len(sure))
            cpu, memory = min(runs)
            print(f"{tool:<10}{cpu:>7.2f}{memory:>10.0f}{found:>9.4f}{right:>12.4f}")


def sign(data: Path, count: int, peers: list[str]) -> None:
    """Signatures from text, warm."""
    texts, _ = corpus(data, count)
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "in.jsonl"), Path(folder, "out.json")
        write(texts, source)
        print("tool         µs/document, CPU")
        for tool, python in interpreters(SIGNERS, peers):
            measure(
                [python, str(HERE / "duplicates_tools.py"), tool, "sign", str(source), str(out)]
            )
            result = json.loads(out.read_text())
            print(f"{tool:<12}{result['cpu'] / result['documents'] * 1e6:>8.1f}")


def traps(data: Path) -> None:
    """Unrelated documents under one notice; short ones; Chinese ones. Nothing may go."""
    from cleaner.similar import near_duplicates

    bodies, seen = [], set[tuple[str, ...]]()
    for words in originals(data):
        runs = {tuple(words[at : at + 8]) for at in range(193)}
        prose = sum(map(str.isalpha, words[:200])) > 120  # in a table, few words are tokens
        if prose and len(runs) > 180 and seen.isdisjoint(runs):
            seen |= runs
            bodies.append(words[:200])
    licence = next(
        row["text"].split()
        for row in read(data / "docs.jsonl.gz")
        if row["collection"] == "spdx" and len(row["text"].split()) > 400
    )
    for size in (200, 400):
        texts = [" ".join([*words, *licence[:size]]) for words in bodies[:3000]]
        print(
            f"{len(texts)} documents, notice of {size} words: {len(near_duplicates(texts))} removed"
        )
    draw = random.Random(3)
    notice = "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(400))
    texts = [
        "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(200)) + "。" + notice
        for _ in range(2000)
    ]
    print(f"{len(texts)} Chinese documents under one notice: {len(near_duplicates(texts))} removed")
    texts = [f"FM {number} is in Lamar County" for number in range(3000)]
    texts += [f"Page {number}" for number in range(3000)] + ["", " ", "\n"] * 10
    print(f"{len(texts)} short or blank documents: {len(near_duplicates(texts))} removed")


def candidates(count: int) -> None:
    """Band keys to candidate pairs, spilled to disk: time and memory of the stage alone."""
    from functools import partial

    import numpy as np
    import pyarrow as pa

    from cleaner.engines.local import Dataset, LocalEngine
    from cleaner.kernels.duplicates.bands import least_agreeing
    from cleaner.passes.duplicates import candidates as stage
    from cleaner.passes.duplicates import parts_of
    from cleaner.passes.duplicates.rows import bands_schema, batch, pairs_schema

    def keys(number: int, _: Any) -> Iterator[Any]:
        draw = np.random.default_rng(number)
        documents = np.arange(number * 50_000, (number + 1) * 50_000)
        # One document in ten repeats an earlier one in every band.
        same = np.where(draw.random(50_000) < 0.1, draw.integers(0, documents + 1), documents)
        prints = np.random.default_rng(1).integers(0, 1 << 62, 2)
        for low in range(0, 50_000, 4096):
            some, own = documents[low : low + 4096], same[low : low + 4096]
            mixed = (own[:, None] * 16 + np.arange(16)).astype(np.uint64)
            mixed *= np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            values = {
                "key": mixed.view(np.int64).ravel(),
                "document": np.repeat(some, 16),
                "rank": np.repeat(np.zeros(len(some)), 16),
                "one": np.full(16 * len(some), prints[0]),
                "two": np.full(16 * len(some), prints[1]),
            }
            yield batch(bands_schema(), values)

    with tempfile.TemporaryDirectory() as folder:
        engine = LocalEngine(Path(folder), jobs=0)
        parts = count // 50_000
        empty = Dataset(tuple([] for _ in range(parts)), pa.schema([]))
        made = Dataset(
            tuple(
                engine.map(
                    Dataset((part,), empty.schema), partial(keys, number), bands_schema()
                ).parts[0]
                for number, part in enumerate(empty.parts)
            ),
            bands_schema(),
        )
        import resource
        import time

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        begin = time.process_time()
        kernel = partial(stage.pair, least=least_agreeing(0.8))
        some = engine.exchange(made, "key", parts_of(count * 16), kernel, pairs_schema())
        parts = parts_of(engine.count(some))
        pairs = engine.exchange(some, "anchor", parts, stage.distinct, pairs_schema())
        cpu = time.process_time() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        print(f"{count} documents, {engine.count(pairs)} pairs: {cpu:.1f} CPU s, ", end="")
        print(
            f"peak {peak:.0f} MB (before {before:.0f}), {size / count:.0f} bytes a document on disk"
        )


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["recall", "traps", "job", "sign", "candidates"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--peers", nargs="*", default=[])
    parser.add_argument("--documents", type=int)
    chosen = parser.parse_args()
    if chosen.what == "candidates":
        candidates(chosen.documents or 5_000_000)
    elif chosen.what in ("job", "sign"):
        {"job": job, "sign": sign}[chosen.what](
            chosen.data, chosen.documents or 20_000, chosen.peers
        )
    else:
        {"recall": recall, "traps": traps}[chosen.what](chosen.data)


if __name__ == "__main__":
    main()
