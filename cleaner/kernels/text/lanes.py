"""Sixty-four bytes at a time: a bit for each that lies in a range.

Written as vectors, LLVM makes a few instructions of each on any processor; numba would make one of
each byte, since it switches off the part of LLVM that finds such loops. What does *not* live here:
eight bytes in a common register (`eights`), one loop over numbers of sixteen bits (`vectors`).
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["LANES", "between", "lanes", "place", "splat"]

LANES = 64
_BYTE = ir.IntType(8)


def lanes() -> Any:
    """The type of so many bytes."""
    return ir.VectorType(_BYTE, LANES)


def splat(byte: int) -> Any:
    """One byte, so many times."""
    return ir.Constant(lanes(), [byte] * LANES)


def place(context: Any, builder: Any, array: Any, value: Any, at: Any) -> Any:
    """Where so many bytes of an array lie, from a place on."""
    data = context.make_array(array)(context, builder, value).data
    return builder.bitcast(cgutils.pointer_add(builder, data, at), lanes().as_pointer())


@intrinsic(prefer_literal=True)
def between(_typing: Any, data: Any, _at: Any, low: Any, high: Any) -> Any:
    """A bit for each of 64 bytes that is at least `low` and at most `high`, the first one lowest.

    Args:
        data: uint8[m]; the caller minds the end.
        _at: where the first of them is.
        low: a literal number.
        high: a literal number.
    """
    least, most = low.literal_value, high.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = place(context, builder, signature.args[0], arguments[0], arguments[1])
        above = builder.sub(builder.load(source, align=1), splat(least))
        found = builder.icmp_unsigned("<=", above, splat(most - least))
        return builder.bitcast(found, ir.IntType(LANES))

    return types.uint64(data, types.int64, low, high), generate
