"""Broken encoding and what text conversion leaves behind: find it, name the cause, repair it.

ftfy decides what is mojibake; this package decides where to look, in which order to work, what not
to believe, and says which characters change and why. One module per kind of damage. What does *not*
live here: turning bytes into text (`formats.decoding`) and typography (`passes.typography`).
"""

from cleaner.passes.encoding.checking import EncodingPass

__all__ = ["EncodingPass"]
