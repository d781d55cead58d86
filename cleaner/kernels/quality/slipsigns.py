"""What a slip between neighbouring words looks like, and the row that describes it.

One question about two words each, for the loop of `slips`, which numba compiles into it.
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner

__all__ = ["akin", "closes", "disagree", "note"]


@inner
def note(
    found: Any, total: Any, text: Any, kind: Any, words: Any, one: Any, other: Any, languages: Any
) -> Any:
    """Describe a slip from one word to another if there is room; return how many there are now."""
    if total < len(found):
        found[total, 0], found[total, 1], found[total, 4] = text[0], kind, languages
        found[total, 2] = words.start[one] - text[1]
        found[total, 3] = words.end[other] - text[1]
    return total + 1


@inner
def _small(byte: Any) -> Any:
    return byte | 0x20 if 0x41 <= byte <= 0x5A else np.int64(byte)


@inner
def akin(data: Any, words: Any, one: Any, other: Any) -> Any:
    """Whether two words begin alike: "step by step by step", "pointer to pointers to pointers".

    By their first two bytes, which is enough: both words stand beside English ones.
    """
    first, second = words.start[one], words.start[other]
    if words.end[one] - first < 2 or _small(data[first]) != _small(data[second]):
        return False
    return _small(data[first + 1]) == _small(data[second + 1])


@inner
def closes(byte: Any) -> Any:
    """Whether it is a mark that stands right behind a word: , . ; ! ? ) ] or a curly bracket."""
    return (
        byte == 0x2C
        or byte == 0x2E
        or byte == 0x3B
        or byte == 0x21
        or byte == 0x3F
        or byte == 0x29
        or byte == 0x5D
        or byte == 0x7D
    )


@inner
def disagree(data: Any, words: Any, at: Any) -> Any:
    """Whether "a" stands before a vowel or "an" before a consonant, exceptions apart."""
    if words.size[at] < 4:
        return False  # abbreviations
    place = words.start[at]
    first, second = _small(data[place]), _small(data[place + 1])
    vowel = first == 0x61 or first == 0x65 or first == 0x69 or first == 0x6F
    if words.size[at - 1] == 1:
        if data[words.start[at - 1]] != 0x61:
            return False
        # "a European", "a one-off", "a ewe"
        return (
            vowel
            and not (first == 0x65 and (second == 0x75 or second == 0x77))
            and not (first == 0x6F and (second == 0x6E or second == 0x75))
        )
    if words.size[at - 1] != 2:
        return False
    # "an hour"; and letters read by their names: "an x-ray", "an s-bend"
    return (
        0x61 <= first <= 0x7A
        and not vowel
        and first != 0x68
        and first != 0x75
        and first != 0x79
        and 0x61 <= second <= 0x7A
    )
