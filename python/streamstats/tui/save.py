"""Saves what is seen: JSON and CSV as the command writes them."""

from __future__ import annotations

import time

from streamstats.engines.standing import stand
from streamstats.render import renderer
from streamstats.render.look import PLAIN
from streamstats.tui.cells import SPARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.engines.follow import Following
    from streamstats.tui.state import State

ENDINGS = {"json": "json", "csv": "csv"}

MOST = 1_000_000
"""At most so many values are saved."""


def as_text(following: Following, state: State, form: str, most: int) -> tuple[str, int]:
    """The values that fit what is wanted, at most so many, in a format; and how many they are."""
    with following.lock:
        found = stand(following, state.view(most, SPARK)._replace(sparks=0))
        rows = [each.row for each in found.rows]
        summary = found.summary
        summary.rows = rows
        return "".join(renderer(form)(summary, PLAIN)), len(rows)


def save(following: Following, state: State, form: str) -> tuple[str, int]:
    """Write all values that fit what is wanted to a new file in the working folder; its name, and
    how many values it has.

    Raises OSError.
    """
    text, count = as_text(following, state, form, MOST)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(1, 1000):
        again = "" if number == 1 else f"-{number}"
        name = f"streamstats-{stamp}{again}.{ENDINGS[form]}"
        try:
            # Never over a file that is there.
            with open(name, "x", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
        except FileExistsError:
            continue
        return name, count
    raise FileExistsError(17, "there are too many files of this second")
