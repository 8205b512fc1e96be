"""What a flag, an operand and a command are; ``flags`` and ``commands`` have the tables of them."""

from __future__ import annotations

from typing import NamedTuple

OTHER = "Other"


class Flag(NamedTuple):
    """One flag. ``metavar`` is empty for a switch, which takes no value."""

    names: tuple[str, ...]
    help: str
    heading: str = OTHER
    metavar: str = ""
    choices: tuple[str, ...] = ()
    default: str | int | None = None
    #: What a shell offers as its value: "file", "pattern" or "" for nothing.
    completes: str = ""
    repeat: bool = False
    #: The least whole number that it takes; None when it takes text.
    least: int | None = None
    #: A switch that stands for ``--flag=value`` names both here: ("--format", "json").
    means: tuple[str, str] | None = None
    #: Advanced flags stand in the manual only.
    advanced: bool = False
    required: bool = False
    text: str = ""

    @property
    def long(self) -> str:
        """The name by which messages call it."""
        return self.names[-1]

    @property
    def dest(self) -> str:
        """The attribute that holds its value."""
        return (self.means[0] if self.means else self.long).lstrip("-").replace("-", "_")

    @property
    def value(self) -> str:
        """Its value as shown in help: the choices, or the metavar; "" for a switch."""
        return "|".join(self.choices) if self.choices else self.metavar


class Operand(NamedTuple):
    """An argument without a dash.

    ``number`` is "1", "?" (may be left out), "*" (any) or "+" (at least one).
    """

    metavar: str
    help: str
    number: str = "1"
    choices: tuple[str, ...] = ()
    completes: str = ""
    #: It may begin with a dash all the same, when a digit follows: ``-1h``.
    signed: bool = False

    @property
    def several(self) -> bool:
        """Whether it takes all that is left."""
        return self.number in ("*", "+")

    @property
    def dest(self) -> str:
        """The attribute that holds its value."""
        return self.metavar.lower() + ("s" if self.several else "")


class Command(NamedTuple):
    """The command itself, a subcommand, or an action of a subcommand."""

    name: str
    help: str
    text: str = ""
    operands: tuple[Operand, ...] = ()
    flags: tuple[Flag, ...] = ()
    commands: tuple[Command, ...] = ()
    #: The module below ``streamstats.cli`` whose ``run(argv) -> int`` does it.
    module: str = ""
