"""What sixty-four bytes at a time are, as one bit each.

numba has no name for vector instructions and for those that count bits; LLVM has, and fits them to
any processor. The first byte of a block is the lowest bit. What does *not* live here: eight bytes
as a number (`eights`), sums of rows (`vectors`).
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["BLOCK", "capital_bits", "count_ones", "leading_ones", "letter_bits"]

BLOCK = 64
"""Bytes of a block."""

_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_VECTOR = ir.VectorType(_BYTE, BLOCK)


def _letters(context: Any, builder: Any, signature: Any, arguments: Any, *, case: int) -> Any:
    """Where `byte | case` is one of the 26 letters from `a` (or, without `case`, from `A`) on."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    place = cgutils.pointer_add(builder, array.data, arguments[1])
    block = builder.load(builder.bitcast(place, _VECTOR.as_pointer()), align=1)
    from_a = builder.sub(
        builder.or_(block, ir.Constant(_VECTOR, [case] * BLOCK)),
        ir.Constant(_VECTOR, [ord("A") | case] * BLOCK),
    )
    found = builder.icmp_unsigned("<", from_a, ir.Constant(_VECTOR, [26] * BLOCK))
    return builder.bitcast(found, _WORD)


@intrinsic
def letter_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of the 64 bytes of a uint8 array from a place on are ASCII letters. uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _letters(context, builder, signature, arguments, case=0x20)

    return types.uint64(data, types.int64), generate


@intrinsic
def capital_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are ASCII capitals. uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _letters(context, builder, signature, arguments, case=0)

    return types.uint64(data, types.int64), generate


@intrinsic
def leading_ones(_context: Any, _value: Any) -> Any:
    """How many of the lowest bits of a uint64 are set before the first that is not."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(builder.not_(arguments[0]), ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def count_ones(_context: Any, _value: Any) -> Any:
    """How many bits of a uint64 are set."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate
