"""What is raised when a time, a duration, a window or a zone cannot be read."""

from __future__ import annotations

from streamstats.errors import StreamstatsError

SHOWN = 60


class WhenError(StreamstatsError):
    """A text that was given as a time, a duration, a window or a zone, and is refused.

    what: "time", "duration", "window" or "time zone".
    text: the text as it was given.
    reason: what is wrong with it, without the text.
    at: the offset in characters of the place in `text` that is wrong; None where there is none.
    forms: the nearest forms that work, best first.
    """

    def __init__(
        self,
        what: str,
        text: str,
        reason: str,
        at: int | None = None,
        forms: tuple[str, ...] = (),
    ) -> None:
        self.what = what
        self.text = text
        self.reason = reason
        self.at = at
        self.forms = forms
        place = "" if at is None else f" (column {at + 1})"
        hint = "; try " + ", ".join(quoted(form) for form in forms) if forms else ""
        super().__init__(f"cannot read the {what} {quoted(text)}: {reason}{place}{hint}")

    def __reduce__(self) -> tuple[object, ...]:
        return WhenError, (self.what, self.text, self.reason, self.at, self.forms)


class Unread(Exception):
    """Raised inside the grammar, which knows places but not the whole text; never leaves `times`.

    settled: what was meant is known and is wrong (a month 13, two clock times), so that no other
    reader may be asked for a second opinion.
    """

    def __init__(
        self,
        reason: str,
        at: int | None = None,
        forms: tuple[str, ...] = (),
        settled: bool = True,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.forms = forms
        self.settled = settled


def quoted(text: str) -> str:
    """The text in quotes, at most SHOWN characters of it, with nothing a terminal would obey."""
    cut = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return "'" + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut) + "'"
