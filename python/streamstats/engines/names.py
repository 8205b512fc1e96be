"""Names of addresses, by asking the resolver of this machine: only where somebody asked for it.

Asking tells whoever runs the name servers of an address that somebody looks at it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 3.0
"""So many seconds are waited for all names together."""

MOST = 100
"""So many addresses are asked for, at most."""


def reverse_names(addresses: Sequence[bytes], patience: float = PATIENCE) -> dict[bytes, str]:
    """The names of addresses, as far as there are any within ``patience`` seconds.

    A name is what its owner wrote: whoever shows it escapes it.
    """
    import threading
    import time

    found: dict[bytes, str] = {}
    threads = []
    for address in list(dict.fromkeys(addresses))[:MOST]:
        # A thread that waits for a server that does not answer must not keep the process.
        thread = threading.Thread(target=_ask, args=(address, found), daemon=True)
        thread.start()
        threads.append(thread)
    end = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return dict(found)


def _ask(address: bytes, found: dict[bytes, str]) -> None:
    import socket

    try:
        found[address] = socket.gethostbyaddr(address.decode("ascii"))[0]
    except (OSError, UnicodeError):
        return
