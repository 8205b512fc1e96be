"""Identity: what it calls itself."""

from __future__ import annotations

import re
from functools import lru_cache

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import CONTEXT, Evidence, count
from streamstats.summary.facts import Facts

_CRAWLER = re.compile(
    # RFC 9309 has crawlers identify themselves; by custom it is a name with one of these words, or
    # the address of a page that tells of them.
    rb"(?i)bot(?:s|[^a-z]|$)|crawl|spider|slurp|archiver|feed(?:fetcher|burner|ly|parser)|"
    rb"facebookexternalhit|mediapartners|bingpreview|validator|\+?https?://"
)
_TOOL = re.compile(
    rb"(?i)^(?:curl|wget|python|go-http|java|libwww|perl|ruby|okhttp|axios|node|php|guzzle|httpie|"
    rb"aiohttp|scrapy|lua|winhttp|apache-httpclient|postman|powershell|-?$)|"
    rb"python-(?:requests|urllib)|headlesschrome|phantomjs"
)
SHARE = 0.5
"""The part of its records with an agent in which a crawler says that it is one."""


@lru_cache(4096)
def _is_crawler(agent: bytes) -> bool:
    return _CRAWLER.search(agent) is not None


def declared(facts: Facts) -> bytes | None:
    """The agent by which a value declares itself a crawler, in at least half of its records.

    Nobody checks the claim: it excuses what crawlers do, and no attack.
    """
    total = sum(records for _, records in facts.agents)
    crawling = [item for item in facts.agents if _is_crawler(item[0])]
    if not crawling or sum(records for _, records in crawling) < SHARE * total:
        return None
    return crawling[0][0]


def identity(facts: Facts, usual: Baseline) -> Evidence | None:
    """What a value calls itself: a crawler, a tool, or several things at once.

    Anybody can call themselves anything: context only. The strength is 1.
    """
    if usual.population.agent_group is None or not facts.agents:
        return None
    crawler = declared(facts)
    first, records = facts.agents[0]
    tool = _TOOL.search(first) is not None
    others = facts.agents_distinct - 1
    if crawler is not None:
        sentence, shown = "declares itself a crawler: {}", crawler
    elif others >= 1:
        sentence, shown = f"goes by {facts.agents_distinct:,} agents, mostly {{}}", first
    elif first in (b"", b"-"):
        sentence, shown = "does not say what it is", None
    elif tool:
        sentence, shown = "calls itself a program: {}", first
    else:
        sentence, shown = "calls itself {}", first
    if crawler is not None and others >= 1:
        sentence += f" (and {count(others, 'other agent')})"
    return Evidence(
        "identity",
        CONTEXT,
        1.0,
        sentence,
        () if shown is None else (shown,),
        {
            "agents": facts.agents_distinct,
            "crawler": crawler is not None,
            "tool": tool,
            "top_records": records,
        },
    )
