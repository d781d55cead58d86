"""Kernels compiled the short way are what numba would have made of them."""

import operator
from types import FunctionType
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core import typed_passes, types, untyped_passes
from numba.core.registry import cpu_target

from cleaner.kernels import compiler
from cleaner.kernels.compiled import inner
from cleaner.kernels.compiled import kernel as kernel_of_ours
from cleaner.kernels.compiler import KernelCompiler

kernel = numba.njit(pipeline_class=KernelCompiler)  # nothing is kept on disk

WORD = st.integers(0, 2**64 - 1)


def _share(value: Any, parts: Any) -> Any:
    if parts == 99:
        raise ValueError("too many parts")
    return value // parts


def _mixed(values: Any, parts: Any) -> Any:
    """Wraps around, slices, asks for extremes and calls what raises."""
    first, last = values[0], values[-1]
    total = np.uint64(0)
    for at in range(len(values)):
        total = total * np.uint64(31) + (values[at] ^ (values[at] >> np.uint64(7)))
    rest = values[1:]
    return share(total, parts), max(first, last), min(len(rest), 3), rest.sum() % np.uint64(1000)


share = numba.njit(_share)
plain = numba.njit(_mixed)
_short_globals = {"np": np, "share": inner(_share)}
short = kernel(FunctionType(_mixed.__code__, _short_globals))


@given(st.lists(WORD, min_size=1, max_size=9), st.integers(1, 98))
def test_short_and_plain_agree(values: list[int], parts: int) -> None:
    array = np.array(values, np.uint64)
    assert short(array, np.uint64(parts)) == plain(array, np.uint64(parts))


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [(0, ZeroDivisionError, "by zero"), (99, ValueError, "too many parts")],
)
def test_errors_of_inner_functions_arrive(parts: int, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        short(np.ones(3, np.uint64), np.uint64(parts))


def test_inner_functions_have_no_machine_code() -> None:
    short(np.ones(3, np.uint64), np.uint64(1))
    for compiled in _short_globals["share"].overloads.values():
        assert not compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name)


@pytest.mark.parametrize("function", [lambda one: one, lambda one: (1, (one, one))])
def test_who_does_not_count_references_returns_no_array(function: Any) -> None:
    with pytest.raises(TypeError, match="must be a `making` one"):
        kernel_of_ours(function)(np.ones(3, np.uint64))


NUMBERS = [
    types.boolean,
    *(getattr(types, f"{sign}int{size}") for sign in ("", "u") for size in (8, 16, 32, 64)),
    types.float64,
    types.literal(3),
    types.Array(types.uint8, 1, "C", readonly=True),
]


@pytest.mark.parametrize(
    "name", ["add", "mul", "floordiv", "and_", "rshift", "lt", "eq", "getitem"]
)
def test_answers_are_those_of_numba(name: str) -> None:
    context = cpu_target.typing_context
    context.refresh()
    remembering = compiler._remembering(context)
    function = context.resolve_value_type(getattr(operator, name))
    for left in NUMBERS:
        for right in NUMBERS:
            expected = _answer(context, function, left, right)
            for _ in range(2):
                assert _answer(remembering, function, left, right) == expected


def _answer(context: Any, function: Any, *args: Any) -> Any:
    try:
        return context.resolve_function_type(function, args, {})
    except numba.TypingError:
        return None


def test_what_is_left_out_is_known_to_numba() -> None:
    known = {*dir(untyped_passes), *dir(typed_passes)}
    assert known >= compiler._UNUSED
