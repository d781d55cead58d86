"""Words, lines and repetitions counted, and a screen of what may exceed a limit."""
