"""langdetect's profiles as tables that a kernel can read: integers, no dictionary, no sampling.

langdetect multiplies, n-gram by n-gram, the probability that each language gives it; it draws the
n-grams at random and stops early. Adding the logarithms over *all* n-grams is the same model
without the dice. The tables hold these logarithms as whole millinats, so that sums are exact and
equal on every platform. What does *not* live here: reading text (`ngrams`), any judgement
(`passes.language`).
"""

import hashlib
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.kernels.scripts import LIMIT, SCRIPTS, script_table
from cleaner.kernels.store import stored
from cleaner.kernels.vectors import LANES

__all__ = ["CAPITAL", "LANES", "NON_LATIN", "SCALE", "UPPER", "Profiles", "Tables", "load"]

SCALE = 1000
"""Integer units a nat. Three n-grams of at most 9.9 nats each still fit 16 bits."""
SMOOTHING = 0.5 / 10_000
"""langdetect's mean alpha (ALPHA_DEFAULT) over its BASE_FREQ."""
HOME_SHARE = 0.25
"""A language is at home in a script that has this share of its letters. Between .10 (Latin letters
in the Punjabi profile) and .27 (katakana in the Japanese one), nothing lies."""
HASH_BITS = 18
"""Some 70,000 n-grams in 262,144 slots: two probes on average are enough for a miss."""
DIRECT_BITS = 6
"""The 63 commonest characters of Latin script have the lowest classes: three of them index a table
of rows, without a probe."""
CASED = 0x20000
"""From here on there are ideographs only, which have no case."""
LAYOUT = 6
"""Number of this file's table layout: raise it and old cache files are forgotten."""

CAPITAL, UPPER, LOWER, NON_LATIN = 1 << 20, 1 << 21, 1 << 22, 1 << 23


class Tables(NamedTuple):
    """Arrays only, so that numba takes it as it is.

    Attributes:
        traits: uint32[LIMIT + 1]. For each code point: its class in bits 0-11 (0: in no profile,
            1: space), its script in bits 12-19, and the flags CAPITAL (upper case after
            langdetect's folding), UPPER, LOWER (as it stands), NON_LATIN (counts as such when
            langdetect drops Latin letters). The last entry stands for everything beyond.
        lowered: int32[LIMIT + 1], the lower case of a code point where it is a single one.
        unigrams: int32[4096], row of a class, 0 for none.
        direct: int32[1 << 3 * DIRECT_BITS], row of the longest n-gram that ends three characters
            of classes below 1 << DIRECT_BITS, 0 for none.
        slots: uint64[1 << HASH_BITS], `key << 20 | row` of all other 2- and 3-grams, 0 where free.
        gains: uint16[all rows, LANES], for every block and row the millinats that the n-gram *and
            its shorter suffixes* speak for a language, above what they say for a language without
            them. Row 0 of each block is all zero.
        blocks: int64[2, 2], for each block its first row in `gains`, and how many it has; the rows
            from there on say nothing about its languages.
        home: bool[scripts, LANES], which lanes of its block (0 for Latin, else 1) a script allows.
        vietnamese: int32[0x1B1, 6]: letter and mark to one code point, 0 where there is none.
    """

    traits: npt.NDArray[np.uint32]
    lowered: npt.NDArray[np.int32]
    unigrams: npt.NDArray[np.int32]
    direct: npt.NDArray[np.int32]
    slots: npt.NDArray[np.uint64]
    gains: npt.NDArray[np.uint16]
    blocks: npt.NDArray[np.int64]
    home: npt.NDArray[np.bool_]
    vietnamese: npt.NDArray[np.int32]


class Profiles(NamedTuple):
    """Everything that is known about the languages.

    Attributes:
        tables: for the kernels.
        languages: langdetect's codes, Latin script first, each group sorted.
        latin: how many of them are in block 0; a language's lane is its place in its block.
        expected: float64[languages, 3], millinats a text of the language gains per 1-, 2-, 3-gram.
    """

    tables: Tables
    languages: tuple[str, ...]
    latin: int
    expected: npt.NDArray[np.float64]


