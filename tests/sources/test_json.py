"""Paths lead into JSON lines as into what Python's json makes of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import example, given, reject
from hypothesis import strategies as st

from sources.held import Group, counted
from streamstats import _core

SHAPE = _core.Shape("json")

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Raw:
    """A number as it is written."""

    text: str


#: Few keys, so that they meet, with all that has a meaning in a path.
keys = st.one_of(
    st.sampled_from(
        ["a", "b", "ab", "", "a.b", "[0]", "0", 'a"b', "a\\b", "\x01", "é", "\ud83d", "😀"]
    ),
    st.text(max_size=4),
)
#: Halves of pairs of surrogates too.
strings = st.one_of(
    st.text(st.characters(), max_size=6),
    st.sampled_from(
        [
            "",
            "null",
            "\\",
            '"',
            "\ud83d\ude00",
            "\ud800",
            "\udc00\ud800",
            "\0",
            "\x01\x03",
            "x" * 70,
        ]
    ),
)
numbers = st.one_of(
    st.integers().map(str),
    st.floats().map(json.dumps),
    st.sampled_from(["-0", "1e5", "1E-7", "0.10", "-1.5e+300", "9" * 30]),
)
blanks = st.sampled_from(["", "", "", " ", "\t", "  \r"])


@st.composite
def quoted(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A string with each letter as it is, or escaped in one of the ways there are."""
    parts = []
    for letter in draw(texts):
        plain = json.dumps(letter, ensure_ascii=False)[1:-1]
        escaped = json.dumps(letter)[1:-1]
        code = ord(letter)
        units = f"\\u{code:04x}" if code < 0x10000 else escaped.upper().replace("\\U", "\\u")
        # Half of a pair cannot be encoded; it is always escaped.
        half = 0xD800 <= code < 0xE000
        solidus = ["\\/"] if letter == "/" else []
        parts.append(draw(st.sampled_from([escaped, units, *solidus, *([] if half else [plain])])))
    return '"' + "".join(parts) + '"'


