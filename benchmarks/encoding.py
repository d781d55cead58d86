"""Encoding repair beside ftfy, plsfix and clean-text; bytes to text beside two detectors.

    python benchmarks/encoding.py --data DIR [--seconds 2] [--no-speed]

DIR, or its folder `encoding`, holds `mojibake.jsonl` (`broken`, `fixed`, `kind`), `derived.jsonl`
(`broken`, `fixed`), `clean.jsonl.gz` (`text`, `lang`, `category`: must come out unchanged) and
`bytes.jsonl.gz` (`bytes_b64`, `text`). A case counts if the answer equals `fixed` exactly. Ours are
the safe fixes of the default rules, applied in rounds as the pipeline does it. Peers that are not
installed are left out. Speed is the whole pass, screen and check, over an Arrow column of documents
of about 4 kB; the peers get the same documents as Python strings.
"""

import argparse
import base64
import gzip
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import ftfy
import pyarrow as pa

from cleaner.config import EncodingOptions
from cleaner.edits import accept, apply
from cleaner.formats.decoding import UndecodableError, decode
from cleaner.kernels.patterns.screens import searchable
from cleaner.model import Applicability, Document
from cleaner.passes.encoding import EncodingPass

PASS = EncodingPass(EncodingOptions())
DEFAULT = {rule.name for rule in PASS.rules if rule.default}
QUOTE_SAFE = ftfy.TextFixerConfig(
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    fix_line_breaks=False,
    normalization=None,
)
_DOCUMENT = 4000
"""Characters; a news article."""
Repairer = Callable[[str], str]


def ours(text: str) -> str:
    """Safe fixes in rounds."""
    for _ in range(10):
        if not PASS.screen(pa.array([searchable(text)], pa.large_string()))[0]:
            return text
        found = [
            f
            for f in PASS.check(Document("", text))
            if f.fix and f.applicability is Applicability.SAFE and f.rule in DEFAULT
        ]
        found.sort(key=lambda f: (f.span or (0, 0), f.rule))
        groups = [f.fix.edits for f in found if f.fix]
        if not groups:
            return text
        taken = [e for g, fits in zip(groups, accept(groups), strict=True) if fits for e in g]
        text = apply(text, sorted(taken))
    return text


def repairers() -> dict[str, Repairer]:
    """Everybody who is installed, by name."""
    found: dict[str, Repairer] = {
        "cleaner": ours,
        "ftfy quote-safe": lambda text: ftfy.fix_text(text, QUOTE_SAFE),
        "ftfy encoding only": ftfy.fix_encoding,
        "ftfy default": ftfy.fix_text,
    }
    try:
        import plsfix  # type: ignore[import-not-found, unused-ignore]  # a peer, installed by hand
    except ImportError:
        pass
    else:
        found["plsfix"] = plsfix.fix_text
    try:
        from cleantext import clean  # type: ignore[import-not-found, unused-ignore]  # a peer, installed by hand
    except ImportError:
        pass
    else:
        found["clean-text"] = lambda text: str(
            clean(text, fix_unicode=True, to_ascii=False, lower=False, no_line_breaks=False)
        )
    return found


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file, compressed or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def share(repair: Repairer, pairs: Sequence[tuple[str, str]]) -> str:
    """How many of the pairs come out right; a crash is a wrong answer."""
    right = 0
    for broken, fixed in pairs:
        with suppress(Exception):
            right += repair(broken) == fixed
    return f"{right} of {len(pairs)}"


def accuracy(folder: Path) -> None:
    """Print a table: kinds of damage by repairer."""
    kinds: dict[str, list[tuple[str, str]]] = {"derived": []}
    for row in read(folder / "derived.jsonl"):
        kinds["derived"].append((row["broken"], row["fixed"]))
    for row in read(folder / "mojibake.jsonl"):
        kinds.setdefault(row["kind"], []).append((row["broken"], row["fixed"]))
    kinds["clean"] = [(row["text"], row["text"]) for row in read(folder / "clean.jsonl.gz")]
    everybody = repairers()
    print("| kind |", " | ".join(everybody), "|")
    print("|---|" + "---|" * len(everybody))
    for kind, pairs in kinds.items():
        shares = [share(repair, pairs) for repair in everybody.values()]
        print(f"| {kind} |", " | ".join(shares), "|")


