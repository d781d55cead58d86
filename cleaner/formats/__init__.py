"""Corpus formats: one module each, with `read` and `rewrite`."""
