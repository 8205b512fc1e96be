"""The built-in patterns: each compiles, matches its own samples, and is preferred for them."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from streamstats._core import Pattern
from streamstats.patterns.detect import by_specificity
from streamstats.patterns.model import BUILT_IN, read_table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "python" / "streamstats" / "patterns" / "library"
DATA = ROOT.parent / "shared" / "data"

TABLES: dict[str, dict[str, Any]] = {}
FILES: Counter[str] = Counter()
for _path in sorted(FOLDER.glob("*.toml")):
    _tables = tomllib.loads(_path.read_text(encoding="utf-8"))
    FILES.update(_tables.keys())
    TABLES |= {name: table for name, table in _tables.items() if "regex" in table}

COMPILED = {name: Pattern(table["regex"]) for name, table in TABLES.items()}

#: Detection's own order, most specific first.
ORDER = [
    pattern.name
    for pattern in by_specificity(
        read_table(name, table, BUILT_IN, "library") for name, table in TABLES.items()
    )
]

#: The only patterns that are not a plain row of steps: each has a lazy part that ends at one of
#: several texts.
AUTOMATA = {"nginx_error", "apache_error", "postgresql", "time_thread_level"}

OPERATORS = ("!=", "<=", ">=", "!~", "=", "<", ">", "~")

names = pytest.mark.parametrize("name", sorted(TABLES))


def matching(line: bytes) -> list[str]:
    """Name the patterns that match, in detection's order."""
    return [name for name in ORDER if COMPILED[name].match(line) is not None]


def groups(name: str, line: bytes) -> dict[str, str | None]:
    found = COMPILED[name].match(line)
    assert found is not None, line
    return {key: None if value is None else value.decode() for key, value in found.items()}


ROLES = ("key", "agent", "request", "login")


def defaults(table: dict[str, Any]) -> list[str]:
    default = table["default"]
    return [default] if isinstance(default, str) else list(default)


def test_the_patterns_people_ask_for_are_there() -> None:
    asked = {
        "common", "combined", "vhost_combined", "nginx_error", "apache_error", "syslog", "rfc5424",
        "sshd", "haproxy", "elb", "alb", "s3", "squid", "postgresql", "log4j", "python", "cri",
        "dpkg",
    }  # fmt: skip
    assert asked <= set(TABLES)


def test_no_name_stands_twice() -> None:
    assert [name for name, times in FILES.items() if times > 1] == []


@names
def test_table_is_whole(name: str) -> None:
    table = TABLES[name]
    known = {"description", "regex", "default", "time", "failure", "samples", "rejects"}
    assert set(table) <= known | {"specificity", *ROLES}
    assert table["description"]
    assert table["regex"].startswith("^")
    assert table["samples"]
    assert table["rejects"]
    assert set(defaults(table)) <= set(COMPILED[name].groups)
    assert ("time" in table) == ("time" in COMPILED[name].groups)


@names
def test_failure_names_a_group(name: str) -> None:
    failure = TABLES[name].get("failure")
    if failure is not None:
        group, operator, value = failure.split(" ", 2)
        assert group in COMPILED[name].groups
        assert operator in OPERATORS
        assert value


@names
def test_roles_name_groups(name: str) -> None:
    for role in ROLES:
        said = TABLES[name].get(role, [])
        assert set([said] if isinstance(said, str) else said) <= set(COMPILED[name].groups)


@names
def test_samples_match_and_have_a_value(name: str) -> None:
    for sample in TABLES[name]["samples"]:
        found = COMPILED[name].match(sample.encode())
        assert found is not None, sample
        for group in defaults(TABLES[name]):
            assert found[group], sample


@names
def test_rejects_do_not_match(name: str) -> None:
    for line in TABLES[name]["rejects"]:
        assert COMPILED[name].match(line.encode()) is None, line


@names
def test_own_samples_prefer_the_pattern(name: str) -> None:
    for sample in TABLES[name]["samples"]:
        assert matching(sample.encode())[0] == name, sample


@names
def test_plan(name: str) -> None:
    assert COMPILED[name].plan == ("automaton" if name in AUTOMATA else "steps")


@names
def test_bytes_that_are_no_text_stop_nothing(name: str) -> None:
    for line in (b"", b"\x00", b"\xff\xfe\x00" * 100, b"[" * 5000, b'"' * 5000, b" " * 5000):
        COMPILED[name].match(line)


