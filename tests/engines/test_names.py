"""Names of addresses: only asked for, bounded in time, and escaped."""

from __future__ import annotations

import socket
import time

import pytest

from streamstats.engines.names import reverse_names


def test_names_are_found_and_waiting_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(address: str) -> tuple[str, list[str], list[str]]:
        if address == "192.0.2.1":
            return "one.example", [], []
        if address == "192.0.2.2":
            raise socket.herror("no name")
        time.sleep(5)
        return "late.example", [], []

    monkeypatch.setattr(socket, "gethostbyaddr", ask)
    begun = time.monotonic()
    found = reverse_names([b"192.0.2.1", b"192.0.2.2", b"192.0.2.3", b"\xff"], 0.3)
    assert found == {b"192.0.2.1": "one.example"}
    assert time.monotonic() - begun < 2
