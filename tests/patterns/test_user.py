"""The file of the user's own patterns."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streamstats.errors import LibraryError, PatternError, UnknownGroup, UsageError
from streamstats.patterns import user
from streamstats.patterns.model import YOURS, Pattern


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder of its own for the file."""
    monkeypatch.setenv("STREAMSTATS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(home: Path, text: str) -> Path:
    """Write the file as a user would."""
    home.mkdir(exist_ok=True)
    (home / "patterns.toml").write_text(text, "utf-8")
    return home / "patterns.toml"


def test_no_file_means_no_patterns(home: Path) -> None:
    assert user.load() == {}
    assert not home.exists()


def test_the_folder_is_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.delenv("STREAMSTATS_HOME", raising=False)
    assert user.path() == "/somewhere/.streamstats/patterns.toml"
    monkeypatch.setenv("STREAMSTATS_HOME", "~/etc")
    assert user.path() == "/somewhere/etc/patterns.toml"


def test_add_and_load(home: Path) -> None:
    given_pattern = Pattern(
        "jobs",
        r"^(?P<time>\S+) job=(?P<job>\w+) '(?P<x>.)",
        description='what "the" runner writes',
        default=("job", "x"),
        time=("%s", "%Y"),
    )
    user.add(given_pattern)
    assert user.load() == {"jobs": given_pattern._replace(origin=YOURS)}


def test_comments_and_order_stay(home: Path) -> None:
    before = "# mine\n[zeta]  # z\nregex = '(z)'\n\n# a\n[alpha]\nregex = \"(a)\"\n"
    file = write(home, before)
    user.add(Pattern("beta", "(b)"))
    assert file.read_text() == f"{before}\n[beta]\nregex = '(b)'\n"
    assert list(user.load()) == ["zeta", "alpha", "beta"]
    user.remove("beta")
    assert file.read_text().rstrip("\n") == before.rstrip("\n")


def test_replace_keeps_the_place(home: Path) -> None:
    write(home, "[a]\nregex = '(a)'\n\n[b]\nregex = '(b)'\n")
    with pytest.raises(UsageError, match="there is a pattern 'a'"):
        user.add(Pattern("a", "(x)"))
    user.add(Pattern("a", "(x)"), replace=True)
    assert [pattern.regex for pattern in user.load().values()] == ["(x)", "(b)"]


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        (Pattern("x", "(a"), PatternError),
        (Pattern("x", "(?=a)(b)"), PatternError),
        (Pattern("x", "a"), UsageError),
        (Pattern("x", "(?P<time>a)"), UsageError),
        (Pattern("x", "(?P<a>a)(?P<b>b)"), UsageError),
        (Pattern("x", "(?P<a>a)", default=("b",)), UnknownGroup),
        (Pattern("x", "(?P<a>a)", time=("%s",)), UnknownGroup),
        (Pattern("", "(a)"), UsageError),
        (Pattern("a.b", "(a)"), UsageError),
        (Pattern("-a", "(a)"), UsageError),
        (Pattern("ä", "(a)"), UsageError),
        (Pattern("line", "(a)"), UsageError),
    ],
)
def test_what_cannot_be_used_is_not_written(
    home: Path, pattern: Pattern, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        user.add(pattern)
    assert not home.exists()


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (b"[a\n", ":1:3", "expected ']'"),
        (b"[a]\nregex = 'x\n", ":", "expected|invalid"),
        (b"[a]\nregex = ", ":2:9", "invalid value"),
        (b"# \xff\n", ":1:3", "not UTF-8"),
        (b"a = 1\n", "", "'a' is not a table"),
        (b"[a]\n", "", "pattern 'a' has no regex"),
        (b"[a]\nregex = 1\n", "", "regex is not a text"),
        (b"[a]\nregex = '(x)'\ndefault = [1]\n", "", "default is neither a text nor a list"),
        (b"[a]\nregex = '(x)'\nspecificity = 'much'\n", "", "specificity is not a whole number"),
    ],
)
def test_a_broken_file_is_an_error_with_its_place(
    home: Path, content: bytes, place: str, reason: str
) -> None:
    file = write(home, "")
    file.write_bytes(content)
    for action in (user.load, lambda: user.add(Pattern("n", "(n)")), lambda: user.remove("a")):
        with pytest.raises(LibraryError, match=f"(?i){reason}") as caught:
            action()
        assert str(caught.value).startswith(f"{file}{place}")
        assert caught.value.hint
    assert file.read_bytes() == content


def test_the_mode_stays(home: Path) -> None:
    file = write(home, "")
    file.chmod(0o640)
    user.add(Pattern("a", "(a)"))
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_usual_mode(home: Path) -> None:
    old = os.umask(0o027)
    try:
        user.add(Pattern("a", "(a)"))
    finally:
        os.umask(old)
    assert (home / "patterns.toml").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "mine.toml"
    target.parent.mkdir()
    target.write_text("# mine\n")
    home.mkdir()
    (home / "patterns.toml").symlink_to(target)
    user.add(Pattern("a", "(a)"))
    assert (home / "patterns.toml").is_symlink()
    assert target.read_text() == "# mine\n\n[a]\nregex = '(a)'\n"
    assert [name for name in os.listdir(home) if name != "patterns.toml"] == []


def test_a_crash_leaves_the_old_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(home, "# old\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(LibraryError, match="cannot be written: No space left on device"):
        user.add(Pattern("a", "(a)"))
    assert file.read_text() == "# old\n"
    assert sorted(os.listdir(home)) == [".patterns.toml.lock", "patterns.toml"]


def test_of_several_changes_at_once_none_is_lost(home: Path) -> None:
    program = """
import sys
from streamstats.patterns import user
from streamstats.patterns.model import Pattern
for i in range(5):
    user.add(Pattern(f"p{sys.argv[1]}-{i}", "(x)"))
"""
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(number)]) for number in range(4)
    ]
    assert [process.wait(60) for process in running] == [0] * 4
    assert len(user.load()) == 20


def test_remove_says_what_there_is(home: Path) -> None:
    with pytest.raises(UsageError) as caught:
        user.remove("nope")
    assert caught.value.hint == "it has none"
    with pytest.raises(UsageError, match="'combined' is built in"):
        user.remove("combined")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4))
def test_any_text_comes_back(home: Path, texts: list[str]) -> None:
    """Descriptions stand in for expressions: every text may be written, few texts compile."""
    file = write(home, "")
    for number, text in enumerate(texts):
        user.add(Pattern(f"p{number}", "(x)", description=text, time=()))
    assert [pattern.description for pattern in user.load().values()] == texts
    assert len(tomllib.loads(file.read_text("utf-8"))) == len(texts)


@pytest.mark.parametrize(
    "regex", ["('x)", '("x)', "('''x)", "(\\d'\")", "(\t)", "(é日)", "(x)\\\\"]
)
def test_expressions_come_back(home: Path, regex: str) -> None:
    user.add(Pattern("a", regex))
    assert user.load()["a"].regex == regex
