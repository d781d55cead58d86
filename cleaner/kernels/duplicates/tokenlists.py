"""All tokens of some texts as hashes, for whoever needs them more than once.

Eight bytes a token: for a portion of a corpus, not for all of it. What does *not* live here: what a
token is (`tokens`), signatures, which hold a few thousand tokens at a time (`signatures`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import making
from cleaner.kernels.duplicates.folding import Folding, folding
from cleaner.kernels.duplicates.tokens import NEEDS_FOLDING, read_tokens
from cleaner.kernels.duplicates.words import fold_text
from cleaner.kernels.text.growth import grown
from cleaner.kernels.text.texts import Texts, texts_of

__all__ = ["TokenLists", "token_lists"]

_ROOM = 64
"""More than one code point can become."""


class TokenLists(NamedTuple):
    """The tokens of n texts.

    Attributes:
        hashes: uint64[m]; those of text i are `hashes[starts[i]:starts[i + 1]]`, in order.
        starts: int64[n + 1].
    """

    hashes: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]


def token_lists(texts: Texts) -> TokenLists:
    """Read the tokens of each text."""
    hashes, starts, late = _read(*texts, folding(), False)
    rows = np.flatnonzero(late)
    if not len(rows):
        return TokenLists(hashes, starts)
    folded = texts_of(fold_text(texts.text(row)) for row in rows.tolist())
    more, ends, _ = _read(*folded, folding(), True)
    counts = np.diff(starts)
    counts[rows] = np.diff(ends)
    cuts, whole = starts[rows].tolist(), ends.tolist()
    parts = [hashes[: cuts[0]]]
    for at, (low, high) in enumerate(zip(cuts, [*cuts[1:], len(hashes)], strict=True)):
        parts += (more[whole[at] : whole[at + 1]], hashes[low:high])
    starts[1:] = np.cumsum(counts)
    return TokenLists(np.concatenate(parts), starts)


@making
def _read(data: Any, offsets: Any, tables: Folding, folded: Any) -> tuple[Any, Any, Any]:
    texts = len(offsets) - 1
    starts = np.zeros(texts + 1, np.int64)
    late = np.zeros(texts, np.bool_)
    # Only what is used of it is ever real memory.
    hashes = np.empty((offsets[texts] - offsets[0]) // 2 + _ROOM, np.uint64)
    total = np.int64(0)  # a literal would be a type of its own
    for text in range(texts):
        at = offsets[text]
        stop = offsets[text + 1]
        while at < stop:
            if total + _ROOM > len(hashes):
                hashes = grown(hashes, 2 * len(hashes))
            found, at = read_tokens(data, at, stop, tables, folded, hashes, total)
            if at == NEEDS_FOLDING:
                late[text] = True
                total = starts[text]
                break
            total += found
        starts[text + 1] = total
    return hashes[:total], starts, late
