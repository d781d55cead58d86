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

import msgspec
import numpy as np
import numpy.typing as npt

from cleaner.kernels.language.gramletters import (
    CASED,
    folded_characters,
    lowered_characters,
    vietnamese_letters,
)
from cleaner.kernels.language.scripts import LIMIT, SCRIPTS, script_table
from cleaner.kernels.language.vectors import LANES
from cleaner.kernels.store import stored

__all__ = ["CAPITAL", "LANES", "NON_LATIN", "SCALE", "UPPER", "Profiles", "Tables", "load"]

SCALE = 1000
"""Integer units a nat. Three n-grams of at most 9.9 nats each still fit 16 bits."""
SMOOTHING = 0.5 / 10_000
"""langdetect's mean alpha (ALPHA_DEFAULT) over its BASE_FREQ."""
HOME_SHARE = 0.25
"""A language is at home in a script that has this share of its letters. Between .10 (Latin letters
in the Punjabi profile) and .27 (katakana in the Japanese one), nothing lies."""
HASH_BITS = 18
"""Some 70,000 n-grams in 262,144 slots: two probes on average are enough for a miss. Half as many
are nearer to the processor, but it errs more often about where a probe ends."""
DIRECT_BITS = 6
"""The 63 commonest characters of Latin script have the lowest classes: three of them index a table
of rows, without a probe."""
NO_ROW = (1 << 16) - 1
"""Stands in that table for all n-grams that it does not have."""
LAYOUT = 9
"""Number of this file's table layout: raise it and old cache files are forgotten."""

LONGEST = 3
"""Characters of an n-gram."""
_FIRST, _SECOND, _POINT = 42, 21, (1 << 21) - 1
"""Where the characters of an n-gram are in one number: in the order of their code points."""
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
        direct: uint16[(1 << 3 * DIRECT_BITS) + 1], row of the longest n-gram that ends three
            characters of classes below 1 << DIRECT_BITS, 0 for none; at the end, `NO_ROW`.
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
    direct: npt.NDArray[np.uint16]
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


class Profile(msgspec.Struct):
    """What langdetect keeps of a language.

    Attributes:
        name: its code.
        freq: how often each n-gram was met.
        n_words: how many n-grams of one, two and three characters were.
    """

    name: str
    freq: dict[str, int]
    n_words: tuple[int, int, int]


def build(profiles: Sequence[Profile]) -> Profiles:
    """Turn langdetect's profiles, in whatever order, into tables."""
    profiles = sorted(profiles, key=lambda each: each.name)
    codes = [each.name for each in profiles]
    grams, row, lane, share = _shares(profiles)
    lengths = np.count_nonzero(grams, axis=1)
    length, first = lengths[row], grams[row, 0]

    scripts = script_table()
    single = length == 1
    place = scripts[first[single]].astype(np.int64) * len(codes) + lane[single]
    mass = np.bincount(place, share[single], len(SCRIPTS) * len(codes))
    mass = mass.reshape(len(SCRIPTS), -1)
    mass[0] = 0
    home = mass / mass.sum(0) >= HOME_SHARE
    home[SCRIPTS.index("Han"), [not code.startswith("zh") for code in codes]] = False
    home[SCRIPTS.index("Katakana")] |= home[SCRIPTS.index("Hiragana")]

    in_latin = home[SCRIPTS.index("Latin")]
    lanes = np.concatenate([np.flatnonzero(in_latin), np.flatnonzero(~in_latin)])
    latin = int(in_latin.sum())
    if latin > LANES or len(codes) - latin > LANES:
        raise ValueError(f"{len(codes)} language profiles do not fit two blocks of {LANES}")
    lane, home = np.argsort(lanes)[lane], home[:, lanes]

    gain = np.rint(np.log(share + SMOOTHING) * SCALE) - np.rint(np.log(SMOOTHING) * SCALE)
    product = share * gain
    expected = [np.bincount(lane[length == n], product[length == n], len(codes)) for n in (1, 2, 3)]
    allowed = np.zeros((len(SCRIPTS), LANES), np.bool_)
    allowed[:, : len(codes) - latin] = home[:, latin:]
    allowed[SCRIPTS.index("Latin"), :] = False
    allowed[SCRIPTS.index("Latin"), :latin] = True
    common = single & (lane < latin)
    total = np.zeros(LIMIT, np.int64)
    np.add.at(total, first[common], (share[common] * 1e9).astype(np.int64))
    whole = np.zeros((len(grams) + 1, len(codes)), np.uint16)
    whole[row + 1, lane] = gain
    tables = _tables(grams, whole, latin, scripts, allowed, _classes(grams, total))
    return Profiles(tables, tuple(codes[i] for i in lanes), latin, np.stack(expected, axis=1))


