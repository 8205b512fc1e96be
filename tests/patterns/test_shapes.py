"""Named shapes know their own samples; keys, columns and times are found in first lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import streamstats
from streamstats.engines.recognise import detected, settle
from streamstats.errors import LibraryError, UnknownKey, UsageError
from streamstats.patterns.compile import compile_shape
from streamstats.patterns.detect import detect
from streamstats.patterns.groups import flat, spell, split_groups, steps
from streamstats.patterns.known import built_in
from streamstats.patterns.model import SHAPES, Pattern, read_table
from streamstats.patterns.resolve import Asked, Choice, condition
from streamstats.patterns.separated import dialect, records
from streamstats.patterns.shaped import reading

SHAPED = {name: pattern for name, pattern in built_in().items() if pattern.shape}
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

names = pytest.mark.parametrize("name", sorted(SHAPED))


def choice_of(lines: list[bytes], name: str = "x.log", **asked: object) -> Choice:
    wanted = Asked(**asked)  # type: ignore[arg-type]
    detection = detected(lines, name, wanted.names())
    assert detection is not None
    return settle(detection.pattern, lines, wanted, name, firm=False)[0]


def test_every_shape_has_a_pattern_of_its_name() -> None:
    assert set(SHAPES) <= set(SHAPED)
    assert {pattern.shape for pattern in SHAPED.values()} == set(SHAPES)


@names
def test_samples_have_the_shape_and_rejects_are_not_found_so(name: str) -> None:
    pattern = SHAPED[name]
    shape = compile_shape(pattern.shape)
    assert pattern.description
    assert pattern.samples
    assert pattern.rejects
    for sample in pattern.samples:
        assert shape.match(sample.encode()) is not None
    for reject in pattern.rejects:
        found = detect([reject.encode()])
        assert found is None or found.pattern.name != name


@pytest.mark.parametrize("name", sorted(n for n, p in SHAPED.items() if p.shape == "json"))
def test_samples_of_json_are_found_with_their_default_and_time(name: str) -> None:
    pattern = SHAPED[name]
    for sample in pattern.samples:
        choice = choice_of([sample.encode()])
        assert choice.name == name
        assert len(choice.by) == 1
        assert choice.time is not None
        if pattern.default:
            assert flat(choice.by[0]) in pattern.default
        if pattern.failure:
            condition(pattern.failure)


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("a", ["a"]),
        ("a.b", ["a", "b"]),
        ("a[0].b", ["a", 0, "b"]),
        ('"a.b".c', ["a.b", "c"]),
        ('a["b.c"]', ["a", "b.c"]),
        ("[0]", [0]),
        ('""', [""]),
        (r'"a\"b"', ['a"b']),
    ],
)
def test_paths(path: str, way: list[str | int]) -> None:
    assert steps(path) == way
    assert steps(spell(way)) == way


@pytest.mark.parametrize(
    "path", ["", ".", "a.", "a..b", "a[", "a[x]", 'a["b', '"a', '"a"b', "a[0]b"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="is no path"):
        steps(path)


@given(st.lists(st.text(max_size=6) | st.integers(0, 99), min_size=1, max_size=4))
def test_every_path_can_be_spelled(way: list[str | int]) -> None:
    assert steps(spell(way)) == way


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 9), min_size=1, max_size=5))
def test_spelling_is_that_of_the_core(row: dict[str, int]) -> None:
    import json

    found = compile_shape("json").match(json.dumps(row).encode())
    assert found is not None
    assert list(found) == [spell([key]) for key in row]


def test_groups_with_commas_stand_in_quotes() -> None:
    assert split_groups('"a,b",c') == ('"a,b"', "c")
    assert split_groups('a["x,y"], b') == ('a["x,y"]', "b")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a.b = 1", ("a.b", "=", "1")),
        ('"a = b".c != x', ('"a = b".c', "!=", "x")),
        ("tags[0] ~ ^x", ("tags[0]", "~", "^x")),
        ('a["x y"]>=3', ('a["x y"]', ">=", "3")),
        ("@timestamp < 2025", ("@timestamp", "<", "2025")),
        ("cs(User-Agent) ~ curl", ("cs(User-Agent)", "~", "curl")),
    ],
)
def test_conditions_take_paths(text: str, parts: tuple[str, str, str]) -> None:
    assert condition(text) == parts


@pytest.mark.parametrize(
    "key", ["time", "Timestamp", "@timestamp", "event_time", "date-time", "TS"]
)
@pytest.mark.parametrize(
    "stamp",
    [
        *('"2024-03-14T09:26:53Z"', '"14/Mar/2024:09:26:53 +0000"', "1710404813"),
        *("1710404813.25", "1710404813250", '"1710404813250000"', "1710404813250000000"),
    ],
)
def test_usual_names_of_times_in_any_family(key: str, stamp: str) -> None:
    lines = [f'{{"ip":"192.0.2.1","{key}":{stamp}}}'.encode()] * 3
    assert choice_of(lines).time == key


def test_what_is_called_a_time_and_is_none_is_left() -> None:
    lines = [b'{"ip":"192.0.2.1","time":"12ms","ts":1710404813}'] * 3
    assert choice_of(lines).time == "ts"
    assert choice_of([b'{"ip":"192.0.2.1","time":0.25}'] * 3).time is None
    assert choice_of(lines, time_field="ip").time == "ip"


def test_dotted_and_nested_keys_are_both_meant() -> None:
    nested = (
        b'{"@timestamp":"2024-03-14T09:26:53Z","ecs":{"version":"8"},"source":{"ip":"192.0.2.1"}}'
    )
    dotted = b'{"@timestamp":"2024-03-14T09:26:53Z","ecs.version":"8","source.ip":"192.0.2.1"}'
    assert choice_of([nested]).by == ("source.ip",)
    assert choice_of([dotted]).by == ('"source.ip"',)
    assert choice_of([dotted], by=("source.ip",)).by == ('"source.ip"',)


def test_an_object_can_be_counted_whole() -> None:
    lines = [b'{"ip":"192.0.2.1","a":{"b":[1,2]}}']
    assert choice_of(lines, by=("a",)).by == ("a",)
    assert streamstats.count(lines, by="a.b").get(b"[1,2]") == 1


def test_the_error_names_what_is_near_and_where_to_look() -> None:
    lines = [b'{"request":{"host":"a"},"status":200}']
    with pytest.raises(UnknownKey) as caught:
        choice_of(lines, by=("host",))
    assert caught.value.near == ("request.host",)
    assert "'streamstats fields x.log' shows all" in str(caught.value)


def test_ninety_in_a_hundred_lines_have_to_be_objects() -> None:
    line, broken = b'{"ip": "192.0.2.1"}', b'{"ip": "192'
    assert detect([line] * 9 + [broken]) is not None
    assert detect([line] * 8 + [broken] * 2) is None


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([b"a=1 b=2"], True),
        ([b'level=info msg="it is so"'], True),
        ([b"a=1"], False),
        ([b"the a=1 b=2"], False),
        ([b"a=1 b=2 and more"], False),
    ],
)
def test_logfmt_is_pairs_and_nothing_else(lines: list[bytes], found: bool) -> None:
    detection = detect(lines)
    assert (detection is not None and detection.pattern.name == "logfmt") == found


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
def test_delimiters_and_headers_of_columns(delimiter: bytes) -> None:
    rows = [[b"name", b"ip", b"n"], [b"a", b"192.0.2.1", b"7"], [b'"b"', b"192.0.2.2", b"8"]]
    written = dialect([delimiter.join(row) for row in rows], None)
    assert (written.delimiter, written.names, written.width) == (delimiter, ("name", "ip", "n"), 3)
    assert dialect([delimiter.join(row) for row in rows[1:]], None).names is None


def test_a_header_that_is_asked_for_is_one() -> None:
    lines = [b"red,1", b"red,2"]
    assert dialect(lines, None).names is None
    assert dialect(lines, None, ["red"]).names == ("red", "1")


def test_records_with_line_feeds_in_quotes() -> None:
    assert records([b'a,"b', b'c"', b"d"]) == [b'a,"b\nc"', b"d"]
    assert records([b'a,"b', b"c", b"d"]) == [b'a,"b', b"c", b"d"]


def test_text_with_commas_is_no_table() -> None:
    lines = [b"red,1", b"blue,2"]
    assert detected(lines, "x.log", ()) is None
    assert detected(lines, "x.log", ("colour",)) is None
    assert detected([b"Dear all, hello", b"yours, a, b"], "x.log", ("2",)) is None
    for name, asked in (("x.csv", ()), ("x.log", ("2",)), ("x.log", ("red",))):
        found = detected(lines, name, asked)
        assert found is not None
        assert found.pattern.name == "csv"


def test_headers_may_change_inside_a_file() -> None:
    lines = [b"#Fields: date time c-ip", b"2024-03-14 09:26:53 192.0.2.1"]
    lines += [b"#Fields: c-ip date time", b"192.0.2.1 2024-03-14 09:26:54"]
    choice = choice_of(lines)
    assert (choice.by, choice.time) == (("c-ip",), "date-time")
    assert reading(SHAPED["w3c"], lines).columns == ("date", "time", "c-ip")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"shape": "xml"}, "there is no shape 'xml'"),
        ({"shape": "json", "regex": "x"}, "has a regex and a shape"),
        ({}, "has no regex"),
        ({"shape": "json", "require": 3}, "require is neither"),
    ],
)
def test_tables_that_are_no_pattern(table: dict[str, object], message: str) -> None:
    with pytest.raises(LibraryError, match=message):
        read_table("x", table, "yours", "patterns.toml")


def test_kinds_of_rows() -> None:
    lines = [b'{"ip":1,"b":null}', b'{"ip":"1"}', b'{"ip":"1"}', b'{"ip":true}']
    tally = streamstats.count(lines, "json", by="ip")
    assert [(row.value, row.kinds, row.count) for row in tally] == [
        (b"1", ("text",), 2),
        (b"true", ("boolean",), 1),
        (b"1", ("number",), 1),
    ]
    assert tally.get(b"1") == 3
    both = streamstats.count(lines, "json", by="ip,b")
    assert (both.get(b"1", None), both.get(b"1", b"null"), both.get(b"true", None)) == (2, 1, 1)


def test_a_pattern_with_a_shape_can_be_given_by_name() -> None:
    with pytest.raises(UsageError, match="does not say what to count"):
        streamstats.count([b'{"n":1}'], "json")
    assert streamstats.count([b"a b", b"a c"], "fields", by="1").get(b"a") == 2
    assert streamstats.count([b"n,m", b"1,2"], "csv", by="m").get(b"2") == 1
    assert Pattern("x", "", shape="json").shape == "json"


@pytest.mark.corpus
def test_nginx_plus() -> None:
    path = DATA / "json" / "nginxplus.ndjson"
    if not path.exists():
        pytest.skip("the real logs of ../shared/data are not there")
    import json

    objects = [json.loads(line) for line in path.read_bytes().splitlines()]
    tally = streamstats.count(path, time=True, tz="UTC")
    assert (tally.pattern, tally.by, tally.records) == ("nginx_plus", ("address",), 500)
    first = min(row["timestamp"] for row in objects)
    assert min(row.life.first for row in tally if row.life) == first * 1_000_000
    for path_of, wanted in (
        ("connections.active", ("connections", "active")),
        ('server_zones."hg.nginx.org".processing', None),
        ("upstreams.trac-backend.peers[0].state", None),
    ):
        found = streamstats.count(path, by=path_of)
        assert found.records == 500
        if wanted is not None:
            counts: dict[bytes, int] = {}
            outer, inner = wanted
            for row in objects:
                key = str(row[outer][inner]).encode()
                counts[key] = counts.get(key, 0) + 1
            assert {row.value: row.count for row in found} == counts
