"""Text that quotes boilerplate is prose: quotation marks together with a verb of speech.

An article about an appeal ("Please donate today," she said) uses the words of the appeal. What
does *not* live here: the cues of the rules (`packs`).
"""

from functools import cache
from typing import Any

__all__ = ["quoted"]

_MARKS = '["“”„«»‹›「」『』‘’]'
_VERBS = (
    # Only finite forms in the third person; "we told you" is not among them by the subject below.
    "said|says|told|tells|asked|asks|added|adds|wrote|writes|explained|explains|stated|states|"
    "replied|announced|according to|claimed|claims|argued|argues|tweeted|commented|noted|urged|"
    "sagte|sagt|schrieb|erklärte|erklärt|betonte|meinte|so der|so die|laut|"
    "a dit|a déclaré|déclare|selon|explique|a expliqué|affirme|ajoute|"
    "dijo|dice|afirmó|explicó|según|declaró|señaló|añadió|"
    "ha detto|dice|ha dichiarato|secondo|spiega|ha spiegato|afferma|"
    "disse|afirmou|segundo|explicou|declarou|contou|"
    "powiedział|powiedziała|mówi|według|dodał|dodała|stwierdził|"
    "zei|zegt|aldus|volgens|schreef|"
    "сказал|сказала|заявил|заявила|сообщил|сообщила|по словам|отметил|отметила|"
    "قال|قالت|وأضاف|وأضافت|وفقا|صرح"
)
_DENSE = "表示|指出|认为|说道|說道|述べた|と話した|と語った"


@cache
def _marks() -> Any:
    import re2

    return re2.compile(_MARKS)


@cache
def _verbs() -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    edge = r"[^\p{L}\p{M}\p{N}_]"
    verbs = f"(?:^|{edge})(?:{_VERBS})(?:{edge}|$)|{_DENSE}"
    return re2.compile(verbs, options)


def quoted(text: bytes) -> bool:
    """Whether the text reports somebody's words.

    >>> quoted("“Please donate,” she said.".encode()), quoted(b"Please donate today.")
    (True, False)
    """
    return bool(_marks().search(text)) and bool(_verbs().search(text))
