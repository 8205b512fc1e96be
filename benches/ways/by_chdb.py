"""The works as chdb (ClickHouse) is asked for them."""

from __future__ import annotations

PROGRAM = """
import sys, chdb
sys.stdout.write(str(chdb.query(SQL.replace("FILE", sys.argv[1]), "TSVRaw")))
"""

LINES = "file('FILE', 'LineAsString', 'line String')"
RAW = "file('FILE', 'TSVRaw', 'line String')"
TOP = "GROUP BY ip ORDER BY n DESC, ip LIMIT 20"
TWO = "SETTINGS max_threads=2"
MAPPED = TWO + ", storage_file_read_method='mmap'"


def counted(ip: str, source: str, settings: str = TWO) -> str:
    """Count ``ip`` in ``source``."""
    return f"SELECT {ip} AS ip, count() AS n FROM {source} {TOP} {settings}"


def peaks(ip: str, at: str, bucket: str, settings: str = TWO) -> str:
    """Count, first, last and peak per bucket, from the expressions for address and instant."""
    return (
        f"WITH bucket AS (SELECT {ip} AS ip, {bucket} AS b, count() AS c, min(at) AS f, "
        f"max(at) AS l FROM (SELECT line, {at} AS at FROM {LINES}) GROUP BY ip, b) "
        "SELECT ip, sum(c) AS n, toUnixTimestamp(min(f)), toUnixTimestamp(max(l)), max(c) "
        f"FROM bucket {TOP} {settings}"
    )


def parsed(stamp: str) -> str:
    """Give the instant of a stamp, by ClickHouse's own parser."""
    return f"parseDateTime({stamp}, '%d/%b/%Y:%H:%i:%s %z', 'UTC')"


CUT = "splitByChar(' ', line, 1)[1]"
BETWEEN = "substring(line, position(line, '[') + 1, 26)"
# What parseDateTimeBestEffort reads: a blank, not a colon, between date and time.
FREED = (
    "concat(substring(line, position(line, '[') + 1, 11), ' ', "
    "substring(line, position(line, '[') + 13, 14))"
)
BY_REGEX = "extractGroups(line, '^(\\\\S+) \\\\S+ \\\\S+ \\\\[([^\\\\]]+)\\\\]')"

ASKED: dict[str, dict[str, str]] = {
    "count": {
        "lines, splitByChar": counted(CUT, LINES),
        "lines mapped into memory, splitByChar": counted(CUT, LINES, MAPPED),
        "lines, extract": counted("extract(line, '^([^ ]+)')", LINES),
        "lines, substring": counted("substring(line, 1, position(line, ' ') - 1)", LINES),
    },
    "distinct": {
        "lines": counted("line", LINES),
        "lines mapped into memory": counted("line", LINES, MAPPED),
        "TSV of one column": counted("line", RAW),
    },
}
for work, bucket in (("minute", "toStartOfMinute(at)"), ("second", "at")):
    ASKED[work] = {
        "regular expression, parseDateTime": peaks(
            f"{BY_REGEX}[1]", parsed(f"{BY_REGEX}[2]"), bucket
        ),
        "cut at blank and bracket, parseDateTime": peaks(CUT, parsed(BETWEEN), bucket, MAPPED),
        "cut at blank and bracket, parseDateTimeBestEffort": peaks(
            CUT, f"parseDateTimeBestEffort({FREED}, 'UTC')", bucket, MAPPED
        ),
    }

WAYS: dict[str, dict[str, str]] = {
    work: {way: f"SQL = {sql!r}\n{PROGRAM}" for way, sql in asked.items()}
    for work, asked in ASKED.items()
}