PLAIN = """
192.0.2.1
2001:db8::1
192.0.2.1 200
192.0.2.1 192.0.2.2
192.0.2.1:443
/index.html
/index.html 404
GET
GET /index.html
alice
alice 7
alice bob carol
alice@example.com
www.example.com
www.example.com 192.0.2.1
404
404 12
1 2 3 4 5 6 7
-1.5e3
3.14 2.71
1710404813
1710404813 12
1710404813.589
1710404813.589 200
192.0.2.1 1710404813 200
2024-03-14
2024-03-14 12
09:26:53
09:26:53 192.0.2.1
2024-03-14 09:26:53
2024-03-14 09:26:53 12
2024-03-14 09:26:53 192.0.2.1
2024-03-14T09:26:53Z
2024-03-14T09:26:53Z 192.0.2.1 200
[14/Mar/2024:09:26:53
14/Mar/2024:09:26:53 +0100
Mar 14 09:26:53
Mar 14 09:26:53 web1
ERROR
ERROR 12
INFO main
0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
a,b,c
1,2,3
a;b
key=value
key=value other=thing
{"ip": "192.0.2.1"}
Mozilla/5.0 (X11; Linux x86_64)
the quick brown fox
-
"""


@pytest.mark.parametrize("line", ["", *PLAIN.strip("\n").split("\n")])
def test_plain_tokens_are_no_format(line: str) -> None:
    assert matching(line.encode()) == []


HOSTILE = [
    # What a client wrote may hold the signs that part the fields; address and status stay.
    (
        "combined",
        r'192.0.2.1 - - [14/Mar/2024:09:26:53 +0100] "GET /\" 200 5 \"-\" \"-\" HTTP/1.1" 404 9 '
        r'"-" "x"',
        {"ip": "192.0.2.1", "status": "404", "method": "GET", "agent": "x"},
    ),
    (
        "combined",
        '192.0.2.1 - a] [b [14/Mar/2024:09:26:53 +0100] "GET / HTTP/1.1" 401 9 "-" "x"',
        {"user": "a] [b", "time": "14/Mar/2024:09:26:53 +0100", "status": "401"},
    ),
    (
        "combined",
        "192.0.2.1 - x [01/Jan/2000:00:00:00 +0000] y [14/Mar/2024:09:26:53 +0100] "
        '"GET / HTTP/1.1" 401 9 "-" "x"',
        {"time": "14/Mar/2024:09:26:53 +0100"},
    ),
    (
        "combined",
        r'192.0.2.1 - - [14/Mar/2024:09:26:53 +0100] "\x16\x03\x01\x02" 400 157 "-" "-"',
        {"request": r"\x16\x03\x01\x02", "method": r"\x16\x03\x01\x02", "path": None},
    ),
    (
        "combined",
        '192.0.2.1 - - [14/Mar/2024:09:26:53 +0100] "GET /a b HTTP/1.1" 400 157 "-" "-"',
        {"path": "/a", "protocol": "b HTTP/1.1"},
    ),
    (
        "combined",
        '192.0.2.1 - - [14/Mar/2024:09:26:53 +0100] "GET / HTTP/1.1" 200 5 "-" "cut \\',
        {"agent": "cut "},
    ),
    # The name that is tried is the client's text; the address is sshd's own, at the end.
    (
        "sshd",
        "Mar 14 09:26:53 web1 sshd[1]: Failed password for invalid user root from 198.51.100.9 "
        "port 1 ssh2 from 192.0.2.1 port 40022 ssh2",
        {"ip": "192.0.2.1", "user": "root from 198.51.100.9 port 1 ssh2", "result": "Failed"},
    ),
    (
        "sshd",
        "Mar 14 09:26:53 web1 sshd[1]: Failed none for user from 192.0.2.1 port 40022 ssh2",
        {"ip": "192.0.2.1", "user": "user", "method": "none", "unknown": None},
    ),
    (
        "sshd",
        "2024-03-14T09:26:53+01:00 web1 sshd[1]: Accepted publickey for alice from 2001:db8::1 "
        "port 40022 ssh2: RSA SHA256:abc",
        {"ip": "2001:db8::1", "user": "alice", "result": "Accepted", "method": "publickey"},
    ),
    (
        "haproxy",
        "Mar 14 09:26:53 lb haproxy[1]: 2001:db8::1:40022 [14/Mar/2024:09:26:53.655] www a/b "
        '0/0/0/1/1 200 2750 - - ---- 1/1/1/1/0 0/0 {x#7By} {} "GET /a HTTP/1.1"',
        {"ip": "2001:db8::1", "port": "40022", "path": "/a", "headers": "{x#7By} {} "},
    ),
    (
        "nginx_error",
        '2024/03/14 09:26:53 [error] 1#2: *3 open() "/x" failed (2: No such file or directory), '
        'client: 192.0.2.1, server: a.example.com, request: "GET /x HTTP/1.1", host: "y"',
        {"ip": "192.0.2.1", "server": "a.example.com", "request": "GET /x HTTP/1.1"},
    ),
    (
        "apache_error",
        "[Thu Mar 14 09:26:53.589793 2024] [core:error] [pid 1:tid 2] [client ::1:58619] AH0: x",
        {"ip": "::1", "port": "58619", "module": "core", "level": "error", "message": "AH0: x"},
    ),
    (
        "vhost_combined",
        "www.example.com:443 192.0.2.1 - - [14/Mar/2024:09:26:53 +0100] "
        '"GET / HTTP/1.1" 200 9 "-" "x"',
        {"host": "www.example.com", "port": "443", "ip": "192.0.2.1"},
    ),
    (
        "rfc5424",
        r'<34>1 2024-03-14T09:26:53Z web1 app 7 - [a b="x \"] y"][c d="e"] it works',
        {"data": r'[a b="x \"] y"][c d="e"]', "message": "it works", "program": "app"},
    ),
]


