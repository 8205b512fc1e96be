"""Waits until something may have come, without asking all the time.

Where watchfiles is installed (the extra ``live``) and the file systems tell of changes, they are
waited for. Elsewhere files are looked at ten times a second.
"""

from __future__ import annotations

import os
import select
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

POLL = 0.1
"""Seconds between two looks where nothing tells of changes,"""

SAFETY = 1.0
"""and where something does: it may have missed one."""

PAUSE = 0.02
"""Changes are gathered for so many seconds: a log that is written all the time is looked at fifty
times a second."""

#: File systems on which another machine's changes are not told of.
REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs")


class Waiting:
    """Waits for files in some folders, for streams, and for whoever calls ``wake``."""

    def __init__(self) -> None:
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._folders: list[str] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, folders: Sequence[str]) -> None:
        """Watch these folders, and no others, from now on."""
        if list(folders) == self._folders:
            return
        self._end()
        self._folders = list(folders)
        if not folders or any(map(is_remote, folders)):
            return
        try:
            import watchfiles  # an extra, and it starts a thread of its own
        except ImportError:
            return
        stop, event = self._stop, self._event

        def run() -> None:
            changes = watchfiles.watch(
                *folders,
                watch_filter=None,
                debounce=int(PAUSE * 1000),
                step=int(PAUSE * 500),
                stop_event=stop,
                rust_timeout=200,
                recursive=False,
                raise_interrupt=False,
                ignore_permission_denied=True,
            )
            try:
                for _ in changes:
                    os.eventfd_write(event, 1)
            except (OSError, RuntimeError):
                # No more watches can be had, or a folder has gone: then it is polled.
                self._thread = None

        self._thread = threading.Thread(target=run, name="changes", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """End a wait, from another thread."""
        os.eventfd_write(self._event, 1)

    def wait(self, streams: Sequence[int], seconds: float) -> list[int]:
        """Wait for so many seconds at the most; the streams that can be read."""
        if self._folders:
            seconds = min(seconds, SAFETY if self._thread is not None else POLL)
        ready, _, _ = select.select([self._event, *streams], [], [], max(0.0, seconds))
        if self._event in ready:
            os.eventfd_read(self._event)
        return [fd for fd in ready if fd != self._event]

    def close(self) -> None:
        """Stop watching."""
        self._end()
        os.close(self._event)

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._stop, self._thread = threading.Event(), None


def is_remote(folder: str) -> bool:
    """Whether a folder is on a file system that does not tell of all changes."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            mounts = [line.split(" - ") for line in file]
    except OSError:
        return True
    folder = os.path.realpath(folder)
    best, kind = -1, ""
    for left, right in mounts:
        point = left.split(" ")[4].encode().decode("unicode_escape", "surrogateescape")
        if len(point) >= best and (folder + "/").startswith(point.rstrip("/") + "/"):
            best, kind = len(point), right.split(" ")[0]
    return kind in REMOTE
