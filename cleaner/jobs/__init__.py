"""What the commands do: read, look, compare, write. One module a command, plus their stages.

Stages: `plan` (files to shards), `look` (read and run the document passes), `compare` (corpus
passes), `write` (corpus, ledger, findings). What does *not* live here: the command line (`cli`).
"""
