"""What the examples of the rules are made of: a title and a line of running text.

Most rules look at lines beside running text, so that an example without any would prove nothing.
"""

__all__ = ["TEXT", "TITLE"]

TITLE = "The river is rising again"
TEXT = "It had rained since Monday, and nobody in the village had slept."
