"""What a slip between neighbouring words looks like, and the row that describes it.

One question about two words each, for the loop of `slips`, which numba compiles into it.
"""

from typing import Any

from cleaner.kernels.compiled import inner

__all__ = ["akin", "closes", "disagree", "note"]


@inner
def note(
    found: Any, total: Any, i: Any, shift: Any, kind: Any, start: Any, end: Any, languages: Any
) -> Any:
    """Describe a slip if there is room; return how many there are now."""
    if total < len(found):
        found[total, 0], found[total, 1], found[total, 4] = i, kind, languages
        found[total, 2], found[total, 3] = start - shift, end - shift
    return total + 1


@inner
def akin(words: Any, one: Any, other: Any) -> Any:
    """Whether two words begin alike: "step by step by step", "pointer to pointers to pointers"."""
    return words.first[one] == words.first[other] and words.second[one] == words.second[other]


@inner
def closes(point: Any) -> Any:
    """Whether it is a mark that stands right behind a word: , . ; ! ? ) ] or a curly bracket."""
    return point in (0x2C, 0x2E, 0x3B, 0x21, 0x3F, 0x29, 0x5D, 0x7D)


@inner
def disagree(words: Any, at: Any) -> Any:
    """Whether "a" stands before a vowel or "an" before a consonant, exceptions apart."""
    first, second = words.first[at], words.second[at]
    if words.size[at] < 4:
        return False  # abbreviations
    vowel = first in (0x61, 0x65, 0x69, 0x6F)
    if words.size[at - 1] == 1:
        if words.first[at - 1] != 0x61:
            return False
        # "a European", "a one-off", "a ewe"
        return (
            vowel
            and not (first == 0x65 and second in (0x75, 0x77))
            and not (first == 0x6F and second in (0x6E, 0x75))
        )
    if words.size[at - 1] != 2:
        return False
    # "an hour"; and letters read by their names: "an x-ray", "an s-bend"
    return (
        0x61 <= first <= 0x7A
        and not vowel
        and first not in (0x68, 0x75, 0x79)
        and 0x61 <= second <= 0x7A
    )
