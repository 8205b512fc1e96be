"""``streamstats.count`` and ``Tally``, as those use them who import the package."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy
import polars
import pyarrow
import pytest

import streamstats
from streamstats.errors import (
    ConditionError,
    NothingMatched,
    PatternError,
    SourceError,
    UnknownGroup,
    UnknownPattern,
    UsageError,
)

ACCESS = b"".join(
    b'%s - - [14/Mar/2024:09:26:53 +0000] "GET %s HTTP/1.1" %d %d "-" "curl/8"\n' % row
    for row in (
        (b"192.0.2.1", b"/a", 200, 100),
        (b"192.0.2.1", b"/b", 404, 50),
        (b"192.0.2.2", b"/a", 200, 150),
        (b"192.0.2.1", b"/a", 500, 7),
    )
)
LETTERS = b"b\na\nb\n"


@pytest.fixture
def access(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(ACCESS)
    return path


def counts(tally: streamstats.Tally) -> dict[bytes, int | float]:
    return {row.value: row.count for row in tally}


def piped(data: bytes) -> str:
    """The path of a pipe that gives the data; the read end stays open with the process."""
    read, write = os.pipe()

    def fill() -> None:
        with os.fdopen(write, "wb") as into:
            into.write(data)

    threading.Thread(target=fill, daemon=True).start()
    return f"/dev/fd/{read}"


class TestSources:
    def test_paths(self, access: Path) -> None:
        expected = {b"192.0.2.1": 3, b"192.0.2.2": 1}
        for path in (str(access), access, os.fsencode(access)):
            tally = streamstats.count(path, "combined")
            assert counts(tally) == expected
            assert tally.source.files == [str(access)]

    def test_several_paths_are_one_tally(self, access: Path) -> None:
        paths: list[str | Path] = [access, str(access)]
        tally = streamstats.count(paths, "combined")
        assert counts(tally) == {b"192.0.2.1": 6, b"192.0.2.2": 2}
        assert tally.source.lines == 8
        assert tally.source.bytes == 2 * len(ACCESS)
        assert len(tally.source.files) == 2

    def test_pipe(self) -> None:
        assert counts(streamstats.count(piped(ACCESS), "combined"))[b"192.0.2.1"] == 3

    def test_file_objects(self, access: Path) -> None:
        with access.open("rb") as file, access.open("rb", buffering=0) as raw:
            for source in (file, raw, io.BytesIO(ACCESS)):
                assert counts(streamstats.count(source, "combined"))[b"192.0.2.1"] == 3

    def test_a_file_object_is_read_from_where_it_stands(self) -> None:
        source = io.BytesIO(b"skipped\na\n")
        source.readline()
        assert counts(streamstats.count(source, "line")) == {b"a": 1}

    @pytest.mark.parametrize(
        "source",
        [[b"b", b"a\n", b"b\r\n"], (b"b\na\n", b"b"), iter([bytearray(b"b"), memoryview(b"a\nb")])],
    )
    def test_iterables_of_bytes(self, source: Any) -> None:
        assert counts(streamstats.count(source, "line")) == {b"b": 2, b"a": 1}

    def test_a_generator_is_taken_in_pieces(self) -> None:
        lines = (b"%d" % (number % 7) for number in range(500_000))
        tally = streamstats.count(lines, "line")
        assert tally.records == 500_000
        assert len(tally) == 7

    def test_a_dash_is_a_file_here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("-").write_bytes(LETTERS)
        assert counts(streamstats.count("-", "line")) == {b"b": 2, b"a": 1}

    def test_nothing_at_all(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()
        for source in (tmp_path / "empty", io.BytesIO(), [], [b""][:0], iter(())):
            tally = streamstats.count(source)
            assert len(tally) == tally.records == tally.source.lines == 0
            assert list(tally) == tally.top(5) == []
            assert tally.summary().stats.count == 0

    def test_the_pattern_is_found_out(self, access: Path) -> None:
        for source in (access, io.BytesIO(ACCESS), ACCESS.split(b"\n")[:-1], piped(ACCESS)):
            tally = streamstats.count(source)
            assert (tally.pattern, tally.by) == ("combined", ("ip",))
            assert tally.records == 4

    def test_plain_lines_are_whole_lines(self) -> None:
        tally = streamstats.count(io.BytesIO(LETTERS))
        assert (tally.pattern, tally.by) == ("line", ("line",))

    def test_the_pattern_is_found_in_what_comes_in_small_pieces(self) -> None:
        class Dribble(io.RawIOBase):
            rest = io.BytesIO(ACCESS)

            def read(self, size: int = -1) -> bytes:
                return self.rest.read(10)

        tally = streamstats.count(Dribble())
        assert (tally.pattern, tally.records) == ("combined", 4)

    def test_the_first_lines_of_an_object_are_cut_at_line_feeds_only(self) -> None:
        lines = ACCESS.replace(b"curl/8", b"\r\r\r\r\r\r\rcurl/8")
        assert streamstats.count(io.BytesIO(lines)).pattern == "combined"


class TestArguments:
    def test_by_one_group_and_several(self, access: Path) -> None:
        assert counts(streamstats.count(access, "combined", "status"))[b"200"] == 2
        expected = {b"192.0.2.1 200": 1, b"192.0.2.1 404": 1, b"192.0.2.1 500": 1}
        for by in ("ip,status", ["ip", "status"], ("ip", "status")):
            tally = streamstats.count(access, "combined", by)
            assert counts(tally) == expected | {b"192.0.2.2 200": 1}
            assert tally.by == ("ip", "status")
            assert next(iter(tally)).groups == (b"192.0.2.1", b"200")
            assert tally.get(b"192.0.2.1", b"404") == 1

    def test_groups_keep_signs_that_part_them(self) -> None:
        pattern = "^(?P<a>[^|]*)[|](?P<b>.*)$"
        tally = streamstats.count([b"x\0|\1y", b"x|\0\1y", b"x\0|\1y"], pattern, "a,b")
        assert [row.groups for row in tally] == [(b"x\0", b"\1y"), (b"x", b"\0\1y")]
        assert tally.get(b"x\0", b"\1y") == 2

    def test_where(self, access: Path) -> None:
        tally = streamstats.count(access, "combined", where="status >= 400")
        assert counts(tally) == {b"192.0.2.1": 2}
        tally = streamstats.count(access, "combined", where=["status >= 400", "path ~ ^/a$"])
        assert counts(tally) == {b"192.0.2.1": 1}
        assert (tally.source.matched, tally.source.unmatched) == (4, 0)

    def test_where_that_nothing_fulfils_is_no_error(self, access: Path) -> None:
        assert len(streamstats.count(access, "combined", where="status = 999")) == 0

    def test_sum(self, access: Path) -> None:
        tally = streamstats.count(access, "combined", sum="bytes")
        assert counts(tally) == {b"192.0.2.1": 157, b"192.0.2.2": 150}
        assert [row.records for row in tally] == [3, 1]
        assert (tally.summed, tally.records) == ("bytes", 4)
        assert type(tally.get(b"192.0.2.1")) is int

    def test_sums_are_exact(self) -> None:
        lines = [b"a 0.1", b"a 0.2", b"b 1e3", b"b -", b"c -2.5"]
        tally = streamstats.count(lines, r"^(?P<value>\w) (?P<n>\S+)", sum="n")
        assert counts(tally) == {b"b": 1000, b"a": 0.3, b"c": -2.5}

    def test_threads_change_nothing(self, access: Path) -> None:
        for threads in (1, 2, 7):
            assert counts(streamstats.count(access, "combined", threads=threads)) == {
                b"192.0.2.1": 3,
                b"192.0.2.2": 1,
            }


class TestErrors:
    @pytest.mark.parametrize(
        ("kind", "arguments"),
        [
            (PatternError, {"pattern": "^(a"}),
            (PatternError, {"pattern": "^(?P<a>x)(?=y)"}),
            (UnknownPattern, {"pattern": "combind"}),
            (UnknownGroup, {"pattern": "combined", "by": "adress"}),
            (UnknownGroup, {"pattern": "combined", "sum": "size"}),
            (UnknownGroup, {"pattern": "combined", "where": "nothing = 1"}),
            (UnknownGroup, {"pattern": "line", "by": "ip"}),
            (ConditionError, {"pattern": "combined", "where": "status"}),
            (PatternError, {"pattern": "combined", "where": "path ~ ("}),
            (UsageError, {"pattern": "^(?P<a>x)(?P<b>y)"}),
            (UsageError, {"pattern": "^x+"}),
        ],
    )
    def test_wrong_use(self, access: Path, kind: type[Exception], arguments: Any) -> None:
        for source in (access, io.BytesIO(ACCESS)):
            with pytest.raises(kind):
                streamstats.count(source, **arguments)

    @pytest.mark.parametrize(
        ("source", "says"),
        [
            (io.StringIO("a\n"), "opened for text"),
            (iter(["a"]), "not bytes"),
            ([b"a", "b"], "either of paths or of lines"),
            ([1, 2], "not 1"),
        ],
    )
    def test_sources_of_something_else(self, source: Any, says: str) -> None:
        with pytest.raises(UsageError, match=says):
            streamstats.count(source, "line")

    def test_sources_that_cannot_be_read(self, access: Path, tmp_path: Path) -> None:
        sources: list[Any] = [tmp_path / "nowhere", tmp_path, [access, tmp_path / "nowhere"], "\0"]
        for source in sources:
            with pytest.raises(SourceError):
                streamstats.count(source, "combined")

    def test_what_a_reader_raises_comes_out(self) -> None:
        def lines() -> Iterator[bytes]:
            yield b"a"
            raise ZeroDivisionError

        class Broken(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                raise OSError(5, "Input/output error")

        with pytest.raises(ZeroDivisionError):
            streamstats.count(lines(), "line")
        with pytest.raises(SourceError, match="Input/output error"):
            streamstats.count(Broken(), "line")
        with pytest.raises(SourceError, match="Input/output error"):
            streamstats.count(Broken())

    def test_nothing_matched(self, access: Path) -> None:
        for source in (access, io.BytesIO(ACCESS)):
            with pytest.raises(NothingMatched, match="none of 4 lines matched 'squid'") as caught:
                streamstats.count(source, "squid")
            assert caught.value.first is not None
            assert caught.value.first[1] == 1
            assert "combined (100% of the lines)" in str(caught.value)

    def test_all_are_errors_of_the_package(self) -> None:
        for kind in (UsageError, SourceError, NothingMatched):
            assert issubclass(kind, streamstats.StreamstatsError)

    def test_no_other_names(self) -> None:
        assert set(streamstats.__all__) == set(dir(streamstats))
        with pytest.raises(AttributeError, match="no attribute 'tail'"):
            _ = streamstats.tail

    def test_no_descriptor_is_left_open(self, access: Path, tmp_path: Path) -> None:
        streamstats.count(access)
        gc.collect()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            streamstats.count([access, access])
            with pytest.raises(streamstats.StreamstatsError):
                streamstats.count([access, tmp_path / "nowhere"])
            with pytest.raises(streamstats.StreamstatsError):
                streamstats.count(access, by="nothing")
        assert len(os.listdir("/proc/self/fd")) == before


class TestTally:
    def test_length_order_and_text(self) -> None:
        tally = streamstats.count([b"c", b"a", b"b", b"b"], "line")
        assert len(tally) == 3
        assert [row.value for row in tally] == [b"b", b"a", b"c"]
        assert [row.value for row in tally.top(2)] == [b"b", b"a"]
        assert tally.top(0) == tally.top(-1) == []
        assert len(tally.top(99)) == 3
        assert repr(tally) == "<Tally of 3 values in 4 records>"
        row = tally.top(1)[0]
        assert row == (b"b", 2, 2, 0.5, False, (b"b",), None, None, ("text",), False, "")

    def test_get(self) -> None:
        tally = streamstats.count(io.BytesIO(LETTERS), "line")
        assert (tally.get(b"b"), tally.get(b"z")) == (2, 0)
        with pytest.raises(UsageError, match="1 groups, not 2"):
            tally.get(b"a", b"b")

    def test_iterating_twice_at_a_time(self) -> None:
        tally = streamstats.count((b"%d" % n for n in range(10_000)), "line")
        assert all(one == other for one, other in zip(tally, tally, strict=True))

    def test_summary(self) -> None:
        numbers = [1, 1, 4, 4, 1, 1, 5, 4, 11, 6, 3, 1]
        lines = [b"192.168.10.%d" % (100 + at) for at, n in enumerate(numbers) for _ in range(n)]
        summary = streamstats.count(lines, "line").summary(sort="value")
        stats = summary.stats
        assert (stats.count, stats.total, stats.mean, stats.outliers) == (12, 42, 3.5, 1)
        assert f"{stats.stdev:.11f}" == "2.84312035154"
        assert [row.value for row in summary.rows if row.outlier] == [b"192.168.10.108"]
        assert summary.rows[0].value == b"192.168.10.100"

    def test_summary_chooses(self) -> None:
        lines = [b"%d" % n for n in range(30)] + [b"x"] * 50
        tally = streamstats.count(lines, "line")
        assert [row.value for row in tally.summary(only_outliers=True).rows] == [b"x"]
        short = tally.summary(sort="value", reverse=True, top=2)
        assert [row.value for row in short.rows] == [b"x", b"9"]
        assert (short.more_values, short.more_count) == (29, 29)
        assert short.stats == tally.summary().stats
        with pytest.raises(UsageError, match="not by 'size'"):
            tally.summary(sort="size")

    def test_merge(self, access: Path) -> None:
        one = streamstats.count(access, "combined", sum="bytes")
        other = streamstats.count(io.BytesIO(ACCESS[: ACCESS.index(b"\n") + 1]), "common",
                                  sum="bytes")  # fmt: skip
        one.merge(other)
        assert counts(one) == {b"192.0.2.1": 257, b"192.0.2.2": 150}
        assert (one.records, one.pattern, one.source.lines) == (5, "combined, common", 5)
        assert counts(other) == {b"192.0.2.1": 100}
        one.merge(other)
        assert one.pattern == "combined, common"

    def test_what_cannot_be_merged(self, access: Path) -> None:
        ip = streamstats.count(access, "combined")
        for other in (
            streamstats.count(access, "combined", "status"),
            streamstats.count(access, "combined", sum="bytes"),
            streamstats.count(access, "combined", "ip,status"),
        ):
            with pytest.raises(UsageError, match="count different groups"):
                ip.merge(other)
        with pytest.raises(UsageError, match="with itself"):
            ip.merge(ip)
        assert ip.records == 4

    def test_rows_of_a_tally_that_has_changed_say_so(self) -> None:
        tally = streamstats.count((b"%d" % n for n in range(9000)), "line")
        rows = iter(tally)
        next(rows)
        tally.merge(streamstats.count([b"x"], "line"))
        with pytest.raises(RuntimeError, match="changed"):
            list(rows)


class TestArrow:
    def test_polars(self) -> None:
        frame = polars.DataFrame(streamstats.count(io.BytesIO(LETTERS), "line"))
        assert frame.to_dict(as_series=False) == {"value": ["b", "a"], "count": [2, 1]}

    def test_pyarrow(self, access: Path) -> None:
        tally = streamstats.count(access, "combined", "ip,status", sum="bytes")
        table = pyarrow.table(tally)
        assert table.column_names == ["value", "ip", "status", "count", "records"]
        assert table.to_pylist()[0] == {
            "value": "192.0.2.2 200",
            "ip": "192.0.2.2",
            "status": "200",
            "count": 150,
            "records": 1,
        }
        table.validate(full=True)

    def test_duckdb(self, access: Path) -> None:
        tally = streamstats.count(access, "combined")
        connection = duckdb.connect()
        connection.register("tally", tally)
        rows = connection.sql("select value, count from tally where count > 1").fetchall()
        assert rows == [("192.0.2.1", 3)]

    def test_duckdb_finds_it_by_its_name(self) -> None:
        letters = streamstats.count(io.BytesIO(LETTERS), "line")
        rows = duckdb.sql("from letters order by value")
        assert rows is not None
        assert rows.fetchall() == [("a", 1), ("b", 2)]
        assert len(letters) == 2

    def test_bytes_that_are_no_text(self) -> None:
        lines = [b"\xff\\a", b"\\plain", "ä".encode(), b"\0", b"\xff\\a"]
        table = pyarrow.table(streamstats.count(lines, "line"))
        found = dict(zip(table["value"].to_pylist(), table["count"].to_pylist(), strict=True))
        assert found == {r"\xff\\a": 2, r"\plain": 1, "ä": 1, "\0": 1}

    def test_sums_that_are_not_whole(self) -> None:
        lines = [b"a 0.5", b"b 2"]
        table = pyarrow.table(streamstats.count(lines, r"^(?P<value>\w) (?P<n>.+)", sum="n"))
        assert table["count"].to_pylist() == [2, 0.5]
        assert pyarrow.types.is_floating(table.schema.field("count").type)

    def test_nothing(self) -> None:
        table = pyarrow.table(streamstats.count([], "line"))
        assert (table.num_rows, table.column_names) == (0, ["value", "count"])

    def test_many_values_in_the_order_of_the_rows(self) -> None:
        numbers = (b"%d" % (n * n % 99_991) for n in range(200_000))
        tally = streamstats.count(numbers, "line")
        table = pyarrow.table(tally)
        rows = [(row.value.decode(), row.count) for row in tally]
        assert (
            list(zip(table["value"].to_pylist(), table["count"].to_pylist(), strict=True)) == rows
        )

    def test_a_table_outlives_the_tally(self) -> None:
        tally = streamstats.count((b"%d" % n for n in range(50_000)), "line")
        capsule = tally.__arrow_c_stream__()
        del tally
        gc.collect()

        class Holder:
            def __arrow_c_stream__(self, requested_schema: object = None) -> object:
                return capsule

        assert pyarrow.table(Holder()).num_rows == 50_000


def test_tallies_are_counted_at_the_same_time() -> None:
    data = b"".join(b"%d\n" % (n % 1000) for n in range(200_000))
    found: list[streamstats.Tally] = []

    def work() -> None:
        found.append(streamstats.count(io.BytesIO(data), "line"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [tally.records for tally in found] == [200_000] * 4


def test_importing_the_package_loads_no_core() -> None:
    code = "import sys, streamstats; dir(streamstats); print('streamstats._core' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"False\n"


NUMBERED = r"^(?P<who>\w+) (?P<took>\S+)"


def test_numbers_are_those_of_numpy_and_duckdb() -> None:
    generator = numpy.random.default_rng(4)
    took = numpy.round(generator.lognormal(3, 1.5, 9_999), 3)
    lines = [f"w{at % 7} {number}".encode() for at, number in enumerate(took)]
    tally = streamstats.count(lines, NUMBERED, "who", numbers="took")
    found = tally.numbers
    assert found is not None
    assert found.exact
    assert found.count == 9_999
    assert found.mean == pytest.approx(numpy.mean(took), rel=1e-12)
    assert found.stdev == pytest.approx(numpy.std(took), rel=1e-9)
    for part, value in found.quantiles.items():
        assert value == pytest.approx(numpy.quantile(took, part), rel=1e-12)
    table = pyarrow.table({"who": [f"w{at % 7}" for at in range(len(took))], "took": took})
    asked = "select who, count(took), quantile_cont(took, [0.5, 0.95, 0.99]), stddev_pop(took)"
    other = duckdb.from_arrow(table).query("log", f"{asked} from log group by who")
    assert other is not None
    rows = {row.value.decode(): row.numbers for row in tally}
    for who, count, quantiles, stdev in other.fetchall():
        mine = rows[who]
        assert mine is not None
        assert mine.count == count
        assert mine.stdev == pytest.approx(stdev, rel=1e-9)
        shown = [mine.quantiles[part] for part in (0.5, 0.95, 0.99)]
        assert shown == pytest.approx(quantiles, rel=1e-12)
    assert tally.numbers_of(b"w3") is not None
    assert tally.numbers_of(b"w9") is None


def test_many_numbers_are_within_the_error_that_is_stated(tmp_path: Path) -> None:
    generator = numpy.random.default_rng(5)
    took = numpy.round(generator.lognormal(3, 2, 60_000), 4) - 5
    path = tmp_path / "log"
    path.write_text("".join(f"w {number}\n" for number in took))
    found = streamstats.count(path, NUMBERED, numbers="took", threads=3).numbers
    assert found is not None
    assert not found.exact
    assert found.error < 0.01
    assert found.count == 60_000
    assert found.stdev == pytest.approx(numpy.std(took), rel=1e-9)
    for part, value in found.quantiles.items():
        nearest = numpy.quantile(took, part, method="nearest")
        assert abs(value - nearest) <= found.error * abs(nearest) * 1.01
    histogram = found.histogram
    assert histogram is not None
    edges = numpy.array(histogram.edges)
    counts, _ = numpy.histogram(took, edges)
    assert numpy.abs(counts.sum() - sum(histogram.counts)) < 600
    one = streamstats.count(path, NUMBERED, numbers="took", threads=1).numbers
    assert one == found


def test_numbers_merge() -> None:
    lines = [f"{'ab'[n % 2]} {n}ms".encode() for n in range(1000)]
    whole = streamstats.count(lines, NUMBERED, "who", numbers="took")
    parts = [streamstats.count(lines[at::3], NUMBERED, "who", numbers="took") for at in range(3)]
    merged = parts[2]
    merged.merge(parts[0])
    merged.merge(parts[1])
    assert merged.numbers == whole.numbers
    assert merged.numbers_of(b"a") == whole.numbers_of(b"a")
    with pytest.raises(UsageError):
        merged.merge(streamstats.count(lines, NUMBERED, "who"))


def test_numbers_without_a_value_to_count() -> None:
    lines = [b"a 1", b"b 2", b"b x", b"c -"]
    tally = streamstats.count(lines, NUMBERED, numbers="took")
    found = tally.numbers
    assert found is not None
    assert (found.count, found.absent, found.not_numbers) == (2, 1, 1)
    assert tally.by == ()
    assert list(tally) == []
    assert tally.records == 3
    assert tally.source.unmatched == 1
    with pytest.raises(UsageError, match="sorted by"):
        tally.summary(sort="p99")
    with pytest.raises(UnknownGroup):
        streamstats.count(lines, NUMBERED, numbers="tok")
