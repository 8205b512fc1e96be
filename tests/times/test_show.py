"""What `streamstats when` prints."""

from __future__ import annotations

from clocks import NOW, ZURICH
from streamstats.times.show import show


def test_instants_and_windows() -> None:
    texts = ["yesterday  14:00", "@1253385344.5", "yesterday..today", "..noon"]
    shown = show(texts, NOW, ZURICH)
    assert shown.lines == [
        "2026-11-24T14:00:00+01:00  @1795525200  Tue 1d3h ago  yesterday 14:00",
        "2009-09-19T20:35:44.500+02:00  @1253385344.5  Sat 6275d22h ago  @1253385344.5",
        "2026-11-24T00:00:00+01:00  2026-11-25T00:00:00+01:00  1d  yesterday..today",
        "..  2026-11-25T12:00:00+01:00  open  ..noon",
    ]
    assert shown.errors == []


def test_a_guess_is_called_one() -> None:
    assert show(["gestern"], NOW, ZURICH).lines == [
        "2026-11-24T00:00:00+01:00  @1795474800  Tue 1d17h ago  gestern  (a guess by dateparser)"
    ]


def test_each_refusal_is_an_error_and_the_rest_is_shown() -> None:
    shown = show(["foo", "now", "bar.."], NOW, ZURICH)
    assert len(shown.lines) == 1
    assert [error.text for error in shown.errors] == ["foo", "bar.."]