def detectors() -> dict[str, Callable[[bytes], str]]:
    """Ways from bytes to text."""

    def own(data: bytes) -> str:
        try:
            return decode(data).text
        except UndecodableError:
            return ""

    def normalizer(data: bytes) -> str:
        from charset_normalizer import from_bytes

        best = from_bytes(data).best()
        return str(best) if best else ""

    found: dict[str, Callable[[bytes], str]] = {"cleaner": own, "charset-normalizer": normalizer}
    try:
        import chardet  # type: ignore[import-not-found, unused-ignore]  # a peer, installed by hand
    except ImportError:
        return found

    def by_chardet(data: bytes) -> str:
        return data.decode(chardet.detect(data)["encoding"] or "utf-8", "replace")

    found["chardet"] = by_chardet
    return found


def decoding(folder: Path) -> None:
    """Print how many byte files are decoded right, with and without what they declare."""
    rows = read(folder / "bytes.jsonl.gz")
    for name, detect in detectors().items():
        right = silent = 0
        for row in rows:
            data, text = base64.b64decode(row["bytes_b64"]), row["text"].removeprefix("\ufeff")
            right += detect(data).removeprefix("\ufeff") == text
            # The declarations made unreadable, for those who read them.
            for word in (b"charset=", b"encoding="):
                data = data.replace(word, b"c" * len(word))
                text = text.replace(word.decode(), "c" * len(word))
            silent += detect(data).removeprefix("\ufeff") == text
        print(f"{name}: {right} of {len(rows)}, {silent} with declarations blotted out")


def corpora(folder: Path) -> dict[str, list[str]]:
    """Documents of one language or kind of damage each, by joining lines."""
    clean = read(folder / "clean.jsonl.gz")
    by_lang = {
        "French": ("fr", "fra"),
        "German": ("de", "deu"),
        "Russian": ("ru", "rus"),
        "Arabic": ("ar", "arb"),
        "Chinese": ("zh", "cmn", "cmn_hans"),
    }
    lines = {
        name: [r["text"] for r in clean if r["lang"] in tags] for name, tags in by_lang.items()
    }
    typographic = [r["text"] for r in clean if r["lang"] == "en" and set("“”’") & set(r["text"])]
    lines["English, curly"] = typographic
    ascii_lines = [r["text"] for r in clean if r["text"].isascii() and "&" not in r["text"]]
    lines["ASCII"] = ascii_lines
    lines["mojibake"] = [row["broken"] for row in read(folder / "derived.jsonl")]
    found = {}
    for name, texts in lines.items():
        text = "\n".join(line for line in texts if "\n" not in line) + "\n"
        documents = [text[at : at + _DOCUMENT] for at in range(0, len(text), _DOCUMENT)]
        if name != "mojibake":
            documents = [one for one in documents if ours(one) == one]
        if documents:
            found[name] = documents * max(1, 2_000_000 // sum(map(len, documents)))
    return found


def speed(folder: Path, seconds: float) -> None:
    """Print MB/s of UTF-8, the best of the runs that fit into `seconds`."""
    names = {"cleaner": None} | {k: v for k, v in repairers().items() if k != "cleaner"}
    print("| corpus |", " | ".join(names), "| times ftfy quote-safe |")
    print("|---|" + "---|" * (len(names) + 1))
    for name, documents in corpora(folder).items():
        size = sum(len(one.encode()) for one in documents) / 1e6
        column = pa.array(documents, pa.large_string())
        rates = []
        for repair in names.values():
            if repair is None:
                rates.append(size / best_of(lambda: whole_pass(column, documents), seconds))  # noqa: B023 -- called at once
            else:
                few = documents[: max(1, len(documents) // 8)]
                part = sum(len(one.encode()) for one in few) / 1e6
                rates.append(part / best_of(lambda: [repair(one) for one in few], seconds))  # noqa: B023 -- called at once
        print(
            f"| {name} |", " | ".join(f"{r:.1f}" for r in rates), f"| {rates[0] / rates[1]:.1f} |"
        )


def whole_pass(column: Any, documents: Sequence[str]) -> int:
    """Screen and check, as a round of the pipeline does."""
    hits = PASS.screen(column)
    return sum(
        len(list(PASS.check(Document("", documents[row])))) for row in hits.nonzero()[0].tolist()
    )


def best_of(run: Callable[[], object], seconds: float) -> float:
    """Processor seconds of the shortest run within the time, at least two."""
    end = time.perf_counter() + seconds
    times: list[float] = []
    while len(times) < 2 or time.perf_counter() < end:
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--no-speed", action="store_true")
    options = parser.parse_args()
    inside = options.data / "encoding"
    folder = inside if inside.is_dir() else options.data
    accuracy(folder)
    print()
    decoding(folder)
    if not options.no_speed:
        print()
        speed(folder, options.seconds)


if __name__ == "__main__":
    main()
