"""The screen: keys and mouse to what is wanted, frames to what is drawn."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from streamstats.engines.standing import is_counted
from streamstats.render.escape import shown_row
from streamstats.tui import overview
from streamstats.tui.dialogs import Groups, Help, Messages
from streamstats.tui.page import ValuePage
from streamstats.tui.pump import Notes, Pump
from streamstats.tui.save import as_text, save
from streamstats.tui.state import Frame, State
from streamstats.tui.table import FAINT, Lines, Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamstats.engines.alarms import Alarms
    from streamstats.engines.follow import Following

KEYS = " q quit ? help / filter ←→ sort r turn o outliers -+ window b group p pause"
MORE_KEYS = " Enter page j/s save y/Y copy m messages"
"""Where there is room for them."""

SORTS = {"c": "count", "n": "rate", "k": "peak", "f": "first", "l": "last", "v": "value"}

MOST_TEXT = 200

MOST_COPIED = 1000
"""So many values are copied: terminals take some 70 kB at a time into their clipboards."""


class Live(App[None]):
    """Logs as they grow."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: transparent; layers: base; }
    #values { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+c", "quit", "quit", priority=False),
        Binding("ctrl+z", "suspend_process", "suspend"),
        Binding("question_mark,h", "help", "help"),
        Binding("up", "move(-1)"),
        Binding("down", "move(1)"),
        Binding("pageup", "page(-1)"),
        Binding("pagedown", "page(1)"),
        Binding("home", "move(-1000000)"),
        Binding("end", "move(1000000)"),
        Binding("enter", "open"),
        Binding("left", "next_sort(-1)"),
        Binding("right", "next_sort(1)"),
        Binding("r", "turn"),
        Binding("o", "outliers"),
        Binding("p,space", "pause"),
        Binding("minus", "window(-1)"),
        Binding("plus,equals_sign", "window(1)"),
        Binding("slash", "filter"),
        Binding("escape", "clear"),
        Binding("b", "groups"),
        Binding("j", "save('json')"),
        Binding("s", "save('csv')"),
        Binding("y", "copy"),
        Binding("Y,shift+y", "copy_all"),
        Binding("m", "messages"),
        *(Binding(key, f"sort('{sort}')") for key, sort in SORTS.items()),
    ]

    class Framed(Message):
        """There is a new frame."""

        def __init__(self, frame: Frame) -> None:
            super().__init__()
            self.frame = frame

    class Broken(Message):
        """The following cannot go on."""

        def __init__(self, error: BaseException) -> None:
            super().__init__()
            self.error = error

    def __init__(
        self,
        following: Following,
        state: State,
        notes: Notes,
        alarms: Alarms | None,
        *,
        interval: float,
        unicode: bool,
        colour: bool = True,
    ) -> None:
        with _colours(colour):
            super().__init__(ansi_color=True)
        self._following = following
        self.state = state
        self._notes = notes
        self._unicode = unicode
        self.frame: Frame | None = None
        """What is drawn."""
        self._typing = False
        self.error: BaseException | None = None
        """What ended it, if it was not a key."""
        self._pump = Pump(
            following, notes, alarms, interval, show=self._framed, failed=self._broken
        )

    def compose(self) -> ComposeResult:
        """What stands where."""
        yield Lines(id="title", style=Style(bold=True))
        yield Lines(id="timeline", style=FAINT)
        yield Lines(id="statsy")
        yield Values(unicode=self._unicode)
        yield Lines(id="status", style=Style(color="yellow"))
        yield Lines(id="keys", style=Style(reverse=True))

    def on_mount(self) -> None:
        """Begin."""
        import asyncio

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            try:
                loop.add_signal_handler(number, self.exit)
            except (RuntimeError, ValueError):
                # Not on the main thread, as in tests.
                break
        self.query_one(Values).focus()
        self._keys()
        self._want()
        self._pump.start()

    def on_unmount(self) -> None:
        """End."""
        self._pump.stop()

    def _framed(self, frame: Frame) -> None:
        self.post_message(self.Framed(frame))

    def _broken(self, error: BaseException) -> None:
        self.post_message(self.Broken(error))

    def on_live_framed(self, message: Framed) -> None:
        """Draw it."""
        self.frame = message.frame
        self._measure()
        self._draw()

    def on_live_broken(self, message: Broken) -> None:
        """Leave the screen, so that it can be said what happened."""
        self.error = message.error
        self.exit()

    def _measure(self) -> None:
        """See to it that the size is that of the terminal: a signal that says so can get lost."""
        if self.is_headless:
            return
        try:
            size = Size(*os.get_terminal_size(2))
        except OSError:
            return
        if size != self.size and size.area:
            self.post_message(events.Resize(size, size))

    def _draw(self) -> None:
        frame = self.frame
        if frame is None or not self.is_mounted_screen:
            return
        width, unicode = self.size.width, self._unicode
        self._keys()
        base = self.screen_stack[0]
        base.query_one("#title", Lines).show([overview.title(frame, self.state, width, unicode)])
        base.query_one("#timeline", Lines).show([overview.timeline(frame, width, unicode)])
        base.query_one("#statsy", Lines).show([overview.statsy(frame, width, unicode)])
        base.query_one("#status", Lines).show([overview.status(frame, self.state, width, unicode)])
        base.query_one(Values).show(frame, self.state)

    @property
    def is_mounted_screen(self) -> bool:
        """Whether there is something to draw on."""
        return bool(self.screen_stack) and bool(self.screen_stack[0].query(Values))

    def _keys(self) -> None:
        text = KEYS + (MORE_KEYS if self.size.width >= len(KEYS + MORE_KEYS) else "")
        text = text if self._unicode else text.replace("←→", "<>")
        if self._typing:
            safe = self.state.text
            text = f" filter: {safe}{'▏' if self._unicode else '_'}   Enter keeps it, Esc clears it"
        self.screen_stack[0].query_one("#keys", Lines).show([text])

    def _want(self) -> None:
        limit = self.screen_stack[0].query_one(Values).limit
        self._pump.want(self.state, limit)
        self._draw()

    def _change(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self._want()

    def on_key(self, event: events.Key) -> None:
        """While a filter is typed, keys are text."""
        if not self._typing or len(self.screen_stack) > 1:
            return
        event.prevent_default()
        event.stop()
        text = self.state.text
        if event.key == "enter":
            self._typing = False
        elif event.key == "escape":
            self._typing = False
            self._change(self.state._replace(text=""))
        elif event.key == "backspace":
            self._change(self.state._replace(text=text[:-1]))
        elif event.key == "ctrl+u":
            self._change(self.state._replace(text=""))
        elif event.key == "ctrl+c":
            self.exit()
        elif event.character and event.character.isprintable() and len(text) < MOST_TEXT:
            self._change(self.state._replace(text=text + event.character))
        self._keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, keys do nothing else; what lies over the table has its own."""
        del parameters
        if len(self.screen_stack) > 1:
            return action in ("quit", "suspend_process")
        return not self._typing or action == "suspend_process"

    def on_values_sorted(self, message: Values.Sorted) -> None:
        """A head was clicked on."""
        self._change(self.state.sorted_by(message.sort))

    def on_values_opened(self) -> None:
        """A value was clicked on, and once more."""
        self.action_open()

    def on_values_needed(self) -> None:
        """There is more room, or the cursor went on."""
        self._want()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(Values).move(by)

    def action_page(self, by: int) -> None:
        """A screenful on or back."""
        values = self.query_one(Values)
        values.move(by * values.page)

    def action_sort(self, sort: str) -> None:
        """Sort by a column; once more turns it round."""
        self._change(self.state.sorted_by(sort))

    def action_next_sort(self, step: int) -> None:
        """Sort by the next column."""
        self._change(self.state.next_sort(step))

    def action_turn(self) -> None:
        """The other way round."""
        self._change(self.state._replace(reverse=not self.state.reverse))

    def action_outliers(self) -> None:
        """Only outliers, or all."""
        self._change(self.state._replace(outliers=not self.state.outliers))

    def action_pause(self) -> None:
        """Let the screen stand still, or go on."""
        self._change(self.state._replace(paused=not self.state.paused))

    def action_window(self, step: int) -> None:
        """A wider or a narrower window."""
        if not is_counted(self._following):
            self._say("only counts of records have a window, and no sums")
            return
        self._change(self.state.wider(step))

    def action_filter(self) -> None:
        """Type a filter."""
        self._typing = True
        self._keys()

    def action_clear(self) -> None:
        """No filter any more."""
        self._change(self.state._replace(text=""))

    def action_help(self) -> None:
        """Show the keys."""
        self.push_screen(Help(unicode=self._unicode))

    def action_messages(self) -> None:
        """Show all that was said."""
        self.push_screen(Messages(list(self._notes.texts)))

    def action_groups(self) -> None:
        """Choose another group."""
        if self.frame is None or self._following.growing is None:
            return
        names = self._following.ways.groups()
        self.push_screen(Groups(names, ",".join(self.frame.by)), self._grouped)

    def _grouped(self, name: str | None) -> None:
        if name is not None:
            self._pump.regroup((name,))
            self._want()

    def action_open(self) -> None:
        """The page of the value under the cursor."""
        values = self.query_one(Values)
        if self.frame is None or values.chosen is None:
            return
        if values.chosen >= len(self.frame.rows):
            return
        row = self.frame.rows[values.chosen].row
        self.push_screen(
            ValuePage(
                self._following, row, self.frame.kinds, self.state.last, unicode=self._unicode
            )
        )

    def action_copy(self) -> None:
        """Hand the value under the cursor to the terminal's clipboard."""
        values = self.query_one(Values)
        if self.frame is not None and values.chosen is not None:
            self.copy_to_clipboard(shown_row(self.frame.rows[values.chosen].row))
            self._say("copied")

    def action_copy_all(self) -> None:
        """Hand what is seen to the terminal's clipboard, as CSV."""
        text, count = as_text(self._following, self.state, "csv", MOST_COPIED)
        # Bytes that are no UTF-8 cannot be in a clipboard.
        self.copy_to_clipboard(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        self._say(f"{count:,} values are in the clipboard")

    def action_save(self, form: str) -> None:
        """Save what is seen."""
        try:
            name, count = save(self._following, self.state, form)
            self._say(f"{count:,} values are in {name}")
        except OSError as error:
            self._say(f"cannot save: {error.strerror or error}")

    def _say(self, text: str) -> None:
        self._notes.say(text)
        self._want()


@contextlib.contextmanager
def _colours(wanted: bool) -> Iterator[None]:
    """Let Textual, which asks the environment once, do as the user said, and nobody else."""
    before = os.environ.pop("NO_COLOR", None)
    if not wanted:
        os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        os.environ.pop("NO_COLOR", None)
        if before is not None:
            os.environ["NO_COLOR"] = before
