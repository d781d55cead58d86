"""Words that mean something to the signals: stop words of many languages, English slips.

Tables written for this project. What does *not* live here: how a word is found
(`kernels.quality.words`).
"""

from collections.abc import Iterable
from functools import cache

import numpy as np

from cleaner.kernels.quality import slips as s
from cleaner.kernels.quality.slips import LANGUAGES, STOP_WORD, Lexicon
from cleaner.kernels.quality.slipwords import KINDS, SlipWords, slip_words
from cleaner.kernels.text.wordkeys import hash_word

__all__ = ["NEVER_TWICE", "STOP_WORDS", "lexicon", "screened"]

STOP_WORDS: dict[str, str] = {
    "en": "the be to of and that have with",
    "ar": "في من على أن إلى التي الذي هذا هذه عن مع كان ما لا",
    "bg": "на се от за да не са като че по",
    "cs": "že je na se to jsou byl pro jako ale který by od",
    "da": "og er det en til af på med for ikke der",
    "de": "der die und das ist nicht von mit den ein zu auf",
    "el": "και το του να της η ο την με για που είναι από",
    "es": "de la que el en los las por con una para del es",
    "fa": "و در به از که این را با است برای آن",
    "fi": "ja on ei että se oli hän mutta ovat joka myös kun",
    "fr": "de la le et les des que une est dans pour qui du",
    "he": "של את על לא הוא זה עם היא גם כי או",
    "hi": "के है में की और से का को पर यह नहीं",
    "hu": "az és hogy nem egy is volt meg csak de",
    "id": "yang dan di dengan untuk dari ini itu dalam tidak pada",
    "it": "di che il la un per una non sono del della con",
    "ja": "の に は を た が で て と し れ さ",
    "nl": "de van het een en dat niet zijn met voor is op",
    "no": "og er det en til av på med for ikke som jeg",
    "pl": "i w nie na się z do jest że to jak od przez",
    "pt": "de que não uma os do da em para com por mais dos",
    "ro": "și în de la nu cu pe este care din mai sunt",
    "ru": "и в не на что с как это по но из он для",
    "sv": "och att det är som en på av för med inte den",
    "tr": "ve bir bu için ile olarak da çok daha olan gibi ne",
    "uk": "і в не на що з як це та до за він для",
    "vi": "và của là có không được cho trong một các người với",
    "zh": "的 是 了 在 不 有 和 人 这 我 这 为 為 這",
}
"""For English the eight of Gopher, which its threshold is made for; else the most frequent ones."""

_MORE_VOTES = {
    "en": "a in is for it was on as at by not are from this his they which has had were said",
}
"""Gopher's list alone is short: "de" and "of" are Dutch as well."""

NEVER_TWICE: dict[str, str] = {
    "en": "the to of and a an for with from by as they we be or their its his our these has "
    "were into than",
    "de": "von mit auf ein eine nicht ist im zum zur des dem aber",
    "es": "de el los las por con una para del es al",
    "fr": "de le et les des une est dans pour du un au aux sur avec par",
    "it": "di che il un per una del della con le al alla da",
    "nl": "de een van met voor niet",
    "pt": "de os do da em para com por dos um uma",
}
"""Words of which no sentence of the language has two in a row. Left out on purpose: "that that",
"had had", "in in" (came in in the morning), "at at" (look at at least), what is sung, laughed or
drawn out ("la la", "he he", "und und"), French "nous nous", Dutch "het het", German articles."""

_KINDS: dict[int, str] = {
    s.FUNCTION: "the of and to in for with from at on by but as that this it he she they we there "
    "when while if is was are were be been his her their its our has have had a an or not",
    s.MODAL: "would could should shall",
    s.FINITE: "is are was were am",
    s.ARTICLE: "a an the",
    s.POSSESSIVE: "their your its our my",
    s.NEVER_ENDS: "of from into",
    s.PAIRED: "the to of a an for with his its their our",
    s.AUXILIARY: "have has had is are was were would could should will be been",
    s.CAN: "can",
    s.NOT: "not",
    s.ONLY: "only just merely simply but",
    s.CLITIC: "s t re ll ve",
    s.JAVASCRIPT: "javascript",
    s.LOREM: "lorem",
    s.IPSUM: "ipsum",
    s.TERMS: "terms",
    s.OF: "of",
    s.USE: "use",
    s.PRIVACY: "privacy",
    s.POLICY: "policy",
    s.COOKIE: "cookie",
    s.USES: "uses",
    s.COOKIES: "cookies",
    s.COUNTER: "like likes share shares comment comments view views reply replies retweet retweets "
    "vote votes follower followers point points reaction reactions download downloads",
}
"""Of English; the names are those of `kernels.quality.statistics`."""


@cache
def lexicon() -> tuple[Lexicon, tuple[str, ...]]:
    """All tables as one hash table, and the languages by bit."""
    languages = tuple(STOP_WORDS)
    if len(languages) > LANGUAGES:
        raise ValueError(f"{len(languages)} languages in {LANGUAGES} bits")
    entries: dict[str, list[int]] = {}
    votes: dict[str, dict[int, int]] = {}

    def add(words: Iterable[str], field: int, flag: int) -> None:
        for word in words:
            entries.setdefault(word, [0, 0])[field] |= flag

    for bit, language in enumerate(languages):
        words = STOP_WORDS[language].split()
        for word in (*words, *_MORE_VOTES.get(language, "").split()):
            votes.setdefault(word, {})[bit] = bit | STOP_WORD * (word in words)
        add(votes, 0, 0)
        add(NEVER_TWICE.get(language, "").split(), 0, 1 << bit)
    for kind, text in _KINDS.items():
        add(text.split(), 1, kind)
    slots = 1 << (4 * len(entries)).bit_length()
    taken: list[str | None] = [None] * slots
    keys = np.zeros(slots, np.uint64)
    doubled, kinds = np.zeros(slots, np.uint32), np.zeros(slots, np.uint32)
    for word, values in sorted(entries.items()):
        key = hash_word(word)
        slot = key & (slots - 1)
        while keys[slot]:
            slot = (slot + 1) & (slots - 1)
        keys[slot], taken[slot] = key, word
        doubled[slot], kinds[slot] = values
    spoken = [list(votes.get(word or "", {}).values()) for word in taken]
    first = np.cumsum([0, *map(len, spoken)]).astype(np.int32)
    flat = np.array([one for some in spoken for one in some], np.uint8)
    english = languages.index("en")
    return Lexicon(keys, doubled, kinds, first, flat, english), languages


@cache
def screened() -> SlipWords:
    """The words that slips are made of, for the screen."""
    kinds: dict[str, int] = {}
    for kind, text in _KINDS.items():
        for word in text.split():
            kinds[word] = kinds.get(word, 0) | kind
    words = " ".join(NEVER_TWICE.values()).split()
    return slip_words(
        {word: flags for word, flags in kinds.items() if flags & KINDS}, dict.fromkeys(words, 1)
    )
