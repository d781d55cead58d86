"""Settings of all tests."""

from hypothesis import settings

# The first call of a kernel compiles it: a time limit per example would measure the compiler.
settings.register_profile("cleaner", deadline=None)
settings.load_profile("cleaner")
