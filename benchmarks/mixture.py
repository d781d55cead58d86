"""A mixed corpus of web documents of any size, drawn from the words of labelled data.

    python benchmarks/mixture.py --data DIR --documents 20000 OUT.jsonl

`DIR` holds `boilerplate/pages.jsonl.gz`, `langid/langid.jsonl.gz` and `appeals/appeals.jsonl`.
Their words are shuffled by a chain of the second order into documents that share no paragraph:
80 % clean, 4 % each with mojibake and entities, 6 % each with boilerplate behind the text and as
near-duplicates; 85 % English, 5 % each French, Arabic and Chinese.
"""

import argparse
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
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


def write(data: Path, count: int, target: Path) -> int:
    """Write a corpus and return its size in bytes."""
    with target.open("w", encoding="utf-8") as sink:
        for document in corpus(data, count):
            sink.write(json.dumps(document, ensure_ascii=False) + "\n")
    return target.stat().st_size


def main() -> None:
    """Write one corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    print(write(options.data, options.documents, options.out), "bytes")


if __name__ == "__main__":
    main()
