"""Prose that stands before an appeal in the same paragraph.

Scraping loses line breaks: the last sentence of an article and the appeal below it become one
paragraph. What asks the reader for something speaks to the reader from its first words; a
paragraph that does not was glued together, and only its tail is boilerplate.
What does *not* live here: the cues (`packs`), and whose words are quoted (`speech`).
"""

from functools import cache
from typing import Any

from cleaner.passes.boilerplate.judge import count_words

__all__ = ["prose_before"]

_LEAST_WORDS = 10
"""Words of prose that make a paragraph a mixed one. Of 55 English appeals of 20 words and more,
two begin with so long a sentence that speaks neither of its writer nor to its reader."""
_PERSONS = (
    "i|i'm|i’m|we|we're|we’re|we've|we’ve|us|our|ours|me|my|you|you're|you’re|your|yours|please|"
    "(?:this|the) (?:site|website|page|article|post|blog|newsletter|podcast|project)|"
    "ich|mich|mein\\pL*|wir|uns|unser\\pL*|sie|ihr\\pL*|euch|euer|eure\\pL*|du|dich|dir|dein\\pL*|bitte|"
    "je|j’ai|j'ai|mon|ma|mes|nous|notre|nos|vous|votre|vos|tu|toi|"
    "yo|mi|mis|nosotr[oa]s|nos|nuestr[oa]s?|usted(?:es)?|vosotr[oa]s|te|tus?|su apoyo|"
    "io|mio|mia|noi|ci|nostr[oaie]|voi|vostr[oaie]|ti|tuo|tua|"
    "eu|meu|minha|nós|noss[oa]s?|você|vocês|seu apoio|sua|"
    "ja|mój|moja|my|nas|nasz\\pL*|ty|cię|twój|twoj\\pL*|państw\\pL*|prosimy|"
    "ik|mijn|wij|ons|onze|je|jij|jouw|jullie|u|uw|"
    "я|мой|мы|нас|нам|наш\\pL*|вы|вас|вам|ваш\\pL*|ты|тебя|твой"
)
_DENSE = (
    "我们|我們|本站|本网|本網|您|你|读者|讀者|私たち|当サイト|皆様|皆さま|あなた|"
    "نحن|موقعنا|لنا|لكم|منا|عملنا"
)


@cache
def _finders() -> tuple[Any, Any]:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    edge = r"[^\pL\pM\pN_]"
    persons = re2.compile(f"(?:^|{edge})(?:{_PERSONS})(?:{edge}|$)|{_DENSE}", options)
    # Without a blank behind the full stop a capital must follow: "Node.js" ends no sentence.
    marks = r"""[.!?…]["'”’»)\]]{0,2}(?:[\s\x{A0}]+|(\p{Lu}\p{Ll}))|[。！？][”’」』）]{0,2}"""
    ends = re2.compile(marks)
    return persons, ends


def prose_before(text: bytes, cues: tuple[str, ...]) -> int:
    """Where the part of a paragraph begins that speaks to the reader, in bytes.

    0 for the whole paragraph: its first sentences have a cue or speak to the reader, or are short.

    >>> text = b"The filing is under scrutiny as a part of the inquiry by Mr Mueller.Please donate!"
    >>> text[prose_before(text, ("donate",)):]
    b'Please donate!'
    """
    first = min((at for cue in cues if (at := text.find(cue.encode())) >= 0), default=0)
    if count_words(text[:first]) < _LEAST_WORDS:
        return 0  # what stands before a sentence with a cue is shorter still
    persons, ends = _finders()
    begin = 0
    for end in ends.finditer(text):
        here = end.start(1) if end.start(1) >= 0 else end.end()
        if here > first:
            break
        begin = here
    before = text[:begin]
    if count_words(before) < _LEAST_WORDS or persons.search(before):
        return 0
    return begin
