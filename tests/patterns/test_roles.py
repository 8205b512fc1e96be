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
    ("name", "keys", "key", "agent", "status", "request_"),
    [
        (
            "nginx_json",
            ("remote_addr", "request_method", "request_uri", "status", "http_user_agent"),
            "request_uri",
            "http_user_agent",
            "status",
            ("request_method", "request_uri"),
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
            "request.uri",
            "request.headers.User-Agent[0]",
            "status",
            ("request.method", "request.uri"),
        ),
        (
            "traefik",
            ("ClientHost", "RequestMethod", "RequestPath", "DownstreamStatus"),
            "RequestPath",
            None,
            "DownstreamStatus",
            ("RequestMethod", "RequestPath"),
        ),
        (
            "w3c",
            ("c-ip", "cs-method", "cs-uri-stem", "sc-status", "cs(User-Agent)"),
            "cs-uri-stem",
            "cs(User-Agent)",
            "sc-status",
            ("cs-method", "cs-uri-stem"),
        ),
        (
            "kubernetes_audit",
            ("sourceIPs[0]", "verb", "requestURI", "userAgent", "responseStatus.code"),
            "requestURI",
            "userAgent",
            "responseStatus.code",
            ("verb", "requestURI"),
        ),
        (
            "cloudtrail",
            ("sourceIPAddress", "eventName", "userAgent", "userIdentity.arn"),
            "eventName",
            "userAgent",
            None,
            (),
        ),
    ],
)
def test_shapes(
    name: str,
    keys: tuple[str, ...],
    key: str,
    agent: str | None,
    status: str | None,
    request_: tuple[str, ...],
) -> None:
    found = cast(name, keys, (keys[0],))
    assert (found.key, found.agent, found.status) == (key, agent, status)
    assert found.request == request_


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
