from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.escape import shown, shown_alike, shown_name

VISIBLE_FORMAT = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"10.0.0.1", "10.0.0.1"),
        (b"", ""),
        ("naïve 日本".encode(), "naïve 日本"),
        (b"a\\b", "a\\b"),
        (b"\x1b[31mred", "\\x1b[31mred"),
        (b"\x1b\\", "\\x1b\\\\"),
        (b"a\tb\r\nc\x00\x7f", "a\\tb\\r\\nc\\x00\\x7f"),
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"\x9b31m", "\\x9b31m"),
        ("\x9b31m".encode(), "\\u009b31m"),
        ("a\u202eb\u2066".encode(), "a\\u202eb\\u2066"),
        ("\u200b\u2028\ufeff".encode(), "\\u200b\\u2028\\ufeff"),
        ("\U000e0041".encode(), "\\U000e0041"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        (b"caf\xc3", "caf\\xc3"),
    ],
)
def test_text_layouts_escape(value: bytes, text: str) -> None:
    plain = value.decode("utf-8", "replace")
    assert shown(value, True) == (text, text != plain)


def test_without_control_only_bytes_that_are_not_utf8() -> None:
    assert shown(b"\x1b\t\\", False) == ("\x1b\t\\", False)
    assert shown(b"\x1b\\\xff", False) == ("\x1b\\\\\\xff", True)


def test_ascii_leaves_nothing_else() -> None:
    assert shown("é\U0001f600\\".encode(), True, ascii=True) == ("\\u00e9\\U0001f600\\\\", True)
    assert shown(b"plain\\", True, ascii=True) == ("plain\\", False)


def test_groups_of_one_record_double_their_backslashes_together() -> None:
    assert shown_alike((b"a\\", b"\xff"), False) == (["a\\\\", "\\xff"], True)
    assert shown_alike((b"a\\", b"b"), False) == (["a\\", "b"], False)


def test_names_with_bytes_that_are_not_utf8() -> None:
    assert shown_name("a\udcff\x1b.log", True) == "a\\xff\\x1b.log"


@given(st.binary())
def test_nothing_that_acts_on_a_terminal_is_left(value: bytes) -> None:
    text, _ = shown(value, True)
    for char in text:
        category = unicodedata.category(char)
        assert category not in ("Cc", "Cs", "Zl", "Zp")
        assert category != "Cf" or ord(char) in VISIBLE_FORMAT


@given(st.text())
def test_every_format_character_is_escaped(value: str) -> None:
    text, _ = shown(value.encode("utf-8", "surrogatepass"), True)
    assert all(
        unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        or ord(char) in VISIBLE_FORMAT
        for char in text
    )


def test_every_format_character_of_unicode_is_escaped() -> None:
    for code in range(0x110000):
        char = chr(code)
        if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and code not in VISIBLE_FORMAT:
            assert shown(char.encode(), True)[1], hex(code)


def unescaped(text: str) -> bytes:
    def one(found: re.Match[str]) -> str:
        code = found[1]
        if code in "tnr\\":
            return {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[code]
        number = int(code[1:], 16)
        if code[0] == "x":
            return chr(number) if number < 0x80 else chr(0xDC00 + number)
        return chr(number)

    pattern = r"\\([tnr\\]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"
    return re.sub(pattern, one, text).encode("utf-8", "surrogateescape")


@given(st.one_of(st.binary(), st.text().map(str.encode)), st.booleans(), st.booleans())
def test_what_was_escaped_can_be_read_back(value: bytes, control: bool, ascii: bool) -> None:
    text, escaped = shown(value, control, ascii)
    assert (unescaped(text) if escaped else text.encode()) == value
