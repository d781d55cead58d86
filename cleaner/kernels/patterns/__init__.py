"""Which texts a pattern could match: RE2, and a sieve of pairs in front of it."""
