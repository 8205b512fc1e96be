"""What lies over the screen for a moment: help, and the choice of a group."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from streamstats.render.escape import shown_name
from streamstats.tui.table import Lines

HELP = """\
q              quit             p, Space   pause; counting goes on
↑ ↓ PgUp PgDn  move             Enter      the page of a value
← →            sort by the column before, behind; r turns it round
c n k f l v    sort by count, rate now, peak, first, last, value
/              filter: type a part of a value; Enter keeps, Esc clears
o              only outliers, which have a *
- +            narrower, wider: 10s 30s 1m 5m 15m 1h 6h 24h all
b              count another group, without starting over
j, s           save what is seen, as JSON or as CSV, in this folder
y, Y           copy the value, or all that are seen as CSV, to the
               clipboard of the terminal
m              messages: all that was said below
Mouse: click on a head to sort, on a value to choose it, and once
more to open it; the wheel moves.

now/s  records in a second, over the last 5 seconds
peak   most records in one bucket of --per
lag    now minus the newest record
"""


class Help(ModalScreen[None]):
    """The keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter,space", "dismiss", "close")
    ]
    DEFAULT_CSS = """
    Help { align: center middle; }
    Help > Static {
        width: 74; max-width: 100%; height: auto; max-height: 100%; border: ascii; padding: 0 1;
    }
    """

    def __init__(self, *, unicode: bool) -> None:
        super().__init__()
        text = HELP if unicode else HELP.translate({8593: "^", 8595: "v", 8592: "<", 8594: ">"})
        self._text = text

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(self._text, markup=False)


class Messages(ModalScreen[None]):
    """All that was said of late, the latest last."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,m,enter,space", "dismiss", "close")]
    DEFAULT_CSS = """
    Messages { align: center middle; }
    Messages > VerticalScroll { width: 90%; height: auto; max-height: 90%; border: ascii; }
    Messages > VerticalScroll > Static { padding: 0 1; }
    """

    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self._texts = texts

    def compose(self) -> ComposeResult:
        """One text, which may be longer than the screen."""
        with VerticalScroll():
            yield Static("\n".join(self._texts) or "nothing was said", markup=False)

    def on_mount(self) -> None:
        """Keys move it."""
        self.query_one(VerticalScroll).focus()


class Groups(ModalScreen[str | None]):
    """Which group to count."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,b", "cancel", "cancel")]
    DEFAULT_CSS = """
    Groups { align: center middle; }
    Groups > OptionList { width: 50; height: auto; max-height: 80%; border: ascii; }
    Groups > OptionList:focus { border: ascii; }
    Groups > Lines { width: 50; }
    """

    def __init__(self, names: list[str], current: str) -> None:
        super().__init__()
        self._names = names
        self._current = current

    def compose(self) -> ComposeResult:
        """A head, and the groups."""
        yield Lines(id="ask", style=Style(bold=True))
        # A name may come from a log, so it is no markup, and is escaped.
        yield OptionList(*[Option(_plain(name)) for name in self._names], markup=False)

    def on_mount(self) -> None:
        """Stand on what is counted now."""
        self.query_one("#ask", Lines).show(["count by (Enter; Esc leaves it):"])
        options = self.query_one(OptionList)
        options.highlighted = (
            self._names.index(self._current) if self._current in self._names else 0
        )
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """It is chosen."""
        self.dismiss(self._names[event.option_index])

    def action_cancel(self) -> None:
        """Leave it."""
        self.dismiss(None)


def _plain(name: str) -> str:
    return shown_name(name, True)
