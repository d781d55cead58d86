"""What cleaning costs beside reading, writing, and a plain loop over the same libraries.

    python benchmarks/pipeline.py --data DIR [--documents 20000] [--plain 300] [--write DIR]

`DIR` holds `boilerplate/pages.jsonl.gz`, `langid/langid.jsonl.gz` and `appeals/appeals.jsonl`.
Their words are shuffled by a chain of the second order into a corpus of any size whose documents
share no paragraph: 80 % clean, 4 % each with mojibake and entities, 6 % each with boilerplate
behind the text and as near-duplicates; 85 % English, 5 % each French, Arabic and Chinese.
Everything is timed as processor time of one core unless it says otherwise.
"""

import argparse
import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SHARES = {"clean": 0.80, "mojibake": 0.04, "entities": 0.04, "boilerplate": 0.06, "near": 0.06}
LANGUAGES = {"en": 0.85, "fr": 0.05, "ar": 0.05, "zh": 0.05}
_LEFT_OUT = frozenset('[](){}"“”«»|<>&#@/‘ÃÂâ€�')
"""Characters of sentences that are damaged already, or that shuffling would unbalance."""
TERMINALS = "。！？" + ".!?؟"


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a compressed JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


class Chain:
    """Words of one language, each drawn by the two before it."""

    def __init__(self, sentences: list[list[str]], glue: str) -> None:
        self.glue = glue
        self.starts = [tuple(s[:2]) for s in sentences]
        self.next: dict[tuple[str, str], list[str]] = defaultdict(list)
        for words in sentences:
            for one, two, three in zip(words, words[1:], words[2:], strict=False):
                self.next[one, two].append(three)

    def sentence(self, rng: random.Random, limit: int = 40) -> str:
        """One sentence; it ends as one of the sources does."""
        one, two = rng.choice(self.starts)
        words = [one, two]
        while two[-1] not in TERMINALS and len(words) < limit * (1 if self.glue else 2):
            follow = self.next.get((one, two))
            if not follow:
                break
            one, two = two, rng.choice(follow)
            words.append(two)
        text = self.glue.join(words)
        if text[-1] in TERMINALS:
            return text
        return text.rstrip(",;:，") + ("." if self.glue else "。")

    def document(self, rng: random.Random) -> str:
        """A title and paragraphs."""
        title = self.sentence(rng).rstrip(TERMINALS)
        title = title[:20] if not self.glue else " ".join(title.split()[:9])
        paragraphs = [
            self.glue.join(self.sentence(rng) for _ in range(rng.randint(3, 6)))
            for _ in range(rng.randint(2, 8))
        ]
        return "\n\n".join([title.rstrip(",;:，"), *paragraphs])


def chains(data: Path) -> dict[str, Chain]:
    """The chain of each language."""
    texts: dict[str, list[str]] = defaultdict(list)
    for page in records(data / "boilerplate" / "pages.jsonl.gz"):
        texts[page["lang"][:2]] += page["gold_text"].split("\n")
    for row in records(data / "langid" / "langid.jsonl.gz"):
        texts[row["lang"][:2]].append(row["text"])
    found = {}
    for language in LANGUAGES:
        sentences = []
        glue = "" if language == "zh" else " "
        for text in texts[language]:
            for sentence in re.split(r"(?<=[.!?؟])\s+|(?<=[。！？])", text):
                if set(sentence) & _LEFT_OUT or len(sentence) < 20:
                    continue
                words = list(sentence.strip()) if language == "zh" else sentence.split()
                if len(words) >= 5 and words[-1][-1] in TERMINALS:
                    sentences.append(words)
        found[language] = Chain(sentences, glue)
    return found


