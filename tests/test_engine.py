"""The four verbs, and workers that die or hang."""

import itertools
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.engines import joins, partitions, trace, workers
from cleaner.engines.local import Dataset, LocalEngine

SCHEMA = pa.schema([("key", pa.int64()), ("value", pa.int64())])


def rows(keys: list[int]) -> Any:
    return pa.record_batch([pa.array(keys), pa.array([k * k for k in keys])], schema=SCHEMA)


def double(batches: Iterator[Any]) -> Iterator[Any]:
    for batch in batches:
        keys = batch.column("key")
        yield pa.record_batch(
            [keys, pa.array([2 * v for v in batch.column("value").to_pylist()])], schema=SCHEMA
        )


def sums(batches: Iterator[Any]) -> Iterator[Any]:
    """One row a key with the sum of its values: right only if a key's rows come together."""
    found: dict[int, int] = {}
    for batch in batches:
        for row in batch.to_pylist():
            found[row["key"]] = found.get(row["key"], 0) + row["value"]
    keys = sorted(found)
    yield pa.record_batch(
        [pa.array(keys, pa.int64()), pa.array([found[k] for k in keys], pa.int64())],
        schema=SCHEMA,
    )


@pytest.fixture(params=["memory", "files"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> LocalEngine:
    return LocalEngine(None) if request.param == "memory" else LocalEngine(tmp_path / "w", 2)


def everything(engine: LocalEngine, data: Dataset) -> list[tuple[int, int]]:
    found = [(r["key"], r["value"]) for b in engine.batches(data) for r in b.to_pylist()]
    return sorted(found)


def test_map_keeps_partitions_in_order(engine: LocalEngine) -> None:
    data = engine.dataset([[rows([1, 2])], [], [rows([3])]], SCHEMA)
    out = engine.map(data, double, SCHEMA)
    assert len(out.parts) == 3
    assert everything(engine, out) == [(1, 2), (2, 8), (3, 18)]


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_exchange_brings_equal_keys_together(engine: LocalEngine, parts: int) -> None:
    data = engine.dataset([[rows([1, 2, 1])], [rows([2, 3]), rows([1])]], SCHEMA)
    out = engine.exchange(data, "key", parts, sums, SCHEMA)
    assert everything(engine, out) == [(1, 3), (2, 8), (3, 9)]


@pytest.mark.parametrize("portion", [1, 100, 1 << 20])
def test_rows_are_sorted_in_portions_of_bounded_bytes(
    portion: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they come in one large batch or in many small ones."""
    monkeypatch.setattr(partitions, "_PORTION", portion)
    keys = [*range(50), *range(50)]
    given = [rows(keys), rows([]), *(rows([key]) for key in keys)]
    out, buckets = partitions.sort_rows([given], "key", 3, partitions.mixed, tmp_path / "a.arrow")
    pieces = list(partitions.read_part(out))
    assert [len(pieces) > 6, len(pieces) > 150] == [portion < 1 << 20, portion == 1]
    assert max(piece.nbytes for piece in pieces) <= max(2 * portion, 16)
    arranged = [(out, buckets)]
    for bucket in range(3):
        found = [k for b in partitions.bucket_of(arranged, bucket) for k in b["key"].to_pylist()]
        wanted = partitions.mixed(pa.array(keys).to_numpy(), 3) == bucket
        assert found == [k for k, mine in zip(keys, wanted, strict=True) if mine] * 2


def test_a_file_mapped_anew_gives_every_batch_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "_MAPPED", 40)
    out = partitions.write_part(iter([rows([k, k]) for k in range(7)]), tmp_path / "a", SCHEMA)
    assert [b["key"].to_pylist() for b in partitions.read_part(out)] == [[k, k] for k in range(7)]
    empty = partitions.write_part(iter([]), tmp_path / "b", SCHEMA)
    assert list(partitions.read_part(empty)) == []


@pytest.mark.parametrize("small", [joins.SMALL, -1])
def test_join_knows_inner_and_anti(
    engine: LocalEngine, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joins, "SMALL", small)
    left = engine.dataset([[rows([1, 2])], [rows([3])]], SCHEMA)
    other = pa.schema([("key", pa.int64()), ("name", pa.large_string())])
    names = pa.record_batch([pa.array([2, 9]), pa.array(["two", "nine"])], names=["key", "name"])
    right = engine.dataset([[names.cast(other)]], other)
    inner = engine.join(left, right, "key", "inner")
    assert [r for b in engine.batches(inner) for r in b.to_pylist()] == [
        {"key": 2, "value": 4, "name": "two"}
    ]
    assert everything(engine, engine.join(left, right, "key", "anti")) == [(1, 1), (3, 9)]


KEYS = st.lists(st.lists(st.integers(-3, 3), max_size=6), max_size=4)


@given(KEYS, KEYS, st.sampled_from([joins.SMALL, -1]))
def test_joined_rows_are_all_pairs_of_equal_keys(
    one: list[list[int]], two: list[list[int]], small: int
) -> None:
    other = pa.schema([("key", pa.int64()), ("twin", pa.int64())])
    engine = LocalEngine(None)
    left = engine.dataset([[rows(keys)] for keys in one], SCHEMA)
    right = engine.dataset([[rows(keys).rename_columns(other.names)] for keys in two], other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joins, "SMALL", small)
        inner = engine.join(left, right, "key", "inner")
        anti = engine.join(left, right, "key", "anti")
    keys, others = (list(itertools.chain.from_iterable(side)) for side in (one, two))
    found = [(row["key"], row["twin"]) for b in engine.batches(inner) for row in b.to_pylist()]
    assert sorted(found) == sorted((key, twin**2) for key in keys for twin in others if key == twin)
    assert everything(engine, anti) == sorted((key, key**2) for key in keys if key not in others)


def test_a_view_is_computed_when_it_is_read(engine: LocalEngine) -> None:
    data = engine.view(engine.dataset([[rows([2])]], SCHEMA), double, SCHEMA)
    assert everything(engine, engine.map(data, double, SCHEMA)) == [(2, 16)]


def test_a_named_map_takes_what_is_there(tmp_path: Path) -> None:
    first = LocalEngine(tmp_path, 1)
    first.map(first.dataset([[rows([1])]], SCHEMA), double, SCHEMA, name="kept")
    again = LocalEngine(tmp_path, 1)
    out = again.map(again.dataset([[rows([5])]], SCHEMA), double, SCHEMA, name="kept")
    assert everything(again, out) == [(1, 2)]


def careful(how: str, keys: tuple[int, ...]) -> list[int]:
    """Looks at each key; the key 3 is deadly."""
    seen = []
    for key in keys:
        if key in trace.poisoned():
            continue
        trace.at(key)
        if key == 3:
            if how == "dies":
                os._exit(9)
            time.sleep(60)
        seen.append(key)
    return seen


def test_a_worker_that_dies_costs_one_document() -> None:
    tasks = [partial(careful, "dies", keys) for keys in ((1, 2), (2, 3, 4), (5,))]
    assert workers.run_tasks(tasks, 2) == [[1, 2], [2, 4], [5]]


def test_a_worker_that_hangs_costs_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 10.0)  # a busy machine starts slowly
    assert workers.run_tasks([partial(careful, "hangs", (2, 3, 4))], 1) == [[2, 4]]


def leave() -> None:
    os._exit(3)


def test_a_death_outside_of_any_document_is_an_error() -> None:
    with pytest.raises(workers.Crashed, match="died twice outside of any document"):
        workers.run_tasks([leave], 1)


def fail() -> None:
    raise ZeroDivisionError("by nothing")


def test_an_error_of_a_task_names_its_place() -> None:
    with pytest.raises(RuntimeError, match=r"ZeroDivisionError: by nothing .*test_engine"):
        workers.run_tasks([fail], 1)


@pytest.mark.parametrize(("grown", "level"), [(workers._KEPT, 100), (workers._KEPT + 1, 200)])
def test_memory_goes_back_between_tasks(
    grown: int, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is much: the system hands it out page by page."""
    calls: list[int] = []
    monkeypatch.setattr(workers, "_give_back", partial(calls.append, 1))
    monkeypatch.setattr(workers, "_own", partial(next, iter([100 + grown, 200])))
    assert workers._tidy(100) == level
    assert len(calls) == (level == 200)


def whoami() -> int:
    return os.getpid()


def test_workers_go_on_to_the_next_call_and_end_with_the_engine() -> None:
    idle = workers.Idle()
    first = workers.run_tasks([whoami], 1, idle=idle)
    assert workers.run_tasks([whoami], 1, idle=idle) == first
    (worker,) = idle.workers
    idle.stop()
    assert not worker.process.is_alive()


def test_workers_do_not_run_the_program_that_started_them(tmp_path: Path) -> None:
    """Neither a script without a guard nor one from standard input."""
    import subprocess
    import sys

    script = (
        "from functools import partial\n"
        "from cleaner.engines.workers import run_tasks\n"
        "print('started')\n"
        "print(run_tasks([partial(sum, (1, 2))], 1))\n"
    )
    (tmp_path / "script.py").write_text(script)
    root = str(Path(__file__).parents[1])
    for command, typed in (["script.py"], None), (["-"], script):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": root},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "started\n[3]\n"), done.stderr
