"""What people run instead: run by `pipeline.py` in a process of its own, under any interpreter.

    python pipeline_tools.py TOOL IN.jsonl OUT [LIMIT]

Prints the processor seconds that the work took, imports and warm-up left out, and the bytes read.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def orjson(source: Path, out: Path) -> None:
    """Read and write, nothing else."""
    from orjson import dumps, loads

    with source.open("rb") as lines, out.open("wb") as sink:
        for line in lines:
            sink.write(dumps(loads(line)) + b"\n")


def loop(source: Path, out: Path) -> None:
    """The plain loop: ftfy, a few rules, langdetect, datasketch, one document after the other."""
    import ftfy
    import langdetect
    from datasketch import MinHash, MinHashLSH

    langdetect.DetectorFactory.seed = 0
    config = ftfy.TextFixerConfig(uncurl_quotes=False)
    rules = [
        re.compile(rule, re.IGNORECASE | re.MULTILINE)
        for rule in (
            r"^.*\b(donate|support (us|our work))\b.*$",
            r"^.*subscribe to our newsletter.*$",
            r"^.*all rights reserved.*$",
            r"\n{3,}",
        )
    ]
    lsh = MinHashLSH(threshold=0.8, num_perm=128)
    with source.open("rb") as lines, out.open("w", encoding="utf-8") as sink:
        for number, line in enumerate(lines):
            document = json.loads(line)
            text = ftfy.fix_text(document["text"], config)
            for rule in rules:
                text = rule.sub("", text)
            langdetect.detect(text)
            words = text.lower().split()
            sign = MinHash(num_perm=128)
            sign.update_batch([" ".join(words[at : at + 5]).encode() for at in range(len(words))])
            if not lsh.query(sign):
                sink.write(json.dumps(document | {"text": text}, ensure_ascii=False) + "\n")
            lsh.insert(str(number), sign)


def datatrove(source: Path, out: Path) -> None:
    """Its blocks that do something comparable; its language filter needs a download, so it lacks.

    Formatter (ftfy), the C4 and the two Gopher filters, and the four stages of MinHash, one task
    each.
    """
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )
    from datatrove.pipeline.formatters import FTFYFormatter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = MinhashConfig(num_buckets=16, hashes_per_bucket=8, n_grams=5)
    clean, signed, buckets, gone = (str(out / name) for name in ("1", "2", "3", "4"))
    read = JsonlReader(str(source.parent), glob_pattern=source.name)
    quality = [GopherRepetitionFilter(), GopherQualityFilter(), C4QualityFilter()]
    stages: list[tuple[list[Any], int]] = [
        ([read, FTFYFormatter(), *quality, JsonlWriter(clean, compression=None)], 1),
        ([JsonlReader(clean), MinhashDedupSignature(signed, config=config)], 1),
        ([MinhashDedupBuckets(signed, buckets, config=config)], 16),
        ([MinhashDedupCluster(buckets, gone, config=config)], 1),
        ([JsonlReader(clean), MinhashDedupFilter(gone), JsonlWriter(str(out / "5"))], 1),
    ]
    for number, (stage, tasks) in enumerate(stages):
        logs = str(out / f"logs{number}")
        LocalPipelineExecutor(stage, tasks=tasks, workers=1, logging_dir=logs).run()


TOOLS: dict[str, Callable[[Path, Path], None]] = {
    "orjson": orjson,
    "loop": loop,
    "datatrove": datatrove,
}


def main(tool: str, source: str, out: str, limit: str = "") -> None:
    """Run one tool on the first `limit` documents, once on a few to be warm."""
    folder = Path(out)
    folder.mkdir(parents=True)
    few, all_of_them = folder / "few.jsonl", Path(source)
    lines = all_of_them.read_bytes().splitlines(keepends=True)
    few.write_bytes(b"".join(lines[:20]))
    if limit:
        all_of_them = folder / "part.jsonl"
        all_of_them.write_bytes(b"".join(lines[: int(limit)]))
    del lines
    TOOLS[tool](few, folder / "warm")
    start = time.process_time()
    TOOLS[tool](all_of_them, folder / "out")
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "bytes": all_of_them.stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
