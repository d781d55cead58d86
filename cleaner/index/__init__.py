"""An index of documents on disk: is this text, or nearly this text, already in the corpus?

`store` opens it, `adding` writes it, `search` finds documents in it. A text that is looked up is
compared exactly with the shingles of the indexed ones, so that an answer names the document and
gives computed numbers. What does *not* live here: duplicates within one corpus
(`passes.duplicates`).
"""

from cleaner.index.adding import add
from cleaner.index.search import match
from cleaner.index.store import Index, open_index

__all__ = ["Index", "add", "match", "open_index"]
