"""numba's compiler without the work that no kernel has a use for.

The first run on a machine waits for it. A third of its time went into three things:

- machine code of functions that only kernels call, which have them in their own code;
- the type of `a + b`, looked for among all that `+` can mean, each time it is met again;
- passes for what no kernel does: closures, `with`, expressions of whole arrays.

numba lets a function choose its compiler, and a compiler its passes (`pipeline_class`, "Customizing
the Compiler" in its documentation). Below that, only methods are overridden: another numba that has
none of such a name calls none, and goes its own way.
"""

from functools import cache
from typing import Any

from numba.core import types, typing
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

__all__ = ["InnerCompiler", "KernelCompiler"]

_UNUSED = frozenset(
    {
        "DeadBranchPrune",
        "FindLiterallyCalls",
        "InlineClosureLikes",
        "LiteralPropagationSubPipelinePass",
        "LiteralUnroll",
        "MakeFunctionToJitFunction",
        "NopythonRewrites",
        "RewriteDynamicRaises",
        "RewriteSemanticConstants",
        "WithLifting",
    }
)
"""Passes of numba that kernels can do without.

One that would have need of them is not compiled to something else: its types cannot be told, or it
only runs slower (array expressions).
"""


class KernelCompiler(Compiler):  # type: ignore[misc]  # numba has no types
    """For functions that Python calls."""

    def compile_extra(self, func: Any) -> Any:
        """The compiled function.

        Raises:
            TypeError: one that does not count references returns an array: whoever gets it would
                give it up although somebody else owns it.
        """
        made = super().compile_extra(func)
        returned = made.signature.return_type
        if not self.state.flags.nrt and _holds_array(returned):
            raise TypeError(f"{func.__qualname__} returns {returned}: it must be a `making` one")
        return made

    def define_pipelines(self) -> list[Any]:
        """Numba's passes, less those that are of no use."""
        self.state.typingctx = _remembering(self.state.typingctx)
        pipelines: list[Any] = super().define_pipelines()
        for pipeline in pipelines:
            pipeline.passes = [one for one in pipeline.passes if one[0].__name__ not in _UNUSED]
            pipeline.finalize()
        return pipelines


def _holds_array(kind: types.Type) -> bool:
    if isinstance(kind, types.BaseTuple):
        return any(map(_holds_array, kind))
    return isinstance(kind, types.Array)


class InnerCompiler(KernelCompiler):
    """For functions that only kernels call."""

    def define_pipelines(self) -> list[Any]:
        """The same passes, with a library that ends before machine code."""
        state = self.state
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        return super().define_pipelines()


class _Part(JITCodeLibrary):  # type: ignore[misc]
    """What kernels link in and have machine code of: optimised, and that is all.

    Left to its callers to optimise, it took 7 % less time, and layouts were found 16 % slower.
    """

    def _finalize_final_module(self) -> None:
        self._finalized = True

    @property
    def codegen(self) -> "_Part":
        """Who is told where the environment is."""
        return self

    def set_env(self, env_name: str, env: Any) -> None:
        """Nothing: an environment holds Python objects for a wrapper, and there is none."""


class _Remembering(typing.Context):  # type: ignore[misc]
    """What numba knows about types, with the answers that it gave before.

    A function or operator of numba's has one signature for the same types of arguments, but all its
    definitions are tried one after the other at each place where it is met.
    """

    __slots__ = ("answers",)

    def __init__(self, context: typing.Context) -> None:
        # The same knowledge, now and later.
        self.__dict__ = context.__dict__  # type: ignore[misc]  # a slot is beside it
        self.answers: dict[tuple[types.Function, tuple[Any, ...]], Any] = {}

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """The signature of a call; see `typing.Context`."""
        if kws or not isinstance(func, types.Function):  # ours may still be in the making
            return super().resolve_function_type(func, args, kws)
        key = func, tuple(args)
        answer = self.answers.get(key)
        if answer is None:
            answer = super().resolve_function_type(func, args, kws)
            self.answers[key] = answer
        return answer


@cache
def _remembering(context: typing.Context) -> typing.Context:
    """The same context with a memory; another one where it is not numba's own."""
    return _Remembering(context) if type(context) is typing.Context else context
