"""Gives the terminal back when the screen was killed in a way that nobody can catch.

SIGKILL, or the machine's lack of memory, ends a process before it can leave the alternate screen.
So a shell that does nothing stands beside it, reads from a pipe whose other end only the screen
holds, and gives the terminal back if that pipe ends without a word.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

_DONE = b"done\n"

#: What ends all that a screen may have switched on: a synchronised update, the alternate screen, a
#: hidden cursor, reports of the mouse, of focus, of size, bracketed paste, the keyboard protocol.
_LEAVE = "".join(
    f"\\033[{what}"
    for what in (
        "?2026l", "?1000l", "?1003l", "?1015l", "?1006l", "?1016l", "?2004l", "?2048l", "<u",
        "?1049l", "?25h", "?1004l", "?7h", "0m",
    )
)  # fmt: skip

# A shell such as bash puts the modes of the terminal right by itself and then changes them for its
# prompt. They are those of the screen only while Ctrl-C makes no signal, so only then are they
# ours to change.
_SCRIPT = f"""
exec 3<&1
read -r word
[ "$word" = done ] && exit
printf '{_LEAVE}'
case "$(stty -a <&3)" in *-isig*) stty "$1" <&3 ;; esac
"""


class Guard:
    """Stands beside a screen for as long as it is there: a context."""

    def __init__(self, terminal: int) -> None:
        """``terminal`` is the descriptor on which the screen is drawn."""
        self._terminal = terminal
        self._pipe: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Begin. Without a shell or ``stty`` there is no guard, and nothing else is amiss."""
        shell, stty = shutil.which("sh"), shutil.which("stty")
        if shell is None or stty is None:
            return self
        try:
            modes = subprocess.run(
                [stty, "-g"], stdin=self._terminal, capture_output=True, check=True
            ).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return self
        ours, self._pipe = os.pipe()
        try:
            # A session of its own, so that no key of the terminal ends it.
            self._process = subprocess.Popen(
                [shell, "-c", _SCRIPT, "terminal-guard", modes],
                stdin=ours,
                stdout=self._terminal,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            os.close(self._pipe)
            self._pipe = None
        finally:
            os.close(ours)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The screen has gone in good order."""
        if self._pipe is None or self._process is None:
            return
        with contextlib.suppress(OSError):  # somebody ended the guard
            os.write(self._pipe, _DONE)
        os.close(self._pipe)
        self._process.wait()
