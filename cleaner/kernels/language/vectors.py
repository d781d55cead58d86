"""One loop that must be vector instructions: the sum of rows of sixteen-bit numbers.

numba switches off the part of LLVM that would find them, and a loop over a row's 32 numbers runs
five to ten times as long. Written as vectors here, LLVM fits them to any processor.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["LANES", "add_rows"]

LANES = 32
"""Numbers a row: 64 bytes, one cache line."""


@intrinsic
def add_rows(
    _typing: Any, gains: Any, first: Any, count: Any, rows: Any, found: Any, sums: Any
) -> Any:
    """Write to `sums` what `found` rows of `gains` add up to.

    Args:
        gains: uint16[all rows, LANES].
        first: int64, the row from which `rows` counts.
        count: int64, rows of the block; any other is all zeros, and so must its row 0 be.
        rows: int32[>= found], not negative.
        found: int64, how many.
        sums: int32[LANES].
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def place(at: int) -> Any:
            return context.make_array(signature.args[at])(context, builder, arguments[at]).data

        first, count, found = arguments[1], arguments[2], arguments[4]
        short, wide = (ir.VectorType(ir.IntType(bits), LANES) for bits in (16, 32))
        table = builder.bitcast(place(0), short.as_pointer())
        total = cgutils.alloca_once_value(builder, ir.Constant(wide, [0] * LANES))
        with cgutils.for_range(builder, found) as loop:
            row = builder.zext(builder.load(builder.gep(place(3), [loop.index])), ir.IntType(64))
            row = builder.select(
                builder.icmp_signed("<", row, count), row, ir.Constant(row.type, 0)
            )
            read = builder.load(builder.gep(table, [builder.add(first, row)]), align=2)
            builder.store(builder.add(builder.load(total), builder.zext(read, wide)), total)
        builder.store(builder.load(total), builder.bitcast(place(5), wide.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(gains, first, count, rows, found, sums), generate
