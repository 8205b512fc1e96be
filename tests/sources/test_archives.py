"""The members of archives."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

import streamstats
from streamstats.sources.archives import archive, members
from streamstats.sources.descriptors import Pool
from streamstats.sources.files import Source, open_source


def listed(path: Path) -> list[str]:
    source, head = open_source(str(path), Pool())
    kind = archive(head)
    assert kind is not None
    return [
        item.name.removeprefix(f"{path}:") if isinstance(item, Source) else item.reason
        for item in members(source, kind)
    ]


def test_zip_members_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("in/", b"")
        zipped.writestr("secret", b"a\n")
        zipped.writestr("plain", b"b\n")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        zipped.writestr(link, b"plain")
    data = bytearray(path.read_bytes())
    # The flag of encryption, in the directory.
    data[data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4) + 8] |= 1
    path.write_bytes(data)
    assert listed(path) == ["is encrypted", "plain"]


def test_a_zip_without_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("plain", b"b\n" * 100)
    path.write_bytes(path.read_bytes()[:-30])
    [reason] = listed(path)
    assert "directory cannot be read" in reason


def test_tar_members_that_are_no_files(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as tar:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"kind{kind!r}")
            info.type = kind
            tar.addfile(info)
        info = tarfile.TarInfo("file")
        info.size = 2
        tar.addfile(info, io.BytesIO(b"a\n"))
    assert listed(path) == ["file"]


@pytest.mark.parametrize("kind", ["w", "w:gz"])
def test_a_tar_that_is_damaged_inside(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as tar:
        for name in ("one", "two", "three"):
            info = tarfile.TarInfo(name)
            info.size = 2
            tar.addfile(info, io.BytesIO(b"a\n"))
    data = bytearray(path.read_bytes())
    data[1024:1100] = b"x" * 76
    if kind == "w:gz":
        import gzip

        data = bytearray(gzip.compress(data))
    path.write_bytes(data)
    found = listed(path)
    assert found[0] == "one"
    assert "tar archive" in found[1]
    assert len(found) == 2


def test_a_zip_in_a_zip_is_no_archive(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as zipped:
        zipped.writestr("deep", b"a\n")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as zipped:
        zipped.writestr("in.zip", inner.getvalue())
        zipped.writestr("plain", b"b\n")
    tally = streamstats.count(tmp_path / "x.zip", "line")
    assert tally.source.files == [f"{tmp_path}/x.zip:plain"]


def test_a_tar_of_more_than_is_kept_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for number in range(3):
            info = tarfile.TarInfo(str(number))
            info.size = 12 << 20
            tar.addfile(info, io.BytesIO(b"abcdefghij\n\n" * (1 << 20)))
    assert streamstats.count(path, "line").get(b"abcdefghij") == 3 << 20
