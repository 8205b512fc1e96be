from __future__ import annotations

import pytest

from streamstats.render.look import UNLIMITED, decide


def test_a_pipe_is_plain_and_cuts_nothing() -> None:
    assert decide({}, terminal=False) == (UNLIMITED, False, True, False)


def test_a_terminal() -> None:
    assert decide({}, terminal=True, columns=120) == (120, True, True, True)
    assert decide({}, terminal=True).width == 80


@pytest.mark.parametrize(
    ("told", "width"), [("100", 100), ("0", 120), ("-5", 120), ("wide", 120), ("", 120)]
)
def test_columns_beats_the_terminal(told: str, width: int) -> None:
    assert decide({"COLUMNS": told}, terminal=True, columns=120).width == width
    assert decide({"COLUMNS": "60"}, terminal=False).width == 60


@pytest.mark.parametrize(
    ("environ", "terminal", "color", "colour"),
    [
        ({}, True, "auto", True),
        ({}, False, "auto", False),
        ({}, False, "always", True),
        ({}, True, "never", False),
        ({"NO_COLOR": "1"}, True, "auto", False),
        ({"NO_COLOR": ""}, True, "auto", True),
        ({"NO_COLOR": "1"}, True, "always", True),
        ({"TERM": "dumb"}, True, "auto", False),
    ],
)
def test_colour(environ: dict[str, str], terminal: bool, color: str, colour: bool) -> None:
    assert decide(environ, terminal=terminal, color=color).colour is colour


@pytest.mark.parametrize(
    ("environ", "encoding", "unicode"),
    [
        ({"LANG": "en_US.UTF-8"}, "utf-8", True),
        ({"LANG": "de_DE.utf8@euro"}, "utf-8", True),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, "utf-8", False),
        ({"LC_CTYPE": "de_DE.ISO-8859-1", "LANG": "en_US.UTF-8"}, "utf-8", False),
        ({"LANG": "POSIX"}, "utf-8", False),
        ({"LANG": "de_DE"}, "iso8859-1", False),
        ({"LANG": "de_DE"}, "utf-8", True),
        ({}, "ascii", False),
        ({}, None, False),
    ],
)
def test_unicode(environ: dict[str, str], encoding: str | None, unicode: bool) -> None:
    assert decide(environ, terminal=True, encoding=encoding).unicode is unicode
    assert decide(environ, terminal=True, encoding=encoding, ascii=True).unicode is False
