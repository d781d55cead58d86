"""Tokens, shingles, signatures, bands, and exact comparison."""