def spoil(kind: str, text: str, earlier: list[str], appeals: list[str], rng: random.Random) -> str:
    """A document with one kind of damage."""
    import ftfy.bad_codecs  # noqa: F401 -- registers the code page that maps every byte

    if kind == "mojibake":
        marked = text.replace(" the ", " the “famous” ", 1) if "é" not in text else text
        return marked.encode().decode("sloppy-windows-1252")
    if kind == "entities":
        return text.replace(" and ", " &amp; ").replace(" who ", " &mdash; who&nbsp;")
    if kind == "boilerplate":
        return "\n\n".join([text, *rng.sample(appeals, 2)])
    if kind == "near" and earlier:
        words = rng.choice(earlier).split(" ")
        for _ in range(max(1, len(words) // 100)):
            words[rng.randrange(len(words))] = "however"
        return " ".join(words)
    return text


def corpus(data: Path, count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Documents as dicts."""
    rng = random.Random(seed)
    made = chains(data)
    appeals = [
        row["text"]
        for row in map(json.loads, (data / "appeals" / "appeals.jsonl").open(encoding="utf-8"))
        if row["label"] == "strip" and row["lang"] == "en"
    ]
    earlier: list[str] = []
    for number in range(count):
        (language,) = rng.choices(list(LANGUAGES), list(LANGUAGES.values()))
        (kind,) = rng.choices(list(SHARES), list(SHARES.values()))
        text = made[language].document(rng)
        if kind == "clean" and len(earlier) < 5000:
            earlier.append(text)
        text = spoil(kind, text, earlier, appeals, rng)
        url = f"https://{language}.example/{number}"
        yield {"id": f"{kind}-{number}", "url": url, "text": text}


def rewrite(source: Path, out: Path) -> None:
    """Read and write with orjson, nothing else."""
    import orjson

    with source.open("rb") as lines, out.open("wb") as sink:
        for line in lines:
            sink.write(orjson.dumps(orjson.loads(line)) + b"\n")


def plain(source: Path, limit: int) -> int:
    """The loop that people write; returns the bytes that it read."""
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
    size = 0
    with source.open("rb") as lines:
        for number, line in zip(range(limit), lines, strict=False):
            size += len(line)
            text = ftfy.fix_text(json.loads(line)["text"], config)
            for rule in rules:
                text = rule.sub("", text)
            langdetect.detect(text)
            words = text.lower().split()
            sign = MinHash(num_perm=128)
            sign.update_batch([" ".join(words[at : at + 5]).encode() for at in range(len(words))])
            lsh.query(sign)
            lsh.insert(str(number), sign)
    return size


def run(command: list[str], **environment: str) -> tuple[float, float, float]:
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
    ticks = os.sysconf("SC_CLK_TCK")
    return time.perf_counter() - start, sum(used.values()) / ticks, peak


def cleaner(*arguments: str) -> list[str]:
    """The command line of this installation."""
    return [sys.executable, "-m", "cleaner", *arguments]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """A value and the processor seconds that it took."""
    start = time.process_time()
    value = work()
    return value, time.process_time() - start


def stages(source: Path, folder: Path) -> dict[str, float]:
    """Processor seconds of each stage, all in this process, kernels warm."""
    import cProfile
    import pstats

    from cleaner.config import Config
    from cleaner.engines.local import LocalEngine
    from cleaner.jobs import clean

    names = {
        "read": ("formats", "read"),
        "screens": ("passes", "screen"),
        "checks of documents": ("rounds.py", "_check"),
        "measures": ("rounds.py", "measure"),
        "reports of measures": ("rounds.py", "report"),
        "finding rows": ("rows.py", "finding_rows"),
        "sketches": ("compare.py", "_sketch"),
        "comparisons": ("compare.py", "compare"),
        "write": ("write.py", "write_shard"),
        "finish": ("finish.py", "finish"),
        "all": ("clean.py", "clean"),
    }
    clean._engine = lambda found, folder, jobs, encoded: LocalEngine(None)  # noqa: SLF001, ARG005 -- in this process, to be profiled
    clean.clean([str(source)], str(folder / "one"), Config())
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    clean.clean([str(source)], str(folder / "two"), Config())
    profile.disable()
    table: dict[str, float] = dict.fromkeys(names, 0.0)
    for (path, _, function), numbers in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # not in the stubs
        for name, (part, wanted) in names.items():
            if "cleaner" in path and part in path and function == wanted:
                table[name] += numbers[3]
    return table


def measure(data: Path, count: int, sample: int, folder: Path, *, cold: bool) -> dict[str, Any]:
    """All figures for one size."""
    source = folder / "corpus.jsonl"
    with source.open("w", encoding="utf-8") as sink:
        for document in corpus(data, count):
            sink.write(json.dumps(document, ensure_ascii=False) + "\n")
    size = source.stat().st_size
    found: dict[str, Any] = {"documents": count, "megabytes": size / 1e6}
    part, seconds = timed(lambda: plain(source, sample))
    found["plain"] = seconds / part * 1e6
    times = [timed(lambda: rewrite(source, folder / "rewritten"))[1] for _ in range(3)]
    found["orjson"] = min(times) / size * 1e6
    if cold:
        cache = str(folder / "cache")
        wall, used, _ = run(
            cleaner("check", str(folder / "small"), "-q", "--exit-zero"),
            NUMBA_CACHE_DIR=cache, CLEANER_CACHE_DIR=cache,
        )  # fmt: skip
        found["first run ever"] = {"wall": wall, "processor": used}
    for jobs in (1, 2):
        for turn in range(2):
            dest = folder / f"out-{jobs}-{turn}"
            command = cleaner("clean", str(source), "-o", str(dest), "-q", "-j", str(jobs))
            wall, used, peak = run(command)
            shutil.rmtree(dest)
        found[f"clean -j {jobs}"] = {"wall": wall, "processor": used, "peak megabytes": peak}
    wall, used, _ = run(
        cleaner("clean", str(source), "-o", str(folder / "off"), "-q", "-j", "1", "--select",
                "typography.reversed-apostrophe")
    )  # fmt: skip
    found["passes off"] = {"wall": wall, "processor": used}
    found["stages"] = stages(source, folder)
    return found


def startup(folder: Path) -> dict[str, float]:
    """Wall seconds of the smallest calls, each beside NumPy's own import."""
    commands = {
        "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
        "cleaner --help": cleaner("--help"),
        "cleaner check one-file": cleaner("check", str(folder / "small"), "-q", "--exit-zero"),
    }
    return {name: min(run(command)[0] for _ in range(3)) for name, command in commands.items()}


def markdown(found: list[dict[str, Any]], start: dict[str, float]) -> str:
    """The section of the documentation."""
    lines = ["## Pipeline", "", __doc__.split("\n\n")[2].replace("\n", " "), ""]
    heads = (
        "documents",
        "MB",
        "plain loop, MB/s",
        "orjson, MB/s",
        "`clean`, MB/s and core",
        "against the loop",
        "against orjson",
        "two workers",
        "typography alone",
        "peak MB",
    )
    lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for one in found:
        size = one["megabytes"]
        ours = one["clean -j 1"]["processor"] / size
        lines.append(
            f"| {one['documents']:,} | {size:.0f} "
            f"| {1 / one['plain']:.2f} | {1 / one['orjson']:.0f} "
            f"| {1 / ours:.1f} | {one['plain'] / ours:.0f} × "
            f"| {ours / one['orjson']:.0f} × its time "
            f"| {one['clean -j 1']['wall'] / one['clean -j 2']['wall']:.2f} × "
            f"| {one['passes off']['processor'] / size / one['orjson']:.1f} × its time "
            f"| {one['clean -j 1']['peak megabytes']:.0f} |"
        )
    lines += ["", "Processor seconds of the stages (measured under a profiler), last size:", ""]
    lines += ["| stage | seconds |", "|---|---|"]
    lines += [f"| {name} | {value:.2f} |" for name, value in found[-1]["stages"].items()]
    lines += ["", "| start | seconds |", "|---|---|"]
    lines += [f"| `{name}` | {value:.2f} |" for name, value in start.items()]
    if "first run ever" in found[0]:
        wall = found[0]["first run ever"]["wall"]
        lines.append(f"| first run ever (kernels compile) | {wall:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, nargs="+", default=[20_000])
    parser.add_argument("--plain", type=int, default=300, help="documents for the plain loop")
    parser.add_argument("--cold", action="store_true", help="also with empty caches")
    parser.add_argument("--write", type=Path, help="folder for pipeline.json and pipeline.md")
    parser.add_argument("--only-corpus", type=Path, help="write the corpus there and stop")
    options = parser.parse_args()
    if options.only_corpus:
        with options.only_corpus.open("w", encoding="utf-8") as sink:
            for document in corpus(options.data, options.documents[0]):
                sink.write(json.dumps(document, ensure_ascii=False) + "\n")
        return
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "small").mkdir()
        (folder / "small" / "one.txt").write_text("A title\n\nOne sentence, and another one.\n")
        for count in options.documents:
            inner = folder / str(count)
            shutil.copytree(folder / "small", inner / "small")
            found.append(measure(options.data, count, options.plain, inner, cold=options.cold))
            print(json.dumps(found[-1], indent=1))
            shutil.rmtree(inner)
        start = startup(folder)
    text = markdown(found, start)
    print(text)
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        table = json.dumps({"sizes": found, "start": start}, indent=1)
        (options.write / "pipeline.json").write_text(table + "\n")
        (options.write / "pipeline.md").write_text(text)


if __name__ == "__main__":
    main()