def _shares(profiles: Sequence[Profile]) -> tuple[npt.NDArray[Any], ...]:
    """All n-grams, sorted, as int64[grams, 3] code points, and what they are in each language.

    Returns:
        The n-grams, and of each share: its n-gram (ascending), its profile, and the share itself,
        in n-grams of that length.
    """
    every = list(chain.from_iterable(each.freq for each in profiles))
    text = np.array(every, f"U{LONGEST}").view(np.uint32).reshape(-1, LONGEST).astype(np.int64)
    key = text[:, 0] << _FIRST | text[:, 1] << _SECOND | text[:, 2]
    counts = [len(each.freq) for each in profiles]
    lane = np.repeat(np.arange(len(profiles)), counts)
    total = np.array([each.n_words for each in profiles], np.float64)
    counted = np.fromiter(chain.from_iterable(each.freq.values() for each in profiles), np.float64)
    share = counted / total[lane, np.count_nonzero(text, axis=1) - 1]
    found, row = np.unique(key, return_inverse=True)
    grams = np.stack([found >> _FIRST, found >> _SECOND & _POINT, found & _POINT], axis=1)
    order = np.argsort(row, kind="stable")
    return grams, row[order], lane[order], share[order]


def _classes(grams: npt.NDArray[np.int64], total: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """The class of each code point: the space first, then the commonest in Latin script."""
    points = np.unique(grams[grams > 0])
    points = points[points != ord(" ")]
    classes = np.zeros(LIMIT, np.uint32)
    classes[points[np.lexsort((points, -total[points]))]] = np.arange(2, len(points) + 2)
    classes[ord(" ")] = 1
    return classes


def _tables(
    grams: npt.NDArray[np.int64],
    whole: npt.NDArray[np.uint16],
    latin: int,
    scripts: npt.NDArray[np.uint8],
    home: npt.NDArray[np.bool_],
    classes: npt.NDArray[np.uint32],
) -> Tables:
    lengths = np.count_nonzero(grams, axis=1)
    key = grams[:, 0] << _FIRST | grams[:, 1] << _SECOND | grams[:, 2]
    # An n-gram never comes alone: its suffixes are counted at the same character, so add them here.
    ending = (key & (1 << _FIRST) - 1) << _SECOND
    suffix = np.searchsorted(key, ending)
    # The space alone is no n-gram of langdetect's.
    known = (key[np.minimum(suffix, len(key) - 1)] == ending) & (ending != ord(" ") << _FIRST)
    suffix = np.where(known, suffix + 1, 0)
    for length in (2, 3):
        target = np.flatnonzero(lengths == length)
        whole[target + 1] += whole[suffix[target]]
    # Rows that say something about languages of Latin script come first, so that the others need
    # none in that block.
    of_latin = np.count_nonzero(whole[:, :latin], axis=1) > 0
    order = np.concatenate([[0], np.flatnonzero(of_latin), 1 + np.flatnonzero(~of_latin[1:])])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    rows = place[1:]
    first = int(of_latin.sum()) + 1
    gains = np.zeros((first + len(whole), LANES), np.uint16)
    gains[:first, :latin] = whole[order[:first], :latin]
    gains[first:, : whole.shape[1] - latin] = whole[order, latin:]

    numbers = classes[grams].astype(np.int64)
    unigrams = np.zeros(4096, np.int32)
    alone = (lengths == 1) & (grams[:, 0] != ord(" "))
    unigrams[numbers[alone, 0]] = rows[alone]
    return Tables(
        traits=_traits(classes, scripts),
        lowered=lowered_characters(),
        unigrams=unigrams,
        direct=_direct(unigrams, numbers, lengths, rows),
        slots=_slots(numbers[lengths > 1], rows[lengths > 1]),
        gains=gains,
        blocks=np.array([(0, first), (first, len(whole))], np.int64),
        home=home,
        vietnamese=vietnamese_letters(),
    )


def _direct(
    unigrams: npt.NDArray[np.int32],
    numbers: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> npt.NDArray[np.uint16]:
    count = 1 << DIRECT_BITS
    table = np.empty((count, count, count), np.int32)
    table[:] = unigrams[:count]
    low = numbers.max(axis=1) < count
    two, three = (low & (lengths == length) for length in (2, 3))
    table[:, numbers[two, 0], numbers[two, 1]] = rows[two]
    # A 3-gram goes before the 2-gram that it ends with.
    table[tuple(numbers[three].T)] = rows[three]
    if table.max() >= NO_ROW:
        raise ValueError("the rows of n-grams of common letters do not fit sixteen bits")
    return np.append(table.ravel(), NO_ROW).astype(np.uint16)


def _slots(numbers: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    high = numbers.max(axis=1) >= 1 << DIRECT_BITS
    numbers, rows = numbers[high], rows[high]
    key = (numbers[:, 0] << 12 | numbers[:, 1]).astype(np.uint64)
    key = np.where(numbers[:, 2] > 0, key << np.uint64(12) | numbers[:, 2].astype(np.uint64), key)
    homes = key * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - HASH_BITS)
    slots = [0] * (1 << HASH_BITS)
    entries = key << np.uint64(20) | rows.astype(np.uint64)
    for home, entry in zip(homes.tolist(), entries.tolist(), strict=True):
        slot = home
        while slots[slot]:
            slot = (slot + 1) % len(slots)
        slots[slot] = entry
    return np.array(slots, np.uint64)


def _traits(
    classes: npt.NDArray[np.uint32], scripts: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint32]:
    traits = np.zeros(LIMIT + 1, np.uint32)
    traits[:LIMIT] = scripts.astype(np.uint32) << 12
    upper = np.fromiter(map(str.isupper, map(chr, range(CASED))), np.bool_, CASED)
    lower = np.fromiter(map(str.islower, map(chr, range(CASED))), np.bool_, CASED)
    traits[:CASED] |= upper * np.uint32(UPPER) | lower * np.uint32(LOWER)
    folded = folded_characters()
    traits[: len(folded)] |= classes[folded] | upper[folded] * np.uint32(CAPITAL)
    every = np.arange(LIMIT + 1)
    traits[(every >= 0x300) & ~((every >= 0x1E00) & (every <= 0x1EFF))] |= NON_LATIN
    return traits


@cache
def load() -> Profiles:
    """Tables of the installed langdetect, from the user's cache folder where they are there."""
    from langdetect.detector_factory import PROFILES_DIRECTORY

    files = _files(Path(PROFILES_DIRECTORY))

    def make() -> dict[str, Any]:
        read = msgspec.json.Decoder(Profile)
        return _pack(build([read.decode(content) for content in files.values()]))

    return _unpack(stored("language", _fingerprint(files), make))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }


def _fingerprint(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    parts = [str(LAYOUT), unicodedata.unidata_version, sys.byteorder]
    parts += [_version("langdetect"), _version("google-re2")]
    digest.update("\0".join(parts).encode())
    for name, content in files.items():
        digest.update(f"\0{name}\0{len(content)}\0".encode())
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
