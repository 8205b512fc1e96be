"""Get the peers: from PyPI, crates.io, the Go modules and Debian, each with its own client.

What cannot be had is remembered with the reason and not asked for again, until ``--retry``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from places import BENCHES, Places

CARGO = {"ag": ("ag", "agrind"), "xan": ("xan", "xan"), "xsv": ("xsv", "xsv")}
GO = {"rare": "github.com/zix99/rare", "topfew": "github.com/timbray/topfew"}
# The program, and the package where that has another name.
DEBIAN = {
    "mawk": "",
    "gawk": "",
    "jq": "",
    "igzip": "isal",
    "libdeflate-gunzip": "libdeflate-tools",
    "lz4": "",
    "logtop": "",
}
NEEDED = "numpy"


def asked(argv: list[str], env: dict[str, str] | None = None) -> str | None:
    """Run a client; None when it worked, else the reason in a few words."""
    print("+", " ".join(os.path.basename(word) for word in argv), file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            argv, env=env, capture_output=True, text=True, timeout=3600, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{os.path.basename(argv[0])}: {type(error).__name__}"
    if done.returncode == 0:
        return None
    sys.stderr.write(done.stderr[-2000:])
    client = " ".join(os.path.basename(word) for word in argv[:2])
    return f"`{client}` ended with status {done.returncode}"


def requirements() -> list[str]:
    """Give the lines of requirements.txt that name a package."""
    with open(os.path.join(BENCHES, "requirements.txt"), encoding="utf-8") as source:
        lines = [line.split("#")[0].strip() for line in source]
    return [line for line in lines if line]


def from_pypi(at: Places, refused: dict[str, str]) -> None:
    """Make a virtual environment with the packages of requirements.txt, one by one."""
    if not os.path.exists(at.python):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(at.home, "venv")], check=True)
    # The wish list stands beside the environment: unchanged, nothing is asked.
    stamp = os.path.join(at.home, "venv", "requirements.done")
    wishes = requirements()
    if os.path.exists(stamp):
        with open(stamp, encoding="utf-8") as source:
            if source.read().splitlines() == wishes:
                return
    for wish in wishes:
        name = wish.split(">")[0]
        if name in refused:
            continue
        reason = asked([at.python, "-m", "pip", "install", "--quiet", wish])
        if reason and name == NEEDED:
            raise SystemExit(f"benches need {NEEDED} to write their logs: {reason}")
        if reason:
            refused[name] = reason
    with open(stamp, "w", encoding="utf-8") as out:
        out.write("\n".join(wishes) + "\n")


def from_cargo(at: Places, refused: dict[str, str]) -> None:
    """Programs from crates.io."""
    for name, (crate, program) in CARGO.items():
        if name in refused or os.path.exists(os.path.join(at.tools, program)):
            continue
        root = os.path.join(at.home, "tools")
        reason = asked(["cargo", "install", "--locked", "--quiet", "--root", root, crate])
        if reason:
            refused[name] = reason


def from_go(at: Places, refused: dict[str, str]) -> None:
    """Programs from the Go modules."""
    for name, module in GO.items():
        if name in refused or os.path.exists(os.path.join(at.tools, name)):
            continue
        env = {**os.environ, "GOBIN": at.tools}
        reason = asked(["go", "install", f"{module}@latest"], env)
        if reason:
            refused[name] = reason


def from_debian(refused: dict[str, str]) -> None:
    """Programs from Debian's packages, when they are missing and may be installed."""
    for name, package in DEBIAN.items():
        if name in refused or shutil.which(name):
            continue
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            refused[name] = "not installed, and only root can install it from Debian"
            continue
        reason = asked(["apt-get", "install", "-y", "-qq", package or name])
        if reason:
            asked(["apt-get", "update", "-qq"])
            reason = asked(["apt-get", "install", "-y", "-qq", package or name])
        if reason:
            refused[name] = reason


def fetch(at: Places, retry: bool) -> dict[str, str]:
    """Get every peer that is missing; gives what could not be had, with the reason."""
    note = os.path.join(at.home, "refused.json")
    refused: dict[str, str] = {}
    if not retry and os.path.exists(note):
        with open(note, encoding="utf-8") as source:
            refused = json.load(source)
    elif retry:
        stamp = os.path.join(at.home, "venv", "requirements.done")
        if os.path.exists(stamp):
            os.remove(stamp)
    from_pypi(at, refused)
    from_debian(refused)
    from_go(at, refused)
    from_cargo(at, refused)
    with open(note, "w", encoding="utf-8") as out:
        json.dump(refused, out, indent=1)
    return refused
