"""What it costs to read, write, interrupt and restore corpora, and that nothing is lost on the way.

    python benchmarks/corpora.py --data DIR [--documents 400000] [--kills 50] [--files 10000]
                                 [--only formats,plain,workers,memory,overlaps,kills,files]

`DIR` holds `neardup/docs.jsonl.gz`. Its words, 90 to a document and shuffled in nine of ten, make a
corpus of any size. Every command is a process of its own; its memory is what all of its processes
share or own (PSS), looked at ten times a second.

* `formats`: a corpus of every format, cleaned and restored, byte for byte
* `plain`: reading and writing with all passes off, beside a bare orjson read-and-rewrite
* `workers`: one and two of them, on a corpus that needs work
* `memory`: the peak for all documents, beside that for a tenth of them
* `overlaps`: the same where nine of ten documents are not shuffled, but pieces of each other
* `kills`: SIGKILL at random times, then `--resume`: the same bytes as without
* `files`: many small text files
"""

import argparse
import contextlib
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

OFF = (
    *("boilerplate", "duplicates", "encoding", "language", "quality"),
    *("repetition", "structure", "typography", "webtext"),
)
"""All passes."""
TURNS = 3
"""Times that one and two workers are compared."""
BROKEN = " The caf\u00c3\u00a9 was \u00e2\u20ac\u0153closed\u00e2\u20ac\u009d."


