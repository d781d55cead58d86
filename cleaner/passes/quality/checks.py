"""The pass: every signal of every document, and findings where one is beyond a threshold.

What does *not* live here: the signals and their sources (`signals`), the thresholds (`thresholds`).
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.config import QualityOptions
from cleaner.kernels.patterns.screens import searched
from cleaner.model import Document, Finding, Span
from cleaner.passes.quality.lexicon import lexicon, screened
from cleaner.passes.quality.signals import SIGNALS, SPUN_MINIMUM
from cleaner.passes.quality.thresholds import (
    DOUBLED_WORD,
    RULES,
    SPUN_TEXT,
    THRESHOLDS,
    UNBALANCED,
)

__all__ = ["QualityPass"]

_CASELESS = 0.5
"""Share of letters of scripts without capitals: above it, rules about words between spaces rest."""
_SHOWN = 20
"""Slips quoted as evidence of one finding."""
_ROOM = 4096
"""Slips of one call of which it is noted where they are."""


class QualityPass:
    """A `MeasuringPass`: columns `quality_*` for every document."""

    name = "quality"
    rules = RULES

    def __init__(self, options: QualityOptions | None = None) -> None:
        self.options = options or QualityOptions()
        self._known: dict[bytes, _Slips] = {}
        """What `measure` found last, by text: it is what `report` asks next."""

    def measure(self, texts: Any) -> Any:
        """All signals of each text.

        Args:
            texts: `pa.LargeStringArray` of n texts.

        Returns:
            `pa.RecordBatch` of n rows with the columns of `signals.SIGNALS`: int32 for counts,
            float32 for all else.
        """
        import pyarrow as pa

        counts, found = _measured(texts)
        self._known = {} if len(found) == _ROOM else dict(_by_text(texts, counts, found))
        columns = {}
        with np.errstate(all="ignore"):
            for signal in SIGNALS:
                kind = pa.int32() if signal.whole else pa.float32()
                values = np.asarray(signal.formula(counts))
                columns[signal.column] = pa.array(
                    values.astype(np.int32 if signal.whole else np.float32), kind
                )
        return pa.record_batch(columns)

    def screen(self, texts: Any, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Texts that could have a finding of the wanted rules, see `passes.base`. bool[n].

        Slips are rare, and a look at the words is enough to see that a text has none; thresholds
        need every text measured.
        """
        from cleaner.kernels.quality.slipscreens import may_slip
        from cleaner.kernels.text.texts import from_arrow

        asked = {rule.name for rule in self.rules if rule.name in wanted}
        if not asked <= {DOUBLED_WORD.name, SPUN_TEXT.name}:
            return np.ones(len(texts), np.bool_)
        kinds = max(self.options.spun_kinds, SPUN_MINIMUM)
        return may_slip(
            *from_arrow(texts),
            screened(),
            kinds if SPUN_TEXT.name in asked else len(SIGNALS),
            self.options.spun_slips,
            doubled=DOUBLED_WORD.name in asked,
        )

    def suspects(self, measures: Any) -> npt.NDArray[np.bool_]:
        """Documents beyond any threshold, or with a slip to show. bool[n]."""
        wanted: npt.NDArray[np.bool_] = _numpy(measures, "quality_doubled_words") > 0
        wanted |= _spun(self.options, measures_of(measures))
        wanted |= _numpy(measures, "quality_unbalanced_brackets") > 0
        wanted |= _numpy(measures, "quality_unbalanced_quotes") > 0
        spaced = _numpy(measures, "quality_caseless_share") < _CASELESS
        for one in THRESHOLDS:
            hit = one.hit(_numpy(measures, one.column))
            wanted |= hit & spaced if one.spaced else hit
        return wanted

    def report(self, document: Document, measures: dict[str, Any]) -> Iterator[Finding]:
        """Findings of one document, given its row of `measure`; none of them has a fix."""
        row = measures
        is_spun = bool(_spun(self.options, row))
        if row["quality_doubled_words"] or is_spun:
            data = searched(document.text)
            slips = self._known.get(data) or _slips_of(data)
            yield from _described(document, data, slips, row, spun=is_spun)
        for rule, column in zip(
            UNBALANCED, ("quality_unbalanced_brackets", "quality_unbalanced_quotes"), strict=True
        ):
            if row[column]:
                where = (
                    "brackets without a partner"
                    if column.endswith("brackets")
                    else ("lines with quotes that do not pair")
                )
                yield Finding(
                    rule.name,
                    document.id,
                    f"{row[column]} {where}",
                    evidence={"count": row[column]},
                )
        spaced = row["quality_caseless_share"] < _CASELESS
        for one in THRESHOLDS:
            value = row[one.column]
            if one.hit(value) and (spaced or not one.spaced):
                side = "over" if one.over else "under"
                name = one.column.removeprefix("quality_").replace("_", " ")
                yield Finding(
                    one.rule.name,
                    document.id,
                    f"{name} is {value:,.3g}, {side} {one.limit:,g}",
                    evidence={"value": round(value, 4), "limit": one.limit},
                )