def build(languages: Sequence[str], shares: Mapping[str, Sequence[float]]) -> Profiles:
    """Turn langdetect's dictionary into tables.

    Args:
        languages: codes in any order; the result does not depend on it.
        shares: for each n-gram and language (in that order), the share of n-grams of its length.
    """
    grams = sorted(shares)
    order = sorted(range(len(languages)), key=languages.__getitem__)
    every = chain.from_iterable(shares[gram] for gram in grams)
    share = np.fromiter(every, np.float64).reshape(len(grams), -1)[:, order]
    codes = [languages[i] for i in order]

    scripts = script_table()
    single = np.array([len(gram) == 1 for gram in grams])
    letters = np.array([scripts[ord(gram)] if len(gram) == 1 else 0 for gram in grams])
    mass = np.zeros((len(SCRIPTS), len(codes)))
    np.add.at(mass, letters[single], share[single])
    mass[0] = 0
    home = mass / mass.sum(0) >= HOME_SHARE
    home[SCRIPTS.index("Han"), [not code.startswith("zh") for code in codes]] = False
    home[SCRIPTS.index("Katakana")] |= home[SCRIPTS.index("Hiragana")]

    in_latin = home[SCRIPTS.index("Latin")]
    lanes = np.concatenate([np.flatnonzero(in_latin), np.flatnonzero(~in_latin)])
    latin = int(in_latin.sum())
    if latin > LANES or len(codes) - latin > LANES:
        raise ValueError(f"{len(codes)} language profiles do not fit two blocks of {LANES}")
    share, home = share[:, lanes], home[:, lanes]

    gain = np.zeros(share.shape, np.int32)
    some = share > 0  # one in 26
    gain[some] = np.rint(np.log(share[some] + SMOOTHING) * SCALE) - np.rint(
        np.log(SMOOTHING) * SCALE
    )
    lengths = np.array([len(gram) for gram in grams])
    product = share * gain
    expected = np.stack([product[lengths == n].sum(0) for n in (1, 2, 3)], axis=1)
    allowed = np.zeros((len(SCRIPTS), LANES), np.bool_)
    allowed[:, : len(codes) - latin] = home[:, latin:]
    allowed[SCRIPTS.index("Latin"), :] = False
    allowed[SCRIPTS.index("Latin"), :latin] = True
    common = _by_latin_share(grams, share[:, :latin])
    tables = _tables(grams, gain, latin, scripts, allowed, common)
    return Profiles(tables, tuple(codes[i] for i in lanes), latin, expected)


def _by_latin_share(grams: Sequence[str], share: npt.NDArray[np.float64]) -> list[str]:
    """Characters, the commonest in languages of Latin script first, the space before all."""
    total: dict[str, int] = dict.fromkeys({char for gram in grams for char in gram}, 0)
    single = [row for row, gram in enumerate(grams) if len(gram) == 1]
    for row, each in zip(single, (share[single] * 1e9).astype(np.int64).sum(1), strict=True):
        total[grams[row]] = int(each)
    return [" ", *sorted(total.keys() - {" "}, key=lambda char: (-total[char], char))]


def _tables(
    grams: Sequence[str],
    gain: npt.NDArray[np.int32],
    latin: int,
    scripts: npt.NDArray[np.uint8],
    home: npt.NDArray[np.bool_],
    alphabet: Sequence[str],
) -> Tables:
    classes = {char: number for number, char in enumerate(alphabet, 1)}
    rows = {gram: row for row, gram in enumerate(grams, 1)}
    whole = np.zeros((len(grams) + 1, gain.shape[1]), np.int32)
    whole[1:] = gain
    # An n-gram never comes alone: its suffixes are counted at the same character, so add them here.
    for length in (2, 3):
        pairs = [(rows[gram], rows.get(gram[1:], 0)) for gram in grams if len(gram) == length]
        target, suffix = np.array(pairs).T
        # The space alone is no n-gram of langdetect's.
        suffix = np.where(suffix == rows.get(" ", -1), 0, suffix)
        whole[target] += whole[suffix]
    # Rows that say something about languages of Latin script come first, so that the others need
    # none in that block.
    of_latin = np.count_nonzero(whole[:, :latin], axis=1) > 0
    order = np.concatenate([[0], np.flatnonzero(of_latin), 1 + np.flatnonzero(~of_latin[1:])])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    rows = {gram: int(place[row]) for gram, row in rows.items()}
    first = int(of_latin.sum()) + 1
    gains = np.zeros((first + len(whole), LANES), np.uint16)
    gains[:first, :latin] = whole[order[:first], :latin]
    gains[first:, : gain.shape[1] - latin] = whole[order, latin:]

    unigrams = np.zeros(4096, np.int32)
    keys = {}
    for gram, row in rows.items():
        if len(gram) == 1:
            unigrams[classes[gram]] = 0 if gram == " " else row
        else:
            keys[tuple(classes[char] for char in gram)] = row
    return Tables(
        traits=_traits(classes, scripts),
        lowered=_lowered(),
        unigrams=unigrams,
        direct=_direct(unigrams, keys),
        slots=_slots(keys),
        gains=gains,
        blocks=np.array([(0, first), (first, len(whole))], np.int64),
        home=home,
        vietnamese=_vietnamese(),
    )


