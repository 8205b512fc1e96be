"""What is compressed counts as what it holds."""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import lzma
import os
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import streamstats
from streamstats.errors import SourceError
from streamstats.sources.compressed import Feed, sniff

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
ZIP = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]

lines = st.lists(st.sampled_from([b"a", b"b", b"c d", b"\xff", b""]), max_size=400)
splits = st.lists(st.integers(0, 2000), max_size=4)


def counts(source: object) -> dict[bytes, int | float]:
    tally = streamstats.count(source, "line")  # type: ignore[arg-type]
    return {row.value: row.count for row in tally}


def parts(data: bytes, cuts: list[int]) -> list[bytes]:
    """``data`` in pieces."""
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(places)]


@pytest.mark.parametrize("encoding", PACK)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(lines=lines, cuts=splits)
def test_compressed_equals_plain(
    encoding: str, lines: list[bytes], cuts: list[int], tmp_path: Path
) -> None:
    data = b"".join(line + b"\n" for line in lines)
    (tmp_path / "plain").write_bytes(data)
    # Any split into members, each compressed by itself.
    packed = b"".join(PACK[encoding](part) for part in parts(data, cuts))
    (tmp_path / "packed").write_bytes(packed)
    expected = counts(tmp_path / "plain")
    assert counts(tmp_path / "packed") == expected
    assert counts(io.BytesIO(packed)) == expected


@pytest.mark.parametrize("method", ZIP)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(lines=lines, cuts=splits)
def test_zip_equals_plain(method: int, lines: list[bytes], cuts: list[int], tmp_path: Path) -> None:
    data = b"".join(line + b"\n" for line in lines)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", method) as archive:
        for number, part in enumerate(by_lines(data, cuts)):
            archive.writestr(f"in/{number}", part)
    (tmp_path / "plain").write_bytes(data)
    assert counts(tmp_path / "x.zip") == counts(tmp_path / "plain")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(lines=lines, cuts=splits, nested=st.booleans())
def test_tar_equals_plain(
    mode: str, lines: list[bytes], cuts: list[int], nested: bool, tmp_path: Path
) -> None:
    data = b"".join(line + b"\n" for line in lines)
    with tarfile.open(tmp_path / "x.tar", mode) as archive:  # type: ignore[call-overload]
        for number, part in enumerate(by_lines(data, cuts)):
            content = gzip.compress(part) if nested and number % 2 else part
            info = tarfile.TarInfo(f"in/{number}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    (tmp_path / "plain").write_bytes(data)
    assert counts(tmp_path / "x.tar") == counts(tmp_path / "plain")


def by_lines(data: bytes, cuts: list[int]) -> list[bytes]:
    """``data`` in pieces of whole lines."""
    whole = data.splitlines(keepends=True)
    return [b"".join(part) for part in _slices(whole, cuts)]


def _slices(whole: list[bytes], cuts: list[int]) -> list[list[bytes]]:
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    return [whole[a:b] for a, b in itertools.pairwise(places)]


@pytest.mark.parametrize("encoding", PACK)
def test_a_cut_off_stream_is_an_error(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    path.write_bytes(PACK[encoding](os.urandom(50_000).hex().encode())[:-9])
    with pytest.raises(SourceError, match="cut"):
        streamstats.count(path, "line")


def test_plain_text_is_not_taken_for_compressed() -> None:
    for head in (b"", b"BZh", b"BZhello", b"\x1f", b"PK", b"(\xb5/", b"7z", b"ustar"):
        assert sniff(head) is None


def test_what_feeds_a_decoder_raises_in_it() -> None:
    def read(_: int) -> bytes:
        raise SourceError("x", "is gone")

    feed = Feed(read, "gzip", gzip.compress(b"a\n" * 100))
    assert feed.read(200) == b"a\n" * 100
    with pytest.raises(SourceError, match="is gone"):
        feed.read(10)


def test_a_feed_that_nobody_wants_ends() -> None:
    feed = Feed(bytes, "gzip", gzip.compress(os.urandom(1 << 22)))
    assert feed.read(10)
    before = threading.active_count()
    feed.close()
    assert threading.active_count() < before
