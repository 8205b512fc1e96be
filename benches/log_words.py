"""The texts that the lines of the benchmark log are made of.

Each function takes a list of random numbers and gives one text for each of them, so that the
texts depend on nothing but these numbers.
"""

from __future__ import annotations

GOODS = [
    "walnut-desk",
    "oak-shelf",
    "desk-lamp",
    "wool-rug",
    "linen-curtain",
    "copper-kettle",
    "cast-iron-pan",
    "ceramic-bowl",
    "garden-chair",
    "folding-table",
    "reading-light",
    "storage-box",
    "coat-rack",
    "wall-clock",
    "bath-towel",
    "picture-frame",
    "tea-towel",
    "bread-board",
    "knife-block",
    "spice-rack",
    "floor-mirror",
]
ROOMS = ["kitchen", "bathroom", "bedroom", "garden", "office", "living-room", "hallway", "workshop"]
QUESTIONS = [
    "lamp",
    "chair",
    "oak+table",
    "rug+200x300",
    "blue+curtain",
    "small+desk",
    "kettle",
    "towel+set",
]
PROBES = [
    "/wp-login.php",
    "/xmlrpc.php",
    "/.env",
    "/.git/config",
    "/phpmyadmin/index.php",
    "/admin/config.php",
    "/cgi-bin/luci/;stok=/locale",
    "/actuator/health",
    "/vendor/phpunit/src/Util/PHP/eval-stdin.php",
]
ASSETS = ["app", "vendor", "checkout", "account", "search", "gallery", "runtime", "fonts"]


def requests(numbers: list[int]) -> list[bytes]:
    """Give what stands between the opening quote of the request and the size of the answer."""
    out = []
    for number in numbers:
        kind, rest = number % 100, number >> 7
        good, room = GOODS[rest % len(GOODS)], ROOMS[rest % len(ROOMS)]
        method, status = "GET", 200 if rest % 19 else 304
        if kind < 26:
            path = f"/products/{room}/{good}-{rest % 9_000}"
        elif kind < 48:
            path = f"/images/{rest % 9_000}/{good}-{(rest >> 20) % 6}.webp"
        elif kind < 66:
            ending = "js" if rest % 3 else "css"
            path = f"/assets/{ASSETS[rest % len(ASSETS)]}.{rest & 0xFFFFFFFF:08x}.{ending}"
        elif kind < 76:
            path = f"/category/{room}?page={rest % 40}&sort=price"
        elif kind < 84:
            path = f"/search?q={QUESTIONS[rest % len(QUESTIONS)]}&page={rest % 7}"
        elif kind < 92:
            method = "POST" if rest % 4 == 0 else "GET"
            path, status = f"/api/v2/carts/{rest & 0xFFFFFFFF:08x}/items", 200
            status += method == "POST"
        elif kind < 96:
            path, status = ("/", 200) if rest % 2 else ("/account/login", 302)
        elif kind < 98:
            path, status = PROBES[rest % len(PROBES)], 404
        else:
            path = "/favicon.ico" if rest % 2 else "/robots.txt"
        if rest % 1_000 == 7:
            status = 500
        version = "2.0" if kind % 3 else "1.1"
        out.append(f'{method} {path} HTTP/{version}" {status} '.encode())
    return out


def responses(numbers: list[int]) -> list[bytes]:
    """Give the size of the answer and the referer."""
    out = []
    for number in numbers:
        size, rest = 180 + (number % 1_000) * (number >> 10 & 127), number >> 17
        kind = rest % 10
        if kind < 5:
            referer = "-"
        elif kind < 8:
            room, good = ROOMS[rest % len(ROOMS)], GOODS[rest % len(GOODS)]
            referer = f"https://shop.example/{room}/{good}"
        elif kind < 9:
            referer = "https://shop.example/"
        else:
            referer = "https://search.example/"
        out.append(f'{size} "{referer}" '.encode())
    return out


def agent_tails(numbers: list[int]) -> list[bytes]:
    """Give the user agent in quotes, and the end of the line."""
    out = []
    for number in numbers:
        kind, major, minor = number % 20, 118 + number % 17, number >> 20 & 255
        if kind < 6:
            system = "Windows NT 10.0; Win64; x64" if number & 64 else "X11; Linux x86_64"
            agent = (
                f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
                f"Chrome/{major}.0.{minor}.0 Safari/537.36"
            )
        elif kind < 8:
            agent = (
                f"Mozilla/5.0 (iPhone; CPU iPhone OS {15 + number % 4}_{minor % 8} like Mac OS X) "
                "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
            )
        elif kind < 14:
            agent = (
                f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{major}.0) "
                f"Gecko/20100101 Firefox/{major}.0"
            )
        elif kind < 17:
            agent = f"Mozilla/5.0 (compatible; examplebot/2.{minor % 10}; +http://bot.example/info)"
        elif kind < 19:
            agent = f"python-requests/2.{minor % 33}.0"
        else:
            agent = f"curl/8.{minor % 12}.0"
        out.append(f'"{agent}"\n'.encode())
    return out
