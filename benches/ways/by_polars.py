"""The works as Polars is asked for them, all on its streaming engine."""

from __future__ import annotations

PROGRAM = """
import os, sys
os.environ["POLARS_MAX_THREADS"] = "2"
import polars as pl
NAME = sys.argv[1]
line, col, text = pl.col("line").str, pl.col, pl.String
def lines():
    return pl.scan_lines(NAME, name="line")
def csv(mark, *names):
    return pl.scan_csv(
        NAME, separator=mark, quote_char=None, has_header=False, infer_schema=False,
        truncate_ragged_lines=True, schema={name: text for name in names}, extra_columns="ignore",
    )
def first(name):
    return col(name).str.head(col(name).str.find(" ", literal=True)).alias("ip")
def instant(name):
    return col(name).str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", time_zone="UTC")
def top(frame):
    return frame.sort(["n", "ip"], descending=[True, False]).head(20)
def counted(frame):
    return top(frame.group_by("ip").agg(n=pl.len()))
def peaks(frame, unit):
    bucket = frame.group_by("ip", b=col("at").dt.truncate(unit)).agg(
        c=pl.len(), f=col("at").min(), l=col("at").max())
    return top(bucket.group_by("ip").agg(
        n=col("c").sum(), f=col("f").min().dt.epoch("s"), l=col("l").max().dt.epoch("s"),
        p=col("c").max()))
def stamp(name):
    return col(name).str.slice(0, 26).alias("stamp")
GROUPS = r"^(?<ip>\\S+) \\S+ \\S+ \\[(?<stamp>[^\\]]+)\\]"
rows = (QUERY).collect(engine="streaming").rows()
sys.stdout.write("".join("\\t".join(map(str, row)) + "\\n" for row in rows))
"""

BY_REGEX = 'lines().select(line.extract_groups(GROUPS)).unnest("line")'
HALVES = 'csv("[", "head", "rest").select(first("head"), stamp("rest"))'
PLACES = (
    'lines().select(first("line"), line.slice(line.find("[", literal=True) + 1, 26).alias("stamp"))'
)

ASKED: dict[str, dict[str, str]] = {
    "count": {
        "lines, head up to the first blank": 'counted(lines().select(first("line")))',
        "lines, splitn": (
            'counted(lines().select(line.splitn(" ", 2).struct.field("field_0").alias("ip")))'
        ),
        "CSV cut at blanks, first column": 'counted(csv(" ", "ip"))',
        "lines, extract": 'counted(lines().select(line.extract(r"^(\\S+)").alias("ip")))',
    },
    "distinct": {
        "lines": 'counted(lines().rename({"line": "ip"}))',
        "CSV of one column": 'counted(csv(",", "ip"))',
        "CSV of one column, counted by value_counts": (
            'top(csv(",", "ip").select(col("ip").value_counts(name="n")).unnest("ip"))'
        ),
    },
}
for work, unit in (("minute", "1m"), ("second", "1s")):
    ASKED[work] = {
        "regular expression, to_datetime": (
            f'peaks({BY_REGEX}.select("ip", at=instant("stamp")), "{unit}")'
        ),
        "cut at the bracket, to_datetime": (
            f'peaks({HALVES}.select("ip", at=instant("stamp")), "{unit}")'
        ),
        "lines cut at the bracket, to_datetime": (
            f'peaks({PLACES}.select("ip", at=instant("stamp")), "{unit}")'
        ),
    }

WAYS: dict[str, dict[str, str]] = {
    work: {way: PROGRAM.replace("QUERY", query) for way, query in asked.items()}
    for work, asked in ASKED.items()
}
