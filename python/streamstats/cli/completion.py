"""Shell completions from the tables in ``flags``: ``streamstats completion bash|zsh|fish``.

Written here and not by shtab, which takes a first argument for a subcommand or for a file, never
for either; and the first argument is where most people press Tab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamstats.cli.commands import COMPLETION
from streamstats.cli.definition import Command, Flag
from streamstats.cli.flags import MAIN
from streamstats.cli.parser import all_flags, command_help, parse_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMES = "streamstats patterns list --names 2>/dev/null"

_BASH_START = """\
# bash completion for streamstats, made by: streamstats completion bash
_streamstats() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  local command='' first=1 operand=0 flags='' valued='' words='' what='' skip='' word line
  COMPREPLY=()
  # bash takes --flag=value apart at the equals sign.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
"""

_BASH_END = """\
  for word in "${COMP_WORDS[@]:first:COMP_CWORD-first}"; do
    if [[ $skip ]]; then
      skip=''
    elif [[ " $valued " == *" $word "* ]]; then
      skip=1
    elif [[ $word != -?* && $word != = ]]; then
      operand=$((operand + 1))
    fi
  done
  case "$command $prev" in
%(values)s
    *)
      if [[ $cur == -* ]]; then
        words=$flags
      else
        case "$command $operand" in
