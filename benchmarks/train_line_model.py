r"""Train the line model of the web profile from labelled pages.

    python benchmarks/train_line_model.py --data DIR [-o cleaner/passes/webtext/line-model.npz]

DIR holds `pages.jsonl.gz`: objects with `raw_text`, `line_labels` (one per line of
`raw_text.split("\n")`: 1 main text, 0 boilerplate, -1 unsure) and `site`. Needs scikit-learn and
lightgbm, which the package itself never imports. Nothing of the text goes into the model: words are
kept as hashes only.
"""

import argparse
import gzip
import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.kernels import linefeatures as kinds
from cleaner.kernels.linecontext import score_context
from cleaner.kernels.linefeatures import gram_buckets, score_words, token_hash
from cleaner.passes.webtext.features import NAMES, SECOND
from cleaner.passes.webtext.model import SCALE, STEP, LineModel, Lines, Trees, dump, load

FOLDS = 5
THIN_SHARE = 0.5
"""Weight of pages that were cleaned before."""
BITS = 17
"""2**BITS weights of one byte."""
FIRST = {"num_leaves": 24, "learning_rate": 0.08, "trees": 160}
SECOND_STAGE = {"num_leaves": 20, "learning_rate": 0.06, "trees": 160}

GROWTH = {
    "objective": "binary",
    "verbose": -1,
    "seed": 1,
    "num_threads": 2,
    "deterministic": True,
    "force_row_wise": True,
    "use_missing": False,
    "max_bin": 63,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "lambda_l2": 5.0,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
}

