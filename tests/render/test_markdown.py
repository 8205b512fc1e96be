from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render import FORMATS, renderer
from streamstats.render.look import PLAIN
from streamstats.render.markdown import render
from streamstats.summary.model import Summary

Make = Callable[..., Summary]


def test_tables(make: Make, original: dict[bytes, int]) -> None:
    assert "".join(render(make(original, top=2), PLAIN)) == (
        """\
| `ip` | count | share | outlier |
| :-- | --: | --: | :-: |
| `192.168.10.108` | 11 | 26.2% | `*` |
| `192.168.10.109` | 6 | 14.3% |  |

… 10 more values, 25 records

**Some Statsy Things**

| statistic | value |
| :-- | --: |
| count | 12 |
| outliers | 1 |
| maximum | 11 |
| minimum | 1 |
| stdev | 2.843 |
| total | 42 |
| mean | 3.5 |
| median | 3.5 |
"""
    )


def test_hostile_values_stay_in_their_cell(make: Make) -> None:
    counts = {b"a|b": 5, b"`x``y": 4, b"<b>\n": 3, b"": 2, b" a": 1}
    lines = list(render(make(counts), PLAIN))[2:7]
    assert lines == [
        "| `a\\|b` | 5 | 33.3% |  |\n",
        "| ``` `x``y ``` | 4 | 26.7% |  |\n",
        "| `<b>\\n` | 3 | 20.0% |  |\n",
        "| *(empty)* | 2 | 13.3% |  |\n",
        "| `  a ` | 1 | 6.7% |  |\n",
    ]


def test_sums_and_groups(make: Make) -> None:
    lines = list(
        render(make({b"a\x00b": 5.5, b"c\x00": 1}, by=("x", "y"), summed="n", top=1), PLAIN)
    )
    assert lines[0] == "| `x` | `y` | `n` | records | share | outlier |\n"
    assert lines[1] == "| :-- | :-- | --: | --: | --: | :-: |\n"
    assert lines[2] == "| `a` | `b` | 5.5 | 7 | 84.6% |  |\n"
    assert lines[3] == "\n… 1 more value, 1 `n`\n"


@given(st.dictionaries(st.binary(max_size=20), st.integers(1, 99), min_size=1, max_size=9))
def test_every_row_has_four_cells(make: Make, counts: dict[bytes, int]) -> None:
    for line in list(render(make(counts), PLAIN))[2 : 2 + len(counts)]:
        assert line.replace("\\|", "").count("|") == 5
        assert line.count("\n") == 1


def test_every_format_has_a_renderer(make: Make, original: dict[bytes, int]) -> None:
    for name in (*FORMATS, "classic"):
        assert "192.168.10.108" in "".join(renderer(name)(make(original), PLAIN))


def test_there_is_no_other_format() -> None:
    with pytest.raises(KeyError):
        renderer("yaml")
