"""Passes look at documents and yield findings; they change nothing.

The order below is the order of work: each pass sees the text as the passes before it left it.
To add a pass, write one module with a class that fits a protocol of `passes.base`, and add it here.
What does *not* live here: applying fixes (`pipeline`), regular expressions of rules (`packs`).
"""
