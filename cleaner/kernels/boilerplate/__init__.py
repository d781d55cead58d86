"""Where the literals of the cues occur together."""
