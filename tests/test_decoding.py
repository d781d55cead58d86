"""Bytes to text: what is certain is told from what is guessed, and bytes come back."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.formats.decoding import GUESSED, UndecodableError, decode, decoding_finding

PROSE = (
    "Il pleuvait depuis lundi et personne au village n’avait dormi. L’eau était déjà à la porte "
    "du boulanger, qui avait porté sa farine à l’église pendant la nuit. Ça n’était jamais arrivé. "
)
RUSSIAN = "Дождь шёл с понедельника, и в деревне никто не спал. Вода стояла у самых дверей пекаря. "
JAPANESE = "月曜日から雨が降り続き、村では誰も眠れなかった。水はもう戸口まで来ていた。"
CHINESE = "从星期一起一直下雨，村里没有人睡觉。水已经到了面包师的门口。"
KOREAN = "월요일부터 비가 내려서 마을에서 아무도 자지 못했다. 물은 이미 문 앞까지 왔다. "


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PROSE, "cp1252"),
        (PROSE, "mac_roman"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp866"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "euc_kr"),
    ],
)
def test_a_guess_is_right_and_says_that_it_is_one(text: str, encoding: str) -> None:
    text *= 6
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.exact
    assert decoded.confidence is not None
    finding = decoding_finding(decoded, "d.txt")
    assert finding is not None
    assert finding.rule == GUESSED
    assert decoded.encoding in finding.message
    assert finding.evidence["confidence"] == decoded.confidence


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        (codecs.BOM_UTF8 + PROSE.encode(), "utf-8", codecs.BOM_UTF8),
        (codecs.BOM_UTF16_LE + PROSE.encode("utf-16-le"), "utf-16-le", codecs.BOM_UTF16_LE),
        (codecs.BOM_UTF16_BE + PROSE.encode("utf-16-be"), "utf-16-be", codecs.BOM_UTF16_BE),
        (codecs.BOM_UTF32_LE + PROSE.encode("utf-32-le"), "utf-32-le", codecs.BOM_UTF32_LE),
        (codecs.BOM_UTF32_BE + PROSE.encode("utf-32-be"), "utf-32-be", codecs.BOM_UTF32_BE),
        (PROSE.encode("utf-16-le"), "utf-16-le", b""),
        (PROSE.encode("utf-16-be"), "utf-16-be", b""),
        (PROSE.encode("utf-32-le"), "utf-32-le", b""),
        (PROSE.encode("utf-32-be"), "utf-32-be", b""),
        (PROSE.encode(), "utf-8", b""),
        (JAPANESE.encode("iso2022_jp"), "iso2022_jp_2", b""),
        (b"", "utf-8", b""),
    ],
)
def test_what_is_certain_is_no_finding(data: bytes, encoding: str, bom: bytes) -> None:
    decoded = decode(data)
    assert (decoded.encoding, decoded.bom, decoded.confidence) == (encoding, bom, None)
    assert decoded.bom + decoded.text.encode(decoded.encoding) == data
    assert decoding_finding(decoded, "d.txt") is None


@pytest.mark.parametrize(
    ("head", "encoding", "expected"),
    [
        ("<html><meta charset='windows-1251'>", "cp1251", "cp1251"),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">',
            "koi8_r",
            "koi8-r",
        ),
        ('<?xml version="1.0" encoding="ISO-8859-5"?>', "iso8859_5", "iso8859-5"),
    ],
)
def test_a_document_may_declare_its_charset(head: str, encoding: str, expected: str) -> None:
    decoded = decode((head + RUSSIAN).encode(encoding))
    assert decoded.text == head + RUSSIAN
    assert (decoded.encoding, decoded.confidence) == (expected, None)
    assert decoded.how.startswith("declared charset")


def test_a_declaration_from_outside_counts_too_but_valid_utf8_is_stronger() -> None:
    assert decode(RUSSIAN.encode("cp1251"), "windows-1251").text == RUSSIAN
    assert decode(RUSSIAN.encode(), "windows-1251").text == RUSSIAN
    assert decode(JAPANESE.encode("cp932"), "x-sjis").text == JAPANESE


@pytest.mark.parametrize("label", ["latin-1", "ascii", "ISO-8859-1"])
def test_latin_1_means_windows_1252(label: str) -> None:
    assert decode(b"It\x92s late", label).text == "It’s late"


@pytest.mark.parametrize(
    "label", ["base64", "rot13", "hex", "zlib", "utf-7", "no such thing", "\0"]
)
def test_a_declaration_that_names_no_charset_is_no_answer(label: str) -> None:
    assert decode((PROSE * 3).encode("cp1252"), label).text == PROSE * 3


def test_utf8_with_a_foreign_letter_stays_utf8_and_says_so() -> None:
    data = (PROSE * 2).encode() + b"caf\xe9 "
    decoded = decode(data)
    assert decoded.text == PROSE * 2 + "café "
    assert not decoded.exact
    finding = decoding_finding(decoded, "d")
    assert finding is not None
    assert "1 invalid byte" in finding.message


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n" + bytes(range(255, -1, -1)) * 4,
        b"\x1f\x8b\x08\x00" + b"\x9c\x01\x00\xfe" * 200,
        bytes(range(256)) * 16,
    ],
)
def test_what_is_no_text_is_refused_with_a_next_step(data: bytes) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode(data)
    assert caught.value.error
    assert caught.value.hint
    assert str(caught.value) == f"{caught.value.error}; {caught.value.hint}"


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except UndecodableError:
        return
    again = decode(data)
    assert decoded == again
    if decoded.exact:
        assert decoded.bom + decoded.text.encode(decoded.encoding) == data


@given(st.text(max_size=60))
def test_utf8_comes_back(text: str) -> None:
    data = text.encode()
    decoded = decode(data)
    assert decoded.exact
    assert decoded.bom + decoded.text.encode(decoded.encoding) == data
