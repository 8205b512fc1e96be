"""Measure streamstats against its peers and write docs/benchmarks.md.

    python benches/run.py                 all works on the 1 GB log, then the table
    python benches/run.py --quick         the same on 100 MB; the table goes to standard output
    python benches/run.py --only count    one work; the table of the last full run is kept

Everything that is built or written stands in .bench, or where STREAMSTATS_BENCH says. The exit
status is 1 when an answer of streamstats is wrong; a figure that is not reached is only said.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from typing import Any

from answers import FORMS, AnswerError, check, truth_of
from fetch import fetch
from inputs import Input, ready, words
from machine import facts_of_machine, own_version
from measure import CommandError, Noise, Sample, answer_of, rounds, run_once, two_cores
from peers import Peer, filled, peers, version
from places import ROOT, Places, places
from table import page
from works import OURS, Work, works

# The works of the issue on time. Take a name out of here once streamstats can do it.
LATER: tuple[str, ...] = ()


def say(text: str) -> None:
    """Say what is being done, on standard error."""
    print(text, file=sys.stderr, flush=True)


def ours_is_right(work: Work, given: Input, out: str) -> Sample:
    """Run streamstats once and check its answer.

    Raises AnswerError or CommandError.
    """
    sample, text = answer_of(filled(work.ours, given.path), out)
    if work.form != "none":
        try:
            rows = FORMS[work.form](text)
        except (ValueError, KeyError, IndexError) as error:
            raise AnswerError(f"its {work.form} cannot be read: {error!r}") from None
        check(rows, truth_of(given.facts, work.name))
    return sample


def ways_of(peer: Peer, work: Work, given: Input, out: str, home: str) -> dict[str, dict[str, Any]]:
    """Try each way of a peer twice: whether it is right, and the faster of the two times."""
    tried: dict[str, dict[str, Any]] = {}
    for way, command in peer.ways[work.name].items():
        argv = filled(command, given.path)
        try:
            sample, text = answer_of(argv, out)
            check(peer.answer(text), truth_of(given.facts, work.name))
            again = run_once(argv, out)
            tried[way] = {"wall": min(sample.wall, again.wall), "cpu": sample.cpu}
            say(f"  {peer.name}, {way}: {tried[way]['wall']:.2f} s")
        except (CommandError, AnswerError, ValueError, KeyError, IndexError) as error:
            reason = f"{type(error).__name__}: {error}".replace(given.path, "FILE")
            reason = reason.removeprefix("CommandError: ").replace("AnswerError", "wrong answer")
            tried[way] = {"error": reason.replace(home, ".bench")}
            say(f"  {peer.name}, {way}: {tried[way]['error']}")
    return tried


def measured(at: Places, work: Work, there: list[Peer], given: Input, many: int) -> dict[str, Any]:
    """One work: answers checked, the fastest way of each peer kept, then the rounds."""
    out = os.path.join(at.data, "answer")
    say(f"{work.name}: {work.title}")
    if work.name == "lines":
        words(given.path)
    first = {OURS: ours_is_right(work, given, out)}
    commands = {OURS: filled(work.ours, given.path)}
    tried: dict[str, dict[str, dict[str, Any]]] = {}
    wrong: dict[str, str] = {}
    for peer in there:
        if work.name not in peer.ways:
            continue
        tried[peer.name] = ways_of(peer, work, given, out, at.home)
        right = {way: facts for way, facts in tried[peer.name].items() if "wall" in facts}
        if not right:
            wrong[peer.name] = next(iter(tried[peer.name].values()))["error"]
            continue
        best = min(right, key=lambda way: right[way]["wall"])
        commands[peer.name] = filled(peer.ways[work.name][best], given.path)
        first[peer.name] = Sample(right[best]["wall"], right[best]["cpu"], 0, 0)
        right[best]["kept"] = True
    names = [name for name in commands if name != OURS]
    for side, command in work.sides.items():
        argv = filled(command, given.path)
        try:
            first[side], text = answer_of(argv, out)
            if work.name == "lines" and side.endswith(f"| {OURS}"):
                check(FORMS[work.form](text), truth_of(given.facts, work.name))
            commands[side] = argv
        except CommandError as error:
            wrong[side] = str(error).replace(at.home, ".bench")
    noise = Noise()
    figures = rounds(commands, first, many, out, lambda text: say(f"  {text}"))
    others = noise.share()
    verdicts = [verdict._asdict() for verdict in work.judge(figures, names)]
    for verdict in verdicts:
        say(f"  {verdict['reach']}: {verdict['measured']}: {verdict['reached']}")
    return {
        "title": work.title,
        "bytes": os.path.getsize(given.path) if work.form != "none" else 2,
        "lines": given.facts["lines"] if work.form != "none" else 1,
        "sha256": given.facts["sha256"],
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "streamstats": own_version(at),
        "others": others,
        "rounds": many,
        "peers": names,
        "figures": {name: figure.as_dict() for name, figure in figures.items()},
        "ways": tried,
        "wrong": wrong,
        "verdicts": verdicts,
    }


def arguments() -> argparse.Namespace:
    """Give the command line."""
    text = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser(
        description=text[0],
        epilog=text[1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", metavar="NAME", action="append", help="a work; may be repeated")
    parser.add_argument("--all", action="store_true", help="the works on time as well")
    parser.add_argument("--quick", action="store_true", help="100 MB and 3 rounds, no page written")
    parser.add_argument("--rounds", type=int, help="instead of the number each work names")
    parser.add_argument("--retry", action="store_true", help="ask again for peers once refused")
    parser.add_argument("--no-fetch", action="store_true", help="measure with what is there")
    parser.add_argument("--home", help="instead of .bench")
    parser.add_argument("--streamstats", help="the command, instead of .venv/bin/streamstats")
    parser.add_argument("--page", default=os.path.join(ROOT, "docs", "benchmarks.md"))
    return parser.parse_args()


def merged(at: Places, new: dict[str, Any], whole: bool) -> dict[str, Any]:
    """Give the results to keep: all new after a full run, else the works measured now put in."""
    old: dict[str, Any] = {}
    if not whole and os.path.exists(at.results):
        with open(at.results, encoding="utf-8") as source:
            old = json.load(source)
    # Figures of different machines or peers are never put into one table.
    if old and any(old[key] != new[key] for key in ("machine", "versions")):
        say("machine or versions differ from the last full run: only this run is kept")
        old = {}
    return {**new, "works": {**old.get("works", {}), **new["works"]}}


def main() -> int:
    given = arguments()
    at = places(given.home, given.streamstats)
    at.make()
    if not os.path.exists(at.streamstats):
        raise SystemExit(f"{os.path.relpath(at.streamstats)} is missing: build the package first")
    refused = {} if given.no_fetch else fetch(at, given.retry)
    every = peers(at)
    versions = {peer.name: version(peer) for peer in every}
    there = [peer for peer in every if versions[peer.name]]
    missing = {
        peer.name: refused.get(peer.name.lower(), "not installed")
        for peer in every
        if not versions[peer.name]
    }
    for name, reason in missing.items():
        say(f"skipped: {name}: {reason}")
    cores = two_cores()
    inputs: dict[str, Input] = {}

    def made(name: str) -> Input:
        if name not in inputs:
            inputs[name] = ready(at, name)
        return inputs[name]

    window = made("small" if given.quick else "log").facts["window"]
    listed = works(at, given.quick, (window["start"], window["end"]))
    known = [work.name for work in listed]
    for name in given.only or []:
        if name not in known:
            raise SystemExit(f"no work named {name}; there are: {', '.join(known)}")
    chosen = [work for work in listed if given.all or work.name not in LATER]
    if given.only:
        chosen = [work for work in listed if work.name in given.only]
    results: dict[str, Any] = {
        "quick": given.quick,
        "machine": facts_of_machine(cores),
        "versions": {name: text for name, text in versions.items() if text},
        "missing": missing,
        "works": {},
    }
    failed = False
    for work in chosen:
        many = given.rounds or (3 if given.quick else work.rounds)
        try:
            results["works"][work.name] = measured(at, work, there, made(work.data), many)
        except (AnswerError, CommandError) as error:
            failed = True
            say(f"{work.name}: streamstats: {error}")
    if given.quick:
        print(page(results), end="")
    elif results["works"]:
        results = merged(at, results, not given.only)
        with open(at.results, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)
        os.makedirs(os.path.dirname(given.page), exist_ok=True)
        with open(given.page, "w", encoding="utf-8") as out:
            out.write(page(results))
        say(f"written: {os.path.relpath(given.page)}")
    say(f"{len(there)} peers measured, {len(missing)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
