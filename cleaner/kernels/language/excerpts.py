"""What is read of a text: code points of all or parts of it, prepared as langdetect prepares them.

A long text is read in windows spread over it. Addresses become a space, Vietnamese marks join their
letters. What does *not* live here: what the characters then say (`ngrams`).
"""

from typing import Any

import numpy as np

from cleaner.kernels.compiled import inner
from cleaner.kernels.language.scripts import LIMIT
from cleaner.kernels.text.blocks import BLOCK, count_ones, first_one, later_bits, widen
from cleaner.kernels.text.eights import load

__all__ = ["SPARE", "excerpt", "prepare"]

SPARE = BLOCK
"""Room behind the code points that are read: so many are written at a time."""

_URL, _HOST, _HOSTS = np.uint8(1), np.uint8(2), np.uint8(6)
_ADDRESS = np.zeros(129, np.uint8)
"""Which characters may stand in addresses, as langdetect's expressions have it."""
for _char in "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
    _ADDRESS[ord(_char)] = _URL | _HOST
for _char in ".?&~;+=/#":
    _ADDRESS[ord(_char)] = _URL
_ADDRESS[ord(".")] |= _HOSTS & ~_HOST
_HIGH = np.uint64(0x8080808080808080)
_ALL = np.uint64((1 << 64) - 1)
_HTTP = np.array([ord(char) for char in "http://"], np.int32)


@inner
def excerpt(data: Any, start: Any, end: Any, limit: Any, windows: Any, points: Any) -> Any:
    """Code points of a short text, or of windows spread over a long one, a space after each.

    A prefix would read the banner of a page and miss the article. Returns how many there are;
    behind them, `points` needs room for `SPARE` more.
    """
    short = end - start <= limit
    if not short and end - start <= 4 * limit:
        short = _count(data, start, end) <= limit
    width = limit if short else limit // windows
    tail = end
    if short:
        windows = 1
        tail = start
    else:
        left = width
        while left > 0:
            if left >= 8 and tail - 8 >= start and not load(data, tail - 8) & _HIGH:
                tail -= 8
                left -= 8
                continue
            tail -= 1
            while tail > start and (data[tail] & 0xC0) == 0x80:
                tail -= 1
            left -= 1
    size = 0
    for window in range(windows):
        at = start + (tail - start) * window // (windows - 1 if windows > 1 else 1)
        while at < end and (data[at] & 0xC0) == 0x80:
            at += 1
        stop = size + width
        while at < end and size < stop:
            # ASCII up to the next other character; what is behind it is written over.
            while at + BLOCK <= len(data):
                plain = min(first_one(widen(data, at, points, size)), end - at, stop - size)
                at += plain
                size += plain
                if plain < BLOCK:
                    break
            if at >= end or size >= stop:
                break
            byte = np.int32(data[at])
            if byte < 0x80:
                point = byte
                at += 1
            elif byte < 0xE0 and at + 1 < end:
                point = (byte & 0x1F) << 6 | (data[at + 1] & 0x3F)
                at += 2
            elif byte < 0xF0 and at + 2 < end:
                point = (byte & 0xF) << 12 | (data[at + 1] & 0x3F) << 6 | (data[at + 2] & 0x3F)
                at += 3
            else:
                point = np.int32(LIMIT)
                if at + 3 < end:
                    point = (byte & 0x7) << 18 | (data[at + 1] & 0x3F) << 12
                    point |= (data[at + 2] & 0x3F) << 6 | (data[at + 3] & 0x3F)
                    point = point if point < LIMIT else np.int32(LIMIT)
                at += 4
            points[size] = point
            size += 1
        if not short:
            points[size] = 0x20
            size += 1
    return size


@inner
def _count(data: Any, at: Any, end: Any) -> Any:
    """How many characters stand in some bytes."""
    count = end - at
    while at + BLOCK <= end:
        count -= count_ones(later_bits(data, at))
        at += BLOCK
    if at < end and at + BLOCK <= len(data):
        rest = _ALL >> np.uint64(BLOCK - (end - at))
        return count - count_ones(later_bits(data, at) & rest)
    for place in range(at, end):
        count -= (data[np.uint64(place)] & 0xC0) == 0x80
    return count


@inner
def _run(points: Any, at: Any, stop: Any, kinds: Any) -> Any:
    """Where a run of characters of some kinds ends."""
    while at < stop and _ADDRESS[min(np.uint32(points[at]), np.uint32(128))] & kinds:
        at += 1
    return at


@inner
def prepare(points: Any, size: Any, vietnamese: Any) -> Any:
    """Langdetect's URL_RE, MAIL_RE and normalize_vi, in place; return the new size."""
    slashes, ats, marks = False, False, False
    for i in range(size):
        c = points[i]
        slashes |= c == 0x2F
        ats |= c == 0x40
        marks |= 0x300 <= c <= 0x323
    if slashes:
        size = _blank_urls(points, size)
    if ats:
        size = _blank_mails(points, size)
    if marks:
        size = _compose(points, size, vietnamese)
    return size


@inner
def _blank_urls(points: Any, size: Any) -> Any:
    i = out = 0
    while i < size:
        same, at = 0, i
        while same < len(_HTTP) and at < size and points[at] == _HTTP[same]:
            same += 1
            at += 1
            at += same == 4 and at < size and points[at] == 0x73
        stop = at
        if same == len(_HTTP):
            stop = _run(points, at, min(size, at + 2076), _URL)
        if stop > at:
            points[out] = 0x20
            i = stop
        else:
            points[out] = points[i]
            i += 1
        out += 1
    return out


@inner
def _blank_mails(points: Any, size: Any) -> Any:
    i = out = floor = 0
    while i < size:
        c = points[i]
        if c == 0x40:
            local, least = out, max(floor, out - 64)
            while local > least and _run(points, local - 1, local, _HOSTS) == local:
                local -= 1
            first = _run(points, i + 1, min(size, i + 256), _HOST)
            stop = _run(points, first, min(size, first + 255), _HOSTS)
            # The host needs two characters; the expression gives the last one back if it must.
            if local < out and first > i + 1 and stop - i > 2:
                points[local] = 0x20
                out = floor = local + 1
                i = stop
                continue
        points[out] = c
        out += 1
        i += 1
    return out


@inner
def _compose(points: Any, size: Any, vietnamese: Any) -> Any:
    out = 0
    for i in range(size):
        c = points[i]
        mark = 0
        if c == 0x300:
            mark = 1
        elif c == 0x301:
            mark = 2
        elif c == 0x303:
            mark = 3
        elif c == 0x309:
            mark = 4
        elif c == 0x323:
            mark = 5
        if mark and out and points[out - 1] < len(vietnamese):
            composed = vietnamese[points[out - 1], mark]
            if composed:
                points[out - 1] = composed
                continue
        points[out] = c
        out += 1
    return out
