"""What the table says of the machine and of what was measured: no host names, no paths."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys

from places import Places


def model() -> str:
    """Give the model of the processor, as Linux tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as source:
            for line in source:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def memory() -> int:
    """Bytes of memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def facts_of_machine(cores: int) -> dict[str, str]:
    """Processor, cores, memory, system."""
    return {
        "processor": model(),
        "cores": f"{cores} used of {os.cpu_count()}",
        "memory": f"{memory() / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": f"{platform.python_implementation()} {sys.version.split()[0]}",
    }


def printed(argv: list[str]) -> str:
    """Give what a command prints; nothing when it fails."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def own_version(at: Places) -> str:
    """Give the version of streamstats, and the first digits of its compiled core's SHA-256."""
    told = printed([at.streamstats, "--version"])
    code = "import streamstats._core as c; print(c.__file__)"
    core = printed([at.own_python, "-c", code]).strip()
    words = (told.split() or ["?"])[-1]
    if not core:
        return words
    with open(core, "rb") as source:
        return f"{words}, core {hashlib.file_digest(source, 'sha256').hexdigest()[:8]}"
