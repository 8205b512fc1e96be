from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.look import UNLIMITED, Look
from streamstats.render.text import render
from streamstats.render.timed import places, rate
from streamstats.render.width import display_width
from streamstats.summary.model import Summary

Make = Callable[..., Summary]
Times = dict[bytes, list[int]]

SECOND = 1_000_000_000
MINUTE = 60 * SECOND

AT_80 = Look(80, False, True, True)
AT_200 = Look(200, False, True, True)
ASCII_80 = Look(80, False, False, True)
ASCII_200 = Look(200, False, False, True)
PIPE = Look(UNLIMITED, False, True, False)


def text(summary: Summary, look: Look) -> str:
    return "".join(render(summary, look))


def above(summary: Summary, look: Look) -> str:
    """What stands before the statistics."""
    return text(summary, look).partition("\nSome Statsy Things\n")[0]


def header(summary: Summary, look: Look) -> list[str]:
    return re.split("  +", above(summary, look).split("\n\n")[1].split("\n")[0])


def test_at_80(timed: Make, day: Times) -> None:
    assert above(timed(day), AT_80) == (
        "2026-03-01 09:00:00 to 10:00:00 +00:00, 304 records, 0.0844/s\n"
        + "▁" * 30 + "█" + "▁" * 30 + " 1m each\n"
        """
ip             count    mean/s  peak/s   peak at     first      last  timeline
203.0.113.9      180    0.0500      20  09:30:00  09:30:00  09:30:08     █
10.0.0.1         121    0.0336       1  09:00:00  09:00:00  10:00:00  ███████▅
198.51.100.77      3    0.0008       2  09:10:00  09:10:00  09:50:00   █    ▄
"""
    )  # fmt: skip


def test_at_80_in_ascii_by_the_minute(timed: Make, day: Times) -> None:
    summary = timed(day, per=MINUTE, top=2, undated=3, zone="Europe/Zurich")
    assert above(summary, ASCII_80) == (
        "2026-03-01 10:00:00 to 11:00:00 +01:00, 304 records, 0.0844/s, 3 undated\n"
        + "." * 30 + "#" + "." * 30 + " 1m each\n"
        """
ip           count    mean/s  peak/1m  peak at     first      last  timeline
203.0.113.9    180    0.0500      180    10:30  10:30:00  10:30:08       #
10.0.0.1       121    0.0336        2    10:00  10:00:00  11:00:00  ##########.
... 1 more value, 3 records
"""
    )  # fmt: skip


def test_at_200_there_are_shares_and_bars(timed: Make, day: Times) -> None:
    lines = above(timed(day), AT_200).split("\n")
    assert lines[:3] == [
        "2026-03-01 09:00:00 to 10:00:00 +00:00, 304 records, 0.0844/s",
        "▁" * 60 + "█" + "▁" * 60 + " 30s each",
        "",
    ]
    assert [line[:75] for line in lines[3:]] == [
        "ip             count  share    mean/s  peak/s   peak at     first      last",
        "203.0.113.9      180  59.2%    0.0500      20  09:30:00  09:30:00  09:30:08",
        "10.0.0.1         121  39.8%    0.0336       1  09:00:00  09:00:00  10:00:00",
        "198.51.100.77      3   1.0%    0.0008       2  09:10:00  09:10:00  09:50:00",
        "",
    ]
    assert [line[77:] for line in lines[3:]] == [
        "timeline",
        " " * 15 + "█" + " " * 16 + "█" * 40,
        "█" * 30 + "▂ " + "█" * 26 + "▉",
        " " * 5 + "█" + " " * 19 + "▄" + " " * 6 + "▋",
        "",
    ]


def test_at_200_in_ascii(timed: Make, day: Times) -> None:
    shown = above(timed(day), ASCII_200)
    assert shown.isascii()
    lines = shown.split("\n")
    assert lines[1] == "." * 60 + "#" + "." * 60 + " 30s each"
    assert lines[5].endswith("10:00:00  " + "#" * 30 + ": " + "|" * 27)
    assert lines[6].endswith("09:50:00       #                   =      |")


def test_a_pipe_gets_every_column(timed: Make, day: Times) -> None:
    shown = above(timed(day, sparks=12, sliding=True, per=MINUTE, late=5, undated=2), PIPE)
    assert shown.startswith(
        "2026-03-01 09:00:00 to 10:00:00 +00:00, 304 records, 0.0844/s, sliding peaks,"
        " 2 undated, 5 too late: peaks are lower bounds\n"
    )
    assert "10.0.0.1         121  39.8%    0.0336        2  09:00:00  09:00:00  10:00:00  " in shown


def test_the_least_telling_columns_go_first(timed: Make, day: Times) -> None:
    spread = {key: [at, *(later + 86_400 * SECOND for later in more)]
              for key, (at, *more) in day.items()}  # fmt: skip
    summary = timed(spread)
    every = ["ip", "count", "share", "mean/s", "peak/s", "peak at", "first", "last", "timeline"]
    assert header(summary, PIPE) == every
    lost: list[str] = []
    for width in range(160, 19, -1):
        left = header(summary, AT_80._replace(width=width))
        assert left == [name for name in every if name in left]
        lost += [name for name in every if name not in left and name not in lost]
    assert lost == ["share", "last", "first", "mean/s", "timeline", "peak at", "peak/s"]
    assert header(summary, AT_80) == ["ip", "count", "mean/s", "peak/s", "peak at", "timeline"]


