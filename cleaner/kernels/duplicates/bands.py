"""Locality-sensitive hashing: from signatures to band keys, and from equal keys to candidates.

Similar texts share a band of their signatures and so a key; all keys are sorted, never put in a
dictionary. What does *not* live here: whether candidates are duplicates (`overlap`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import inner, kernel, making
from cleaner.kernels.duplicates.signatures import PERMUTATIONS
from cleaner.kernels.duplicates.tokens import mix
from cleaner.kernels.text.growth import grown

__all__ = ["Bands", "band_keys", "candidates", "least_agreeing", "plan_bands", "thumbprints"]

LOOKED_AT = 256
"""How many better texts of its bucket a text is held against, in order of priority."""
COMPARED = 32
"""With how many of them it is compared: the first that look similar enough. So a bucket of any size
costs time in proportion to its texts."""
_DEVIATIONS = 3.0
"""Standard deviations by which two thumbprints may fall short of what the threshold promises."""
_GOLDEN = np.uint32(0x9E3779B1)
_31 = np.uint32(31)


class Bands(NamedTuple):
    """How a signature is cut: `bands` keys of `rows` values each.

    `recall` is the probability that two texts whose similarity is just the threshold share a key.
    """

    bands: int
    rows: int
    recall: float


def plan_bands(threshold: float, recall: float, permutations: int = PERMUTATIONS) -> Bands:
    """Choose the longest bands (the fewest candidates) that keep the recall at the threshold.

    >>> plan_bands(0.8, 0.94)
    Bands(bands=16, rows=8, recall=0.947...)
    """
    for rows in range(permutations, 0, -1):
        bands = permutations // rows
        found = 1 - (1 - threshold**rows) ** bands
        if found >= recall:
            return Bands(bands, rows, found)
    return Bands(permutations, 1, 1 - (1 - threshold) ** permutations)


def band_keys(signatures: npt.NDArray[np.uint32], plan: Bands) -> npt.NDArray[np.int64]:
    """int64[n, bands]; keys of different bands never mean the same."""
    keys = np.empty((len(signatures), plan.bands), np.int64)
    _keys(signatures, plan.rows, keys)
    return keys


@kernel
def _keys(signatures: Any, rows: Any, keys: Any) -> None:
    for text in range(len(keys)):
        for band in range(keys.shape[1]):
            value = np.uint64(band + 1)
            for row in range(band * rows, (band + 1) * rows):
                value = mix(value ^ np.uint64(signatures[text, row]))
            keys[text, band] = np.int64(value)


def thumbprints(signatures: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """One bit of each of the first 128 values of a signature: int64[n, 2].

    Two texts of similarity J agree in (1 + J) / 2 of the bits: enough to see which candidates are
    far from the threshold, at the cost of counting bits. (Li and König, b-bit minwise hashing.)
    """
    bits = ((signatures[:, :128] * _GOLDEN) >> _31).astype(np.uint8)
    packed = np.zeros((len(bits), 16), np.uint8)
    some = np.packbits(bits, axis=1)
    packed[:, : some.shape[1]] = some
    return packed.view("<i8").astype(np.int64)


def least_agreeing(threshold: float, permutations: int = PERMUTATIONS) -> int:
    """How many bits of their thumbprints two texts must share to be compared.

    At the threshold itself 1 pair in 1,000 shares fewer, above it soon none.
    """
    bits = min(permutations, 128)
    share = (1 + threshold) / 2
    deviation = (share * (1 - share) / bits) ** 0.5
    # Bits beyond a short signature are zero in both.
    return int(np.floor(bits * (share - _DEVIATIONS * deviation))) + 128 - bits


def candidates(
    keys: npt.NDArray[np.int64], prints: npt.NDArray[np.int64], least: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of rows with equal keys.

    Args:
        keys: int64[n], sorted; rows of equal keys are in order of priority.
        prints: int64[n, 2], thumbprints.
        least: see `least_agreeing`.

    Returns:
        int64[p, 2], positions, the better one first; and int64[h, 3]: the first row of each bucket
        that was too large, its rows, and the pairs that were therefore not compared.
    """
    pairs, hot = _candidates(keys, prints, least)
    return pairs.reshape(-1, 2), hot.reshape(-1, 3)


@inner
def _count_bits(value: Any) -> Any:
    value = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + (
        (value >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((value * np.uint64(0x0101010101010101)) >> np.uint64(56))


@making
def _candidates(keys: Any, prints: Any, least: Any) -> tuple[Any, Any]:
    pairs = np.empty(2048, np.int64)
    hot = np.empty(48, np.int64)
    found = large = 0
    most = 128 - least
    start = 0
    while start < len(keys):
        stop = start + 1
        while stop < len(keys) and keys[stop] == keys[start]:
            stop += 1
        held = 0
        for j in range(start + 1, stop):
            compared = 0
            i = start
            end = min(j, start + LOOKED_AT)
            while i < end and compared < COMPARED:
                differing = _count_bits(np.uint64(prints[i, 0] ^ prints[j, 0]))
                differing += _count_bits(np.uint64(prints[i, 1] ^ prints[j, 1]))
                if differing <= most:
                    if found == len(pairs):
                        pairs = grown(pairs, 2 * found)
                    pairs[found] = i
                    pairs[found + 1] = j
                    found += 2
                    compared += 1
                i += 1
            held += j - i
        if held:
            if large == len(hot):
                hot = grown(hot, 2 * large)
            hot[large] = start
            hot[large + 1] = stop - start
            hot[large + 2] = held
            large += 3
        start = stop
    return pairs[:found], hot[:large]