def _direct(
    unigrams: npt.NDArray[np.int32], keys: Mapping[tuple[int, ...], int]
) -> npt.NDArray[np.int32]:
    count = 1 << DIRECT_BITS
    table = np.empty((count, count, count), np.int32)
    table[:] = unigrams[:count]
    low = [key for key in keys if max(key) < count]
    for key in sorted(low, key=len):  # a 3-gram goes before the 2-gram that it ends with
        if len(key) == 2:
            table[:, key[0], key[1]] = keys[key]
        else:
            table[key[0], key[1], key[2]] = keys[key]
    return table.ravel()


def _slots(keys: Mapping[tuple[int, ...], int]) -> npt.NDArray[np.uint64]:
    slots = [0] * (1 << HASH_BITS)
    for key, row in keys.items():
        if max(key) < 1 << DIRECT_BITS:
            continue
        number = 0
        for part in key:
            number = number << 12 | part
        slot = (number * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> (64 - HASH_BITS)
        while slots[slot]:
            slot = (slot + 1) % len(slots)
        slots[slot] = number << 20 | row
    return np.array(slots, np.uint64)


def _traits(classes: Mapping[str, int], scripts: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    from langdetect.utils.ngram import NGram

    traits = np.zeros(LIMIT + 1, np.uint32)
    traits[:LIMIT] = scripts.astype(np.uint32) << 12
    for point in range(CASED):
        char = chr(point)
        if char.isupper():
            traits[point] |= UPPER
        elif char.islower():
            traits[point] |= LOWER
    for point in range(0x10000):  # no profile has more, and langdetect knows no block there
        folded = NGram.normalize(chr(point))
        traits[point] |= classes.get(folded, 0) | CAPITAL * folded.isupper()
    every = np.arange(LIMIT + 1)
    traits[(every >= 0x300) & ~((every >= 0x1E00) & (every <= 0x1EFF))] |= NON_LATIN
    return traits


def _lowered() -> npt.NDArray[np.int32]:
    lowered = np.arange(LIMIT + 1, dtype=np.int32)
    lowered[:CASED] = [ord(chr(point).lower()[0]) for point in range(CASED)]
    return lowered


def _vietnamese() -> npt.NDArray[np.int32]:
    """Letter and combining mark, as langdetect composes them before it looks."""
    from langdetect.utils.ngram import NGram

    table = np.zeros((0x1B1, 6), np.int32)
    for mark, composed in enumerate(NGram.NORMALIZED_VI_CHARS, 1):
        for letter, char in zip(NGram.TO_NORMALIZE_VI_CHARS, composed, strict=True):
            table[ord(letter), mark] = ord(char)
    return table


@cache
def load() -> Profiles:
    """Tables of the installed langdetect, from the user's cache folder where they are there."""
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    def make() -> dict[str, Any]:
        factory = DetectorFactory()  # never the module's own: that one belongs to the user
        factory.load_profile(PROFILES_DIRECTORY)
        return _pack(build(factory.langlist, factory.word_lang_prob_map))

    return _unpack(stored("language", _fingerprint(Path(PROFILES_DIRECTORY)), make))


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    parts = [str(LAYOUT), unicodedata.unidata_version, sys.byteorder]
    parts += [_version("langdetect"), _version("google-re2")]
    digest.update("\0".join(parts).encode())
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            content = path.read_bytes()
            digest.update(f"\0{path.name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:24]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # packed by someone else under another name
        return ""


def _unpack(arrays: dict[str, Any]) -> Profiles:
    languages = tuple(str(arrays.pop("languages")).split())
    latin = int(arrays.pop("latin"))
    expected = arrays.pop("expected")
    return Profiles(Tables(**arrays), languages, latin, expected)


def _pack(profiles: Profiles) -> dict[str, Any]:
    return {
        "languages": np.array(" ".join(profiles.languages)),
        "latin": np.array(profiles.latin),
        "expected": profiles.expected,
        **profiles.tables._asdict(),
    }
