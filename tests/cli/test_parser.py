"""Arguments, in any order and however wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.cli import parser
from streamstats.cli.commands import COMPLETION, PATTERNS, WHEN
from streamstats.cli.flags import FLAGS
from streamstats.errors import UsageError

ACTIONS = {action.name: action for action in PATTERNS.commands}


def parsed(*argv: str) -> dict[str, Any]:
    """Return what differs from no arguments at all."""
    nothing = vars(parser.parse([]))
    return {name: v for name, v in vars(parser.parse(argv)).items() if v != nothing[name]}


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["a", "-p", "x", "b"], {"files": ["a", "b"], "pattern": "x"}),
        (["--pattern=x=y"], {"pattern": "x=y"}),
        (["-px"], {"pattern": "x"}),
        (["-p", "-x"], {"pattern": "-x"}),
        (["-"], {"files": ["-"]}),
        (["--", "-p", "--"], {"files": ["-p", "--"]}),
        (["a", "--", "-x"], {"files": ["a", "-x"]}),
        (["-on5", "-"], {"outliers": True, "top": 5, "files": ["-"]}),
        (["-n", "0"], {"top": 0}),
        (["--by", "ip, status"], {"by": ("ip", "status")}),
        (["--where", "a=1", "--where=b>2"], {"where": ["a=1", "b>2"]}),
        (["--json"], {"format": "json"}),
        (["--json", "--format", "csv"], {"format": "csv"}),
        (["--format", "csv", "--json"], {"format": "json"}),
        (["--nonsense", "-h", "-n"], {"help": True}),
        (["--", "-h"], {"files": ["-h"]}),
        (["--version"], {"version": True}),
        (["", "-p", ""], {"files": [""], "pattern": ""}),
        (["-t"], {"time": True}),
        (["--no-time"], {"no_time": True}),
        (["--start", "-1h"], {"start": "-1h"}),
        (["--since", "10m ago"], {"start": "10m ago"}),
        (["-Snoon"], {"start": "noon"}),
        (["-S", "noon", "--start=now"], {"start": "now"}),
        (["--end", "now", "-tU", "noon"], {"time": True, "end": "noon"}),
        (["--until=now"], {"end": "now"}),
        (["--window", "yesterday..today"], {"window": "yesterday..today"}),
        (["--per", "1m", "--peak", "sliding"], {"per": "1m", "peak": "sliding"}),
        (["--sort", "peak", "--lateness=0s"], {"sort": "peak", "lateness": "0s"}),
        (["--no-time", "--per", "1m", "--tz", "UTC"], {"no_time": True, "per": "1m", "tz": "UTC"}),
        (["--relative-to", "log", "--no-seek"], {"relative_to": "log", "no_seek": True}),
        (["--day-first", "--time-format", "epoch"], {"day_first": True, "time_format": "epoch"}),
    ],
)
def test_arguments(argv: list[str], expected: dict[str, Any]) -> None:
    assert parsed(*argv) == expected


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--patern"], "there is no flag --patern; did you mean --pattern?"),
        (["--wher=x"], "there is no flag --wher; did you mean --where?"),
        (["--o"], "there is no flag --o; did you mean --outliers?"),
        (["--qqqqqq"], "there is no flag --qqqqqq"),
        (["-oz"], "there is no flag -z"),
        (["-p"], "-p needs a value: NAME|REGEX"),
        (["-p", "--json"], "-p needs a value: NAME|REGEX"),
        (["-p", "--format=csv"], "-p needs a value: NAME|REGEX"),
        (["--json=1"], "--json takes no value"),
        (["-n", "x"], "-n takes a whole number from 0, not 'x'"),
        (["-n", "1_0"], "-n takes a whole number from 0, not '1_0'"),
        (["-n", "٣"], "-n takes a whole number from 0, not '٣'"),
        (["-n", "9" * 5000], "-n takes a whole number from 0"),
        (["--threads=0"], "--threads takes a whole number from 1, not '0'"),
        (
            ["--sort", "size"],
            "--sort takes count|value|rate|peak|first|last|p50|p95|p99|max, not 'size'",
        ),
        (["--by", "a,,b"], "a group is missing in 'a,,b'"),
        (["--by", ""], "a group is missing in ''"),
        (["--by", "a,b,a"], "group 'a' stands twice in 'a,b,a'"),
        (["--classic", "--format", "csv"], "--classic is a layout of text"),
        (["-1"], "there is no flag -1"),
        (["--sice", "now"], "there is no flag --sice; did you mean --since?"),
        (["--since", "--until", "now"], "--since needs a value: WHEN"),
        (["--time", "--no-time"], "--time needs times, and --no-time leaves them out"),
        (["--no-time", "-U", "now"], "--end needs times, and --no-time leaves them out"),
        (["--no-time", "--sort", "rate"], "--sort rate needs times, and --no-time leaves"),
        (["--window", "..now", "-S", "now"], "--window and --start both say where the window is"),
        (["--window", "..now", "--until", "now"], "--window and --end both say where the"),
        (["--day-first", "--month-first"], "--day-first and --month-first contradict each other"),
        (["--peak", "slide"], "--peak takes calendar|sliding, not 'slide'"),
        (["--relative-to", "file"], "--relative-to takes now|log, not 'file'"),
        (["--\x1b[31m"], "there is no flag --\\x1b[31m"),
    ],
)
def test_errors(argv: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parser.parse(argv)
    assert caught.value.message.startswith(message)
    assert caught.value.exit_status == 2
    assert caught.value.hint or "twice" in message


def test_commands_take_what_they_should() -> None:
    values = parser.parse_command(ACTIONS["test"], "x", ["combined", "-n", "3", "a.log"])
    assert values == {"name": "combined", "file": "a.log", "lines": 3, "help": False}
    values = parser.parse_command(ACTIONS["test"], "x", ["combined"])
    assert values == {"name": "combined", "file": None, "lines": 10, "help": False}
    assert parser.parse_command(COMPLETION, "x", ["bash"])["shell"] == "bash"
    values = parser.parse_command(WHEN, "x", ["now", "-1h", "--tz", "UTC", "-2d"])
    assert (values["expressions"], values["tz"]) == (["now", "-1h", "-2d"], "UTC")


def test_when_needs_an_expression() -> None:
    with pytest.raises(UsageError, match="EXPRESSION is missing"):
        parser.parse_command(WHEN, "x", ["--tz", "UTC"])
    with pytest.raises(UsageError, match="there is no flag -x"):
        parser.parse_command(WHEN, "x", ["now", "-x"])


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "--regex REGEX is missing"),
        (["--regex", "x"], "NAME is missing"),
        (["a", "b", "--regex", "x"], "'b' is one argument too many"),
    ],
)
def test_errors_of_commands(argv: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parser.parse_command(ACTIONS["add"], "streamstats patterns add", argv)
    assert caught.value.message == message
    assert caught.value.hint == "see streamstats patterns add --help"


def test_the_first_argument_is_the_command() -> None:
    assert parser.subcommand(["patterns", "list"]) is PATTERNS
    assert parser.subcommand(["./patterns"]) is None
    assert parser.subcommand(["-o", "patterns"]) is None
    assert parser.subcommand([]) is None


@given(st.lists(st.one_of(st.text(), st.sampled_from([n for f in FLAGS for n in f.names]))))
def test_nothing_breaks_it(argv: list[str]) -> None:
    message = ""
    try:
        assert isinstance(parser.parse(argv).files, list)
    except UsageError as error:
        message = error.message
    assert message.isprintable()


@given(st.text(), st.text(), st.lists(st.text().filter(lambda t: not t.startswith("-"))))
def test_values_arrive_as_given(pattern: str, total: str, files: list[str]) -> None:
    arguments = parser.parse([f"--pattern={pattern}", f"--sum={total}", "--", *files])
    assert (arguments.pattern, arguments.sum, arguments.files) == (pattern, total, files)
