"""A click group whose errors are single lines that name the input, what is wrong and what is allowed."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NoReturn

import click

from theory.errors import InputError


def nearest(name: str, known: tuple[str, ...], *, at_most: int = 8) -> str:
    """A hint: the nearest known name, or the known names where they are few."""
    near = get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(known)}" if len(known) <= at_most else "see ntkproof list"


def shown(text: str) -> str:
    """What was typed, as one short line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "..."


class Command(click.Command):
    """A command that answers a wrong option with the nearest right one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments.

        raises  InputError, one line, for whatever click finds wrong
        """
        options = tuple(name for parameter in self.get_params(ctx) for name in parameter.opts if name.startswith("--"))
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            hint = nearest(error.option_name, options, at_most=20)
            raise InputError(f"{shown(error.option_name)}: unknown option of {self.name}; {hint}") from error
        except click.MissingParameter as error:
            _missing(self, error)
        except click.BadOptionUsage as error:
            raise InputError(
                f"{error.option_name}: {_lower(error.message)}; see ntkproof {self.name} --help"
            ) from error
        except click.UsageError as error:
            raise InputError(f"{_lower(error.format_message())}; see ntkproof {self.name} --help") from error


class Group(click.Group):
    """The commands in the order in which a newcomer meets them."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, as defined and not by the alphabet."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of that name.

        raises  InputError with the nearest name
        """
        if self.get_command(ctx, args[0]) is None:
            raise InputError(f"{shown(args[0])}: unknown command; {nearest(args[0], tuple(self.commands), at_most=20)}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments in front of the command."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise InputError(
                f"{shown(error.option_name)}: unknown option; {nearest(error.option_name, ('--help', '--version'))}"
            ) from error


class Text(click.ParamType):  # type: ignore[type-arg]
    """A parameter read by a function of (text, name as typed); whatever it raises is the message."""

    def __init__(self, name: str, read: Callable[[str, str], Any]) -> None:
        self.name, self.read = name, read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value; a default that is no text stands as it is."""
        return (
            self.read(value, max(param.opts, key=len) if param is not None else self.name)
            if isinstance(value, str)
            else value
        )


def _missing(command: click.Command, error: click.MissingParameter) -> NoReturn:
    name = error.param.human_readable_name if error.param is not None else "argument"
    if isinstance(error.param, click.Option):
        name = max(error.param.opts, key=len)
    raise InputError(f"{name}: missing; see ntkproof {command.name} --help") from error


def _lower(message: str) -> str:
    message = message.strip().removesuffix(".")
    return message[:1].lower() + message[1:]
