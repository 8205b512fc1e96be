"""The widgets that draw: lines of text, and the table of values.

Both are drawn line by line, so that a frame costs what is on the screen alone.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from streamstats.render.instants import Clock
from streamstats.render.width import cut, pad
from streamstats.tui import cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.tui.state import Frame, State

PLAIN = Style()
HEAD = Style(bold=True, underline=True)
CURSOR = Style(reverse=True)
OUTLIER = Style(color="yellow", bold=True)
ALARM = Style(color="red", bold=True)
FAINT = Style(color="cyan")


class Lines(Widget):
    """A few lines of text, each in one style."""

    DEFAULT_CSS = "Lines { height: 1; }"

    def __init__(self, *, id: str, rows: int = 1, style: Style = PLAIN) -> None:
        super().__init__(id=id)
        self._lines: list[str] = []
        self._style = style
        self.styles.height = rows

    def show(self, lines: list[str]) -> None:
        """Show these lines."""
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        text = self._lines[y] if y < len(self._lines) else ""
        return drawn(text, self.size.width, self._style)


class Values(Widget, can_focus=True):
    """The values, in the order that is wanted, with a cursor."""

    cursor = reactive(0)

    class Sorted(Message):
        """A head was clicked on."""

        def __init__(self, sort: str) -> None:
            super().__init__()
            self.sort = sort

    class Opened(Message):
        """A value was chosen."""

    class Needed(Message):
        """More rows are needed than there are."""

    def __init__(self, *, unicode: bool) -> None:
        super().__init__(id="values")
        self._unicode = unicode
        self._frame: Frame | None = None
        self._state: State | None = None
        self._texts: list[tuple[str, Style]] = []
        self._head = ""
        self._layout = cells.layout(80)
        self.top = 0
        """The first row that is shown."""

    @property
    def page(self) -> int:
        """How many rows there is room for."""
        return max(1, self.size.height - 1)

    @property
    def limit(self) -> int:
        """How many rows are wanted."""
        return self.top + 2 * self.page

    @property
    def chosen(self) -> int | None:
        """The place of the row under the cursor; None where there is none."""
        return self.cursor if self.cursor < len(self._texts) else None

    def show(self, frame: Frame, state: State) -> None:
        """Show a frame. The cursor stays on its value, where that is still there."""
        held = None
        if self._frame is not None and self.cursor and self.cursor < len(self._frame.rows):
            held = self._frame.rows[self.cursor].row.groups
        self._frame, self._state = frame, state
        if held is not None:
            places = (at for at, each in enumerate(frame.rows) if each.row.groups == held)
            self.cursor = next(places, min(self.cursor, max(0, len(frame.rows) - 1)))
        self._draw()

    def _draw(self) -> None:
        frame, state = self._frame, self._state
        if frame is None or state is None:
            return
        shown = frame.rows[self.top : self.top + self.page]
        self._layout = cells.layout(self.size.width, shown, timed=frame.time is not None)
        by = ",".join(frame.by)
        self._head = cells.head(by, self._layout, state.sort, state.ascending, self._unicode)
        clock = Clock(frame.time.zone) if frame.time is not None else _utc()
        kinds = frame.kinds
        self._texts = [
            (
                cells.line(each, self._layout, clock, kinds, self._unicode),
                ALARM
                if each.row.groups in frame.raised
                else OUTLIER
                if each.row.outlier
                else PLAIN,
            )
            for each in frame.rows
        ]
        self._follow_cursor()
        self.refresh()

    def _follow_cursor(self) -> None:
        # As many rows as there is room for, where there are so many.
        self.top = min(self.top, self.cursor, max(0, len(self._texts) - self.page))
        self.top = max(self.top, self.cursor - self.page + 1)

    def render_line(self, y: int) -> Strip:
        """The head, or one row."""
        width = self.size.width
        if y == 0:
            return drawn(self._head, width, HEAD)
        at = self.top + y - 1
        if at >= len(self._texts):
            return Strip.blank(width)
        text, style = self._texts[at]
        return drawn(text, width, style + CURSOR if at == self.cursor else style)

    def on_resize(self) -> None:
        """Lay it out anew."""
        self._draw()
        self.post_message(self.Needed())

    def move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + by, max(0, len(self._texts) - 1)))
        before = self.top
        self._follow_cursor()
        self.refresh()
        if self.top != before:
            self.post_message(self.Needed())

    def on_click(self, event: events.Click) -> None:
        """On the head: sort. On a row: choose it, and open it when it was chosen."""
        if event.y == 0:
            sort = self._layout.column_at(event.x)
            if sort:
                self.post_message(self.Sorted(sort))
            return
        at = self.top + event.y - 1
        if at >= len(self._texts):
            return
        if at == self.cursor:
            self.post_message(self.Opened())
        self.move(at - self.cursor)

    def on_mouse_scroll_down(self) -> None:
        """Three rows on."""
        self.move(3)

    def on_mouse_scroll_up(self) -> None:
        """Three rows back."""
        self.move(-3)


def drawn(text: str, width: int, style: Style) -> Strip:
    """A text as a line of the screen."""
    return Strip([Segment(pad(cut(text, width), width), style)], width)


def _utc() -> Clock:
    from datetime import UTC

    return Clock(UTC)
