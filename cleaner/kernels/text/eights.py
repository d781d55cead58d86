"""Eight bytes at a time: loading them, and what each of them is.

Everything is little-endian: the first byte of the text is the lowest of the number. What does *not*
live here: what a token is (`tokens`), equal bytes (`digests`).
"""

from typing import Any

import numpy as np
from numba.extending import intrinsic

from cleaner.kernels.compiled import inner

__all__ = [
    "copy",
    "digits",
    "first_set",
    "letters",
    "load",
    "ones",
    "reversed_bytes",
    "store",
    "trailing",
    "word_bytes",
]

_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)
_CASE = np.uint64(0x2020202020202020)
_UNDERSCORES = np.uint64(0x5F5F5F5F5F5F5F5F)
# Added to a byte below 0x80, these set its high bit from that character on.
_FROM_A = np.uint64(0x1F1F1F1F1F1F1F1F)
_BEYOND_Z = np.uint64(0x0505050505050505)
_FROM_0 = np.uint64(0x5050505050505050)
_BEYOND_9 = np.uint64(0x4646464646464646)


@intrinsic
def load(_context: Any, data: Any, _at: Any) -> Any:
    """Eight bytes of a uint8 array from any place on, as one number; the caller minds the end."""
    from llvmlite import ir
    from numba.core import cgutils, types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = cgutils.pointer_add(builder, array.data, arguments[1])
        word = builder.bitcast(place, ir.IntType(64).as_pointer())
        return builder.load(word, align=1)

    return types.uint64(data, types.int64), generate


@intrinsic
def store(_context: Any, data: Any, _at: Any, _value: Any) -> Any:
    """Write a number as eight bytes of a uint8 array, anywhere; the caller minds the end."""
    from llvmlite import ir
    from numba.core import cgutils, types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = cgutils.pointer_add(builder, array.data, arguments[1])
        word = builder.bitcast(place, ir.IntType(64).as_pointer())
        builder.store(arguments[2], word, align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, types.uint64), generate


@intrinsic
def copy(_context: Any, data: Any, _at: Any, out: Any, _to: Any, _count: Any) -> Any:
    """Copy bytes of one uint8 array to a place in another; the caller minds both ends."""
    from numba.core import cgutils, types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given, at, taken, to, count = arguments
        source = context.make_array(signature.args[0])(context, builder, given)
        target = context.make_array(signature.args[2])(context, builder, taken)
        cgutils.raw_memcpy(
            builder,
            cgutils.pointer_add(builder, target.data, to),
            cgutils.pointer_add(builder, source.data, at),
            count,
            1,
        )
        return context.get_dummy_value()

    return types.void(data, types.int64, out, types.int64, types.int64), generate


@intrinsic
def first_set(_context: Any, _value: Any) -> Any:
    """The number of the lowest byte of a uint64 in which a bit is set; 8 if none is."""
    from llvmlite import ir
    from numba.core import types

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zeros = builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))
        return builder.lshr(zeros, ir.Constant(ir.IntType(64), 3))

    return types.int64(types.uint64), generate


@intrinsic
def trailing(_context: Any, _value: Any) -> Any:
    """The number of the lowest bit of a uint64 that is set; 64 if none is."""
    from llvmlite import ir
    from numba.core import types

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def ones(_context: Any, _value: Any) -> Any:
    """How many bits of a uint64 are set."""
    from numba.core import types

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@intrinsic
def reversed_bytes(_context: Any, _value: Any) -> Any:
    """The bytes of a uint64, the first one last."""
    from numba.core import types

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bswap(arguments[0])

    return types.uint64(types.uint64), generate


@inner
def letters(eight: Any) -> Any:
    """The high bit of each byte that may be an ASCII letter; bytes beyond ASCII may be set too."""
    small = (eight & _LOW) | _CASE
    return (small + _FROM_A) & ~(small + _BEYOND_Z) & _HIGH


@inner
def digits(eight: Any) -> Any:
    """The high bit of each byte that may be a digit; bytes beyond ASCII may be set too."""
    plain = eight & _LOW
    return (plain + _FROM_0) & ~(plain + _BEYOND_9) & _HIGH


@inner
def word_bytes(eight: Any) -> Any:
    """The high bit of each byte that is an ASCII letter, a digit or an underscore."""
    underscores = ~(((eight & _LOW) ^ _UNDERSCORES) + _LOW)
    return (letters(eight) | digits(eight) | underscores) & ~eight & _HIGH
