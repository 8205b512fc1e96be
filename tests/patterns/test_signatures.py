"""Known forms of attack: each fits its samples and nothing that only looks like them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from streamstats._core import Pattern
from streamstats.patterns.signatures import GRADES, TARGETS, Known, decoded, known

FILE = Path(__file__).resolve().parents[2] / "python/streamstats/patterns/signatures.toml"
TABLE = {item.name: item for item in known()}
each = pytest.mark.parametrize("item", known(), ids=TABLE)

#: Requests of ordinary visitors that have words of attacks in them.
ORDINARY = [
    "GET / HTTP/1.1",
    "GET /index.php?option=com_content&view=article&id=12&Itemid=4 HTTP/1.1",
    "GET /blog/2024/03/how-to-install-phpmyadmin-on-debian/ HTTP/1.1",
    "GET /docs/select-and-union-in-sql.html HTTP/1.1",
    "GET /search?q=drop+table+lamp HTTP/1.1",
    "GET /search?q=rock+and+roll+%26+blues HTTP/1.1",
    "GET /search?q=1+or+2+bedrooms HTTP/1.1",
    "GET /shop/shell-necklace.html HTTP/1.1",
    "GET /wp-content/uploads/2023/01/beach.jpg HTTP/1.1",
    "POST /wp-admin/admin-ajax.php HTTP/1.1",
    "GET /login?next=%2Fadmin%2F HTTP/1.1",
    "GET /redirect?url=https%3A%2F%2Fexample.com%2Fa%3Fb%3D1 HTTP/1.1",
    "GET /api/v1/users/42/environment HTTP/1.1",
    "GET /.well-known/acme-challenge/abc HTTP/1.1",
    "GET /a/b/c.php?sort=asc&dir=desc&cmd=list HTTP/1.1",
    "GET /assets/app.min.js?v=1.2.3 HTTP/2.0",
    "GET /caf%C3%A9/100%25-arabica HTTP/1.1",
    "GET /calendar?date=2024-03-14T09%3A26%3A53%2B01%3A00 HTTP/1.1",
    "GET /git/project.git/info/refs?service=git-upload-pack HTTP/1.1",
    "GET /downloads/backup-tool-1.2.tar.gz HTTP/1.1",
    "GET /feed/?flav=rss20 HTTP/1.1",
    "GET /wiki/Talk:Eval_(disambiguation)?action=edit HTTP/1.1",
    "GET /blog/tags/%22quoted%22 HTTP/1.1",
    "OPTIONS /v1-me HTTP/1.1",
    "HEAD /downloads/product_2 HTTP/1.1",
    "-",
    "",
]
AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Debian APT-HTTP/1.3 (1.0.1ubuntu2)",
    "curl/8.5.0",
    "python-requests/2.31.0",
    "UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/",
    "-",
]


def fits(item: Known, text: str) -> bool:
    """Whether it matches: the core and Python agree on it."""
    raw = decoded(text.encode())
    found = re.search(item.regex.encode(), raw) is not None
    assert (Pattern(item.regex).match(raw) is not None) == found
    return found


@each
def test_it_fits_its_samples(item: Known) -> None:
    assert item.samples
    assert [text for text in item.samples if not fits(item, text)] == []


@each
def test_it_fits_nothing_that_looks_alike(item: Known) -> None:
    assert item.rejects
    assert [text for text in item.rejects if fits(item, text)] == []


@each
def test_it_is_whole(item: Known) -> None:
    assert item.grade in GRADES
    assert set(item.on) <= set(TARGETS)
    assert item.says
    assert item.says == item.says.strip(". ")
    assert item.failed == (item.grade == "probe") or item.grade == "hint"


@each
def test_ordinary_requests_show_none(item: Known) -> None:
    if item.grade in ("background", "hint"):
        return
    if "request" in item.on:
        assert [text for text in ORDINARY if fits(item, text)] == []
    if "agent" in item.on:
        assert [text for text in AGENTS if fits(item, text)] == []


def test_the_table_has_no_keys_that_nobody_reads() -> None:
    keys = {"says", "grade", "regex", "on", "failed", "status", "samples", "rejects"}
    for name, table in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        assert set(table) <= keys, name


def test_there_are_few_enough_for_one_set() -> None:
    assert len(known()) <= 80


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (b"/a%2fb", b"/a/b"),
        (b"/%252e%252e/", b"/../"),
        (b"/%%32%65", b"/."),
        (b"100%", b"100%"),
        (b"%zz%4", b"%zz%4"),
        (b"%+1% 1%-1", b"%+1% 1%-1"),
        (b"%C0%AF", b"\xc0\xaf"),
        (b"%25252e", b"%2e"),
        (b"plain", b"plain"),
    ],
)
def test_percent_signs_are_decoded_twice(text: bytes, plain: bytes) -> None:
    assert decoded(text) == plain
