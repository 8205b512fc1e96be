"""The short ways of reading the library give what the whole TOML says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from streamstats.patterns import known
from streamstats.patterns.model import BUILT_IN, USUAL, YOURS, read_table

FOLDER = Path(known.__file__).parent / "library"


@pytest.fixture(autouse=True)
def _no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMSTATS_HOME", str(tmp_path))


def test_a_table_read_alone_is_the_table() -> None:
    tables: dict[str, object] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        tables |= tomllib.loads(path.read_text("utf-8"))
    whole = {name: read_table(name, table, BUILT_IN, "") for name, table in tables.items()}
    assert known.built_in() == whole
    assert list(known.built_in()) == list(whole)


def test_outlines_are_the_patterns_without_the_rest() -> None:
    patterns = known.every()
    outlines = known.outlines()
    assert [pattern.name for pattern in outlines] == list(patterns)
    for outline in outlines:
        pattern = patterns[outline.name]
        assert (outline.regex, outline.specificity) == (pattern.regex, pattern.specificity)
        assert outline.origin == BUILT_IN


def test_yours_come_first_and_shadow(tmp_path: Path) -> None:
    (tmp_path / "patterns.toml").write_text("[own]\nregex = '(x)'\n[squid]\nregex = '(y)'\n")
    for patterns in (list(known.every().values()), known.outlines()):
        assert [(p.name, p.origin) for p in patterns[:2]] == [("own", YOURS), ("squid", YOURS)]
        assert len(patterns) == len(known.built_in()) + 1
    found = known.named("squid")
    assert found is not None
    assert (found.regex, found.specificity) == ("(y)", USUAL)
    assert known.named("nothing") is None
