"""Write examples/access.log: one morning of an invented shop, with one visitor who is no customer.

    python examples/make_access_log.py              writes access.log beside this file
    python examples/make_access_log.py OTHER.log    writes it elsewhere

The bytes are always the same: everything that looks like chance comes from one seeded generator,
of which only ``random()`` is used, the one method that Python promises to keep. Every address is
from a range that is reserved for documentation: RFC 5737 has three times 254 of them, and a crowd
is larger than that, so a part of it comes over IPv6, from 2001:db8::/32 (RFC 3849).

What is in it, from 06:00 to 12:00:

* the crowd: some 1,100 people, most of whom look at a few pages, with what the pages load
* an office with one address for all who work there
* crawlers, readers of the feed, and a monitor that asks every 30 seconds
* somebody who fetches one large file again and again: few requests, most of the bytes
* strangers who try a door or two, as they do everywhere
* 203.0.113.66: from 09:41 on, in twelve minutes, it asks for everything that is often left lying
  about, then guesses passwords. The last guess is right. Meanwhile the shop fails its customers.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
OPENS, HOURS = 6 * 3600, 6
DAY = "14/Mar/2025"
SHOP = "https://shop.example.com"

ATTACKER = "203.0.113.66"
BURST = range(9 * 3600 + 41 * 60 + 7, 9 * 3600 + 53 * 60)
OFFICE = "198.51.100.20"
MONITOR = "192.0.2.10"
GREEDY = "2001:db8:77::5"

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/134.0.0.0"
ANDROID = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/134.0.0.0 Mobile"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) Version/18.3 Mobile Safari/604.1"
BROWSERS = (CHROME, ANDROID, IPHONE, CHROME, FIREFOX, ANDROID)

SORTS = (
    *("assam", "darjeeling", "earl-grey", "genmaicha", "gunpowder", "jasmine", "keemun"),
    *("lapsang", "matcha", "oolong", "pu-erh", "rooibos", "sencha", "white-peony"),
)
PAGES = ("/", "/tea/", "/tea/black/", "/tea/green/", "/pots/", "/about", "/delivery")
GOODS = tuple(f"/tea/{sort}" for sort in SORTS)
STATIC = ("/static/shop.css", "/static/shop.js", "/static/logo.svg", "/static/font.woff2")
SEARCHES = ("green", "earl+grey", "gift", "decaf", "pot", "sencha+100g")

LEFT_ABOUT = (
    *("/.env", "/.git/config", "/.git/HEAD", "/.aws/credentials", "/.ssh/id_rsa", "/backup.sql"),
    *("/backup.zip", "/wp-login.php", "/wp-admin/", "/xmlrpc.php", "/phpmyadmin/", "/pma/"),
    *("/admin/", "/admin.php", "/administrator/", "/config.php", "/config.json", "/server-status"),
    *("/cgi-bin/test.cgi", "/vendor/phpunit/phpunit/phpunit.xml", "/actuator/env", "/console/"),
    *("/solr/", "/manager/html", "/owa/", "/boaform/admin/formLogin", "/HNAP1", "/debug/vars"),
)
ENDINGS = ("", ".bak", ".old", ".save", "~", ".1", ".txt", ".swp")

Hit = tuple[int, int, str]
"""The second of the day, a number that keeps the order of what happens within one, and the line."""


class Client(NamedTuple):
    """Who asks: an address, and how the program there calls itself."""

    address: str
    agent: str


class Crawler(NamedTuple):
    """A crawler: how it calls itself, where it comes from, and how often each address asks."""

    agent: str
    addresses: tuple[str, ...]
    hits: int


CRAWLERS = (
    Crawler(
        "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://www.example.net/bot.html)",
        ("192.0.2.130", "192.0.2.131", "192.0.2.132"),
        310,
    ),
    Crawler("tea-index/1.4 (+https://tea.example.org/about)", ("2001:db8:b07::21",), 420),
    Crawler("shop-archive/0.9 (research)", ("198.51.100.200", "198.51.100.201"), 150),
)


class Shop:
    """Makes the lines."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed).random
        self._hits: list[Hit] = []

    def below(self, n: int) -> int:
        """One of 0 to n - 1, all equally likely."""
        return int(self._chance() * n)

    def one(self, choices: Sequence[str]) -> str:
        """One of the choices."""
        return choices[self.below(len(choices))]

    def few(self, n: int) -> int:
        """Like ``below``, small numbers more often."""
        return int(self._chance() ** 3 * n)

    def hit(
        self, at: int, who: Client, request: str, answer: tuple[int, int], referer: str = "-"
    ) -> None:
        """One request; the answer is its status and its bytes."""
        clock = f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"
        status, size = answer
        line = (
            f'{who.address} - - [{DAY}:{clock} +0000] "{request} HTTP/1.1" {status} {size or "-"} '
            f'"{referer}" "{who.agent}"'
        )
        self._hits.append((at, len(self._hits), line))

    def lines(self) -> Iterator[str]:
        """All lines, in the order of their times."""
        return (line for _, _, line in sorted(self._hits))

    def moment(self) -> int:
        """When somebody comes: later more often than earlier, since people get up."""
        return OPENS + int(max(self._chance(), self._chance()) * HOURS * 3600 * 0.97)

    def visit(self, at: int, who: Client, pages: int) -> None:
        """Look at so many pages."""
        came_from = self.one(("-", "-", "https://www.example.com/search?q=tea"))
        for number in range(pages):
            path = self.one(GOODS) if self.below(3) else self.one(PAGES)
            if self.below(9) == 0:
                path = f"/search?q={self.one(SEARCHES)}"
            self.page(at, who, path, came_from)
            if number == 0:
                for offset, asset in enumerate(STATIC):
                    answer = (304, 0) if self.below(4) == 0 else (200, 4000 + 5711 * offset)
                    self.hit(at + 1, who, f"GET {asset}", answer, SHOP + path)
            came_from = SHOP + path
            at += 4 + self.below(50)
        if pages > 2 and self.below(2) == 0:
            self.page(at, who, "/basket", came_from)
            answer = (503, 512) if self.busy(at + 20) else (302, 512)
            self.hit(at + 20, who, "POST /checkout", answer, SHOP + "/basket")

    def page(self, at: int, who: Client, path: str, came_from: str) -> None:
        """Ask for a page. The search is the first to fail when the shop is busy."""
        answer = (200, 6000 + self.below(18000))
        if self.busy(at) and (path.startswith("/search") or self.below(4) == 0):
            answer = (503, 512)
        elif self.below(400) == 0:
            answer = (500, 1042)
        self.hit(at, who, f"GET {path}", answer, came_from)

    def busy(self, at: int) -> bool:
        """Whether the shop gives up on something that costs it work."""
        return at in BURST and self.below(10) < 7

    def crowd(self) -> None:
        """People, each with an address, over IPv4 and IPv6."""
        taken = {ATTACKER, OFFICE, MONITOR, *(a for crawler in CRAWLERS for a in crawler.addresses)}
        nets = ("192.0.2", "198.51.100", "203.0.113")
        addresses = [f"{net}.{host}" for net in nets for host in range(1, 255)]
        addresses = [address for address in addresses if address not in taken]
        addresses += [
            f"2001:db8:{self.below(4096):x}:{self.below(256):x}::{1 + self.below(65535):x}"
            for _ in range(380)
        ]
        for address in addresses:
            who = Client(address, self.one(BROWSERS))
            for _ in range(1 + self.few(3)):
                self.visit(self.moment(), who, 1 + self.few(14))

    def office(self) -> None:
        """Many people behind one address."""
        for _ in range(42):
            self.visit(self.moment(), Client(OFFICE, self.one(BROWSERS)), 2 + self.few(12))

    def crawlers(self) -> None:
        """Page after page, all morning."""
        pages = (*PAGES, *GOODS, *(f"{path}?page={n}" for path in PAGES[1:5] for n in range(2, 9)))
        for crawler in CRAWLERS:
            for address in crawler.addresses:
                who = Client(address, crawler.agent)
                self.hit(OPENS + self.below(600), who, "GET /robots.txt", (200, 118))
                for _ in range(crawler.hits + self.below(25)):
                    answer = (304, 0) if self.below(3) == 0 else (200, 6000 + self.below(18000))
                    at = OPENS + self.below(HOURS * 3600)
                    self.hit(at, who, f"GET {self.one(pages)}", answer)

    def machines(self) -> None:
        """Let the monitor ask, the readers of the feed, and one who is fond of the catalogue."""
        monitor = Client(MONITOR, "monitor/3.2")
        for at in range(OPENS, OPENS + HOURS * 3600, 30):
            self.hit(at + 2, monitor, "GET /health", (200, 2))
        for reader in range(14):
            who = Client(f"2001:db8:fee:d::{reader + 1:x}", "feed-reader/5.0")
            first = OPENS + self.below(900)
            for at in range(first, OPENS + HOURS * 3600, 900):
                answer = (200, 21874) if self.below(9) == 0 else (304, 0)
                self.hit(at, who, "GET /feed.xml", answer)
        who = Client(GREEDY, "python-requests/2.32.3")
        for fetch in range(64):
            at = OPENS + 1800 + fetch * 290 + self.below(60)
            self.hit(at, who, "GET /catalogue/spring-2025.pdf", (200, 18_874_368))

    def strangers(self) -> None:
        """One or two doors each."""
        for host in range(24):
            who = Client(f"2001:db8:bad:{host:x}::1", "curl/8.5.0")
            for _ in range(1 + self.below(2)):
                at = OPENS + self.below(HOURS * 3600)
                self.hit(at, who, f"GET {self.one(LEFT_ABOUT[:12])}", (404, 162))

    def attack(self) -> None:
        """Try names in every spelling, and then passwords, until one is right."""
        who = Client(ATTACKER, "Mozilla/5.0 zgrab/0.x")
        names = [name.rstrip("/") + ending for name in LEFT_ABOUT for ending in ENDINGS]
        probes, guesses = 1400, 2050
        moments = sorted(BURST.start + self.below(len(BURST)) for _ in range(probes + guesses))
        for n, at in enumerate(moments[:probes]):
            path = names[n % len(names)]
            status = 403 if path.startswith(("/admin", "/server-status")) else 404
            self.hit(at, who, f"GET {path}", (status, 162))
        for at in moments[probes:-1]:
            self.hit(at, who, "POST /account/login", (401, 381))
        self.hit(moments[-1], who, "POST /account/login", (302, 0))
        for n, path in enumerate(("/account/", "/account/orders", "/account/addresses")):
            self.hit(BURST.stop + 4 + 3 * n, who, f"GET {path}", (200, 9120 + 77 * n))


def access_log() -> bytes:
    """Make the whole log."""
    shop = Shop(20250314)
    shop.crowd()
    shop.office()
    shop.crawlers()
    shop.machines()
    shop.strangers()
    shop.attack()
    return "".join(line + "\n" for line in shop.lines()).encode("ascii")


def main() -> None:
    """Write the log."""
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "access.log")
    with open(path, "wb") as file:
        file.write(access_log())


if __name__ == "__main__":
    main()
