"""Who stays, of documents that were compared in pairs. What does *not* live here: the pairs."""

from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.kernels.compiled import kernel

__all__ = ["choose"]


def choose(
    order: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    anchors: npt.NDArray[np.int32],
    near: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """The pair that each of n documents is told with; -1 where all of its partners go.

    Args:
        order: int64[n], the documents, those first that have priority.
        starts: int64[n + 1]; pairs of document i are `starts[i]` to `starts[i + 1]`, best first.
        anchors: int32[m], the other document of each pair, or -1 for one that is in no other pair.
        near: bool[m], whether the document goes if the other one stays.
    """
    chosen = np.full(len(order), -1)
    _choose(order, starts, anchors, near, chosen, np.zeros(len(order), np.bool_))
    return chosen


@kernel
def _choose(order: Any, starts: Any, anchors: Any, near: Any, chosen: Any, removed: Any) -> None:
    for document in order:
        for row in range(starts[document], starts[document + 1]):
            if anchors[row] < 0 or not removed[anchors[row]]:
                chosen[document] = row
                removed[document] = near[row]
                break
