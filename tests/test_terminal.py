"""What people see on a terminal: progress that goes without a trace, and output that fits."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wcwidth import wcswidth

from test_cases import run

#: A pipe that is slower than people's patience, whatever the machine.
TRICKLE = "(echo a; for i in 1 2 3 4 5; do sleep 0.3; echo b; done) | streamstats -p line"

_SIGN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|.", re.DOTALL)


def screen(shown: str) -> list[str]:
    """What stands on a terminal after ``shown``: the lines, without blanks at their ends.

    Knows what a progress bar writes: colours, the cursor, and going up to erase lines.
    """
    lines: list[list[str]] = [[]]
    row = column = 0
    for found in _SIGN.finditer(shown):
        count, letter = found.group(1), found.group(2)
        if letter is None:
            if found.group() == "\r":
                column = 0
            elif found.group() == "\n":
                row, column = row + 1, 0
                lines += [[]] * (row + 1 - len(lines))
            else:
                line = [*lines[row], *" " * (column - len(lines[row]))]
                lines[row] = [*line[:column], found.group(), *line[column + 1 :]]
                column += 1
        elif letter == "A":
            row -= int(count or 1)
        elif letter == "K":
            lines[row] = [] if count == "2" else lines[row][:column]
        else:
            assert letter in "mhl", f"a sign that is not known here: {found.group()!r}"
    return ["".join(line).rstrip() for line in lines]


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="streamstats-terminal-")).resolve()
    (path / "home").mkdir()
    yield path
    shutil.rmtree(path)


def test_the_screen_is_read_as_a_terminal_shows_it() -> None:
    assert screen("a\r\nbc\r\x1b[2K\x1b[1A\x1b[2Kd\x1b[31me\x1b[0m") == ["de", ""]


def test_progress_of_a_pipe_shows_and_leaves_no_trace(folder: Path) -> None:
    got = run({"shell": f"{TRICKLE} --format csv", "tty": ["stderr"]}, folder)
    shown = got.stderr.decode()
    assert "lines/s" in shown
    assert "bytes" in shown
    assert "".join(screen(shown)) == ""
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h"), "the cursor comes back"
    assert got.stdout.startswith(b"value,count,share,outlier\nb,5,")
    assert got.status == 0


def test_progress_of_a_file_shows_share_and_time_left(folder: Path) -> None:
    # A hole of 2 GB takes a while to read.
    (folder / "hole").write_bytes(b"a\n")
    shell = "truncate -s 2G hole; streamstats -p line --threads 1 --format csv hole"
    got = run({"shell": shell, "tty": ["stderr"], "columns": 120}, folder)
    shown = got.stderr.decode()
    assert re.search(r"\d+%", shown)
    assert re.search(r"\d/2\.1 GB", shown)
    assert re.search(r"0:\d\d:\d\d", shown)
    left = [line for line in screen(shown) if line]
    assert left[0].split(";")[0] == "1 of 2 lines did not match 'line'"
    assert not any("GB" in line for line in left)


def test_progress_goes_before_a_message_comes(folder: Path) -> None:
    shell = "(echo a; sleep 1.2; echo b; echo x) | streamstats -p '^(?P<value>[ab])$' --format csv"
    got = run({"shell": shell, "tty": ["stderr"]}, folder)
    shown = got.stderr.decode()
    assert "lines/s" in shown
    left = [line for line in screen(shown) if line]
    assert left == [
        "1 of 3 lines did not match '^(?P<value>[ab])$'; first: (standard input):3: x",
    ]


def test_progress_goes_when_interrupted(folder: Path) -> None:
    shell = "timeout --preserve-status -s INT 2 streamstats -p line < <(echo a; sleep 3); exit $?"
    got = run({"shell": shell, "tty": ["stderr"]}, folder)
    shown = got.stderr.decode()
    assert "lines/s" in shown
    assert screen(shown)[0].startswith("interrupted after 1 lines; this is what")
    assert got.status == 130


@pytest.mark.parametrize(
    "case",
    [
        {"shell": TRICKLE},
        {"shell": f"{TRICKLE} --no-progress", "tty": ["stderr"]},
        {"shell": TRICKLE, "tty": ["stdout"]},
        {"shell": "seq 1 1000 | streamstats -p line -n 1", "tty": ["stderr"]},
    ],
    ids=["piped", "not wanted", "only the output is a terminal", "done at once"],
)
def test_no_progress(case: dict[str, Any], folder: Path) -> None:
    assert run(case, folder).stderr == b""


WIDE = "".join(
    f"{value}\n" * times
    for times, value in enumerate(
        [
            "日本語のとても長い値" * 12,
            "/ordinary",
            "e\u0301\u0301 combining",
            "👩\u200d👩\u200d👧 family",
            "\x1b[31mred\x1b[0m\x07",
            "x" * 500,
            "한국어",
            "\u202eabc",
        ],
        start=3,
    )
)


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("flags", ["", "--ascii", "--sort value", "-o", "--color always"])
def test_output_fits_the_terminal(columns: int, flags: str, folder: Path) -> None:
    shell = f"streamstats -p line {flags} values"
    (folder / "values").write_text(WIDE, encoding="utf-8")
    got = run({"shell": shell, "tty": ["stdout"], "columns": columns}, folder)
    assert got.status == 0
    text = re.sub(r"\x1b\[[0-9;]*m", "", got.stdout.decode())
    for line in text.split("\n"):
        assert 0 <= wcswidth(line) <= columns, line
    assert "Some Statsy Things" in text


@pytest.mark.parametrize("columns", [80, 200])
def test_bars_and_counts_stand_in_columns(columns: int, folder: Path) -> None:
    (folder / "values").write_text(WIDE, encoding="utf-8")
    got = run({"args": ["-p", "line", "values"], "tty": ["stdout"], "columns": columns}, folder)
    text = re.sub(r"\x1b\[[0-9;]*m", "", got.stdout.decode())
    rows = text.split("\n\n")[0].split("\n")[1:]
    ends = {wcswidth(re.match(r".*\d%", row).group()) for row in rows if "%" in row}  # type: ignore[union-attr]
    assert len(ends) == 1, rows


def test_a_pipe_is_not_cut_to_a_width(folder: Path) -> None:
    (folder / "values").write_text("y" * 300 + "\n", encoding="utf-8")
    assert b"y" * 300 in run({"args": ["-p", "line", "values"]}, folder).stdout
