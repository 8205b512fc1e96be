"""Pictures of the screen, at the sizes and in the states that people meet."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from streamstats.engines.alarms import Alarms, alarm
from streamstats.engines.clock import Wish
from streamstats.engines.follow import Following, Wanted
from streamstats.engines.once import Job
from streamstats.engines.sliding import Pace, Sliding
from streamstats.times import zone
from streamstats.tui.app import Live
from streamstats.tui.page import look
from streamstats.tui.pump import Notes
from streamstats.tui.state import State
from streamstats.tui.table import Values

EXAMPLE = Path(__file__).parents[2] / "examples" / "access.log"

Compare = Callable[..., bool]


class Still(Sliding):
    """Looks as if no time went by, so that a picture is always the same."""

    def pace(self, lines: int, *, timed: bool) -> Pace:
        pace = super().pace(lines, timed=timed)
        return pace._replace(rate=0.0 if pace.newest is None else 123.0, lag=0.4)

    def end(self, newest: int) -> int:
        return newest

    def since(self, newest: int, length: int, *, timed: bool) -> int:
        return newest - length


class Made:
    """Makes screens, and lets go of what they follow."""

    def __init__(self) -> None:
        self._all: list[Following] = []

    def __call__(
        self,
        path: str,
        pattern: str | None = None,
        *,
        by: tuple[str, ...] = (),
        alarms: str = "",
        unicode: bool = True,
        colour: bool = True,
    ) -> Live:
        notes = Notes()
        job = Job([path], pattern, by=by, wish=Wish(zone=zone("UTC")), threads=1)
        following = Following(job, Wanted(), notes)
        following.sliding = Still(following.wish, None, None)
        self._all.append(following)
        raised = Alarms(following, [alarm(alarms)], None, notes.say) if alarms else None
        return Live(
            following, State(), notes, raised, interval=0.05, unicode=unicode, colour=colour
        )

    def close(self) -> None:
        for following in self._all:
            following.close()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """In a folder that has the example log."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "access.log").write_bytes(EXAMPLE.read_bytes())
    made = Made()
    yield made
    made.close()


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until the frame shows what is wanted."""
    app = pilot.app
    assert isinstance(app, Live)
    for _ in range(500):
        await pilot.pause(0.02)
        frame = app.frame
        done = frame is not None and frame.state == app.state and frame.counting is None
        if done and frame is not None and frame.stats.count:
            break
    else:
        pytest.fail("there was no frame")
    await pilot.pause(0.15)


def keys(*pressed: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press keys, and wait after each."""

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        for key in pressed:
            await pilot.press(key)
            await settled(pilot)

    return before


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)], ids=str)
def test_sizes(snap_compare: Compare, made: Made, size: tuple[int, int]) -> None:
    assert snap_compare(made("access.log"), terminal_size=size, run_before=keys())


@pytest.mark.parametrize(
    "pressed",
    [
        ("k", "down", "down"),
        ("f", "r"),
        ("slash", "2", "0", "0", "1"),
        ("o", "right"),
        ("minus", "minus", "minus"),
        ("question_mark",),
        ("b",),
        ("b", "down", "down", "down", "down", "down", "down", "enter"),
        ("down", "enter"),
        ("p",),
    ],
    ids="-".join,
)
def test_keys(snap_compare: Compare, made: Made, pressed: tuple[str, ...]) -> None:
    app = made("access.log")
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys(*pressed))


def test_without_colour(snap_compare: Compare, made: Made) -> None:
    app = made("access.log", colour=False)
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("down"))


def test_messages(snap_compare: Compare, made: Made) -> None:
    app = made("access.log")

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        app._notes.say("access.log.1: passed over")
        app._want()
        while app.frame is None or len(app.frame.notes) < 2:
            await pilot.pause(0.02)
        await pilot.press("m")
        await settled(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=before)


def test_a_number_and_its_text_are_two_values_with_pages_of_their_own(
    snap_compare: Compare, made: Made
) -> None:
    held = ['"a":1,', '"a":"1",', '"a":1,', '"a":null,', ""]
    text = "".join(f'{{{key}"time":"2026-01-01T10:00:00Z"}}\n' for key in held * 3)
    Path("keys.log").write_text(text)
    app = made("keys.log", "json", by=("a",))

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        assert app.frame is not None
        counted = [(each.row.kinds, each.row.count, each.rate) for each in app.frame.rows]
        assert counted == [
            (("number",), 6, 1.2),
            (("missing",), 3, 0.6),
            (("null",), 3, 0.6),
            (("text",), 3, 0.6),
        ]
        app.action_copy_all()
        assert app.clipboard.splitlines()[1].startswith("1,6,0.4,")
        rows = [each.row for each in app.frame.rows]
        for row, key in zip(rows, ('"a":1', "", '"a":null', '"a":"1"'), strict=True):
            facts = look(app._following, row, None)
            assert facts.counted == row.count
            assert sum(records for _, records in facts.buckets) == row.count
            assert len(facts.lines) == row.count
            assert all(line.startswith(f"{{{key}".encode()) for line in facts.lines)
        await pilot.press("down", "down", "down", "enter")
        await settled(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=before)


