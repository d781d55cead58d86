"""A 128-bit digest of each text's bytes, for finding equal texts among millions.

Equality is what it is for: it is no cryptographic hash, and is never written down. What does *not*
live here: signatures of similar texts (`signatures`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import kernel
from cleaner.kernels.duplicates.tokens import mix
from cleaner.kernels.text.eights import load
from cleaner.kernels.text.texts import Texts

__all__ = ["digests"]

# Multipliers of xxHash and SplitMix64.
_ONE, _TWO = np.uint64(0x9FB21C651E98DF25), np.uint64(0xBF58476D1CE4E5B9)
_32, _29, _8 = np.uint64(32), np.uint64(29), np.uint64(8)


def digests(texts: Texts) -> npt.NDArray[np.int64]:
    """int64[n, 2]."""
    out = np.empty((len(texts.offsets) - 1, 2), np.int64)
    _digest(texts.data, texts.offsets, out)
    return out


@kernel
def _digest(data: Any, offsets: Any, out: Any) -> None:
    for text in range(len(offsets) - 1):
        at = offsets[text]
        stop = offsets[text + 1]
        one = np.uint64(stop - at)
        two = ~one
        while at + 8 <= stop:
            word = load(data, at)
            one = (one ^ word) * _ONE
            one ^= one >> _32
            two = (two ^ word) * _TWO
            two ^= two >> _29
            at += 8
        word = np.uint64(0)
        while at < stop:
            word = (word << _8) | np.uint64(data[at])
            at += 1
        out[text, 0] = np.int64(mix(one ^ word))
        out[text, 1] = np.int64(mix(two + word * _ONE))
