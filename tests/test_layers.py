"""Imports point one way; nothing unsafe is loaded; no room for leftovers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "cleaner"
LAYERS = (
    ("model",),
    ("edits", "durable"),
    ("rules",),
    ("config",),
    ("kernels",),
    ("engines",),
    ("packs",),
    ("passes",),
    ("pipeline",),
    ("ledger", "baseline", "index", "similar", "output", "formats", "schema"),
    ("audit", "jobs"),
    ("progress", "api"),
    ("commands",),
    ("cli", "__main__", "__init__"),
)
"""Lower rooms first; a module imports from rooms above its own line only. `formats` needs only
`model`, but is used beside the ledger."""
MAKING = {"compiled", "compiler", "start", "store"}
"""How kernels are made and kept: of these, and of bytes and characters, every kernel may know."""
MODULES = sorted(ROOT.rglob("*.py"))
BANNED_CALLS = {"eval", "exec", "__import__", "compile"}
BANNED_MODULES = {"pickle", "marshal", "shelve", "yaml", "socketserver", "urllib.request", "http"}
BANNED_NAMES = {"utils", "helpers", "common", "core", "manager"}


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else "__init__"


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "cleaner":
                yield from (f"cleaner.{alias.name}" for alias in node.names)
            else:
                yield node.module


def rank(name: str) -> int:
    return next(i for i, rooms in enumerate(LAYERS) if name in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    relative = path.relative_to(ROOT)
    own = relative.parts[0].removesuffix(".py")
    tree = ast.parse(path.read_text("utf-8"))
    for name in imports(tree):
        assert name not in BANNED_MODULES
        if not name.startswith("cleaner.") or name == "cleaner.__version__":
            continue
        other = room(name)
        assert rank(other) <= rank(own), f"{relative} imports {name}"
        if own == other == "kernels" and len(relative.parts) > 2:
            place = name.split(".")[2]
            known = {relative.parts[1], "text", *MAKING}
            assert place in known, f"{relative} imports {name}"
        if own == other == "passes" and relative.parts[1:] != ("__init__.py",):
            mine, theirs = relative.parts[1].removesuffix(".py"), name.split(".")[2:3]
            assert not theirs or theirs[0] in {mine, "base"}, f"{relative} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_unsafe_is_called(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            assert name not in BANNED_CALLS
            for keyword in node.keywords:
                value = getattr(keyword.value, "value", None)
                assert not (keyword.arg in {"shell", "allow_pickle"} and value is True)


def test_no_room_is_named_after_nothing() -> None:
    assert not [path for path in MODULES if path.stem in BANNED_NAMES]


def test_no_module_is_too_long() -> None:
    """A kernel may be longer: one loop over bytes, which would compile longer in pieces."""
    long = {}
    for path in MODULES:
        name, count = str(path.relative_to(ROOT)), len(path.read_text("utf-8").splitlines())
        if count > (500 if name.startswith("kernels/") else 350):
            long[name] = count
    assert long == {}
