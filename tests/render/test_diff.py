"""What changed, shown: widths, colours, and values of strangers."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.diff import chance, render_diff, times
from streamstats.render.diff_formats import COLUMNS, RENDERERS
from streamstats.render.escape import terminal_unsafe
from streamstats.render.look import PLAIN, Look
from streamstats.render.width import display_width
from streamstats.summary.change import Change, Compared, Diff, Ratio, Side
from streamstats.summary.model import Approximation
from streamstats.times import zone

SECOND = 10**9
AT = 1_795_600_000 * SECOND


def change(value: bytes, before: int, after: int, **more: object) -> Change:
    kind = "new" if not before else "gone" if not after else "risen" if after > before else "fallen"
    ratio = after / before if before else math.inf
    low, high = (ratio / 2, ratio * 2) if before else (3.0, math.inf)
    known = Change(
        ("value",), value, (value,), ("text",), kind, before, after, ratio, low, high, 1e-9, 1e-7
    )
    return known._replace(**more)  # type: ignore[arg-type]


def diff(*changes: Change, changed: int | None = None, **more: object) -> Diff:
    new, gone, risen, fallen = (
        sum(each.kind == kind for each in changes) for kind in ("new", "gone", "risen", "fallen")
    )
    by = changes[0].by if changes else ("value",)
    every = len(changes) if changed is None else changed
    group = Compared(by, 50, 40, 30, every, (new, gone, risen, fallen), 7.7, changes)
    sides = Side("a.log", ("a.log",), 1000), Side("b.log", ("b.log",), 2000)
    return Diff(*sides, "counts", Ratio(2.0, 1.8, 2.2), "line", (group,))._replace(**more)  # type: ignore[arg-type]


def text(of: Diff, look: Look = PLAIN) -> str:
    return "".join(render_diff(of, look))


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (403.2, "×403"),
        (12_345.6, "×12,346"),
        (99.6, "×100"),
        (2.0, "×2"),
        (1.234, "×1.23"),
        (1.0, "×1"),
        (0.9999, "×1"),
        (0.98, "÷1.02"),
        (0.5, "÷2"),
        (0.001, "÷1,000"),
        (0.0, "÷∞"),
        (math.inf, "×∞"),
    ],
)
def test_ratios_as_people_say_them(ratio: float, shown: str) -> None:
    assert times(ratio) == shown
    assert times(ratio, unicode=False).isascii()


@pytest.mark.parametrize(
    ("q", "shown"), [(0.0, "<1e-300"), (1e-9, "1e-9"), (2.34e-12, "2e-12"), (0.0123, "0.012")]
)
def test_probabilities(q: float, shown: str) -> None:
    assert chance(q) == shown


def test_nothing_changed() -> None:
    shown = text(diff())
    assert shown.endswith("\nnothing changed in value\n")
    assert "q is the share" not in shown


def test_more_changes_and_the_caveat() -> None:
    shown = text(diff(change(b"/a", 10, 400), changed=31))
    assert "… 30 more changes" in shown
    assert "vary 8 times as much" in shown


@given(
    st.lists(st.binary(max_size=200), min_size=1, max_size=5),
    st.integers(1, 200),
    st.booleans(),
    st.booleans(),
)
def test_it_fits_whatever_values_hold(
    values: list[bytes], width: int, unicode: bool, timed: bool
) -> None:
    changes = [change(value, at, 100 - at) for at, value in enumerate(values)]
    of = diff(*changes)
    if timed:
        changes = [each._replace(first=AT, last=AT + SECOND) for each in changes]
        of = diff(*changes, zone=zone("UTC"))
    shown = text(of, Look(width, False, unicode, True))
    unsafe = {*range(0x20), *terminal_unsafe()}
    assert shown.isascii() or unicode
    for line in shown.splitlines():
        assert not unsafe.intersection(map(ord, line))
        # Numbers are never cut, however narrow the terminal is.
        assert display_width(line) <= max(width, 48)
    assert "\x1b" not in shown


def test_colour_is_only_added() -> None:
    of = diff(change(b"a", 0, 9), change(b"b", 9, 0), change(b"c", 3, 9), change(b"d", 9, 3))
    plain, coloured = text(of), text(of, PLAIN._replace(colour=True))
    bare = coloured
    for code in ("0", "1", "2", "36", "1;31"):
        bare = bare.replace(f"\x1b[{code}m", "")
    assert bare == plain
    assert "\x1b[m" not in coloured


def test_columns_go_as_the_terminal_narrows() -> None:
    seen = change(b"/a/rather/long/path/of/a/page", 0, 400, first=AT, last=AT)
    of = diff(seen, zone=zone("UTC"))
    headers = {
        width: text(of, Look(width, False, True, True)).split("\n\n")[1].splitlines()[1].split()
        for width in (200, 80, 60, 40)
    }
    assert headers[200][-4:] == ["99%", "interval", "q", "seen"]
    assert "interval" not in headers[80]
    assert "seen" in headers[80]
    assert "seen" not in headers[60]
    assert headers[40] == ["value", "before", "after", "change"]


def test_a_number_and_a_text_that_read_alike() -> None:
    of = diff(
        change(b"200", 0, 9, kinds=("number",)),
        change(b"200", 9, 0),
    )
    shown = text(of)
    assert "  200 " in shown
    assert '"200"' in shown
    found = json.loads("".join(RENDERERS["json"](of, PLAIN)))["groups"][0]["changes"]
    assert [each.get("kind") for each in found] == ["number", None]


def test_what_counts_lack_is_said() -> None:
    group = diff(change(b"a", 0, 9)).groups[0]
    for error, said in ((12, "at most 12 records"), (None, "an unknown number of")):
        known = group._replace(approximation=Approximation(error, 1e6, 0.01))
        of = diff()._replace(groups=(known,))
        assert said in text(of)
        shown = json.loads("".join(RENDERERS["json"](of, PLAIN)))["groups"][0]
        assert (shown["approximate"], shown["error"]) == (True, error)


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_formats_for_machines_hold_the_same(values: list[bytes]) -> None:
    changes = [change(value, at, 100 - at) for at, value in enumerate(values)]
    of = diff(*changes)
    whole = json.loads("".join(RENDERERS["json"](of, PLAIN)))
    lines = [json.loads(line) for line in RENDERERS["ndjson"](of, PLAIN)]
    assert whole["groups"][0]["changes"] == lines
    rows = list(csv.DictReader(io.StringIO("".join(RENDERERS["csv"](of, PLAIN)), newline="")))
    tabs = "".join(RENDERERS["tsv"](of, PLAIN)).split("\n")
    assert len(tabs) == len(values) + 2
    for line, row, tab in zip(lines, rows, tabs[1:], strict=False):
        assert list(row) == list(COLUMNS)
        assert row["value"] == line["value"]
        assert (int(row["before"]), int(row["after"])) == (line["before"], line["after"])
        assert len(tab.split("\t")) == len(COLUMNS)
        ratio = float(row["ratio"])
        assert line["ratio"] == (None if math.isinf(ratio) else ratio)


def test_markdown_lets_no_value_act() -> None:
    shown = "".join(RENDERERS["markdown"](diff(change(b"a|b`c\n<b>", 0, 9), changed=3), PLAIN))
    assert "``a\\|b`c\\\\n<b>``" in shown or "``a\\|b`c\\n<b>``" in shown
    assert "… 2 more changes" in shown