def test_fewer_rows_fill_the_screen_from_the_top(made: Made) -> None:
    app = made("access.log")

    async def fewer() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            for _ in range(3):
                await pilot.press("pagedown")
            await settled(pilot)
            table = app.query_one(Values)
            assert table.top > 0
            await pilot.press("o")
            await settled(pilot)
            assert app.frame is not None
            assert len(app.frame.rows) == 7
            assert table.top == 0

    asyncio.run(fewer())


def test_keys_of_the_table_do_nothing_on_a_page(made: Made) -> None:
    app = made("access.log")

    async def pressed() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await pilot.press("enter")
            await settled(pilot)
            state = app.state
            await pilot.press("b", "o", "r", "minus", "slash")
            assert len(app.screen_stack) == 2
            assert app.state == state
            await pilot.press("escape")
            assert len(app.screen_stack) == 1

    asyncio.run(pressed())


def test_ascii_and_alarms(snap_compare: Compare, made: Made) -> None:
    app = made("access.log", alarms="share > 10%", unicode=False)

    async def before(pilot: Pilot[Any]) -> None:
        for _ in range(200):
            await settled(pilot)
            if app.frame is not None and app.frame.alarms:
                break
        await settled(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=before)


def test_nothing_in_a_value_acts_on_the_terminal(snap_compare: Compare, made: Made) -> None:
    bad = [
        b"\x1b]0;title\x07",
        b"\x1b[2J\x1b[31m",
        b"\xc2\x9b5A",
        "a\u202eb".encode(),
        b"[red]x[/]",
    ]
    Path("bad.log").write_bytes(
        b"".join(b"2026-01-01T10:00:0%dZ " % n + b + b"\n" for n, b in enumerate(bad) for _ in "ab")
    )
    app = made("bad.log", r"^(?P<time>\S+) (?P<value>.*)$")
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("down", "enter"))


def run(app: Live, *steps: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
    """Run the screen without a terminal."""
    import asyncio

    async def inner() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            for step in steps:
                await step(pilot)

    asyncio.run(inner())


def test_what_is_appended_is_seen_and_pause_holds_it(made: Made) -> None:
    app = made("access.log")
    line = b'198.51.100.200 - - [14/Mar/2025:12:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "x"\n'

    async def append(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        assert app.frame is not None
        total = app.frame.stats.total
        with open("access.log", "ab") as log:
            log.write(line * 5000)
        for _ in range(200):
            await pilot.pause(0.02)
            if app.frame.stats.total == total + 5000:
                break
        assert app.frame.rows[0].row.value == b"198.51.100.200"
        await pilot.press("p")
        await settled(pilot)
        with open("access.log", "ab") as log:
            log.write(line)
        await pilot.pause(0.5)
        assert app.frame.stats.total == total + 5000
        await pilot.press("p")
        for _ in range(200):
            await pilot.pause(0.02)
            if app.frame.stats.total == total + 5001:
                break
        assert app.frame.stats.total == total + 5001

    run(app, append)


def test_what_is_seen_is_saved(made: Made) -> None:
    app = made("access.log")
    run(app, keys("slash", "6", "6", "enter", "j", "s"))
    import csv
    import json

    saved = sorted(name for name in os.listdir() if name.startswith("streamstats-"))
    assert [name.rpartition(".")[2] for name in sorted(saved, key=lambda n: n[-4:])] == [
        "csv",
        "json",
    ]
    texts = {name.rpartition(".")[2]: Path(name).read_text() for name in saved}
    values = [row["value"] for row in json.loads(texts["json"])["values"]]
    assert values
    assert values[0] == "203.0.113.66"
    assert all("66" in value for value in values)
    assert [row["value"] for row in csv.DictReader(texts["csv"].splitlines())] == values


def test_a_click_on_a_head_sorts_and_on_a_value_opens_it(made: Made) -> None:
    app = made("access.log")

    async def click(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.click("#values", offset=(50, 0))
        await settled(pilot)
        assert app.state.sort == "peak"
        await pilot.click("#values", offset=(3, 4))
        await pilot.click("#values", offset=(3, 4))
        await pilot.pause(0.3)
        assert type(app.screen).__name__ == "ValuePage"

    run(app, click)


def test_another_group_is_counted_from_the_beginning(made: Made) -> None:
    app = made("access.log")

    async def check(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        assert app.frame is not None
        total = app.frame.stats.total
        await keys("b", "down", "down", "down", "down", "down", "enter")(pilot)
        for _ in range(300):
            await pilot.pause(0.02)
            if app.frame.by == ("method",):
                break
        assert app.frame.by == ("method",)
        assert app.frame.stats.total == total
        assert {each.row.value for each in app.frame.rows} >= {b"GET", b"POST"}

    run(app, check)
