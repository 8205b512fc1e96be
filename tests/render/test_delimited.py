from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.delimited import render_csv, render_tsv
from streamstats.render.escape import shown
from streamstats.render.look import PLAIN, Look
from streamstats.summary.model import Summary

Make = Callable[..., Summary]

TERMINAL = Look(80, False, True, True)

any_values = st.dictionaries(
    st.one_of(st.binary(max_size=20), st.text(max_size=20).map(str.encode)),
    st.integers(1, 10**15),
    max_size=15,
)


def test_csv(make: Make, original: dict[bytes, int]) -> None:
    counts = {b"a": 3, b'x,"y"\n': 2, b"": 2, b"\xff\\": 1}
    assert "".join(render_csv(make(counts), PLAIN)) == (
        "value,count,share,outlier\n"
        "a,3,0.375,false\n"
        ",2,0.25,false\n"
        '"x,""y""\n",2,0.25,false\n'
        "\\xff\\\\,1,0.125,false\n"
    )
    assert "192.168.10.108,11,0.2619047619047619,true\n" in render_csv(make(original), PLAIN)


def test_several_groups_and_sums(make: Make) -> None:
    summary = make({b"a\x00b,": 2.5}, by=("x", "y"), summed="bytes")
    assert list(render_csv(summary, PLAIN)) == [
        "x,y,count,records,share,outlier\n",
        'a,"b,",2.5,7,1.0,false\n',
    ]
    assert list(render_tsv(summary, PLAIN)) == [
        "x\ty\tcount\trecords\tshare\toutlier\n",
        "a\tb,\t2.5\t7\t1.0\tfalse\n",
    ]


def test_controls_are_escaped_on_a_terminal_only(make: Make) -> None:
    summary = make({b"\x1b[31m": 1})
    assert "\x1b[31m,1,1.0,false\n" in render_csv(summary, PLAIN)
    assert "\\x1b[31m,1,1.0,false\n" in render_csv(summary, TERMINAL)
    assert "\x1b[31m\t1\t1.0\tfalse\n" in render_tsv(summary, PLAIN)
    assert "\\x1b[31m\t1\t1.0\tfalse\n" in render_tsv(summary, TERMINAL)


def test_tsv_escapes(make: Make) -> None:
    assert list(render_tsv(make({b"a\tb\nc\rd\\e\xff": 1}), PLAIN))[1] == (
        "a\\tb\\nc\\rd\\\\e\\xff\t1\t1.0\tfalse\n"
    )


@given(any_values)
def test_csv_reads_back(make: Make, counts: dict[bytes, int]) -> None:
    summary = make(counts)
    written = "".join(render_csv(summary, PLAIN))
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert rows[1:] == [
        [
            shown(row.value, False)[0],
            repr(row.count),
            repr(row.share),
            "true" if row.outlier else "false",
        ]
        for row in summary.rows
    ]


def tsv_bytes(text: str) -> bytes:
    def one(found: re.Match[str]) -> str:
        code = found[1]
        if code[0] == "x":
            return chr(0xDC00 + int(code[1:], 16))
        return {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[code]

    return re.sub(r"\\([tnr\\]|x..)", one, text).encode("utf-8", "surrogateescape")


@given(any_values)
def test_tsv_reads_back_to_the_very_bytes(make: Make, counts: dict[bytes, int]) -> None:
    lines = list(render_tsv(make(counts), PLAIN))[1:]
    assert all(line.count("\n") == 1 for line in lines)
    rows = [line[:-1].split("\t") for line in lines]
    assert {tsv_bytes(row[0]): int(row[1]) for row in rows} == counts