def measures_of(batch: Any) -> dict[str, Any]:
    """The two columns that decide about spun text."""
    return {
        name: _numpy(batch, name)
        for name in ("quality_slips", "quality_slip_kinds", "quality_words")
    }


def _spun(options: QualityOptions, values: dict[str, Any]) -> Any:
    return (
        (values["quality_slip_kinds"] >= max(options.spun_kinds, SPUN_MINIMUM))
        & (values["quality_slips"] >= options.spun_slips)
        & (values["quality_words"] >= options.spun_words)
    )


class _Slips(NamedTuple):
    """The slips of a text.

    Attributes:
        language: in which they must be slips, a bit of `languages`; negative if in none.
        cues: those that count.
        places: of each slip the first byte, the byte past the end, its position in `CUES`, and the
            languages in which it is one (bits); in order.
    """

    language: int
    cues: frozenset[str]
    places: list[tuple[int, int, int, int]]


def _by_text(
    texts: Any, counts: dict[str, Any], found: npt.NDArray[np.int64]
) -> Iterator[tuple[bytes, _Slips]]:
    """Texts with slips, and these, out of what `_measured` returned."""
    from cleaner.kernels.quality.slips import CUES
    from cleaner.kernels.text.texts import from_arrow

    data, offsets = from_arrow(texts)
    for row, several in groupby(found.tolist(), itemgetter(0)):
        places = [(start, end, cue, languages) for _, cue, start, end, languages in several]
        cues = frozenset(cue for cue in CUES if counts[cue][row])
        slips = _Slips(int(counts["language"][row]), cues, sorted(places, key=itemgetter(0, 1)))
        yield data[offsets[row] : offsets[row + 1]].tobytes(), slips


def _slips_of(data: bytes) -> _Slips:
    """The slips of one text, in UTF-8."""
    import pyarrow as pa

    texts = pa.array([data.decode()], pa.large_string())
    return dict(_by_text(texts, *_measured(texts))).get(data, _Slips(-1, frozenset(), []))


def _described(
    document: Document, data: bytes, slips: _Slips, row: dict[str, Any], *, spun: bool
) -> Iterator[Finding]:
    """Say of one document where its slips are."""
    from cleaner.kernels.quality.slips import CUES

    shown: list[dict[str, str]] = []
    at = point = 0
    for start, end, kind, languages in slips.places:
        cue = CUES[kind]
        if slips.language < 0 or not languages >> slips.language & 1:
            continue
        point += len(data[at:start].decode())
        at = start
        words = data[start:end].decode()
        if len(shown) < _SHOWN and cue in slips.cues:
            shown.append({"kind": cue, "words": words[-80:]})
        if cue == "doubled":
            half = " ".join(words.split()[: len(words.split()) // 2])
            yield Finding(
                DOUBLED_WORD.name,
                document.id,
                f'"{half}" stands twice in a row',
                Span(point, point + len(words)),
                evidence={"words": words},
            )
    if spun:
        kinds = row["quality_slip_kinds"]
        yield Finding(
            SPUN_TEXT.name,
            document.id,
            f"{kinds} kinds of slips, {row['quality_slips']:.1f} in 1,000 words: possibly "
            "machine-translated or spun",
            evidence={"slips": shown, "kinds": kinds},
        )


def _measured(texts: Any) -> tuple[dict[str, Any], npt.NDArray[np.int64]]:
    from cleaner.kernels.quality.slips import CUES
    from cleaner.kernels.quality.statistics import FIELDS, measure
    from cleaner.kernels.text.characters import character_tables

    _, where, content = texts.buffers()
    offsets = np.zeros(1, np.int64)
    if len(texts):
        offsets = np.frombuffer(where, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(content or b"", np.uint8)
    # numba compiles once for each constness; Arrow's buffers come in both.
    offsets.flags.writeable = data.flags.writeable = False
    flags, lower = character_tables()
    words, _ = lexicon()
    table, entropy, found = measure(data, offsets, flags, lower, words, _ROOM)
    counts = {name: table[:, at] for at, name in enumerate(FIELDS)}
    for cue in CUES:
        if cue != "doubled":  # the other slips are slips in English only
            counts[cue] = np.where(counts["language"] == words.english, counts[cue], 0)
    return counts | {"entropy": entropy}, found


def _numpy(measures: Any, name: str) -> Any:
    return measures.column(name).to_numpy(zero_copy_only=False)
