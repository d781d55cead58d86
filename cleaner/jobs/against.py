"""New documents against an old corpus: `cleaner index`, and `check --against`.

An index is asked without reading the old corpus again; a corpus that has none is indexed first, in
a temporary folder. What is indexed, and looked up, is the text after its safe fixes.
"""

import glob
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from cleaner.config import Config
from cleaner.engines import documents_schema, verdicts_schema
from cleaner.engines.local import Dataset, LocalEngine, read_part
from cleaner.index import add, match, open_index
from cleaner.jobs.clean import Progress, examine
from cleaner.jobs.compare import as_documents, bring_back
from cleaner.jobs.plan import Shard
from cleaner.model import CleanerError

__all__ = ["index", "indexed", "match_index"]

NAME = "index.json"
"""The file that makes a folder an index."""


def index(
    sources: Sequence[str],
    folder: Path,
    config: Config,
    *,
    jobs: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
) -> int:
    """Add a corpus to an index, which is made if there is none; how many documents were new.

    Raises:
        CleanerError: a wrong source, or a folder that holds something else.
    """
    alone = msgspec.structs.replace(
        config, select=None, ignore=(*config.ignore, "repetition", "duplicates"), apply=()
    )
    with examine(sources, alone, jobs=jobs, progress=progress) as (_, _, looked):
        batches = as_documents(batch for part in looked.parts for batch in read_part(part))
        return add(folder, batches, config.duplicates)


@contextmanager
def indexed(
    against: str,
    config: Config,
    *,
    jobs: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Iterator[Path]:
    """The index of an old corpus: the folder itself, or one made of its documents.

    Raises:
        CleanerError: there is nothing of that name, or the index is damaged.
    """
    folder = Path(against)
    if (folder / NAME).is_file():
        open_index(folder)
        yield folder
        return
    sources = [against] if folder.exists() else sorted(glob.glob(against, recursive=True))  # noqa: PTH207 -- as typed
    if not sources:
        raise CleanerError(f"{against}: no such index or corpus; make one with `cleaner index`")
    with tempfile.TemporaryDirectory(prefix="cleaner-index-") as place:
        made = Path(place) / "index"
        index(sources, made, config, jobs=jobs, progress=progress)
        yield made


def match_index(
    config: Config, folder: Path, engine: LocalEngine, looked: Dataset, plan: Sequence[Shard]
) -> Dataset:
    """Bring what an index knows of the documents to their rows."""
    documents = engine.view(looked, as_documents, documents_schema())
    kernel = partial(match, str(folder), config.duplicates)
    return bring_back(
        engine, looked, engine.map(documents, kernel, verdicts_schema()), plan, config
    )
