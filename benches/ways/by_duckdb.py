"""The works as DuckDB is asked for them."""

from __future__ import annotations

PROGRAM = """
import sys, duckdb
c = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
c.execute("SET enable_progress_bar = false")
rows = c.execute(SQL.replace("FILE", sys.argv[1])).fetchall()
sys.stdout.write("".join("\\t".join(map(str, row)) + "\\n" for row in rows))
"""

CSV = "read_csv('FILE', delim='{}', quote='', escape='', header=false, auto_detect=false, {})"
# A byte that no line has as delimiter: each line is one column.
LINES = CSV.format("\x01", "columns={'line': 'VARCHAR'}")
WORDS = CSV.format(" ", "columns={'ip': 'VARCHAR'}, strict_mode=false")
# Cut at the bracket before the stamp: the address and two dashes, then the rest.
HALVES = CSV.format("[", "columns={'head': 'VARCHAR', 'rest': 'VARCHAR'}, strict_mode=false")
TOP = "GROUP BY ip ORDER BY n DESC, ip LIMIT 20"
STAMP = "'%d/%b/%Y:%H:%M:%S %z'"


def counted(ip: str, source: str) -> str:
    """Count ``ip`` in ``source``."""
    return f"SELECT {ip} AS ip, count(*) AS n FROM {source} {TOP}"


def peaks(record: str, unit: str) -> str:
    """Count, first, last and peak per ``unit`` from records of (ip, moment)."""
    return (
        f"WITH record AS ({record}), bucket AS (SELECT ip, date_trunc('{unit}', moment) AS b, "
        "count(*) AS c, min(moment) AS f, max(moment) AS l FROM record GROUP BY ip, b) "
        "SELECT ip, sum(c)::BIGINT AS n, epoch(min(f))::BIGINT, epoch(max(l))::BIGINT, max(c) "
        f"FROM bucket {TOP}"
    )


def peaks_of_text(record: str, letters: int) -> str:
    """Give the same from (ip, stamp) as text: grouped by its first letters, parsed once a group.

    Stamps of one minute and one zone are in the order of their texts.
    """
    return (
        f"WITH record AS ({record}), bucket AS (SELECT ip, left(stamp, {letters}) AS b, "
        "count(*) AS c, min(stamp) AS f, max(stamp) AS l FROM record GROUP BY ip, b) "
        f"SELECT ip, sum(c)::BIGINT AS n, epoch(min(strptime(f, {STAMP})))::BIGINT, "
        f"epoch(max(strptime(l, {STAMP})))::BIGINT, max(c) FROM bucket {TOP}"
    )


PARTS = r"regexp_extract(line, '^(\S+) \S+ \S+ \[([^\]]+)\]', ['ip', 'stamp'])"
BY_REGEX = (
    f"SELECT m.ip AS ip, strptime(m.stamp, {STAMP}) AS moment "
    f"FROM (SELECT {PARTS} AS m FROM {LINES})"
)
BY_PLACE = (
    f"SELECT left(head, instr(head, ' ') - 1) AS ip, strptime(left(rest, 26), {STAMP}) AS moment "
    f"FROM {HALVES}"
)
TEXTS = "SELECT left(head, instr(head, ' ') - 1) AS ip, left(rest, 26) AS stamp FROM " + HALVES

ASKED: dict[str, dict[str, str]] = {
    "count": {
        "lines, left of the first blank": counted("left(line, instr(line, ' ') - 1)", LINES),
        "lines, regexp_extract": counted("regexp_extract(line, '^[^ ]+')", LINES),
        "CSV cut at blanks, first column": counted("ip", WORDS),
    },
    "distinct": {
        "lines, GROUP BY": counted("line", LINES),
        "CSV of one column, cut at commas": counted(
            "line", CSV.format(",", "columns={'line': 'VARCHAR'}")
        ),
        "lines, counted first and sorted after": (
            f"WITH t AS (SELECT line AS ip, count(*) AS n FROM {LINES} GROUP BY line) "
            "SELECT ip, n FROM t ORDER BY n DESC, ip LIMIT 20"
        ),
    },
    "minute": {
        "regular expression, strptime": peaks(BY_REGEX, "minute"),
        "cut at the bracket, strptime": peaks(BY_PLACE, "minute"),
        "cut at the bracket, grouped as text": peaks_of_text(TEXTS, 17),
    },
    "second": {
        "regular expression, strptime": peaks(BY_REGEX, "second"),
        "cut at the bracket, strptime": peaks(BY_PLACE, "second"),
        "cut at the bracket, grouped as text": peaks_of_text(TEXTS, 20),
    },
}

WAYS: dict[str, dict[str, str]] = {
    work: {way: f"SQL = {sql!r}\n{PROGRAM}" for way, sql in asked.items()}
    for work, asked in ASKED.items()
}