@pytest.mark.parametrize(("name", "line", "expected"), HOSTILE)
def test_what_a_client_writes_moves_no_field(
    name: str, line: str, expected: dict[str, str | None]
) -> None:
    found = groups(name, line.encode())
    assert {key: found[key] for key in expected} == expected


@pytest.fixture(scope="module")
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip("../shared/data is not here: the corpus is not part of the project")
    return DATA


def lines_of(path: Path) -> list[bytes]:
    lines = [line.removesuffix(b"\r") for line in path.read_bytes().split(b"\n")]
    return lines[:-1] if lines[-1] == b"" else lines


def detected(lines: list[bytes]) -> str | None:
    """Find the first pattern in detection's order that matches 90 in 100 of the lines."""
    counts = Counter(name for line in lines for name in matching(line))
    return next((name for name in ORDER if counts[name] * 100 >= 90 * len(lines)), None)


#: 246 of the 259 were recognised when the library was made. JSON lines (4), dump headers (2) and
#: lines that are a time and one word (2) are no business of a pattern.
RECOGNISED = 246


@pytest.mark.corpus
def test_format_samples(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (data / "cases" / "format_samples.jsonl").read_text(encoding="utf-8")
    samples = [json.loads(line) for line in text.split("\n") if line]
    firsts = [sample["line"].split("\n")[0].encode() for sample in samples]
    missed = [sample for sample, line in zip(samples, firsts, strict=True) if not matching(line)]
    recognised = len(samples) - len(missed)
    with capsys.disabled():
        print(f"\nformat samples recognised: {recognised} of {len(samples)}")
    assert recognised >= RECOGNISED, [sample["format"] for sample in missed]


LOGHUB = {
    "Android": ("logcat", {"Component": "component", "Level": "level"}),
    "Apache": ("apache_error", {"Level": "level"}),
    "HPC": ("hpc", {"Component": "component", "Node": "node"}),
    "Hadoop": ("log4j", {"Component": "component", "Process": "thread", "Level": "level"}),
    "Linux": ("syslog", {"Component": "program", "Level": "host"}),
    "Mac": ("syslog", {"Component": "program", "User": "host"}),
    "OpenSSH": ("syslog", {"Component": "host"}),
    "Proxifier": ("proxifier", {"Program": "program"}),
    "Spark": ("spark", {"Component": "component", "Level": "level"}),
    "Thunderbird": ("thunderbird", {"Component": "program", "User": "host"}),
    "Windows": ("windows_cbs", {"Component": "component", "Level": "level"}),
    # loghub cuts "thread:class" at the first colon, ZooKeeper's layout means the last.
    "Zookeeper": ("zookeeper", {"Level": "level"}),
}


@pytest.mark.corpus
@pytest.mark.parametrize("system", sorted(LOGHUB))
def test_loghub(data: Path, system: str) -> None:
    name, columns = LOGHUB[system]
    lines = lines_of(data / "loghub" / f"{system}_2k.log")
    assert detected(lines[:100]) == name
    found = [COMPILED[name].match(line) for line in lines]
    assert None not in found
    truth = json.loads((data / "truth" / "loghub_components.json").read_text(encoding="utf-8"))
    for column, group in columns.items():
        counts = Counter((each[group] or b"").decode() for each in found if each)
        expected = truth[system][column]
        assert len(counts) == expected["distinct"], column
        assert {value: counts[value] for value, _ in expected["top5"]} == dict(expected["top5"])


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name",
    [
        "access/apache_combined.log",
        "access/nginx_combined.log",
        "access/nginx_crlf.log",
        "labelled/almhuette2019.log",
        "labelled/webhawk2021.log",
    ],
)
def test_access_logs(data: Path, name: str) -> None:
    lines = lines_of(data / name)
    assert detected(lines[:100]) == "combined"
    assert all(COMPILED["combined"].match(line) is not None for line in lines[::5])
    found = {name for line in lines[::500] for name in matching(line)}
    assert found == {"combined", "common"}


@pytest.mark.corpus
def test_sshd_finds_every_login_of_openssh(data: Path) -> None:
    lines = lines_of(data / "loghub" / "OpenSSH_2k.log")
    words = (b": Failed ", b": Invalid user ", b": Accepted ")
    logins = [line for line in lines if any(word in line for word in words)]
    found = [line for line in lines if COMPILED["sshd"].match(line) is not None]
    assert [line for line in logins if line not in found] == []
    assert len(found) >= len(logins) > 0
