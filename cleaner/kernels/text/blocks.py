"""What sixty-four bytes at a time are, as one bit each.

numba has no name for vector instructions and for those that count bits; LLVM has, and fits them to
any processor. The first byte of a block is the lowest bit. What does *not* live here: eight bytes
as a number (`eights`), sums of rows (`vectors`).
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = [
    "BLOCK",
    "beyond_bits",
    "blank_bits",
    "break_bits",
    "capital_bits",
    "count_ones",
    "first_one",
    "last_ones",
    "later_bits",
    "leading_ones",
    "letter_bits",
    "low_bits",
    "odd_bits",
    "plain_bits",
    "wide_bits",
    "widen",
]

BLOCK = 64
"""Bytes of a block."""

_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_VECTOR = ir.VectorType(_BYTE, BLOCK)
_FIRST, _EACH_FIRST = ir.Constant(ir.IntType(32), 0), ir.VectorType(ir.IntType(32), BLOCK)


def _block(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """The 64 bytes of an array from a place on."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    place = cgutils.pointer_add(builder, array.data, arguments[1])
    return builder.load(builder.bitcast(place, _VECTOR.as_pointer()), align=1)


def _numbers(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """64 numbers of an array from a place on."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    kind = context.get_value_type(signature.args[0].dtype)
    place = builder.gep(array.data, [arguments[1]])
    place = builder.bitcast(place, ir.VectorType(kind, BLOCK).as_pointer())
    return builder.load(place, align=kind.width // 8)


def _each(byte: int) -> Any:
    return ir.Constant(_VECTOR, [byte] * BLOCK)


def _within(builder: Any, block: Any, first: str, count: int) -> Any:
    """Which bytes are one of so many characters from the first on."""
    return builder.icmp_unsigned("<", builder.sub(block, _each(ord(first))), _each(count))


def _letters(builder: Any, block: Any, *, case: int) -> Any:
    """Where `byte | case` is one of the 26 letters from `a` (or, without `case`, from `A`) on."""
    return _within(builder, builder.or_(block, _each(case)), chr(ord("A") | case), 26)


def _bits(find: Callable[[Any, Any], Any], data: Any) -> Any:
    """The signature of an intrinsic and what generates it, from what finds bytes of a block."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = find(builder, _block(context, builder, signature, arguments))
        return builder.bitcast(found, _WORD)

    return types.uint64(data, types.int64), generate


@intrinsic
def letter_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of the 64 bytes of a uint8 array from a place on are ASCII letters. uint64."""
    return _bits(lambda builder, block: _letters(builder, block, case=0x20), data)


@intrinsic
def capital_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are ASCII capitals. uint64."""
    return _bits(lambda builder, block: _letters(builder, block, case=0), data)


@intrinsic
def plain_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are ASCII letters or digits. uint64."""
    return _bits(
        lambda builder, block: builder.or_(
            _letters(builder, block, case=0x20), _within(builder, block, "0", 10)
        ),
        data,
    )


@intrinsic
def wide_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are beyond ASCII. uint64."""
    return _bits(lambda builder, block: builder.icmp_signed("<", block, _each(0)), data)


@intrinsic
def later_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are not the first byte of a character. uint64."""
    return _bits(lambda builder, block: builder.icmp_signed("<", block, _each(0xC0 - 0x100)), data)


@intrinsic
def widen(_context: Any, data: Any, _at: Any, out: Any, _to: Any) -> Any:
    """Write each of them as a number of an int32 array, from a place on. `wide_bits` of them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        block = _block(context, builder, signature, arguments)
        array = context.make_array(signature.args[2])(context, builder, arguments[2])
        numbers = ir.VectorType(ir.IntType(32), BLOCK)
        place = builder.bitcast(builder.gep(array.data, [arguments[3]]), numbers.as_pointer())
        builder.store(builder.zext(block, numbers), place, align=4)
        return builder.bitcast(builder.icmp_signed("<", block, _each(0)), _WORD)

    return types.uint64(data, types.int64, out, types.int64), generate


@intrinsic
def odd_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are beyond ASCII, or an underscore. uint64."""
    return _bits(
        lambda builder, block: builder.or_(
            builder.icmp_signed("<", block, _each(0)),
            builder.icmp_unsigned("==", block, _each(ord("_"))),
        ),
        data,
    )


@intrinsic
def blank_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are a blank. uint64."""
    return _bits(lambda builder, block: builder.icmp_unsigned("==", block, _each(0x20)), data)


@intrinsic
def break_bits(_context: Any, data: Any, _at: Any) -> Any:
    """Which of them are a line feed or a carriage return. uint64."""
    return _bits(
        lambda builder, block: builder.or_(
            builder.icmp_unsigned("==", block, _each(0x0A)),
            builder.icmp_unsigned("==", block, _each(0x0D)),
        ),
        data,
    )


@intrinsic
def beyond_bits(_context: Any, points: Any, _at: Any) -> Any:
    """Which of 64 code points of an int32 array from a place on are beyond ASCII. uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _numbers(context, builder, signature, arguments)
        most = ir.Constant(numbers.type, [0x7F] * BLOCK)
        return builder.bitcast(builder.icmp_signed(">", numbers, most), _WORD)

    return types.uint64(points, types.int64), generate


@intrinsic
def low_bits(_context: Any, numbers: Any, _at: Any, _most: Any) -> Any:
    """Which of 64 numbers of a uint64 array from a place on are at most as high. uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _numbers(context, builder, signature, arguments)
        most = builder.insert_element(ir.Constant(numbers.type, None), arguments[2], _FIRST)
        most = builder.shuffle_vector(most, most, ir.Constant(_EACH_FIRST, [0] * BLOCK))
        return builder.bitcast(builder.icmp_unsigned("<=", numbers, most), _WORD)

    return types.uint64(numbers, types.int64, types.uint64), generate


@intrinsic
def first_one(_context: Any, _value: Any) -> Any:
    """The number of the lowest bit of a uint64 that is set; 64 if none is."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def leading_ones(_context: Any, _value: Any) -> Any:
    """How many of the lowest bits of a uint64 are set before the first that is not."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(builder.not_(arguments[0]), ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def last_ones(_context: Any, _value: Any) -> Any:
    """How many of the highest bits of a uint64 are set behind the last that is not."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(builder.not_(arguments[0]), ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def count_ones(_context: Any, _value: Any) -> Any:
    """How many bits of a uint64 are set."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate
