"""Takes passwords out of the list of processes, where everybody may read the arguments of all."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_SECRETS = (
    # As SQLAlchemy reads it: between the first colon of the user's part and the last at sign.
    re.compile(rb"://[^:/@]*:([^@]*)@"),
    re.compile(rb"[?&](?:[a-z_]*passw(?:or)?d|passphrase|secret|token)=([^&]*)", re.IGNORECASE),
)


def conceal(argv: Sequence[str]) -> None:
    """Overwrite the passwords of URLs among the arguments of this process, as others see them.

    Where that cannot be done (only Linux says where they lie), they stay.
    """
    raw = [text.encode("utf-8", "surrogateescape") for text in argv if "://" in text]
    secrets = [found for text in raw for found in _found(text)]
    if not secrets:
        return
    import ctypes  # only a URL with a password needs it

    try:
        with open("/proc/self/stat", "rb") as file:
            # The name of the program may hold blanks; behind its parenthesis it is fields.
            fields = file.read().rpartition(b")")[2].split()
        start, end = int(fields[45]), int(fields[46])
    except (OSError, ValueError, IndexError):
        return
    if not 0 < start < end:
        return
    held = ctypes.string_at(start, end - start)
    for text in raw:
        at = held.find(text + b"\0")
        if at < 0:
            continue
        for secret, place in _placed(text):
            ctypes.memset(start + at + place, ord("*"), len(secret))


def _found(text: bytes) -> list[bytes]:
    return [secret for secret, _ in _placed(text)]


def _placed(text: bytes) -> list[tuple[bytes, int]]:
    matches = [match for pattern in _SECRETS for match in pattern.finditer(text)]
    return [(match[1], match.start(1)) for match in matches if match[1]]
