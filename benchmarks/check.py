"""How long `cleaner check` takes: 1,000 text files of 4 KB, one file, and `--help`.

    python benchmarks/check.py

Each command is a process of its own, start-up included; the best of three runs counts, after one
that is not counted (it may compile kernels). The texts are made of the words of `seeds/`.
"""

import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = 1000
SIZE = 4000
RUNS = 3


def write(folder: Path) -> None:
    """Make the corpus; the same one every time."""
    chance = random.Random(1)
    text = "\n\n".join(path.read_text("utf-8") for path in sorted((ROOT / "seeds").glob("*.txt")))
    words = sorted(set(re.findall(r"[a-z]+", text)))
    sentences = [one for one in re.split(r"(?<=[.!?])\s+", text) if len(one) > 20]
    for number in range(FILES):
        page = ""
        while len(page) < SIZE:
            page += " ".join(chance.choices(words, k=chance.randint(8, 20))).capitalize() + ". "
            if chance.random() < 0.2:
                page += chance.choice(sentences) + "\n\n"
        (folder / f"{number:04}.txt").write_text(page[:SIZE] + "\n", "utf-8")


def best(*arguments: str) -> float:
    """Seconds of the fastest run of the command."""
    taken = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "cleaner", *arguments],
            stdout=subprocess.DEVNULL,
            check=False,
            cwd=ROOT,
        )
        taken.append(time.perf_counter() - start)
    return min(taken[1:])


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        print(f"check, {FILES} files of {SIZE} characters: {best('check', name, '-q'):.2f} s")
        print(f"check, one of them: {best('check', str(folder / '0000.txt'), '-q'):.2f} s")
        print(f"--help: {best('--help'):.2f} s")


if __name__ == "__main__":
    main()
