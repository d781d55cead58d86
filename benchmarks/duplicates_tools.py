"""One tool, one job: run by `duplicates.py` in a process of its own, under any interpreter.

python duplicates_tools.py TOOL sign|job IN.jsonl OUT.json

`sign` times 128 permutations over word 5-grams, from text, on one core, warm; `job` reads lines,
finds near-duplicates at 0.8, writes the kept lines to OUT.json.kept and the positions that went to
OUT.json. Libraries are used as their own documentation shows.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

THRESHOLD = 0.8


def shingles(text: str) -> set[str]:
    """Word 5-grams as a user of a Python library makes them."""
    words = text.lower().split()
    return {" ".join(words[at : at + 5]) for at in range(len(words) - 4)}


def ours_sign(texts: Sequence[str]) -> object:
    """`cleaner.signatures`."""
    from cleaner.kernels.duplicates.signatures import signatures

    return signatures(texts)


def ours_job(texts: Sequence[str]) -> set[int]:
    """`cleaner.near_duplicates`."""
    from cleaner.similar import near_duplicates

    return {one.document for one in near_duplicates(texts, THRESHOLD)}


def datasketch_sign(texts: Sequence[str]) -> Any:
    """Bulk signatures with a fast hash function, as its documentation advises."""
    import xxhash
    from datasketch import MinHash

    sets = ([shingle.encode("utf-8", "replace") for shingle in shingles(t)] for t in texts)
    return MinHash.bulk(sets, num_perm=128, hashfunc=xxhash.xxh32_intdigest)


def datasketch_job(texts: Sequence[str]) -> set[int]:
    """`MinHashLSH`, and the estimated similarity of what it returns."""
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    gone: set[int] = set()
    kept: dict[str, Any] = {}
    for at, minhash in enumerate(datasketch_sign(texts)):
        found = index.query(minhash)
        if any(kept[key].jaccard(minhash) >= THRESHOLD for key in found):
            gone.add(at)
        else:
            kept[str(at)] = minhash
            index.insert(str(at), minhash)
    return gone


def rensa_sign(texts: Sequence[str]) -> Any:
    """R-MinHash from sets of strings."""
    from rensa import RMinHash

    return RMinHash.from_token_sets([list(shingles(text)) for text in texts], 128, 42)


def rensa_job(texts: Sequence[str]) -> set[int]:
    """`RMinHashLSH` with 16 bands, and the estimated similarity."""
    from rensa import RMinHashLSH

    index = RMinHashLSH(THRESHOLD, 128, 16)
    gone: set[int] = set()
    minhashes = rensa_sign(texts)
    for at, minhash in enumerate(minhashes):
        if any(minhashes[key].jaccard(minhash) >= THRESHOLD for key in index.query(minhash)):
            gone.add(at)
        else:
            index.insert(at, minhash)
    return gone


def gaoya_job(texts: Sequence[str]) -> set[int]:
    """`MinHashStringIndex` over word 5-grams, 16 bands of 8."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, THRESHOLD, 16, 8, 128, "word", True, (5, 5))
    gone: set[int] = set()
    for at, text in enumerate(texts):
        if index.query(text):
            gone.add(at)
        else:
            index.insert_document(at, text)
    return gone


def daft_sign(texts: Sequence[str]) -> object:
    """Daft's `minhash` expression: it splits at spaces and keeps case."""
    import daft
    from daft.functions import minhash

    frame = daft.from_pydict({"text": list(texts)})
    return frame.select(minhash(frame["text"], num_hashes=128, ngram_size=5)).collect()


def textdedup_job(texts: Sequence[str]) -> set[int]:
    """`python -m text_dedup.minhash` 0.4, 16 bands of 8; it is a program, and reads files."""
    import subprocess
    import tempfile

    from datasets import load_from_disk

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.jsonl")
        rows = (json.dumps({"at": at, "text": text}) + "\n" for at, text in enumerate(texts))
        source.write_text("".join(rows), "utf-8")
        options = {
            "path": "json",
            "data_files": str(source),
            "split": "train",
            "column": "text",
            "idx_column": "at",
            "cache_dir": f"{folder}/cache",
            "output": f"{folder}/out",
            "threshold": THRESHOLD,
            "num_perm": 128,
            "b": 16,
            "r": 8,
            "ngram": 5,
            "hash_func": "xxh3",
            "num_proc": 1,
        }
        arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        command = [sys.executable, "-m", "text_dedup.minhash", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        kept = set(load_from_disk(f"{folder}/out")["at"])
    return set(range(len(texts))) - kept


def datatrove_job(texts: Sequence[str]) -> set[int]:
    """The four stages of its example, 16 bands of 8, one task each."""
    import tempfile

    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = MinhashConfig(num_buckets=16, hashes_per_bucket=8, n_grams=5)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in").mkdir()
        rows = (json.dumps({"id": str(at), "text": text}) + "\n" for at, text in enumerate(texts))
        Path(folder, "in", "in.jsonl").write_text("".join(rows), "utf-8")
        read = JsonlReader(f"{folder}/in")
        signed, buckets, gone = (f"{folder}/{name}" for name in ("signed", "buckets", "gone"))
        write = JsonlWriter(f"{folder}/out", compression=None)
        stages: list[tuple[list[Any], int]] = [
            ([read, MinhashDedupSignature(signed, config=config)], 1),
            ([MinhashDedupBuckets(signed, buckets, config=config)], 16),
            ([MinhashDedupCluster(buckets, gone, config=config)], 1),
            ([read, MinhashDedupFilter(gone), write], 1),
        ]
        for number, (stage, tasks) in enumerate(stages):
            logs = f"{folder}/logs{number}"
            LocalPipelineExecutor(stage, tasks=tasks, workers=1, logging_dir=logs).run()
        lines = [
            line for path in Path(folder, "out").iterdir() for line in path.open(encoding="utf-8")
        ]
    return set(range(len(texts))) - {int(json.loads(line)["id"]) for line in lines}


JOBS: dict[str, Callable[[Sequence[str]], Any]] = {
    name.removesuffix("_job"): found for name, found in globals().items() if name.endswith("_job")
}
SIGNERS: dict[str, Callable[[Sequence[str]], Any]] = {
    name.removesuffix("_sign"): found for name, found in globals().items() if name.endswith("_sign")
}


def main(tool: str, mode: str, source: str, target: str) -> None:
    """Run one tool."""
    lines = Path(source).read_bytes().splitlines(keepends=True)
    try:
        from orjson import loads
    except ImportError:
        from msgspec.json import decode as loads
    texts = [loads(line)["text"] for line in lines]
    if mode == "sign":
        run = SIGNERS[tool]
        run(texts[:200])
        best = float("inf")
        for _ in range(3):
            begin = time.process_time()
            run(texts)
            best = min(best, time.process_time() - begin)
        result: object = {"cpu": best, "documents": len(texts)}
    else:
        gone = JOBS[tool](texts)
        kept = Path(target + ".kept")
        kept.write_bytes(b"".join(line for at, line in enumerate(lines) if at not in gone))
        result = sorted(gone)
    Path(target).write_text(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
