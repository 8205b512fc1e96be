"""From a summary to text. Every renderer is a pure function ``(summary, look)`` that yields lines.

A line may hold lone surrogates (``--classic`` passes a value's bytes through), so write the text
as UTF-8 with the error handler ``surrogateescape``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streamstats.render.look import Look
    from streamstats.summary.model import Summary

    Renderer = Callable[[Summary, Look], Iterator[str]]

FORMATS = ("text", "json", "ndjson", "csv", "tsv", "markdown")
"""What ``--format`` takes."""


def renderer(name: str) -> Renderer:
    """The renderer of that name: one of FORMATS, or "classic". Raises KeyError for others.

    Its module is imported only now, so that the others cost nothing at the start.
    """
    if name == "text":
        from streamstats.render.text import render
    elif name == "classic":
        from streamstats.render.classic import render
    elif name == "json":
        from streamstats.render.structured import render_json as render
    elif name == "ndjson":
        from streamstats.render.structured import render_ndjson as render
    elif name == "csv":
        from streamstats.render.delimited import render_csv as render
    elif name == "tsv":
        from streamstats.render.delimited import render_tsv as render
    elif name == "markdown":
        from streamstats.render.markdown import render
    else:
        raise KeyError(name)
    return render
