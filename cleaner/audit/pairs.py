"""Counts what the duplicates pass found, and keeps the pairs and passages worth quoting.

What does *not* live here: the texts of the kept documents (`measure.fetch`).
"""

import hashlib

from cleaner.audit import bins
from cleaner.audit.numbers import Numbers, PairQuote, Quote
from cleaner.audit.touched import MESSAGE, Found, Touched

__all__ = ["PAIR", "count_duplicate"]

PAIR = 12_000
"""Characters of each document of a pair that are compared word by word."""
_PASSAGE = 560
"""Characters of a shared passage that are quoted."""


def count_duplicate(numbers: Numbers, one: Touched, found: Found) -> None:
    """Clusters, similarities, and the pairs and passages worth quoting."""
    kind = found.rule.rpartition(".")[2]
    evidence = found.evidence
    kept = evidence.get("kept", evidence.get("other"))
    jaccard = evidence.get("jaccard")
    numbers.kinds[kind] += 1
    if kind == "passage":
        numbers.passages.offer(
            -float((found.span or (0, 0))[1] - (found.span or (0, 0))[0]),
            one.key,
            lambda: Quote(
                one.ident,
                one.restore()[slice(*(found.span or (0, 0)))][:_PASSAGE],
                found.message[:MESSAGE],
            ),
        )
        return
    if not isinstance(kept, str):
        return
    if kind in ("exact", "near", "contained"):
        digest = hashlib.blake2b(kept.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        numbers.clusters.add(int.from_bytes(digest, "big"))
    if isinstance(jaccard, int | float):
        numbers.histograms["similarity"] += bins.SIMILARITY.count([jaccard])
        pair = PairQuote(
            one.ident,
            kept,
            found.rule,
            float(jaccard),
            float(evidence.get("containment") or 0.0),
            one.text[:PAIR],
        )
        if kind == "near":
            numbers.above.offer(float(jaccard), one.key, lambda: pair)
        elif kind == "borderline":
            numbers.below.offer(-float(jaccard), one.key, lambda: pair)