# Function words (self-chosen, the most frequent ones) of languages that put spaces between words.
_STOP_WORDS = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had
an they which one you were all her she there would their we him been has when who will no more if
out so what up said its about than into them can only other time new some could these two may first
then do any like my now over such our your how
der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden
aus er hat dass sie nach wird bei einer um am sind noch wie einem über so zum war haben nur oder
aber vor zur bis mehr durch man sein wurde sei ich wir ihr
de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec ou
son aux mais nous comme leur cette elle ont été fait être ses vous je on
que el en y los del se las por un para con no una su al lo como más pero sus le ya o este sí porque
esta entre cuando muy sin sobre también me hasta hay donde fue
di che il per non una sono della con ha si dei nel alla come anche più ma le da lo gli delle al ai
questo era essere cui dal suo tra ed
o que e do da em um para é com uma os no na por mais as dos como mas foi ao ele das tem à seu sua ou
não são pelo pela até isso
van het een en dat op te zijn met voor niet aan er om ook als maar door bij uit dan nog naar heeft
ze wordt hij werd deze
och att det som på är av för med till den har de inte om ett men var jag sig från vi så kan nu
og i det er på til en at af med for ikke som har jeg vi de den var om fra men der eller
w i na z się do nie to że jest o od po jak za przez dla ale który są oraz już co tym czy być
a v na se je že s z do o k ve i by za pro jako to ale jsou po které od jsem také
и в не на что с по как это к но из у за от он так его для же вы бы то о мы все или был
і в на що не з та до у як це від за про для а по або
ve bir bu için ile da de çok daha olarak olan ne gibi en sonra kadar ama var o
yang dan di untuk dengan dari ini pada tidak dalam itu adalah akan ke oleh juga
và của là có trong được cho không một các với những này đã người để khi từ
في من على إلى أن عن التي الذي هذا هذه مع كان لا ما أو بعد قد لم كما و
का के की में है और से को पर ने यह हैं कि एक भी नहीं
και το να του η της για με την από που τα σε στο δεν οι είναι
és a az hogy nem is egy van de csak volt meg ezt el már mint ha
și în de la a pe cu nu că din o pentru care este sau mai au
ja on ei että se oli hän mutta ovat kun niin myös tai joka
של את על לא הוא עם זה גם כי אני או היא
이 그 및 수 등 것 더 있는 한 할 를 을 은 는
"""

_LISTED = {
    kinds.TERMINAL: ".!?…。！？؟।۔．｡‼⁇⁈⁉",
    kinds.COMMA: ",;،؛、，；､",
    kinds.COLON: ":：",
    kinds.QUOTE: "\"“”„‟‘’‚‛'«»‹›「」『』《》〈〉",
    kinds.SEPARATOR: "|/>\\<·•→←↑↓▸▾►▼▲‣∙●■▪○◦*~+＞｜",
    kinds.LEGAL: "©®™℠℗",
    kinds.AT: "@#&%",
    kinds.NEWLINE: "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029",
}
_BY_CATEGORY = {
    category: kind
    for kind, categories in {
        kinds.LOWER: ("Ll",),
        kinds.UPPER: ("Lu", "Lt"),
        kinds.LETTER: ("Lo", "Lm"),
        kinds.MARK: ("Mn", "Mc", "Me"),
        kinds.DIGIT: ("Nd",),
        kinds.SPACE: ("Zs",),
        kinds.BRACKET: ("Ps", "Pe"),
        kinds.CURRENCY: ("Sc",),
        kinds.DASH: ("Pd",),
        kinds.QUOTE: ("Pi", "Pf"),
        kinds.PUNCTUATION: ("Po", "Pc"),
        kinds.SYMBOL: ("So", "Sk", "Sm"),
    }.items()
    for category in categories
}
# Scripts written without spaces: one character counts as one word.
_IDEOGRAPHS = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3005, 0x3007)),
    *((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD)),
)


def character_tables() -> dict[str, Any]:
    """Classes of all code points as runs, and their lower case as pairs."""
    classes = np.zeros(0x110000, np.uint8)
    sources, targets = [], []
    for code in range(0x110000):
        char = chr(code)
        classes[code] = _BY_CATEGORY.get(unicodedata.category(char), kinds.OTHER)
        small = char.lower()
        if len(small) == 1 and small != char:
            sources.append(code)
            targets.append(ord(small))
    for low, high in _IDEOGRAPHS:
        part = classes[low : high + 1]
        part[(part == kinds.LETTER) | (part == kinds.MARK)] = kinds.IDEOGRAPH
    for kind, chars in _LISTED.items():
        for char in chars:
            classes[ord(char)] = kind
    for char in "\t\u200b\ufeff\u200e\u200f\xad":
        classes[ord(char)] = kinds.SPACE
    starts = np.flatnonzero(np.diff(classes.astype(np.int16), prepend=-1)).astype(np.uint32)
    return {
        "class_starts": starts,
        "class_kinds": classes[starts],
        "lower_from": np.array(sources, np.uint32),
        "lower_to": np.array(targets, np.uint32),
    }


def chances() -> Any:
    """The logistic function from -10 to 10 in 65536ths, increasing, for margins `STEP` apart."""
    half = 10 * SCALE // STEP
    margins = np.arange(-half, half + 1) * STEP / SCALE
    return np.rint(65536 / (1 + np.exp(-margins))).clip(1, 65535).astype(np.uint16)


def stage(name: str, trees: Trees | None = None) -> dict[str, Any]:
    """The arrays of a stage, or of one that says nothing yet."""
    if trees is None:
        trees = Trees(
            np.full((1, 3), -1, np.int32),
            np.zeros(1, np.float32),
            np.zeros(1, np.int32),
            np.zeros(1, np.int32),
        )
    return {
        f"{name}_nodes": trees.nodes,
        f"{name}_thresholds": trees.thresholds,
        f"{name}_values": trees.values,
        f"{name}_roots": trees.roots,
    }


def skeleton() -> dict[str, Any]:
    """All arrays of a model that has learned nothing."""
    arrays = {**character_tables(), **stage("first"), **stage("second")}
    arrays["weights"] = np.zeros(1 << BITS, np.int8)
    arrays["stops"] = np.zeros(0, np.uint64)
    arrays["chances"] = chances()
    lower = assemble(arrays).lower
    hashes = {
        int(token_hash(np.array([ord(char) for char in word], np.uint32), lower))
        for word in _STOP_WORDS.split()
    }
    arrays["stops"] = np.array(sorted(hashes), np.uint64)
    return arrays


def assemble(arrays: dict[str, Any], header: dict[str, Any] | None = None) -> LineModel:
    """A model of these arrays, by way of the file format."""
    shape = {"features": len(NAMES), "second": len(SECOND)}
    return load(dump(arrays, {**shape, **(header or {})}))


@dataclass
class Page:
    """One page, cut into lines that are not blank, with their labels."""

    record: dict[str, Any]
    lines: Lines
    labels: Any
    fold: int
    buckets: Any
    ends: Any
    rows: Any
    share: float = 1.0


def fold_of(site: str) -> int:
    """Which part of the data a site belongs to: all pages of a site stay together."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


