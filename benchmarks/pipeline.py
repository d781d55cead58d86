"""What cleaning costs beside reading, writing, and a plain loop over the same libraries.

    python benchmarks/pipeline.py --data DIR [--documents 20000 …] [--peers PYTHON…] [--write DIR]

The corpus is that of `mixture.py`; what it is compared with stands in `pipeline_tools.py`. A tool
that is slow takes the first documents only, and is compared by bytes a second, warm and without its
imports. `--peers` names interpreters that hold datatrove[processing] where this one does not. Our
seconds are processor time of all processes, start-up included, unless wall time is named; the best
of two runs.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIMITS = {"orjson": "", "loop": "400", "datatrove": "1000"}
NEEDED = {"orjson": "orjson", "loop": "langdetect", "datatrove": "datatrove"}


def run(command: list[str], **environment: str) -> dict[str, float]:
    """Wall and processor seconds, and peak megabytes of the largest process.

    Workers are nobody's children in the end, so that they are watched while they live (Linux).
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    used: dict[int, float] = {}
    peak = 0.0
    while process.poll() is None:
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[3]) != process.pid:
                    continue
                used[int(entry.name)] = int(fields[11]) + int(fields[12])
                status = (entry / "status").read_text()
            except OSError:
                continue
            found = re.search(r"VmHWM:\s+(\d+) kB", status)
            peak = max(peak, int(found.group(1)) / 1024 if found else 0.0)
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    seconds = sum(used.values()) / os.sysconf("SC_CLK_TCK")
    return {"wall": time.perf_counter() - start, "seconds": seconds, "peak megabytes": peak}


def cleaner(*arguments: str) -> list[str]:
    """The command line of this installation."""
    return [sys.executable, "-m", "cleaner", *arguments]


def script(name: str, *arguments: str) -> list[str]:
    """The lines that another program of this folder prints."""
    command = [sys.executable, str(HERE / name), *arguments]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    return made.stdout.splitlines()


def tool(name: str, source: Path, folder: Path, peers: list[str]) -> float | None:
    """Seconds for each megabyte, or `None` where no interpreter has the tool."""
    probe = f"import importlib.util, sys; sys.exit(not importlib.util.find_spec({NEEDED[name]!r}))"
    for python in (sys.executable, *peers):
        if not subprocess.run([python, "-c", probe], check=False).returncode:
            break
    else:
        return None
    best = float("inf")
    for _ in range(2):
        command = [
            python,
            str(HERE / "pipeline_tools.py"),
            name,
            str(source),
            str(folder / "tool"),
            LIMITS[name],
        ]
        made = subprocess.run(command, check=True, capture_output=True, text=True)
        shutil.rmtree(folder / "tool")
        found = json.loads(made.stdout.splitlines()[-1])
        best = min(best, found["seconds"] / found["bytes"] * 1e6)
    return best


def digest(folder: Path) -> str:
    """One number for all files of an output."""
    whole = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        whole.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def measure(data: Path, count: int, folder: Path, peers: list[str]) -> dict[str, Any]:
    """All figures for one size."""
    source = folder / "corpus.jsonl"
    script("mixture.py", "--data", str(data), "--documents", str(count), str(source))
    found: dict[str, Any] = {"documents": count, "megabytes": source.stat().st_size / 1e6}
    found["tools"] = {name: tool(name, source, folder, peers) for name in LIMITS}
    for jobs in (1, 2):
        runs = []
        dest = folder / f"out-{jobs}"
        for _ in range(2):
            shutil.rmtree(dest, ignore_errors=True)
            command = cleaner("clean", str(source), "-o", str(dest), "-q", "-j", str(jobs))
            runs.append(run(command))
        found[f"clean -j {jobs}"] = {name: min(one[name] for one in runs) for name in runs[0]}
    found["digest"] = digest(dest)
    if found["digest"] != digest(folder / "out-1"):
        raise SystemExit("one worker and two wrote different bytes")
    return found


def startup(folder: Path) -> dict[str, float]:
    """Wall seconds of the smallest calls, beside NumPy's own import."""
    small = folder / "small"
    small.mkdir()
    (small / "one.txt").write_text("A title\n\nOne sentence, and another one.\n")
    check = cleaner("check", str(small), "-q", "--exit-zero")
    commands = {
        "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
        "cleaner --help": cleaner("--help"),
        "cleaner check one-file": check,
    }
    found = {
        name: min(run(command)["wall"] for _ in range(3)) for name, command in commands.items()
    }
    cache = str(folder / "cache")
    ever = run(check, NUMBA_CACHE_DIR=cache, CLEANER_CACHE_DIR=cache)
    return {**found, "the same, first run ever (kernels compile)": ever["wall"]}


def row(one: dict[str, Any]) -> str:
    """One size."""
    size, tools = one["megabytes"], one["tools"]
    alone, both = one["clean -j 1"], one["clean -j 2"]
    ours = alone["seconds"] / size
    cells = [
        f"{one['documents']:,}",
        f"{size:.0f}",
        *(f"{1 / tools[name]:.2f}" if tools[name] else "–" for name in ("loop", "datatrove")),
        f"{1 / tools['orjson']:.0f}",
        f"{1 / ours:.1f}",
        f"{tools['loop'] / ours:.0f} ×",
        f"{ours / tools['orjson']:.0f} × its time",
        f"{alone['wall'] / both['wall']:.2f} ×",
        f"{alone['seconds'] / one['documents'] * 1e6:.0f}",
        f"{both['peak megabytes']:.0f}",
        f"`{one['digest'][:12]}`",
    ]
    return f"| {' | '.join(cells)} |"


def markdown(sizes: list[dict[str, Any]], steady: dict[str, float], start: dict[str, float]) -> str:
    """The tables of the documentation."""
    heads = [
        "documents", "MB", "plain loop, MB/s", "datatrove, MB/s", "orjson, MB/s",
        "`clean`, MB/s and core", "against the loop", "against orjson", "two workers",
        "µs a document", "peak MB of a process", "digest",
    ]  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *map(row, sizes), ""]
    lines += ["| stage, steady state | seconds |", "|---|---|"]
    lines += [f"| {name} | {value:.3f} |" for name, value in steady.items() if value >= 0.0005]
    lines += ["", "| start | seconds by the clock |", "|---|---|"]
    lines += [f"| `{name}` | {value:.2f} |" for name, value in start.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, nargs="+", default=[20_000])
    parser.add_argument("--peers", nargs="*", default=[])
    parser.add_argument("--write", type=Path, help="folder for pipeline.json and pipeline.md")
    options = parser.parse_args()
    missing = [name for name in ("orjson", "langdetect") if not importlib.util.find_spec(name)]
    if missing:
        raise SystemExit(f"needs {', '.join(missing)} beside cleaner: pip install {missing[0]}")
    sizes = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for count in options.documents:
            inner = folder / str(count)
            inner.mkdir()
            sizes.append(measure(options.data, count, inner, options.peers))
            print(json.dumps(sizes[-1], indent=1), flush=True)
            shutil.rmtree(inner)
        part = str(folder / "stages.jsonl")
        script("mixture.py", "--data", str(options.data), "--documents", "5000", part)
        steady = json.loads(script("pipeline_stages.py", part, "3")[-1])
        start = startup(folder)
    text = markdown(sizes, steady, start)
    print(text)
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        table = json.dumps({"sizes": sizes, "stages": steady, "start": start}, indent=1)
        (options.write / "pipeline.json").write_text(table + "\n")
        (options.write / "pipeline.md").write_text(text)


if __name__ == "__main__":
    main()
