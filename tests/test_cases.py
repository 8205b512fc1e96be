r"""Golden runs of the installed command: each ``tests/cases/NAME.toml`` is a list of ``[[case]]``.

Keys of a case:

=================  ===========================================================================
name               what it shows, unique in its file
args               the arguments; or
shell              a line for bash, in which ``streamstats`` is the command
before             commands that run first, each a list of arguments; all must end with 0
stdin              text; or a table with one of text, hex, base64, repeat = [text, times]
files              name -> text; or -> a table as for stdin, or with link, folder, example; mode;
                   packed = "gzip", "bzip2" or "xz" of that; cut = so many bytes off its end;
                   zip or tar = name -> text or table, with packed for a compressed tar; mtime
env                variables beside HOME, STREAMSTATS_HOME, LC_ALL, PATH, TERM and TZ
tty                which of "stdin", "stdout", "stderr" are a terminal, of ``columns`` (80)
unprivileged       run without the right of root to read what is closed to it
seconds            the time limit (20)
stdout, stderr     the exact text; or a table with contains, lacks, regex (lists), lines (a count)
status             the exit status (0)
after              name -> the text that the file has to have then
=================  ===========================================================================

A table ``[files]`` before the first case goes for all cases of its file.

Each case has a folder of its own, in which it runs; where the output names that folder, the
expectation says ``{folder}``. ``STREAMSTATS_UPDATE_CASES=1`` writes what was got into the files in
place of an exact text or status that differs.
"""

from __future__ import annotations

import base64
import bz2
import difflib
import fcntl
import gzip
import io
import lzma
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import termios
import threading
import tomllib
import tty
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

CASES = Path(__file__).parent / "cases"
EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = sysconfig.get_path("scripts")
UPDATE = os.environ.get("STREAMSTATS_UPDATE_CASES") == "1"

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}

KEYS = {
    *("name", "args", "shell", "before", "stdin", "files", "env", "tty", "columns"),
    *("unprivileged", "seconds", "stdout", "stderr", "status", "after"),
}

# Lets even root meet closed doors: drops CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH for good.
GIVE_UP_RIGHTS = """
import ctypes, os, sys
for capability in (1, 2):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Got(NamedTuple):
    """What a run gave."""

    status: int
    stdout: bytes
    stderr: bytes


def cases() -> Iterator[Any]:
    """Every case, with an id that says its file and its name."""
    for path in sorted(CASES.glob("*.toml")):
        tables = tomllib.loads(path.read_text("utf-8"))
        for position, case in enumerate(tables["case"]):
            case["files"] = tables.get("files", {}) | case.get("files", {})
            yield pytest.param(path, position, case, id=f"{path.stem}: {case['name']}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder for one case, with ``home`` in it."""
    path = Path(tempfile.mkdtemp(prefix="streamstats-case-")).resolve()
    (path / "home").mkdir()
    yield path
    for inner, _, _ in os.walk(path):
        os.chmod(inner, 0o755)
    shutil.rmtree(path)


@pytest.mark.parametrize(("path", "position", "case"), list(cases()))
def test_case(path: Path, position: int, case: dict[str, Any], folder: Path) -> None:
    """The command gives what the case says."""
    unknown = set(case) - KEYS
    assert not unknown, f"no such keys: {unknown}"
    for name, content in case.get("files", {}).items():
        make(folder / name, content)
    for arguments in case.get("before", []):
        first = run({"args": arguments}, folder)
        assert first.status == 0, f"{arguments} gave {first.status}: {first.stderr!r}"
    got = run(case, folder)
    faults = []
    status = case.get("status", 0)
    if got.status != status:
        faults.append(f"exit status {got.status}, not {status}")
    faults += check("stdout", got.stdout, case.get("stdout"), folder)
    faults += check("stderr", got.stderr, case.get("stderr", ""), folder)
    for name, content in case.get("after", {}).items():
        text = (folder / name).read_text("utf-8") if (folder / name).exists() else "(no file)\n"
        faults += check(name, text.encode(), content, folder)
    if faults and UPDATE:
        update(path, position, got, folder)
    elif faults:
        shown = got.stderr.decode("utf-8", "backslashreplace")
        faults.append(f"standard error was:\n{shown}" if "stderr" not in str(faults) else "")
        pytest.fail(f"{command_line(case)}\n" + "\n".join(faults), pytrace=False)


def check(what: str, got: bytes, expected: Any, folder: Path) -> list[str]:
    """What is wrong with ``got``."""
    text = plain(got, folder)
    if expected is None:
        return []
    if isinstance(expected, str):
        if text == expected:
            return []
        lines = difflib.unified_diff(
            expected.splitlines(keepends=True),
            text.splitlines(keepends=True),
            f"{what}, expected",
            f"{what}, got",
        )
        return ["".join(line if line.endswith("\n") else line + "(no end)\n" for line in lines)]
    faults = [f"{what} lacks {part!r}" for part in expected.get("contains", []) if part not in text]
    faults += [f"{what} has {part!r}" for part in expected.get("lacks", []) if part in text]
    faults += [
        f"{what} does not match {regex!r}"
        for regex in expected.get("regex", [])
        if not re.search(regex, text, re.MULTILINE)
    ]
    if "lines" in expected and text.count("\n") != expected["lines"]:
        faults.append(f"{what} has {text.count(chr(10))} lines, not {expected['lines']}")
    return [*faults, f"{what} was:\n{text}"] if faults else []


def plain(got: bytes, folder: Path) -> str:
    """The output as the cases write it."""
    return got.decode("utf-8", "backslashreplace").replace(str(folder), "{folder}")


