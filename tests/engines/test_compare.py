"""Two logs, or two windows of one, compared from Python."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import streamstats
from streamstats.engines.once import Job
from streamstats.engines.telling import telling
from streamstats.errors import SourceError, StreamstatsError, UsageError
from streamstats.summary.change import Diff
from streamstats.times import WhenError

EXAMPLE = Path(__file__).parents[2] / "examples" / "access.log"
NINE = "2025-03-14T09:00Z"
HALF = "2025-03-14T09:40Z"
TEN = "2025-03-14T10:00Z"

lines = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"e"]), min_size=1, max_size=300)


def compared(before: list[bytes], after: list[bytes], measure: str = "counts") -> Diff:
    return streamstats.diff(streamstats.count(before), streamstats.count(after), compare=measure)


def example(**how: object) -> Diff:
    return streamstats.diff(EXAMPLE, before=f"{NINE}..{HALF}", after=f"{HALF}..{TEN}", **how)  # type: ignore[arg-type]


@given(lines)
def test_a_log_and_itself(one: list[bytes]) -> None:
    shuffled = one[:]
    random.Random(len(one)).shuffle(shuffled)
    for measure in ("counts", "shares"):
        found = compared(one, shuffled, measure)
        assert found.changed == 0
        assert found.groups[0].values == len(set(one))
        assert found.total.value == 1


@given(lines, lines)
def test_the_sides_changed_round(one: list[bytes], two: list[bytes]) -> None:
    there, back = compared(one, two).groups[0], compared(two, one).groups[0]
    others = {change.value: change for change in back.changes}
    assert there.counts == (back.counts[1], back.counts[0], back.counts[3], back.counts[2])
    for change in there.changes:
        other = others.pop(change.value)
        assert (other.before, other.after) == (change.after, change.before)
        assert other.q == pytest.approx(change.q)
    assert not others


@given(lines, lines)
def test_counts_are_those_of_both_sides(one: list[bytes], two: list[bytes]) -> None:
    before, after = Counter(one), Counter(two)
    group = compared(one, two).groups[0]
    assert (group.before, group.after) == (len(before), len(after))
    assert group.values == len(before | after)
    for change in group.changes:
        assert (change.before, change.after) == (before[change.value], after[change.value])


def test_split_files_are_one_side(tmp_path: Path) -> None:
    whole = EXAMPLE.read_bytes().splitlines(keepends=True)
    first, second = whole[:9000], whole[9000:]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for at in range(3):
        (tmp_path / "a" / f"{at}.log").write_bytes(b"".join(first[at * 3000 : at * 3000 + 3000]))
    (tmp_path / "b" / "0.log").write_bytes(b"".join(second))
    (tmp_path / "a.log").write_bytes(b"".join(first))
    folders = streamstats.diff(tmp_path / "a", tmp_path / "b", by="status")
    files = streamstats.diff(tmp_path / "a.log", tmp_path / "b" / "0.log", by="status")
    several = streamstats.diff(
        [str(tmp_path / "a" / f"{at}.log") for at in range(3)], tmp_path / "b", by="status"
    )
    assert folders.groups == files.groups == several.groups
    assert files.before.records == 9000


def test_windows_are_rates() -> None:
    found = example(by="status", tz="UTC")
    assert found.measure == "rates"
    assert (found.before.seconds, found.after.seconds) == (2400.0, 1200.0)
    (group,) = found.groups
    change = group.changes[0]
    assert (change.value, change.kind, change.before) == (b"401", "new", 0)
    assert change.first is not None
    risen = next(change for change in group.changes if change.value == b"404")
    assert risen.ratio == pytest.approx((risen.after / 1200) / (risen.before / 2400))


def test_a_longer_window_of_the_same_has_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "steady.log"
    with path.open("w") as file:
        for at in range(7200):
            file.write(f"[2026-03-01 1{at // 3600}:{at // 60 % 60:02}:{at % 60:02}] v{at % 5}\n")
    pattern = r"^\[(?P<time>[^\]]+)\] (?P<value>\S+)"
    windows = {"before": "2026-03-01 10:00..2026-03-01 11:30", "after": "2026-03-01 11:30.."}
    found = streamstats.diff(path, pattern=pattern, tz="UTC", **windows)  # type: ignore[arg-type]
    assert (found.before.records, found.after.records) == (5400, 1800)
    assert (found.measure, found.changed) == ("rates", 0)
    bare = streamstats.diff(
        path,
        pattern=pattern,
        tz="UTC",
        compare="counts",
        **windows,  # type: ignore[arg-type]
    )
    assert bare.groups[0].counts == (0, 0, 0, 5)


def test_the_other_window_is_the_rest() -> None:
    after = streamstats.diff(EXAMPLE, after=f"{HALF}..", by="status", compare="counts")
    before = streamstats.diff(EXAMPLE, before=f"..{HALF}", by="status", compare="counts")
    assert after.before.records + after.after.records == 20_554
    assert after.groups == before.groups


def test_groups_that_tell_something_are_found() -> None:
    found = example()
    assert {group.by for group in found.groups} == {
        ("ip",),
        ("status",),
        ("path",),
        ("agent",),
        ("method",),
        ("referer",),
    }
    sure = [group.changes[0].low for group in found.groups]
    assert sure == sorted(sure, reverse=True)


def test_several_groups_each_or_together() -> None:
    each = example(by=["status", "method"])
    assert [group.by for group in each.groups] == [("status",), ("method",)]
    together = example(by="status,method")
    assert together.groups[0].changes[0].groups == (b"401", b"POST")
    networks = example(by="ip/24")
    assert networks.groups[0].changes[0].value == b"203.0.113.0/24"


def test_top_and_q() -> None:
    few = example(by="ip", top=3).groups[0]
    many = example(by="ip").groups[0]
    assert few.changes == many.changes[:3]
    assert few.changed == many.changed == len(many.changes)
    strict = example(by="ip", q=1e-9).groups[0]
    assert 0 < strict.changed < many.changed
    assert all(change.q <= 1e-9 for change in strict.changes)


def test_tallies_of_several_groups_and_of_none_alike() -> None:
    one = streamstats.count([b"a 1", b"b 2"] * 20, r"^(?P<x>\S) (?P<y>\S)", "x,y")
    two = streamstats.count([b"a 1", b"c 2"] * 20, r"^(?P<x>\S) (?P<y>\S)", "x,y")
    changes = streamstats.diff(one, two).groups[0].changes
    assert [(change.groups, change.kind) for change in changes] == [
        ((b"c", b"2"), "new"),
        ((b"b", b"2"), "gone"),
    ]
    other = streamstats.count([b"a 1"], r"^(?P<x>\S) (?P<y>\S)", "x")
    with pytest.raises(UsageError, match="different groups"):
        streamstats.diff(one, other)
    summed = streamstats.count([b"a 1"], r"^(?P<x>\S) (?P<y>\S)", "x", sum="y")
    with pytest.raises(UsageError, match="sums"):
        streamstats.diff(summed, summed)
    with pytest.raises(UsageError, match="another tally"):
        streamstats.diff(one, "file.log")
    with pytest.raises(UsageError, match="rates need times"):
        streamstats.diff(one, two, compare="rates")
    with pytest.raises(UsageError, match="one of rates, shares, counts"):
        streamstats.diff(one, two, compare="sizes")


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="alone has nothing to be compared with"):
        streamstats.diff(EXAMPLE)
    with pytest.raises(UsageError, match="is on both sides"):
        streamstats.diff(EXAMPLE, str(EXAMPLE))
    link = tmp_path / "link.log"
    link.symlink_to(EXAMPLE)
    with pytest.raises(UsageError, match="is on both sides"):
        streamstats.diff(EXAMPLE, link)
    with pytest.raises(UsageError, match="overlap"):
        streamstats.diff(EXAMPLE, before="10:00..11:00", after="10:59..12:00")
    with pytest.raises(WhenError, match="empty"):
        streamstats.diff(EXAMPLE, before="10:00..10:00", after="10:59..12:00")
    with pytest.raises(SourceError):
        streamstats.diff(EXAMPLE, tmp_path / "nope.log")
    with pytest.raises(StreamstatsError, match="has no record in --after 2031-01-01") as caught:
        streamstats.diff(EXAMPLE, after="2031-01-01..", by="ip")
    assert caught.value.exit_status == 1
    with pytest.raises(UsageError, match="named by its path"):
        streamstats.diff([b"a line"], [b"another"])


def test_values_that_did_not_fit_are_spoken_of(tmp_path: Path) -> None:
    path = tmp_path / "many.log"
    with path.open("w") as file:
        file.writelines(f"value-{at:07}\n" for at in range(300_000))
    whole = streamstats.count(str(path), "line")
    limited = streamstats.count(str(path), "line", memory_limit=1 << 20)
    assert streamstats.diff(whole, whole).groups[0].approximation is None
    assert streamstats.diff(whole, limited).groups[0].approximation is not None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # What measures, what is all alike and what is never the same says nothing.
        (
            '{{"ip":"192.0.2.{few}","level":"{level}","ms":{n},"id":"id-{n}","app":"x"}}\n',
            [("ip",), ("level",)],
        ),
        ("plain text\n", [()]),
    ],
)
def test_which_groups_tell_something(
    tmp_path: Path, text: str, wanted: list[tuple[str, ...]]
) -> None:
    path = tmp_path / "app.log"
    with path.open("w") as file:
        for n in range(200):
            file.write(text.format(n=n * 37 % 1000, few=n % 9, level="info" if n % 7 else "error"))
    assert telling([Job((str(path),))]) == wanted


def test_a_stream_is_not_looked_into(tmp_path: Path) -> None:
    assert telling([Job(("-",)), Job((str(EXAMPLE),))]) == [()]