def texts(data: Path, count: int, seed: int = 5, *, overlapping: bool = False) -> Iterator[str]:
    """Documents of some 560 characters; one in fifty is damaged.

    Nine in ten are shuffled, or one in ten if they are to overlap.
    """
    with gzip.open(data / "neardup" / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        sources = [json.loads(line)["text"].split() for line in lines]
    rng = random.Random(seed)
    for number in range(count):
        words = rng.choice(sources)
        at = rng.randrange(max(1, len(words) - 90))
        chosen = words[at : at + 90]
        if bool(number % 10) != overlapping:
            rng.shuffle(chosen)
        yield " ".join(chosen)[:560] + (BROKEN if number % 50 == 0 else "")


def write_lines(path: Path, data: Path, count: int, *, overlapping: bool = False) -> int:
    """Make a corpus of JSON lines; its size."""
    with path.open("w", encoding="utf-8") as sink:
        for number, text in enumerate(texts(data, count, overlapping=overlapping)):
            row: dict[str, Any] = {"id": f"d{number}", "n": number * 1.5, "more": {"k": [1, 2, 3]}}
            row |= {"url": f"https://h{number % 997}.example/{number}", "text": text}
            sink.write(json.dumps(row, ensure_ascii=number % 3 == 0) + "\n")
    return path.stat().st_size


def command(*arguments: str | Path) -> list[str]:
    """The command line of this installation."""
    return [sys.executable, "-m", "cleaner", *map(str, arguments)]


def run(arguments: list[str]) -> dict[str, float]:
    """Wall seconds, processor seconds of all processes, and peak megabytes (PSS) of a command."""
    import psutil  # type: ignore[import-untyped, unused-ignore]  # installed by hand

    start = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root = psutil.Process(process.pid)
    used: dict[int, float] = {}
    peak = 0
    while process.poll() is None:
        total = 0
        try:
            for one in [root, *root.children(recursive=True)]:
                times = one.cpu_times()
                used[one.pid] = times.user + times.system
                total += one.memory_full_info().pss
        except psutil.Error:
            pass  # one of them ended meanwhile
        peak = max(peak, total)
        time.sleep(0.1)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    wall = time.perf_counter() - start
    return {"wall": wall, "processor": sum(used.values()), "megabytes": peak / 2**20}


def tree(folder: Path) -> dict[str, str]:
    """Digests of all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def every_format(folder: Path, data: Path) -> None:
    """A small corpus of every format, some of it damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from cleaner.formats.compression import zstd_library

    folder.mkdir()
    given = list(texts(data, 1000))
    lines = "".join(json.dumps({"text": text, "n": 1.5}) + "\r\n" for text in given).encode()
    rows = [("text", "n"), *((text, str(n)) for n, text in enumerate(given))]
    table = io.StringIO()
    for cells in rows:
        table.write(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n")
    records = b"".join(
        b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:%d>\r\n"
        b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n"
        % (number, len(text.encode()), text.encode())
        for number, text in enumerate(given)
    )
    page = f"<!doctype html><title>t</title><article><p>{given[0]}</p></article>".encode()
    files = {
        "a.txt": given[0].encode("utf-16"),
        "b.txt.gz": gzip.compress(given[1].encode(), 1),
        "c.jsonl": lines,
        "d.jsonl.gz": gzip.compress(lines, 9),
        "e.jsonl.zst": zstd_library().compress(lines, 19),
        "f.csv": table.getvalue().encode(),
        "g.tsv.gz": gzip.compress(table.getvalue().replace(",", "\t").encode()),
        "h.html": page,
        "i.warc.gz": gzip.compress(records),
        "j.jsonl.gz": gzip.compress(lines)[:-50],
        "k.warc": records[:-50],
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    pq.write_table(pa.table({"text": [*given, None]}), folder / "l.parquet", compression="zstd")


def formats(options: argparse.Namespace, folder: Path) -> list[str]:
    """Restore a cleaned corpus of every format."""
    every_format(folder / "in", options.data)
    run(command("clean", folder / "in", "-o", folder / "out", "-q"))
    run(command("verify", folder / "out"))
    run(command("restore", folder / "out", "-o", folder / "back"))
    before, after = tree(folder / "in"), tree(folder / "back")
    same = sum(after.get(name) == digest for name, digest in before.items())
    return [f"| files restored byte for byte | {same} of {len(before)} |"]


def rewrite(source: Path, out: Path) -> tuple[float, float]:
    """Read and write with orjson, nothing else; wall and processor seconds."""
    import orjson

    wall, used = time.perf_counter(), time.process_time()
    with source.open("rb") as lines, out.open("wb") as sink:
        for line in lines:
            sink.write(orjson.dumps(orjson.loads(line)) + b"\n")
    return time.perf_counter() - wall, time.process_time() - used


def plain(options: argparse.Namespace, folder: Path) -> list[str]:
    """All passes off, beside orjson; the best of three of each."""
    source = folder / "plain.jsonl"
    size = write_lines(source, options.data, options.documents) / 1e6
    (folder / "off.toml").write_text(f"ignore = {json.dumps(OFF)}\n")
    bare = [rewrite(source, folder / "bare") for _ in range(3)]
    ours = []
    for jobs in (1, 2):
        for _ in range(3):
            dest = folder / "plain-out"
            arguments = command("clean", source, "-o", dest, "-q", "-j", str(jobs))
            ours.append((jobs, run([*arguments, "--config", str(folder / "off.toml")])))
            shutil.rmtree(dest)
    wall, used = (min(row[at] for row in bare) for at in (0, 1))
    lines = [f"| orjson, {size:.0f} MB | {wall:.2f} s, {used:.2f} s of processor |"]
    for jobs in (1, 2):
        best_wall = min(row["wall"] for j, row in ours if j == jobs)
        best_used = min(row["processor"] for j, row in ours if j == jobs)
        lines.append(
            f"| all passes off, -j {jobs} | {best_wall:.2f} s ({best_wall / wall:.1f} ×), "
            f"{best_used:.2f} s of processor ({best_used / used:.1f} ×) |"
        )
    return lines


def workers(options: argparse.Namespace, folder: Path) -> list[str]:
    """One and two workers in turns; a pair tells more than the best of each on a shared machine."""
    source = folder / "workers.jsonl"
    size = write_lines(source, options.data, options.documents) / 1e6
    dest = folder / "workers-out"
    digests = set()
    lines, ratios = [], []
    for _ in range(TURNS):
        walls = []
        for jobs in (1, 2):
            walls.append(run(command("clean", source, "-o", dest, "-q", "-j", str(jobs)))["wall"])
            digests.add(json.dumps(tree(dest)))
            shutil.rmtree(dest)
        one, two = walls
        ratios.append(one / two)
        lines.append(f"| one and two workers, {size:.0f} MB | {one:.1f} s, {two:.1f} s |")
    same = "the same bytes" if len(digests) == 1 else "DIFFERENT BYTES"
    return [*lines, f"| median of {TURNS} turns | {statistics.median(ratios):.2f} ×, {same} |"]


def memory(options: argparse.Namespace, folder: Path, *, overlapping: bool = False) -> list[str]:
    """Peak memory for a tenth of the documents, and for all."""
    peaks = []
    lines = []
    for count in (options.documents // 10, options.documents):
        source = folder / f"{count}.jsonl"
        write_lines(source, options.data, count, overlapping=overlapping)
        row = run(command("clean", source, "-o", folder / f"{count}", "-q", "-j", "2"))
        shutil.rmtree(folder / f"{count}")
        source.unlink()
        peaks.append(row["megabytes"])
        lines.append(f"| peak of {count:,} documents | {peaks[-1]:,.0f} MB, {row['wall']:.1f} s |")
    return [*lines, f"| growth | {peaks[1] / peaks[0]:.2f} × |"]


def kills(options: argparse.Namespace, folder: Path) -> list[str]:
    """Kill a run and all of its workers at random times, resume it, and compare every byte."""
    source = folder / "kills"
    every_format(source, options.data)
    write_lines(source / "large.jsonl", options.data, 16_000)
    for number, text in enumerate(texts(options.data, 50, seed=6)):
        (source / f"{number}.txt").write_text(text, "utf-8")
    begin = command("clean", source, "-q", "-j", "2", "-o")
    run([*begin, str(folder / "first")])  # which may have to compile kernels
    length = run([*begin, str(folder / "whole")])["wall"]
    expected = tree(folder / "whole")
    rng = random.Random(7)
    same = unfinished = 0
    for _ in range(options.kills):
        dest = folder / "killed"
        process = subprocess.Popen(
            [*begin, str(dest)], stderr=subprocess.DEVNULL, start_new_session=True
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(rng.random() * length)
        unfinished += process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        run([*begin, str(dest), "--resume"])
        same += tree(dest) == expected
        shutil.rmtree(dest)
    what = f"killed ({unfinished} before the end) and resumed to the same bytes"
    return [f"| {what} | {same} of {options.kills} |"]


def files(options: argparse.Namespace, folder: Path) -> list[str]:
    """Many small files, with all passes, and with none."""
    source = folder / "files"
    for number, text in enumerate(texts(options.data, options.files)):
        path = source / f"{number % 100:02}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", "utf-8")
    lines = []
    (folder / "off.toml").write_text(f"ignore = {json.dumps(OFF)}\n")
    for name, more in (("all passes", []), ("no pass", ["--config", str(folder / "off.toml")])):
        row = run([*command("clean", source, "-o", folder / "files-out", "-q"), *more])
        shutil.rmtree(folder / "files-out")
        speed = options.files / row["wall"]
        lines.append(f"| {options.files:,} text files, {name} | {speed:,.0f} files a second |")
    return lines


SECTIONS: dict[str, Callable[[argparse.Namespace, Path], list[str]]] = {
    "formats": formats,
    "plain": plain,
    "workers": workers,
    "memory": memory,
    "overlaps": partial(memory, overlapping=True),
    "kills": kills,
    "files": files,
}


def main() -> None:
    """Measure what is asked for, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default=",".join(SECTIONS))
    parser.add_argument("--documents", type=int, default=400_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    print("| what | figure |\n|---|---|")
    for name in options.only.split(","):
        with tempfile.TemporaryDirectory() as scratch:
            work: Any = SECTIONS[name]
            print("\n".join(work(options, Path(scratch))), flush=True)


if __name__ == "__main__":
    main()