def inside(values: st.SearchStrategy[str], names: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(blanks, names, blanks, blanks, values, blanks).map(
        lambda p: f"{p[0]}{p[1]}{p[2]}:{p[3]}{p[4]}{p[5]}"
    )
    item = st.tuples(blanks, values, blanks).map("".join)
    objects = st.lists(pair, max_size=4).map(lambda pairs: "{" + ",".join(pairs) + "}")
    arrays = st.lists(item, max_size=4).map(lambda items: "[" + ",".join(items) + "]")
    return objects | arrays


scalars = st.one_of(quoted(strings), numbers, st.sampled_from(["true", "false", "null"]))
values = st.recursive(scalars, lambda inner: inside(inner, quoted(keys)), max_leaves=12)
objects = inside(values, quoted(keys)).filter(lambda text: text.startswith("{"))
paths = st.tuples(keys, st.lists(keys | st.integers(0, 3), max_size=3)).map(
    lambda path: (path[0], *path[1])
)


def name(path: Path) -> str:
    """A path as it is asked for, with every key in quotes."""
    steps = [f"[{step}]" if isinstance(step, int) else f"[{json.dumps(step)}]" for step in path]
    return "".join(steps)


def bare(path: Path) -> str:
    """The same with dots, where keys can do without quotes."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            plain = step != "" and not set(step) & set('.["') and step.isprintable()
            text += ("." if text else "") + (step if plain else json.dumps(step))
    return text


def load(line: str) -> object:
    """What Python makes of a line, with numbers as they are written. Raises ValueError."""
    return json.loads(line, parse_float=Raw, parse_int=Raw, parse_constant=Raw)


def lead(value: object, path: Path) -> tuple[bool, object]:
    """What stands at a path, if there is anything."""
    for step in path:
        match value:
            case dict() if isinstance(step, str) and step in value:
                value = value[step]
            case list() if isinstance(step, int) and step < len(value):
                value = value[step]
            case _:
                return False, None
    return True, value


def check(group: Group, there: bool, value: object) -> None:
    kind, text = group
    match value:
        case _ if not there:
            assert group == ("missing", b"(missing)")
        case None:
            assert group == ("null", b"null")
        case bool():
            assert group == ("boolean", str(value).lower().encode())
        case Raw():
            assert group == ("number", value.text.encode())
        case str():
            assert group == ("text", paired(value))
        case _:
            assert kind == "nested"
            assert load(text.decode()) == value


def paired(text: str) -> bytes:
    """UTF-8, in which a half of a pair stands as three bytes."""
    return text.encode("utf-8", "surrogatepass")


def taken(line: str, by: Sequence[str]) -> tuple[Group, ...] | None:
    found, report = counted(SHAPE, by, line.encode() + b"\n")
    assert report.lines == 1
    assert report.unmatched == 1 - sum(found.values())
    return next(iter(found), None)


def fits(line: str) -> dict[str, object] | None:
    try:
        value = load(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def spread(value: object, path: Path = ()) -> list[Path]:
    """All paths there are in a value."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path] * bool(path) + [p for step, v in inner for p in spread(v, (*path, step))]


@given(objects, st.lists(paths, max_size=4), st.data())
@example('{"a":{"b":1},"a":{"c":2}}', [("a", "b"), ("a",), ("a", "c")], None)
@example('{"a":[1,{"b":"\\ud83d\\ude00"}],"a":null}', [("a", 1, "b"), ("a",)], None)
def test_paths_lead_to_what_python_finds(
    line: str, asked: list[Path], data: st.DataObject | None
) -> None:
    value = load(line)
    there = spread(value)
    if data is not None and there:
        asked = asked + data.draw(st.lists(st.sampled_from(there), max_size=4))
    asked = list(dict.fromkeys(asked)) or [("a",)]
    for spelled in (name, bare):
        groups = taken(line, [spelled(path) for path in asked])
        assert groups is not None
        for group, path in zip(groups, asked, strict=True):
            check(group, *lead(value, path))


def unlike(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys all differ. Raises ValueError."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


@given(objects)
def test_every_path_that_is_shown_leads_to_the_same_value(line: str) -> None:
    try:
        json.loads(line, object_pairs_hook=unlike)
    except ValueError:
        # Of a key that stands there several times all values are shown.
        reject()
    shown, kinds = SHAPE.match(line.encode()), SHAPE.kinds(line.encode())
    assert shown is not None
    assert kinds is not None
    for path, text in shown.items():
        if "\ufffd" in path:  # Half of a pair cannot be shown.
            continue
        group = taken(line, [path])
        assert group is not None
        assert group == ((kinds[path], text),)


@given(values | objects, st.data())
def test_what_is_broken_for_python_is_unmatched(line: str, data: st.DataObject) -> None:
    signs = st.sampled_from([*'{}[]",:\\ue01-+.tfnN \t\r\x01\x7f', "NaN", "-Infinity", "\\u12"])
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(line)))
        upto = min(len(line), at + data.draw(st.integers(0, 2)))
        line = line[:at] + data.draw(signs | st.just("")) + line[upto:]
    value = fits(line)
    groups = taken(line, ["a"])
    assert (groups is None) == (value is None), line
    assert SHAPE.matches([line.encode()]) == (value is not None)
    if groups is not None:
        check(groups[0], *lead(value, ("a",)))


@given(st.lists(objects, max_size=3), st.sampled_from([1, 1500]), st.sampled_from([5, 70_000]))
def test_many_lines(lines: list[str], times: int, step: int) -> None:
    data = "".join(line + "\n" for line in lines).encode() * times
    expected: Counter[tuple[Group, ...]] = Counter()
    for line in lines:
        group = taken(line, ["a", "b"])
        assert group is not None
        expected[group] += times
    found, report = counted(SHAPE, ["a", "b"], data, max(step, len(data) // 2000), threads=2)
    assert found == expected
    assert (report.lines, report.unmatched) == (len(lines) * times, 0)
