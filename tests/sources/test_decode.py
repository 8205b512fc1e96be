"""The decoders of compressed streams: all that can be decoded comes first, then what went wrong."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from streamstats import _core

Encode = Callable[[bytes], bytes]


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def zstd_unsized(data: bytes) -> bytes:
    """As of a pipe: without the length of the contents."""
    encoder = zstandard.ZstdCompressor(level=1).compressobj()
    return encoder.compress(data) + encoder.flush()


def lz4_plain(data: bytes) -> bytes:
    packed: bytes = lz4.frame.compress(data, content_checksum=True, block_checksum=True)
    return packed


def lz4_linked(data: bytes) -> bytes:
    packed: bytes = lz4.frame.compress(
        data, block_size=lz4.frame.BLOCKSIZE_MAX64KB, block_linked=True, store_size=False
    )
    return packed


def lz4_flushed(data: bytes) -> bytes:
    """Linked blocks that are shorter than what they may refer to."""
    with lz4.frame.LZ4FrameCompressor(block_linked=True, auto_flush=True) as encoder:
        packed: bytes = encoder.begin()
        for start in range(0, len(data), 7001):
            packed += encoder.compress(data[start : start + 7001])
        packed += encoder.flush()
    return packed


def lz4_apart(data: bytes) -> bytes:
    packed: bytes = lz4.frame.compress(
        data, block_size=lz4.frame.BLOCKSIZE_MAX1MB, block_linked=False, content_checksum=True
    )
    return packed


def gzip_named(data: bytes) -> bytes:
    """With every field that a header can have."""
    fields = b"\x05\x00extra" + b"access.log\0" + b"a comment\0"
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + fields
    head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    return head + gzip.compress(data, mtime=0)[10:]


def deflate(data: bytes) -> bytes:
    encoder = zlib.compressobj(wbits=-15)
    return encoder.compress(data) + encoder.flush()


ENCODERS: dict[str, tuple[str, Encode]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip-stored": ("gzip", lambda data: gzip.compress(data, 0)),
    "gzip-named": ("gzip", gzip_named),
    "bzip2": ("bzip2", bz2.compress),
    "xz": ("xz", lzma.compress),
    "xz-sha256": ("xz", lambda data: lzma.compress(data, check=lzma.CHECK_SHA256)),
    "zstd": ("zstd", zstd),
    "zstd-unsized": ("zstd", zstd_unsized),
    "lz4": ("lz4", lz4_plain),
    "lz4-linked": ("lz4", lz4_linked),
    "lz4-flushed": ("lz4", lz4_flushed),
    "lz4-apart": ("lz4", lz4_apart),
}

each = pytest.mark.parametrize(("encoding", "encode"), ENCODERS.values(), ids=ENCODERS)


@contextlib.contextmanager
def file_of(data: bytes) -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        yield file.fileno()


def drain(decoder: _core.Decoder, size: int = 1 << 16) -> tuple[bytes, OSError | None]:
    """All that a decoder gives, and how it ends; it ends so each time that it is asked."""
    parts = []
    try:
        while part := decoder.read(size):
            assert len(part) <= size
            parts.append(part)
    except OSError as error:
        with pytest.raises(OSError, match=re.escape(str(error))):
            decoder.read(1)
        return b"".join(parts), error
    assert decoder.read(1) == b""
    return b"".join(parts), None


def decode(encoding: str, data: bytes, size: int = 1 << 16) -> tuple[bytes, OSError | None]:
    with file_of(data) as fd:
        return drain(_core.Decoder(fd, encoding, start=0), size)


def log(lines: int, seed: int = 1) -> bytes:
    draw = random.Random(seed)
    return b"".join(
        b"10.0.%d.%d GET /item/%d %d\n"
        % (draw.randrange(4), draw.randrange(250), draw.randrange(10**6), draw.randrange(600))
        for _ in range(lines)
    )


SMALL = log(8)
LARGE = log(40_000)


@each
def test_compressed_equals_plain(encoding: str, encode: Encode) -> None:
    packed = encode(LARGE)
    assert _core.sniff(packed[:64]) == encoding
    for size in (1 << 20, 70_001):
        assert decode(encoding, packed, size) == (LARGE, None)


@each
def test_nothing(encoding: str, encode: Encode) -> None:
    packed = encode(b"")
    assert _core.sniff(packed[:64]) == encoding
    assert decode(encoding, packed) == (b"", None)


@each
def test_incompressible(encoding: str, encode: Encode) -> None:
    data = random.Random(7).randbytes(300_000)
    assert decode(encoding, encode(data)) == (data, None)


@each
def test_several_members(encoding: str, encode: Encode) -> None:
    packed = encode(SMALL) + encode(b"") + encode(LARGE) + encode(SMALL)
    assert decode(encoding, packed) == (SMALL + LARGE + SMALL, None)


@each
@given(data=st.lists(st.binary(max_size=300)), size=st.integers(1, 400))
def test_any_members(encoding: str, encode: Encode, data: list[bytes], size: int) -> None:
    packed = b"".join(map(encode, [b"", *data]))
    assert decode(encoding, packed, size) == (b"".join(data), None)


@each
def test_every_cut(encoding: str, encode: Encode) -> None:
    packed = encode(SMALL)
    longest = b""
    for end in range(len(packed)):
        got, error = decode(encoding, packed[:end])
        assert SMALL.startswith(got)
        assert len(got) >= len(longest)
        longest = got
        message = f"the {encoding} stream is cut off after {end} compressed bytes"
        assert str(error) == message


@each
def test_cut_in_a_further_member(encoding: str, encode: Encode) -> None:
    first, second = encode(SMALL), encode(LARGE)
    for end in (1, 2, 3, 5, 9, len(second) // 2, len(second) - 1):
        got, error = decode(encoding, first + second[:end])
        assert (SMALL + LARGE).startswith(got)
        assert len(got) >= len(SMALL)
        assert f"cut off after {len(first) + end:,} compressed bytes" in str(error)


@each
def test_half_gives_what_was_whole(encoding: str, encode: Encode) -> None:
    data = log(120_000)
    packed = encode(data)
    got, error = decode(encoding, packed[: len(packed) // 2])
    assert data.startswith(got)
    # bzip2 decodes only whole blocks of 900 kB; the others come as far as the bytes do
    assert len(got) > (len(data) // 4 if encoding == "bzip2" else len(data) * 2 // 5)
    assert "cut off" in str(error)


@each
def test_every_flipped_byte(encoding: str, encode: Encode) -> None:
    packed = encode(SMALL)
    unseen = 0
    for at in range(len(packed)):
        for bit in (1, 0x80, 0xFF):
            broken = bytearray(packed)
            broken[at] ^= bit
            got, error = decode(encoding, bytes(broken))
            assert len(got) < 10 * len(SMALL) + 300_000
            if error is None and got != SMALL:
                unseen += 1
    # only formats without a checksum can take a damaged stream for another
    if encoding in ("gzip", "bzip2", "xz") or encode in (zstd, lz4_plain, lz4_apart):
        assert unseen == 0


@each
@given(noise=st.binary(max_size=200))
def test_noise_never_crashes(encoding: str, encode: Encode, noise: bytes) -> None:
    head = encode(SMALL)
    for cut in (0, 4, 10, len(head) // 2):
        decode(encoding, head[:cut] + noise)


@each
def test_trailing_bytes(encoding: str, encode: Encode) -> None:
    packed = encode(LARGE)
    got, error = decode(encoding, packed + b"what is this")
    assert got == LARGE
    assert str(error) == (
        f"the {encoding} stream ends at compressed byte {len(packed):,},"
        f" and what follows is not {encoding}"
    )


@pytest.mark.parametrize("zeros", [1, 511, 300_000])
def test_zeros_behind_gzip(zeros: int) -> None:
    packed = gzip.compress(SMALL)
    assert decode("gzip", packed + bytes(zeros)) == (SMALL, None)
    assert decode("gzip", packed + bytes(zeros) + packed) == (SMALL * 2, None)


def test_padding_of_xz() -> None:
    packed = lzma.compress(SMALL)
    assert decode("xz", packed + bytes(8) + packed + bytes(4)) == (SMALL * 2, None)
    got, error = decode("xz", packed + bytes(5))
    assert got == SMALL
    assert "its padding is not a multiple of four bytes" in str(error)


@pytest.mark.parametrize(("encoding", "encode"), [("zstd", zstd), ("lz4", lz4_plain)])
def test_skippable_frames(encoding: str, encode: Encode) -> None:
    skipped = [struct.pack("<II", 0x184D2A50 + n, 9 * n) + bytes(9 * n) for n in (0, 3, 15)]
    packed = encode(SMALL)
    stream = skipped[1] + packed + skipped[0] + skipped[2] + packed + skipped[2]
    assert decode(encoding, stream) == (SMALL * 2, None)
    assert _core.sniff(stream[:64]) == encoding
    got, error = decode(encoding, stream[:-1])
    assert got == SMALL * 2
    assert "cut off" in str(error)


def test_wrong_checksums() -> None:
    packed = bytearray(gzip.compress(LARGE))
    packed[-8] ^= 1
    got, error = decode("gzip", bytes(packed))
    assert got == LARGE
    assert str(error) == (
        f"the gzip stream is damaged at compressed byte {len(packed) - 8:,}:"
        " the checksum of its contents is wrong"
    )
    packed[-8] ^= 1
    packed[-1] ^= 1
    assert "the length of its contents is wrong" in str(decode("gzip", bytes(packed))[1])
    for encoding, encode in (("zstd", zstd), ("lz4", lz4_plain)):
        packed = bytearray(encode(LARGE))
        packed[-1] ^= 1
        got, error = decode(encoding, bytes(packed))
        assert got == LARGE
        assert "the checksum of its contents is wrong" in str(error)


def test_windows_too_large() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=27)
    encoder = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = bytearray(encoder.compress(SMALL) + encoder.flush())
    assert decode("zstd", bytes(packed)) == (SMALL, None)
    packed[5] += 1 << 3
    _, error = decode("zstd", bytes(packed))
    assert "it needs a window of more than 128 MiB; `zstd -dc --long=31`" in str(error)
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28, "mode": lzma.MODE_FAST}]
    # the size stands in the header of the block, as 2 ** (n / 2 + 12)
    packed = bytearray(lzma.compress(SMALL, filters=[{**filters[0], "dict_size": 1 << 20}]))
    size = packed.index(b"\x21\x01", 12) + 2
    for power, fits in ((28, True), (29, False)):
        packed[size] = (power - 12) * 2
        header = packed[12 : 12 + (packed[12] + 1) * 4 - 4]
        packed[12 + len(header) : 16 + len(header)] = struct.pack("<I", zlib.crc32(header))
        got, error = decode("xz", bytes(packed))
        assert (got == SMALL and error is None) == fits
    assert "it needs more than 256 MiB of memory" in str(error)


def test_dictionaries_are_refused() -> None:
    packed = bytearray(lz4_plain(SMALL))
    packed[4] |= 1
    packed[15:15] = b"\1\2\3\4"
    packed[4] &= ~8
    del packed[6:14]
    # its checksum cannot be made here, so it is damaged before it is refused
    assert "checksum of its header" in str(decode("lz4", bytes(packed))[1])


def test_deflate_of_an_archive() -> None:
    packed = deflate(LARGE)
    archive = b"before" + packed + b"behind"
    expected = (zlib.crc32(LARGE), len(LARGE))
    start, stop = 6, 6 + len(packed)
    with file_of(archive) as fd:
        assert drain(_core.Decoder(fd, "deflate", expected=expected, start=start, stop=stop)) == (
            LARGE,
            None,
        )
        assert os.lseek(fd, 0, os.SEEK_CUR) == 0
        wrong = _core.Decoder(fd, "deflate", expected=(1, len(LARGE)), start=start, stop=stop)
        got, error = drain(wrong)
        assert got == LARGE
        assert "the checksum of its contents is wrong" in str(error)
        for stop, message in ((5 + len(packed), "cut off"), (7 + len(packed), "what follows")):
            got, error = drain(_core.Decoder(fd, "deflate", start=6, stop=stop))
            assert LARGE.startswith(got)
            assert message in str(error)


def test_plain_of_an_archive() -> None:
    expected = (zlib.crc32(SMALL), len(SMALL))
    with file_of(SMALL) as fd:
        assert drain(_core.Decoder(fd, "plain", start=0, expected=expected)) == (SMALL, None)
        cut = _core.Decoder(fd, "plain", stop=len(SMALL) - 1, expected=expected)
        got, error = drain(cut)
        assert got == SMALL[:-1]
        assert "cut off" in str(error)
        longer = _core.Decoder(fd, "plain", start=0, expected=(0, 1))
        assert "it is longer than its archive says" in str(drain(longer)[1])


@each
def test_pipe_with_a_prefix(encoding: str, encode: Encode) -> None:
    packed = encode(LARGE)
    source, sink = os.pipe()

    def write() -> None:
        with open(sink, "wb", buffering=0) as file:
            for start in range(7, len(packed), 9999):
                file.write(packed[start : start + 9999])

    writer = threading.Thread(target=write)
    writer.start()
    with open(source, "rb") as file:
        decoder = _core.Decoder(file.fileno(), encoding, packed[:7])
        assert drain(decoder) == (LARGE, None)
        assert decoder.consumed == len(packed)
    writer.join()


def test_a_waiting_read_can_be_interrupted() -> None:
    code = """
