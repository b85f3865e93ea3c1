"""What is to be read and clicked on a message of components, as a card is."""

from collections.abc import Iterator
from typing import Any

import discord
from simcord import ChannelHandle


def walked(components: Any) -> Iterator[discord.Component]:
    """The components and all that lies in them, in order."""
    for component in components:
        yield component
        yield from walked(getattr(component, "children", ()))
        if (accessory := getattr(component, "accessory", None)) is not None:
            yield accessory


def card_in(channel: ChannelHandle) -> discord.Message:
    """The pinned card."""
    (card,) = channel.pinned_messages()
    return card


def cards_in(channel: ChannelHandle) -> list[discord.Message]:
    """Every message that looks like a card."""
    return [it for it in channel.history() if "-# Ticket " in read(it)]


def texts(message: discord.Message) -> list[str]:
    """Its texts, from top to bottom."""
    return [it.content for it in walked(message.components) if isinstance(it, discord.TextDisplay)]


def read(message: discord.Message) -> str:
    """All that it says."""
    return "\n".join(texts(message))


def labels(message: discord.Message) -> list[str | None]:
    """Of its buttons."""
    return [it.label for it in walked(message.components) if isinstance(it, discord.Button)]


def colour(message: discord.Message) -> discord.Colour | None:
    (box,) = [it for it in message.components if isinstance(it, discord.Container)]
    return box.accent_colour