def read_pages(path: Path, model: LineModel) -> list[Page]:
    """Read labelled pages and scan them."""
    pages = []
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for row in stream:
            record = json.loads(row)
            text = record["raw_text"]
            lines = model.scan(text)
            starts = np.cumsum([0, *(len(line) + 1 for line in text.split("\n"))])
            which = np.searchsorted(starts, lines.spans[:, 0], "right") - 1
            labels = np.array(record["line_labels"], np.int8)[which]
            buckets, ends = gram_buckets(lines.tokens, lines.offsets, BITS)
            rows = np.arange(len(lines))
            pages.append(Page(record, lines, labels, fold_of(record["site"]), buckets, ends, rows))
    return pages


def thin(page: Page) -> Page:
    """The page as an earlier cleaning may have left it: most boilerplate gone, in stretches.

    A third of the pages keep none of it, the others some; which is decided by hashes of names and
    line numbers, so that training gives the same model every time.
    """
    rows = []
    part = int(hashlib.sha256(page.record["id"].encode()).hexdigest(), 16)
    left = (0, 10, 30)[part % 3]
    for row in page.rows:
        dice = hashlib.sha256(f"{part} {row // 4}".encode()).digest()[0] * 100 // 256
        if page.labels[row] != 0 or dice < left:
            rows.append(row)
    return replace(page, rows=np.array(rows, np.int64), share=THIN_SHARE)


def line_weights(page: Page) -> Any:
    """How much each line counts: by words, damped, and every page about the same."""
    words = page.lines.counts[page.rows, 2].astype(np.float64)
    weights = np.sqrt(1.0 + np.minimum(words, 200))
    weights[page.labels[page.rows] < 0] = 0
    return weights / np.sqrt(max(weights.sum(), 1.0)) * 10 * page.share


def fit_words(pages: Sequence[Page]) -> Any:
    """Weights of hashed words and pairs of words, int8[2**BITS], by logistic regression."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped, unused-ignore]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found, unused-ignore]

    buckets, ends, labels, weights = [], [np.zeros(1, np.int64)], [], []
    for page in pages:
        ends.append(page.ends[1:] + ends[-1][-1])
        buckets.append(page.buckets)
        labels.append(page.labels)
        weights.append(line_weights(page))
    pointer = np.concatenate(ends)
    size = np.diff(pointer)
    values = np.repeat(1.0 / np.sqrt(size), size)
    table = csr_matrix((values, np.concatenate(buckets), pointer), (len(size), 1 << BITS))
    table.sum_duplicates()
    target, weight = np.concatenate(labels), np.concatenate(weights)
    known = target >= 0
    learner = LogisticRegression(C=1.0, max_iter=60, tol=1e-3)
    learner.fit(table[known], target[known], weight[known] / weight[known].mean())
    found = learner.coef_[0]
    scale = 127 / np.quantile(np.abs(found), 0.9995)
    return np.clip(np.rint(found * scale), -127, 127).astype(np.int8)


def with_words(page: Page, weights: Any) -> Page:
    """The same page with its words scored."""
    lines = page.lines
    words = score_words(lines.tokens, lines.offsets, weights, BITS)
    return replace(page, lines=replace(lines, words=words))


def fit_trees(tables: Sequence[Any], pages: Sequence[Page], options: dict[str, Any]) -> Trees:
    """Boosted trees over feature tables, one a page."""
    import lightgbm  # type: ignore[import-not-found, unused-ignore]

    target = np.concatenate([page.labels[page.rows] for page in pages])
    weight = np.concatenate([line_weights(page) for page in pages])
    known = weight > 0
    data = lightgbm.Dataset(np.concatenate(tables)[known], target[known], weight=weight[known])
    trees = options["trees"]
    settings = {**GROWTH, **{key: value for key, value in options.items() if key != "trees"}}
    return flatten(lightgbm.train(settings, data, trees).dump_model())


def flatten(dumped: dict[str, Any]) -> Trees:
    """LightGBM's trees as flat arrays with integer values."""
    nodes: list[tuple[int, int, int]] = []
    thresholds: list[float] = []
    values: list[int] = []

    def place(node: dict[str, Any]) -> int:
        at = len(nodes)
        nodes.append((-1, -1, -1))
        thresholds.append(0.0)
        value = node["internal_value"] if "internal_value" in node else node["leaf_value"]
        values.append(round(value * SCALE))
        if "split_feature" in node:
            thresholds[at] = float(node["threshold"])
            left, right = place(node["left_child"]), place(node["right_child"])
            nodes[at] = (node["split_feature"], left, right)
        return at

    roots = [place(tree["tree_structure"]) for tree in dumped["tree_info"]]
    exact = np.array(thresholds)
    rounded = exact.astype(np.float32)
    # A float32 is at most a float64 threshold if it is at most the greatest float32 below it.
    above = rounded.astype(np.float64) > exact
    rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
    packed = np.array(nodes, np.int32)
    return Trees(packed, rounded, np.array(values, np.int32), np.array(roots, np.int32))