%(operands)s
        esac
      fi ;;
  esac
  [[ $what == pattern ]] && words=$(%(names)s)
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(
    compgen -W "$words" -- "$cur"
    [[ $what == file ]] && compgen -f -- "$cur"
  )
  [[ $what == file ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _streamstats streamstats
"""

_FISH_START = """\
# fish completion for streamstats, made by: streamstats completion fish
function __streamstats_at
    set -l words (commandline -opc)[2..-1]
    set -l command ''
    if set -q words[1]; and contains -- $words[1] %(commands)s
        set command $words[1]
        if set -q words[2]; and contains -- "$words[1] $words[2]" %(actions)s
            set command "$words[1] $words[2]"
        end
    end
    test "$command" = "$argv[1]"
end

function __streamstats_words
    test (count (commandline -opc)) -eq $argv[1]
end

complete -c streamstats -e
complete -c streamstats -n 'not __streamstats_at ""' -f
complete -c streamstats -n '__streamstats_at ""' -F
"""

_ZSH_START = """\
#compdef streamstats
# zsh completion for streamstats, made by: streamstats completion zsh
_streamstats_patterns() {
  local -a names
  names=(${(f)"$(%s)"})
  compadd -a names
}
"""

_ZSH_END = """\
if [[ $zsh_eval_context[-1] == eval ]]; then
  compdef _streamstats streamstats
else
  _streamstats "$@"
fi
"""


def run(argv: Sequence[str]) -> int:
    """Print the completions of one shell; ``argv`` is what follows ``completion``."""
    import sys  # not wanted by those who only make the text

    prog = "streamstats completion"
    arguments = parse_command(COMPLETION, prog, argv)
    if arguments["help"]:
        sys.stdout.write(command_help(COMPLETION, prog))
    else:
        sys.stdout.write(script(str(arguments["shell"])))
    return 0


def script(shell: str) -> str:
    """The completion script for ``bash``, ``zsh`` or ``fish``."""
    return "".join({"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]())


def _paths() -> Iterator[tuple[str, Command]]:
    """Every command that takes arguments, with its words after ``streamstats``."""
    yield "", MAIN
    for command in MAIN.commands:
        yield command.name, command
        for action in command.commands:
            yield f"{command.name} {action.name}", action


def _quoted(text: str) -> str:
    """In single quotes, for bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def _bash() -> Iterator[str]:
    yield _BASH_START
    commands = "|".join(command.name for command in MAIN.commands)
    yield f"  case ${{COMP_WORDS[1]}} in\n    {commands})\n"
    yield "      ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]} first=2 ;;\n  esac\n"
    actions = "|".join(_quoted(path) for path, _ in _paths() if " " in path)
    yield f'  case "$command ${{COMP_WORDS[2]}}" in\n    {actions})\n'
    yield '      ((COMP_CWORD > 2)) && command="$command ${COMP_WORDS[2]}" first=3 ;;\n  esac\n'
    yield "  case $command in\n"
    values, operands = [], []
    for path, command in _paths():
        flags = tuple(all_flags(command))
        names = " ".join(name for flag in flags for name in flag.names)
        valued = " ".join(name for flag in flags if flag.value for name in flag.names)
        yield f"    {_quoted(path)}) flags={_quoted(names)} valued={_quoted(valued)} ;;\n"
        for flag in flags:
            if flag.value:
                heads = "|".join(_quoted(f"{path} {name}") for name in flag.names)
                offer = f" words={_quoted(' '.join(flag.choices))}" if flag.choices else ""
                offer += f" what={flag.completes}" if flag.completes else ""
                values.append(f"    {heads}){offer} ;;")
        below = _quoted(" ".join(inner.name for inner in command.commands))
        if command.commands and command is not MAIN:
            operands.append(f"          {_quoted(f'{path} 0')}) words={below} ;;")
        for position, operand in enumerate(command.operands):
            head = f"{_quoted(path + ' ')}*" if operand.several else _quoted(f"{path} {position}")
            offer = f" words={_quoted(' '.join(operand.choices))}" if operand.choices else ""
            offer += f" what={operand.completes}" if operand.completes else ""
            if command is MAIN:
                offer = f" ((COMP_CWORD == 1)) && words={below};{offer}"
            operands.append(f"          {head}){offer} ;;")
    yield "  esac\n"
    parts = {"values": "\n".join(values), "operands": "\n".join(operands), "names": _NAMES}
    yield _BASH_END % parts


def _fish() -> Iterator[str]:
    actions = " ".join(_quoted(path) for path, _ in _paths() if " " in path)
    names = " ".join(command.name for command in MAIN.commands)
    yield _FISH_START % {"commands": names, "actions": actions}
    for path, command in _paths():
        depth = len(path.split()) + 1
        here = f'__streamstats_at "{path}"'
        for inner in command.commands:
            yield _fish_line(
                f"{here}; and __streamstats_words {depth}", f"-a {inner.name}", inner.help
            )
        for position, operand in enumerate(command.operands):
            at = f"{here}; and __streamstats_words {depth + position}"
            if operand.choices:
                yield _fish_line(at, f"-a '{' '.join(operand.choices)}'", operand.help)
            elif operand.completes == "pattern":
                yield _fish_line(at, f"-a '({_NAMES})'", operand.help)
            elif operand.completes == "file" and command is not MAIN:
                yield _fish_line(at, "-F", "")
        for flag in all_flags(command):
            spelled = " ".join(
                f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                for name in flag.names
            )
            if flag.choices:
                spelled += f" -x -a '{' '.join(flag.choices)}'"
            elif flag.completes == "pattern":
                spelled += f" -x -a '({_NAMES})'"
            elif flag.value:
                spelled += " -x"
            yield _fish_line(here, spelled, flag.help)


def _fish_line(condition: str, what: str, text: str) -> str:
    line = f"complete -c streamstats -n '{condition}' {what}"
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"{line} -d '{escaped}'\n" if text else f"{line}\n"


def _zsh() -> Iterator[str]:
    yield _ZSH_START % _NAMES
    for path, command in _paths():
        yield from _zsh_function(path, command)
    yield _ZSH_END


def _zsh_function(path: str, command: Command) -> Iterator[str]:
    name = "_".join(("_streamstats", *path.split()))
    name += "_command" if path else ""
    yield f"{name}() {{\n"
    if command.commands:
        # Completing the word after the command, or inside one of those below it.
        yield "  if (( CURRENT > 2 )); then\n    case $words[2] in\n"
        for inner in command.commands:
            below = "_".join(("_streamstats", *path.split(), inner.name, "command"))
            yield f"      {inner.name}) shift words; (( CURRENT-- )); {below}; return ;;\n"
        yield "    esac\n  fi\n"
        described = " ".join(
            _quoted(f"{inner.name}:{_zsh_text(inner.help)}") for inner in command.commands
        )
        yield f"  local -a commands=({described})\n"
        yield "  (( CURRENT == 2 )) && [[ $words[2] != -* ]] && _describe command commands\n"
    yield "  _arguments -s -S"
    for flag in all_flags(command):
        text = f"[{_zsh_text(flag.help)}]"
        if flag.value:
            text += f":{_zsh_text(flag.metavar or flag.long[2:])}:{_zsh_offer(flag)}"
        # Names of one flag shut each other out, unless it may be repeated.
        shut = "*" if flag.repeat else f"({' '.join(flag.names)})"
        for spelled in flag.names:
            value = ("=" if spelled.startswith("--") else "+") if flag.value else ""
            yield f" \\\n    {_quoted(f'{shut}{spelled}{value}{text}')}"
    for operand in command.operands:
        head = {"1": ":", "?": "::", "*": "*:", "+": "*:"}[operand.number]
        offer = (
            f"({' '.join(operand.choices)})"
            if operand.choices
            else {"file": "_files", "pattern": "_streamstats_patterns"}.get(operand.completes, "")
        )
        yield f" \\\n    {_quoted(f'{head}{_zsh_text(operand.help)}:{offer}')}"
    yield "\n}\n"


def _zsh_offer(flag: Flag) -> str:
    if flag.choices:
        return f"({' '.join(flag.choices)})"
    return "_streamstats_patterns" if flag.completes == "pattern" else " "


def _zsh_text(text: str) -> str:
    """Escape what ends a part of an ``_arguments`` specification."""
    for sign in ("\\", ":", "[", "]"):
        text = text.replace(sign, "\\" + sign)
    return text.replace("'", "")