import os, sys
from streamstats import _core
source, sink = os.pipe()
decoder = _core.Decoder(source, "gzip", bytes([0x1f, 0x8b]))
print("ready", flush=True)
try:
    decoder.read(10)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"interrupted\n"
        assert process.wait(timeout=10) == 0


def test_consumed_goes_along() -> None:
    packed = gzip.compress(random.Random(3).randbytes(1 << 20), 1)
    with file_of(packed) as fd:
        decoder = _core.Decoder(fd, "gzip")
        assert decoder.consumed == 0
        decoder.read(1 << 19)
        assert 0.4 < decoder.consumed / len(packed) < 0.7
        drain(decoder)
        assert decoder.consumed == len(packed)


def zlib_bomb(size: int) -> bytes:
    """One member."""
    encoder = zlib.compressobj(1, wbits=31)
    block = bytes(1 << 24)
    return b"".join(encoder.compress(block) for _ in range(size >> 24)) + encoder.flush()


BOMBS: dict[str, Callable[[int], bytes]] = {
    "gzip": zlib_bomb,
    "zstd": lambda size: zstd_unsized(bytes(1 << 27)) * (size >> 27),
    "bzip2": lambda size: bz2.compress(bytes(1 << 25)) * (size >> 25),
    "xz": lambda size: lzma.compress(bytes(1 << 26), preset=0) * (size >> 26),
    "lz4": lambda size: lz4_apart(bytes(1 << 26)) * (size >> 26),
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_bombs_take_no_memory(encoding: str) -> None:
    size = 1 << 29
    with file_of(BOMBS[encoding](size)) as fd:
        decoder = _core.Decoder(fd, encoding)
        decoder.read(1 << 18)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        got = 1 << 18
        while part := decoder.read(1 << 18):
            got += len(part)
        assert got == size
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_what_is_asked_wrongly() -> None:
    with pytest.raises(ValueError, match="no encoding is called"):
        _core.Decoder(0, "zip")
    with pytest.raises(ValueError, match="not a file descriptor"):
        _core.Decoder(-1, "gzip")
    with pytest.raises(OSError, match="Bad file descriptor"):
        _core.Decoder(9999, "gzip")


@pytest.mark.parametrize("encoding", ["gzip", "bzip2", "xz", "zstd", "lz4"])
def test_what_is_none(encoding: str) -> None:
    _, error = decode(encoding, b"10.0.0.1 GET /\n")
    assert f"the {encoding} stream is damaged at compressed byte 0: it does not begin" in str(error)
    assert "cut off after 0 compressed bytes" in str(decode(encoding, b"")[1])


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"B",
        b"BZh9 is how bzip2 begins\n",
        b"10.0.0.1 - -\n",
        b"\x1f\x8b",
        b"\x1f\x8b\x08\xe0 flags that mean nothing",
        b"PK\x03\x04",
        b"\xfd7zXY\0",
    ],
)
def test_plain_bytes_are_not_recognised(head: bytes) -> None:
    assert _core.sniff(head) is None
