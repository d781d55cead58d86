"""Lines as hashes."""