def test_an_ipv6_address_is_whole_at_80(timed: Make, day: Times) -> None:
    address = b"2001:db8:85a3:8d3:1319:8a2e:370:7348"
    shown = above(timed({address: day[b"10.0.0.1"]}), AT_80)
    assert f"\n{address.decode()}    121" in shown
    assert header(timed({address: day[b"10.0.0.1"]}), AT_80)[1:] == [
        "count",
        "peak/s",
        "peak at",
        "timeline",
    ]


def test_short_instants(timed: Make) -> None:
    two_days = timed({b"a": [0, 90_000 * SECOND]})
    assert "  01-01 00:00:00  01-01 00:00:00  01-02 01:00:00" in text(two_days, AT_200)
    years = timed({b"a": [0, 400 * 86_400 * SECOND]}, per=3600 * SECOND)
    assert "  1970-01-01 00:00  1970-01-01 00:00:00  1971-02-05 00:00:00" in text(years, AT_200)
    parts = timed({b"a": [250_000_000, SECOND]}, per=SECOND // 10)
    assert "peak/100ms" in text(parts, AT_200)
    assert "  00:00:00.200  00:00:00.250  00:00:01.000" in text(parts, AT_200)


def test_the_offset_changes_with_daylight_saving(timed: Make) -> None:
    change = 1_774_746_000  # 2026-03-29T01:00:00Z
    summary = timed({b"a": [(change - 1) * SECOND, change * SECOND]}, zone="Europe/Zurich")
    assert text(summary, AT_80).startswith(
        "2026-03-29 01:59:59 +01:00 to 2026-03-29 03:00:00 +02:00, 2 records, 2.00/s\n"
    )


def test_one_instant_has_no_mean(timed: Make) -> None:
    shown = above(timed({b"a": [0], b"b": [0]}), AT_80)
    assert shown.startswith("1970-01-01 00:00:00 +00:00, 2 records\n█ 1s each\n\n")
    assert "a       1  50.0%         -       1  00:00:00  00:00:00  00:00:00  █\n" in shown


def test_nothing_dated(timed: Make) -> None:
    assert above(timed({}, undated=12), AT_80) == "no times, 0 records, 12 undated\n"


def test_without_sparklines(timed: Make, day: Times) -> None:
    assert header(timed(day, sparks=0), AT_80)[-1] == "last"


def test_sums_have_records_too(timed: Make, day: Times) -> None:
    summary = timed(day)
    summary.summed = "bytes"
    shown = above(summary, AT_200)
    assert "bytes  records  share" in shown
    assert shown.startswith("2026-03-01 09:00:00 to 10:00:00 +00:00, 304 records, 0.0844/s\n")


def test_colour_changes_nothing_else(timed: Make, day: Times) -> None:
    for look in (AT_80, AT_200, PIPE):
        painted = text(timed(day), look._replace(colour=True))
        assert "\033[36m▁" in painted
        assert re.sub("\033\\[[0-9;]*m", "", painted) == text(timed(day), look)


@pytest.mark.parametrize(
    ("value", "fastest", "shown"),
    [
        (0.0, 5.0, "0.00"),
        (0.004, 5.0, "<0.01"),
        (0.005, 5.0, "0.01"),
        (1234.5, 1234.5, "1,234.50"),
        (0.0336, 0.05, "0.0336"),
        (2e-7, 2e-7, "<0.000001"),
        (7.0, 0.0, "7.00"),
    ],
)
def test_rates(value: float, fastest: float, shown: str) -> None:
    assert rate(value, places(fastest)) == shown


values = st.dictionaries(
    st.one_of(st.binary(max_size=60), st.ip_addresses().map(lambda ip: str(ip).encode())),
    st.lists(st.integers(0, 2**62), min_size=1, max_size=8),
    max_size=6,
)
near = st.integers(0, 2**61).flatmap(
    lambda start: st.dictionaries(
        st.binary(max_size=60),
        st.lists(st.integers(start, start + 10**14), min_size=1, max_size=8),
        max_size=6,
    )
)


kinds = st.fixed_dictionaries(
    {
        "per": st.sampled_from([SECOND // 100, SECOND, 7 * SECOND, MINUTE, 86_400 * SECOND]),
        "sparks": st.integers(0, 60),
        "zone": st.sampled_from(["UTC", "Europe/Zurich", "Asia/Kathmandu"]),
        "late": st.sampled_from([0, 5]),
    }
)


@given(st.one_of(values, near), kinds, st.integers(20, 260), st.booleans())
def test_lines_fit(
    timed: Make, times: Times, kind: dict[str, object], width: int, unicode: bool
) -> None:
    summary = timed(times, undated=1_234, **kind)
    lines = text(summary, Look(width, False, unicode, True)).split("\n")
    head = lines[: lines.index("")]
    # In less than 60 columns the numbers of a row may need more than there is.
    assert max(display_width(line) for line in (lines if width >= 60 else head)) <= width
    if not unicode:
        assert "".join(lines).isascii()


@given(near, st.integers(60, 260))
def test_sliding_peaks_fit_too(timed: Make, times: Times, width: int) -> None:
    shown = text(timed(times, per=10 * SECOND, sliding=True), AT_80._replace(width=width))
    assert max(map(display_width, shown.split("\n"))) <= width
    assert "sliding peaks" in shown
