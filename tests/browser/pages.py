"""Writes the pages that `.ci/browser` opens: of the seeds, of a hostile corpus, and a comparison.

The hostile corpus is made here; nothing is downloaded.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<svg/onload=alert(1)><iframe src=//example.org></iframe><style>*{display:none}</style>"
    "<a href=javascript:alert(1)>x</a> \u202egnp.exe \u2066\u200b\u0007\ufffd {{ 7*7 }} ]]> <!--"
)
SENTENCES = (
    "Rain fell on the harbour all night, and the boats stayed in.",
    "The keeper of the light wrote down the hour and the wind.",
    "Nobody on the quay could say when the ferry would sail again.",
    "Two men mended a net under the roof of the old market hall.",
    "In the morning the fog came in from the north and stayed.",
    "A child counted gulls on the wall until her mother called.",
    "The baker opened late, for the flour had not come in time.",
    "At noon the bell rang twice, though nobody had pulled the rope.",
)


def corpus() -> list[str]:
    """Texts with duplicates, a repeated line, mojibake, other scripts, and attacks."""
    draw = random.Random(7)
    texts = []
    for number in range(40):
        body = [draw.choice(SENTENCES).replace("two", str(draw.random())) for _ in range(30)]
        body = [f"{line} {draw.randrange(10**6)}." for line in body]
        texts.append("\n\n".join([*body, "All rights reserved by the Harbour Letter"]))
        if number % 8 == 0:
            words = texts[-1].split(" ")
            for _ in range(number // 4):
                words[draw.randrange(len(words))] = "otherwise"
            texts.append(" ".join(words))
    texts += [texts[0], texts[0], HOSTILE, f"{HOSTILE}\n\n{texts[5]}"]
    texts += ["Le cafÃ© Ã©tait fermÃ© depuis lundi, et personne ne savait pourquoi.", "404"]
    texts += ["الطقس اليوم جميل والبحر هادئ والناس على الشاطئ ينتظرون السفينة منذ الصباح الباكر."]
    return texts


def main(folder: Path) -> None:
    """Write `seeds.html`, `hostile.html` and `compared.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "hostile.jsonl"
    rows = [
        json.dumps(
            {"id": f"{HOSTILE}{number}" if number % 9 == 0 else f"doc-{number}", "text": text}
        )
        for number, text in enumerate(corpus())
    ]
    path.write_text("\n".join([*rows, "{<b>broken"]) + "\n")
    seeds = Path(__file__).parents[2] / "seeds"
    json_path = str(folder / "seeds.json")
    for source, name, more in (
        (seeds, "seeds", ["--json", json_path]),
        (path, "hostile", []),
        (path, "compared", ["--compare", json_path]),
    ):
        page = str(folder / f"{name}.html")
        command = [sys.executable, "-m", "cleaner", "audit", str(source), "-o", page, *more, "-q"]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
