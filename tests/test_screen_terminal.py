"""The screen in a real terminal: keys go in, the picture is read, and the terminal is as it was."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TMUX = shutil.which("tmux")
COMMAND = Path(sysconfig.get_path("scripts")) / "streamstats"
LINE = '198.51.100.{} - - [14/Mar/2025:12:00:00 +0000] "GET /{} HTTP/1.1" 200 1 "-" "x"\n'

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not there")


class Terminal:
    """A terminal of its own, in which a shell runs a command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket = f"streamstats-{folder.name}-{time.time_ns()}"

    def tmux(self, *arguments: str) -> str:
        answer = subprocess.run(
            [TMUX or "tmux", "-L", self._socket, "-f", "/dev/null", *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
        return answer.stdout

    def start(self, command: str, record: Path | None = None) -> None:
        """Run a command; behind it stands how it ended. What it writes may be recorded."""
        script = self.folder / "run"
        script.write_text(
            f"cd '{self.folder}'\nstty -g > before\n{command}\n"
            "echo status $?\nstty -g > after\ncmp before after && echo same\nexec cat\n"
        )
        shell = f"bash --norc '{script}'"
        if record is not None:
            shell = f"sleep 0.5; {shell}"
        # A terminal of sixteen colours.
        self.tmux("set-option", "-g", "default-terminal", "screen", ";",
                  "new-session", "-d", "-x", "80", "-y", "24", shell)  # fmt: skip
        if record is not None:
            self.tmux("pipe-pane", f"cat > '{record}'")

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.tmux("send-keys", key)
            time.sleep(0.05)

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def wait(self, what: Callable[[str], bool], seconds: float = 20.0) -> str:
        """Wait until the screen shows something."""
        deadline = time.monotonic() + seconds
        screen = ""
        while time.monotonic() < deadline:
            screen = self.screen
            if what(screen):
                return screen
            time.sleep(0.05)
        pytest.fail(f"the screen never showed it; it shows\n{screen}")

    def flags(self) -> str:
        """The alternate screen, the mouse, the cursor, the keypad, the title."""
        return self.tmux(
            "display-message",
            "-p",
            "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_flag} #{pane_title}",
        )

    def modes(self) -> str:
        """The modes of the terminal, as ``stty -g`` writes them."""
        device = self.tmux("display-message", "-p", "#{pane_tty}").strip()
        answer = subprocess.run(
            ["stty", "-F", device, "-g"], capture_output=True, text=True, check=True
        )
        return answer.stdout

    def pid(self) -> str:
        """The process that draws."""
        pane = self.tmux("display-message", "-p", "#{pane_pid}").strip()
        found = subprocess.run(
            ["pgrep", "-P", pane, "-f", "streamstats"], capture_output=True, check=True
        )
        return found.stdout.decode().split()[0]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    log = tmp_path / "access.log"
    log.write_text("".join(LINE.format(n % 7, n % 3) for n in range(700)))
    yield terminal
    subprocess.run([TMUX or "tmux", "-L", terminal._socket, "kill-server"], check=False)


def test_keys_lead_through_the_screen_and_q_leaves_it(terminal: Terminal) -> None:
    terminal.start(f"{COMMAND} -f access.log")
    screen = terminal.wait(lambda text: "700 lines" in text)
    assert "count 7 " in screen
    assert terminal.flags().startswith("1 1 0")
    with (terminal.folder / "access.log").open("a") as log:
        log.write(LINE.format(99, "new"))
    terminal.wait(lambda text: "701 lines" in text and "198.51.100.99" in text)
    terminal.keys("/", "9", "9")
    terminal.wait(lambda text: "/99: 1 of 8" in text and "198.51.100.1 " not in text)
    terminal.keys("Escape")
    terminal.wait(lambda text: "198.51.100.1 " in text)
    terminal.keys("b")
    terminal.wait(lambda text: "count by" in text)
    terminal.keys(*["Down"] * 6, "Enter")
    terminal.wait(lambda text: "/new" in text and "path" in text)
    terminal.keys("Enter")
    terminal.wait(lambda text: "latest lines" in text and "GET /0" in text)
    terminal.keys("Escape")
    terminal.wait(lambda text: "701 lines" in text)
    terminal.tmux("resize-window", "-x", "140", "-y", "30")
    terminal.wait(lambda text: "first" in text and "701 lines" in text)
    terminal.keys("q")
    screen = terminal.wait(lambda text: "same" in text)
    assert "status 0" in screen
    assert "Some Statsy Things" in screen
    assert terminal.flags().startswith("0 0 1")


@pytest.mark.parametrize("number", ["TERM", "HUP", "INT"])
def test_what_is_killed_leaves_the_terminal_as_it_was(terminal: Terminal, number: str) -> None:
    terminal.start(f"{COMMAND} -f access.log")
    terminal.wait(lambda text: "700 lines" in text)
    subprocess.run(["kill", f"-{number}", terminal.pid()], check=True)
    terminal.wait(lambda text: "same" in text)
    assert terminal.flags().startswith("0 0 1")


def test_what_cannot_be_caught_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    terminal.start(f"{COMMAND} -f access.log")
    terminal.wait(lambda text: "700 lines" in text)
    assert terminal.flags().startswith("1 1 0")
    ours = terminal.pid()
    search = ["pgrep", "-P", ours, "-f", "terminal-guard"]
    found = subprocess.run(search, capture_output=True, check=True)
    guard = Path("/proc", found.stdout.decode().strip())
    assert guard.name.isdigit()
    subprocess.run(["kill", "-KILL", ours], check=True)
    # What the shell says meanwhile may be on either screen.
    terminal.wait(lambda _: terminal.flags().startswith("0 0 1"))
    terminal.wait(lambda _: (terminal.folder / "after").exists())
    # The mode of the terminal is that of before, too, once the guard has seen to it.
    terminal.wait(lambda _: terminal.modes() == (terminal.folder / "before").read_text())
    terminal.wait(lambda _: not guard.exists())


@pytest.mark.parametrize("flags", ["", "--color never", "--color always"])
def test_colours_are_among_the_first_sixteen_or_not_there(terminal: Terminal, flags: str) -> None:
    raw = terminal.folder / "raw"
    terminal.start(f"{COMMAND} -f access.log --alarm 'count > 99' {flags}", record=raw)
    terminal.wait(lambda text: "alarm" in text)
    for key in ("b", "Down", "Escape", "?", "Escape", "Down", "Enter"):
        terminal.keys(key)
        time.sleep(0.3)
    terminal.keys("Escape")
    terminal.wait(lambda text: "700 lines" in text)
    terminal.keys("q")
    terminal.wait(lambda text: "same" in text)
    codes = {
        code
        for found in re.findall(rb"\x1b\[([0-9;]*)m", raw.read_bytes())
        for code in found.split(b";")
    }
    assert b"38" not in codes
    assert b"48" not in codes
    coloured = codes & {b"%d" % code for code in (*range(31, 38), *range(91, 98))}
    assert bool(coloured) == (flags != "--color never")


def test_an_error_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    terminal.start(f"{COMMAND} -F later.log --by nothing")
    terminal.wait(lambda text: "waiting" in text)
    shutil.copy(terminal.folder / "access.log", terminal.folder / "later.log")
    screen = terminal.wait(lambda text: "same" in text)
    assert "status 2" in screen
    assert "nothing" in screen
    assert "Traceback" not in screen
    assert terminal.flags().startswith("0 0 1")


def test_standard_input_is_a_log_and_keys_come_from_the_terminal(terminal: Terminal) -> None:
    terminal.start(f"(cat access.log; sleep 30) | {COMMAND} -f")
    terminal.wait(lambda text: "700 lines" in text)
    terminal.keys("q")
    terminal.wait(lambda text: "Some Statsy Things" in text)
    assert terminal.flags().startswith("0 0 1")


def test_nothing_in_a_line_reaches_the_terminal(terminal: Terminal) -> None:
    (terminal.folder / "bad").write_bytes(b"\x1b]2;stolen\x07x\n\x1b[5;5Hmoved\n\x1b[?1049l\n" * 9)
    terminal.start(f"{COMMAND} -f bad")
    terminal.wait(lambda text: "27 lines" in text and r"\x1b[5;5Hmoved" in text)
    assert "stolen" not in terminal.flags()
    terminal.keys("Enter")
    terminal.wait(lambda text: "latest lines" in text)
    assert "stolen" not in terminal.flags()
    assert terminal.flags().startswith("1")
