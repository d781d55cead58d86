"""Runs passes over batches of documents, applies fixes, and remembers what it did.

* `rounds` — passes in order, again and again until nothing more is applied
* `outcome` — what happened to one document
* `choice` — which findings are heard, and which fixes applied
* `guard` — where rules would cut too much, none of them cuts

What does *not* live here: reading and writing, and comparing documents with each other (`jobs`).
"""

from cleaner.pipeline.guard import GUARDED, RULES
from cleaner.pipeline.outcome import Outcome, Reported, Rows, renewed
from cleaner.pipeline.rounds import Pipeline

__all__ = ["GUARDED", "RULES", "Outcome", "Pipeline", "Reported", "Rows", "renewed"]