def fit(pages: Sequence[Page]) -> dict[str, Any]:
    """Fit words and both stages; each learns from what the one before says about *other* sites.

    Returns:
        The arrays of a model.
    """
    arrays = skeleton()
    blank = assemble(arrays)
    folds = sorted({page.fold for page in pages})
    scored: list[Page] = []
    for fold in folds:
        weights = fit_words([page for page in pages if page.fold != fold])
        scored += [with_words(page, weights) for page in pages if page.fold == fold]
    scored += [thin(page) for page in scored]
    tables = [blank.features(page.lines, page.rows) for page in scored]
    wide: list[Any] = [None] * len(scored)
    for fold in folds:
        inner = [at for at, page in enumerate(scored) if page.fold != fold]
        trees = fit_trees([tables[at] for at in inner], [scored[at] for at in inner], FIRST)
        for at, page in enumerate(scored):
            if page.fold == fold:
                wide[at] = widen(tables[at], page, trees)
    arrays["weights"] = fit_words(pages)
    arrays |= stage("first", fit_trees(tables, scored, FIRST))
    return arrays | stage("second", fit_trees(wide, scored, SECOND_STAGE))


def widen(table: Any, page: Page, trees: Trees) -> Any:
    """Features of the second stage."""
    margins = trees.score(table)
    more = score_context(page.rows, page.lines.counts, margins, len(SECOND))
    return np.concatenate((table, more), axis=1)


def header(path: Path, pages: Sequence[Page]) -> dict[str, Any]:
    """Where a model comes from."""
    licences = {page.record["source_dataset"]: page.record["licence"] for page in pages}
    return {
        "format": 1,
        "features": len(NAMES),
        "second": len(SECOND),
        "trained_on": {
            "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "pages": len(pages),
            "sites": len({page.record["site"] for page in pages}),
            "lines": sum(len(page.lines) for page in pages),
            "sources": dict(sorted(licences.items())),
        },
        "trained_by": "benchmarks/train_line_model.py",
        "settings": {"first": FIRST, "second": SECOND_STAGE, "bits": BITS, "thin": THIN_SHARE},
    }


def main() -> None:
    """Train on all pages and write the model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("cleaner/passes/webtext/line-model.npz")
    )
    options = parser.parse_args()
    path = options.data / "pages.jsonl.gz"
    pages = read_pages(path, assemble(skeleton()))
    data = dump(fit(pages), header(path, pages))
    load(data)
    options.output.write_bytes(data)
    print(f"{options.output}: {len(data)} bytes from {len(pages)} pages")


if __name__ == "__main__":
    main()
