"""Which groups play which part."""

from __future__ import annotations

import re

import pytest

from streamstats.patterns.known import named
from streamstats.patterns.model import Pattern
from streamstats.patterns.roles import Roles, roles


def cast(name: str, keys: tuple[str, ...] = (), by: tuple[str, ...] = ()) -> Roles:
    pattern = named(name)
    assert pattern is not None
    return roles(pattern, keys or tuple(re.findall(r"\?P<(\w+)>", pattern.regex)), by)


def web(key: str, agent: str | None, status: str, method: str) -> Roles:
    return Roles("requests", key, agent, status, (method, key), (), "")


@pytest.mark.parametrize("name", ["combined", "vhost_combined"])
def test_access_logs(name: str) -> None:
    found = cast(name, by=("ip",))
    assert found.kind == "requests"
    assert (found.key, found.agent, found.status) == ("path", "agent", "status")
    assert found.request == ("request",)
    assert found.failure == "status >= 400"


def test_logins() -> None:
    found = cast("sshd", by=("ip",))
    assert found == Roles(
        kind="logins",
        key="user",
        agent=None,
        status=None,
        request=(),
        login=("result", "unknown", "user"),
        failure="result ~ Failed|Invalid|Illegal",
    )
    assert found.groups == ("user", "result", "unknown")
    assert cast("pam").failure
    assert cast("vsftpd").login == ("action", "user")


def test_what_is_counted_is_no_key() -> None:
    assert cast("combined", by=("path",)).key == "request"
    assert cast("sshd", by=("user",)).key is None


def test_a_proxy_is_there_for_whole_addresses() -> None:
    for name in ("squid", "elb", "alb"):
        found = cast(name)
        assert found.request == ("url",), name
        assert found.key == "url"


@pytest.mark.parametrize(
    ("name", "keys", "parts"),
    [
        (
            "nginx_json",
            ("remote_addr", "request_method", "request_uri", "status", "http_user_agent"),
            web("request_uri", "http_user_agent", "status", "request_method"),
        ),
        (
            "caddy",
            (
                "request.remote_ip",
                "request.method",
                "request.uri",
                "request.headers.User-Agent[0]",
                "status",
            ),
            web("request.uri", "request.headers.User-Agent[0]", "status", "request.method"),
        ),
        (
            "traefik",
            ("ClientHost", "RequestMethod", "RequestPath", "DownstreamStatus"),
            web("RequestPath", None, "DownstreamStatus", "RequestMethod"),
        ),
        (
            "w3c",
            ("c-ip", "cs-method", "cs-uri-stem", "sc-status", "cs(User-Agent)"),
            web("cs-uri-stem", "cs(User-Agent)", "sc-status", "cs-method"),
        ),
        (
            "kubernetes_audit",
            ("sourceIPs[0]", "verb", "requestURI", "userAgent", "responseStatus.code"),
            web("requestURI", "userAgent", "responseStatus.code", "verb"),
        ),
        (
            "cloudtrail",
            ("sourceIPAddress", "eventName", "userAgent", "userIdentity.arn"),
            Roles("", "eventName", "userAgent", None, (), (), ""),
        ),
    ],
)
def test_shapes(name: str, keys: tuple[str, ...], parts: Roles) -> None:
    found = cast(name, keys, (keys[0],))
    assert found._replace(failure="") == parts


def test_a_failure_follows_from_the_status() -> None:
    found = roles(None, ("ip", "method", "url", "status_code"), ("ip",))
    assert found.failure == "status_code >= 400"
    assert found.kind == "requests"


def test_a_log_of_neither_has_no_roles() -> None:
    found = roles(Pattern("jobs", "x"), ("time", "level", "message"))
    assert found == Roles("", None, None, None, (), (), "")
    assert found.groups == ()


def test_a_pattern_may_say_itself() -> None:
    pattern = Pattern("own", "x", key=("what",), agent=("who",), request=("verb", "what"))
    found = roles(pattern, ("ip", "what", "who", "verb", "path", "status"), ("ip",))
    assert (found.key, found.agent, found.request) == ("what", "who", ("verb", "what"))
