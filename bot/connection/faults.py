"""What Discord's errors mean to a sink: wait, never, or something is gone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any

import aiohttp
import discord

from bot.connection.answers import Banned, NoAnswer
from tickets.ports.sinks import Away, Never, NotNow

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
NOT_OURS = 50005
TOO_MANY_CHANNELS = 30013
INVALID_WEBHOOK_TOKEN = 50027
TOO_LARGE = 40005
THREAD_ARCHIVED = 50083
TOO_MANY_THREADS = 160006
INVALID_FORM = 50035
TOO_MANY_WEBHOOKS = 30007
SETTLING = 2.0
"""Seconds in which a request whose answer was lost may still take effect."""
REFUSED_PAUSE = 30.0
"""Seconds before trying again what Discord forbids now, but people may allow later. 10,000 answers of 401 and
403 in 10 minutes ban the address (Discord, "Invalid Request Limit")."""

LONGEST_PAUSE = 300.0
"""Seconds after which a request shows whether Discord takes it again, however long it was to wait."""


class Unsure(NotNow):
    """Discord may or may not have acted. Look before trying again, after enough time for it to act. Each
    further attempt waits longer, because Discord may be down."""

    grows = True

    def __init__(self, why: str) -> None:
        super().__init__(why, SETTLING)


class TurnedAway(Away):
    """Discord takes no requests from this machine's address."""


class ChannelIsGone(NotNow):
    """The ticket's channel no longer exists."""


class MessageIsGone(NotNow):
    """The message was deleted by somebody, or it is not the bot's and cannot be edited: it is from the
    application whose token the program had before."""


class WebhookIsGone(NotNow):
    """The channel's webhook no longer exists."""


class ThreadIsArchived(NotNow):
    """Discord has archived the thread, and nothing in it can be changed until it is unarchived."""


class TooManyThreads(NotNow):
    """The guild cannot take any more active threads."""


class Refused(NotNow):
    """Discord does not allow this at present, but people may change that."""


class TooLarge(Never):
    """A file, or a request as a whole, is larger than Discord takes."""


class FormRefused(Never):
    """Discord refuses the content of a request. ``fields`` are the fields that it refuses; empty if it does
    not say which. Its message may be in any language."""

    def __init__(self, why: str, fields: frozenset[str] = frozenset()) -> None:
        super().__init__(why)
        self.fields = fields


class NoRoom(NotNow):
    """The category or the guild cannot take any more channels."""

    def __init__(self, why: str, *, of_guild: bool) -> None:
        super().__init__(why)
        self.of_guild = of_guild


@contextmanager
def discord_faults(what: str) -> Iterator[None]:
    """Turn discord.py's exceptions into what a relay understands; ``what`` was being tried."""
    try:
        yield
    except (NoAnswer, aiohttp.ClientError, TimeoutError, OSError, RuntimeError, JSONDecodeError) as error:
        # RuntimeError: the client's session was closed meanwhile; JSONDecodeError: the answer broke off
        raise Unsure(f"{what}: {type(error).__name__}: {error}") from error
    except Banned as error:
        why = f"{what}: Discord takes nothing from this address for {error.retry_after:.0f} s"
        raise TurnedAway(why, min(error.retry_after, LONGEST_PAUSE)) from error
    except discord.RateLimited as error:
        raise NotNow(f"{what}: rate limited", min(error.retry_after, LONGEST_PAUSE)) from error
    except discord.HTTPException as error:
        raise _meaning(error, what) from error


_NOW: Mapping[int, type[NotNow]] = {
    UNKNOWN_CHANNEL: ChannelIsGone,
    UNKNOWN_MESSAGE: MessageIsGone,
    NOT_OURS: MessageIsGone,
    UNKNOWN_WEBHOOK: WebhookIsGone,
    INVALID_WEBHOOK_TOKEN: WebhookIsGone,
    THREAD_ARCHIVED: ThreadIsArchived,
}
"""Refusals after which the sink looks again at once."""


def _meaning(error: discord.HTTPException, what: str) -> Exception:
    why = f"{what}: {error.status} {error.code} {error.text}"
    if (kind := _NOW.get(error.code)) is not None:
        return kind(why, 0)
    if error.code == TOO_MANY_THREADS:
        return TooManyThreads(why)
    if error.code == TOO_MANY_CHANNELS or _category_is_full(error):
        return NoRoom(why, of_guild=error.code == TOO_MANY_CHANNELS)
    if error.status in (401, 403, 404) or error.code == TOO_MANY_WEBHOOKS:
        return Refused(why, REFUSED_PAUSE)
    if error.status == 429:
        return NotNow(why)
    if error.status == 413 or error.code == TOO_LARGE:
        return TooLarge(why)
    if error.status == 400:
        return FormRefused(why, frozenset(_tree(error)))
    return Unsure(why)


def _tree(error: discord.HTTPException) -> dict[str, Any]:
    """What Discord says of each field of a form."""
    tree = getattr(error, "_errors", None)  # an answer that is no JSON has none
    return tree if isinstance(tree, dict) else {}


def _category_is_full(error: discord.HTTPException) -> bool:
    """Discord reports a full category as a fault in the form; the text alone does not name its code."""
    return error.code == INVALID_FORM and "CHANNEL_PARENT_MAX_CHANNELS" in str(_tree(error))
