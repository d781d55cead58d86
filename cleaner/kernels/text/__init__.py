"""Bytes and characters: words of eight bytes, blocks of sixty-four, texts of an Arrow column."""
