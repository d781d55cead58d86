r"""Train the line model of the web profile from labelled pages.

    python -m benchmarks.train_line_model --data DIR [-o cleaner/passes/webtext/line-model.npz]

DIR holds `pages.jsonl.gz`: objects with `raw_text`, `line_labels` (one per line of
`raw_text.split("\n")`: 1 main text, 0 boilerplate, -1 unsure) and `site`. Needs scikit-learn and
lightgbm, which the package itself never imports. Nothing of the text goes into the model: words are
kept as hashes only.
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.line_tables import STOP_WORDS, character_tables
from cleaner.kernels.webtext.context import score_context
from cleaner.kernels.webtext.features import gram_buckets, score_words, token_hash
from cleaner.passes.webtext.features import NAMES, SECOND
from cleaner.passes.webtext.model import SCALE, STEP, LineModel, Lines, Trees, dump, load

FOLDS = 5
THIN_SHARE = 0.5
"""Weight of pages that were cleaned before."""
BITS = 17
"""2**BITS weights of one byte."""
PLANS = (
    (
        {"num_leaves": 24, "learning_rate": 0.08, "trees": 160},
        {"num_leaves": 20, "learning_rate": 0.06, "trees": 160},
    ),
    (
        {"num_leaves": 24, "learning_rate": 0.05, "trees": 260},
        {"num_leaves": 20, "learning_rate": 0.04, "trees": 260},
    ),
)
"""First and second stage of models whose log-odds are averaged: one hasty, one patient. Their mean
is steadier than either, from site to site and from one version of the libraries to the next."""

GROWTH = {
    "objective": "binary",
    "verbose": -1,
    "seed": 1,
    "num_threads": 1,
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

_PROBE = """
Home
News | Sport | Weather
By the river, on the old road to the mill, they built a house of stone and never finished the roof.
Der Zug hält hier nicht mehr; wer aussteigen will, muss eine Station weiter fahren.
桥已经开了，人们慢慢地走过去。
Read more »
© 2024 Example. All rights reserved.
"""


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
        for word in STOP_WORDS.split()
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
            text = record.setdefault("raw_text", record.get("text"))
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
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped, unused-ignore]  # only to train
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, import-not-found, unused-ignore]  # only to train

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
    import lightgbm  # type: ignore[import-not-found, unused-ignore]  # only to train

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


def average(parts: Sequence[Trees]) -> Trees:
    """One model that says the mean of what several say."""
    sizes = np.cumsum([0, *(len(part.nodes) for part in parts)]).astype(np.int32)
    nodes = [part.nodes.copy() for part in parts]
    for more, size in zip(nodes, sizes[:-1], strict=True):
        more[more[:, 0] >= 0, 1:] += size
    values = np.concatenate([part.values for part in parts])
    return Trees(
        np.concatenate(nodes),
        np.concatenate([part.thresholds for part in parts]),
        np.rint(values / len(parts)).astype(np.int32),
        np.concatenate([part.roots + size for part, size in zip(parts, sizes[:-1], strict=True)]),
    )


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
    arrays["weights"] = fit_words(pages)
    found = [fit_stages(tables, scored, *plan) for plan in PLANS]
    arrays |= stage("first", average([first for first, _ in found]))
    return arrays | stage("second", average([second for _, second in found]))


def fit_stages(
    tables: Sequence[Any], pages: Sequence[Page], first: dict[str, Any], second: dict[str, Any]
) -> tuple[Trees, Trees]:
    """Fit both stages by one plan."""
    wide: list[Any] = [None] * len(pages)
    for fold in sorted({page.fold for page in pages}):
        inner = [at for at, page in enumerate(pages) if page.fold != fold]
        trees = fit_trees([tables[at] for at in inner], [pages[at] for at in inner], first)
        for at, page in enumerate(pages):
            if page.fold == fold:
                wide[at] = widen(tables[at], page, trees)
    return fit_trees(tables, pages, first), fit_trees(wide, pages, second)


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
        "settings": {"plans": PLANS, "bits": BITS, "thin": THIN_SHARE},
    }


def probe(model: LineModel) -> dict[str, Any]:
    """A small text and what the model says: any other machine must say the same."""
    text = "\n".join(_PROBE.strip().splitlines() * 2)
    lines = model.scan(text)
    margins, _ = model.score(lines, np.arange(len(lines)))
    return {"text": text, "margins": margins.tolist()}


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
    arrays = fit(pages)
    about = header(path, pages)
    data = dump(arrays, {**about, "probe": probe(assemble(arrays, about))})
    load(data)
    options.output.write_bytes(data)
    print(f"{options.output}: {len(data)} bytes from {len(pages)} pages")


if __name__ == "__main__":
    main()