def run(case: dict[str, Any], folder: Path) -> Got:
    """Run the command of a case in its folder."""
    environment = {
        "HOME": str(folder / "home"),
        "STREAMSTATS_HOME": str(folder / "home" / ".streamstats"),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "TERM": "xterm-256color",
        "TZ": "UTC",
        **case.get("env", {}),
    }
    command = [os.path.join(SCRIPTS, "streamstats"), *case.get("args", [])]
    if "shell" in case:
        command = ["bash", "-c", case["shell"]]
    if case.get("unprivileged"):
        command = [sys.executable, "-c", GIVE_UP_RIGHTS, *command]
    terminals = case.get("tty", [])
    with Streams(terminals, case.get("columns", 80)) as streams:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={name: value for name, value in environment.items() if value != "(unset)"},
            stdin=streams.slave("stdin"),
            stdout=streams.slave("stdout"),
            stderr=streams.slave("stderr"),
            start_new_session=True,
        )
        streams.close_slaves()
        given = b"" if "stdin" in terminals else content_of(case.get("stdin", ""))
        late = threading.Timer(case.get("seconds", 20), os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        try:
            piped_out, piped_err = process.communicate(given if process.stdin else None)
        finally:
            late.cancel()
        shown_out, shown_err = streams.read()
    return Got(process.returncode, piped_out or shown_out, piped_err or shown_err)


class Streams:
    """A pseudo-terminal for each stream that wants one, and pipes for the others."""

    def __init__(self, terminals: list[str], columns: int) -> None:
        self.pairs: dict[str, tuple[int, int]] = {}
        self.shown: dict[str, bytearray] = {}
        self.readers: list[threading.Thread] = []
        for name in terminals:
            master, slave = pty.openpty()
            # No translation of line feeds, so that what is read is what was written.
            tty.setraw(slave)
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            self.pairs[name] = (master, slave)

    def __enter__(self) -> Streams:
        return self

    def __exit__(self, *_: object) -> None:
        for master, _slave in self.pairs.values():
            os.close(master)

    def slave(self, name: str) -> int:
        """The end for the process."""
        return self.pairs[name][1] if name in self.pairs else subprocess.PIPE

    def close_slaves(self) -> None:
        """Leave the process alone with its ends, and read from ours."""
        for name, (master, slave) in self.pairs.items():
            os.close(slave)
            self.shown[name] = bytearray()
            reader = threading.Thread(target=self._read, args=(master, self.shown[name]))
            reader.start()
            self.readers.append(reader)

    def read(self) -> tuple[bytes, bytes]:
        """All that was shown, after the process has ended."""
        for reader in self.readers:
            reader.join(5)
        return bytes(self.shown.get("stdout", b"")), bytes(self.shown.get("stderr", b""))

    @staticmethod
    def _read(master: int, into: bytearray) -> None:
        while True:
            try:
                block = os.read(master, 65536)
            except OSError:  # the last of the other end was closed
                return
            if not block:
                return
            into += block


def make(path: Path, content: Any) -> None:
    """Create a file, a link or a folder of a case."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = content if isinstance(content, dict) else {}
    if "link" in table:
        path.symlink_to(table["link"])
        return
    if table.get("folder"):
        path.mkdir()
    elif "example" in table:
        shutil.copyfile(EXAMPLES / table["example"], path)
    else:
        path.write_bytes(content_of(content))
    if "mode" in table:
        path.chmod(int(table["mode"], 8))
    if "mtime" in table:
        os.utime(path, (table["mtime"], table["mtime"]))


def content_of(content: Any) -> bytes:
    """The bytes that a text or a table of a case stands for."""
    if isinstance(content, str):
        return content.encode("utf-8")
    data = unpacked(content)
    if "packed" in content:
        data = PACKERS[content["packed"]](data)
    return data[: len(data) - content.get("cut", 0)]


def unpacked(content: dict[str, Any]) -> bytes:
    """The bytes of a table before they are compressed."""
    if "zip" in content:
        return zipped(content["zip"])
    if "tar" in content:
        return tarred(content["tar"])
    if "repeat" in content:
        text, times = content["repeat"]
        return bytes(str(text).encode("utf-8") * int(times))
    if "hex" in content:
        return bytes.fromhex(content["hex"])
    if "base64" in content:
        return base64.b64decode(content["base64"])
    return str(content.get("text", "")).encode("utf-8")


def zipped(members: dict[str, Any]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content_of(content))
    return out.getvalue()


def tarred(members: dict[str, Any]) -> bytes:
    """A tar archive; a member whose name ends with a slash is a folder."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            data = content_of(content)
            info.size = len(data)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def command_line(case: dict[str, Any]) -> str:
    """The command as one would type it."""
    import shlex

    return str(case["shell"]) if "shell" in case else shlex.join(["streamstats", *case["args"]])


def update(path: Path, position: int, got: Got, folder: Path) -> None:
    """Write what was got into the case, where it expects an exact text or a status."""
    import tomlkit

    document = tomlkit.parse(path.read_text("utf-8"))
    tables: Any = document["case"]
    case = tables[position]
    if case.get("status", 0) != got.status:
        case["status"] = got.status
    for name, output in (("stdout", got.stdout), ("stderr", got.stderr)):
        expected = case.get(name, "" if name == "stderr" else None)
        text = plain(output, folder)
        if isinstance(expected, str) and expected != text:
            simple = "'''" not in text and all(sign.isprintable() or sign == "\n" for sign in text)
            several = simple and "\n" in text
            case[name] = tomlkit.string(text, literal=simple, multiline=several)
    # TOML drops a line feed right behind the opening quotes; with it the lines stand in a column.
    opening = re.compile(r"^(stdout|stderr) = '''(?!\n|.*''')", re.MULTILINE)
    path.write_text(opening.sub(r"\1 = '''\n", tomlkit.dumps(document)), "utf-8")
