"""The commands: one function each, which parses, calls and prints. All work is elsewhere.

* `options` — what several of them share
* `check`, `corpus`, `rules` — the commands

What does *not* live here: the program itself, its errors and exit codes (`cli`).
"""
