"""Write the results of the benchmarks as the page docs/benchmarks.md."""

from __future__ import annotations

from typing import Any

MEGA = 1e6
# Above this share of the machine used by others, a figure is not worth much, and the page says so.
QUIET = 0.05

HEAD = """\
# Benchmarks

Written by `make bench`. Do not edit: run it again.

Whole processes are timed, start-up included, from a warm page cache. Within a work the commands
take turns, each round in the reverse order of the one before; the median counts. Every answer
(the first 20 values, and their counts) is checked against the truth before anything is timed: the
truth is known from the numbers that the log was made of. For DuckDB, Polars and chdb several ways
of asking are tried, and the fastest is kept; they run with two threads each. A ratio compares
figures of one run. Memory is the largest resident size of any one process of a command; nothing
reads below that of the program that measures, some 20 MB.
"""


def seconds(value: float) -> str:
    """Three digits that count."""
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def cell(text: str) -> str:
    """Text that does not end the cell of a table."""
    return text.replace("|", "\\|")


def rows(heading: list[str], body: list[list[str]], numbers: int) -> list[str]:
    """Give a table whose columns from ``numbers`` on are right-aligned."""
    rule = ["---" if place < numbers else "---:" for place in range(len(heading))]
    return [f"| {' | '.join(cell(one) for one in row)} |" for row in [heading, rule, *body]]


def machine(results: dict[str, Any]) -> list[str]:
    """Give the machine, the versions, and what could not be had."""
    facts = results["machine"]
    out = ["## Machine and versions", ""]
    out.append(
        f"{facts['processor']}, {facts['cores']} cores, {facts['memory']} of memory, "
        f"{facts['system']}, {facts['python']}."
    )
    out += ["", *rows(["peer", "version"], [list(one) for one in results["versions"].items()], 2)]
    own = sorted({(work["streamstats"], work["date"]) for work in results["works"].values()})
    out += ["", "streamstats: " + "; ".join(f"{name}, measured {date}" for name, date in own) + "."]
    missing = results["missing"]
    if missing:
        told = "; ".join(f"{name}: {reason}" for name, reason in missing.items())
        out += ["", f"{len(missing)} peers could not be had and are not in the tables: {told}."]
    return out


def reached(results: dict[str, Any]) -> list[str]:
    """Each row to reach, plainly."""
    words = {True: "yes", False: "**no**", None: "cannot be told"}
    body = [
        [verdict["reach"], verdict["measured"], words[verdict["reached"]]]
        for work in results["works"].values()
        for verdict in work["verdicts"]
    ]
    met = sum(row[2] == "yes" for row in body)
    out = ["## What was to be reached", "", f"{met} of {len(body)} rows are reached.", ""]
    if results["quick"]:
        out += ["A quick run on a tenth of the data: the rows are meant for the whole.", ""]
    return out + rows(["to reach", "measured", "reached"], body, 3)


def one_work(work: dict[str, Any]) -> list[str]:
    """Give the figures of one work, fastest first."""
    size = f"{work['bytes'] / MEGA:,.0f} MB, {work['lines']:,} lines, "
    size += f"SHA-256 {work['sha256'][:12]}…, "
    size = size if work["lines"] > 1 else ""
    out = [f"## {work['title']}", "", f"{size}{work['rounds']} rounds.", ""]
    figures = work["figures"]
    own = figures["streamstats"]["median"]
    body = []
    for name in sorted(figures, key=lambda one: float(figures[one]["median"])):
        one = figures[name]
        kept = [way for way, facts in work["ways"].get(name, {}).items() if facts.get("kept")]
        shown = f"**{name}**" if name == "streamstats" else f"`{name}`"
        if name in work["peers"]:
            shown = f"{name} ({kept[0]})" if kept else name
        body.append(
            [
                shown,
                seconds(one["median"]),
                f"{seconds(one['lowest'])} to {seconds(one['highest'])}",
                seconds(one["cpu"]),
                f"{one['memory'] / MEGA:,.0f}",
                f"{one['median'] / own:.2f}",
            ]
        )
    heading = ["command", "seconds", "lowest to highest", "CPU seconds", "MB", "× streamstats"]
    out += rows(heading, body, 1)
    if work["others"] > QUIET:
        share = f"{work['others'] * 100:.0f} of 100"
        out += ["", f"The machine was not quiet: other processes used {share} of its cores' time."]
    for name, reason in work["wrong"].items():
        out += ["", f"Left out: {name}: {reason}"]
    return out


def ways(results: dict[str, Any]) -> list[str]:
    """All ways that were tried, with the better of two runs."""
    body = []
    for name, work in results["works"].items():
        for peer, tried in work["ways"].items():
            if len(tried) < 2:
                continue
            for way, facts in tried.items():
                told = seconds(facts["wall"]) if "wall" in facts else facts["error"]
                body.append([name, peer, way, told, "kept" if facts.get("kept") else ""])
    out = ["## Ways that were tried", "", "The better of two runs, in seconds.", ""]
    return out + rows(["work", "peer", "way", "seconds", ""], body, 3) if body else []


def page(results: dict[str, Any]) -> str:
    """Give the page as Markdown."""
    parts = [HEAD.rstrip("\n").split("\n"), reached(results), machine(results)]
    parts += [one_work(work) for work in results["works"].values()]
    parts.append(ways(results))
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"
