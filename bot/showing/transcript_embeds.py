"""The embed of a transcript's post."""

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from bot.showing.texts import EMBED_TITLE_LIMIT, plain, shortened
from texts.language import Language
from texts.text import Text, Words, in_language
from tickets.model import Millis, Person, Ticket, UserKey
from tickets.transcript import Transcript

FIELD_LIMIT: Final = 256


def embed_of(transcript: Transcript, language: Language) -> discord.Embed:
    """The summary of a closed ticket, for those who do not open the file."""
    ticket = transcript.ticket
    embed = discord.Embed(
        title=shortened(f"#{ticket.number} · {plain(ticket.topic)}", EMBED_TITLE_LIMIT),
        colour=discord.Colour.dark_grey(),
    )
    closed_by = transcript.name_of(ticket.closed_by) if ticket.closed_by else "—"
    fields: Sequence[tuple[Text, Words]] = (
        (Text("fact-requester"), plain(_name(transcript.people, ticket.requester))),
        (Text("fact-outcome"), Text("status", status=ticket.status)),
        (Text("fact-closed-by"), plain(closed_by)),
        (Text("fact-reason"), plain(ticket.close_reason or "—")),
        (Text("fact-opened"), _time(ticket.created_at)),
        (Text("fact-closed"), _time(ticket.closed_at)),
        (Text("fact-first-response"), _time(ticket.first_response_at)),
        (Text("fact-messages"), str(ticket.message_count)),
        (Text("fact-level"), Text("level", level=ticket.issue_level)),
        (Text("fact-support-role"), Text("support-role", role=ticket.support_role)),
    )
    for name, words in fields:
        value = shortened(in_language(words, language), FIELD_LIMIT) or "—"
        embed.add_field(name=in_language(name, language), value=value, inline=True)
    writers = [f"{plain(_name(transcript.people, key))}: {n}" for key, n in transcript.participants.items()]
    wrote = shortened("\n".join(writers), 1024) or "—"
    embed.add_field(name=in_language(Text("fact-writers"), language), value=wrote, inline=False)
    return embed


def embed_apart(ticket: Ticket, url: str, language: Language) -> discord.Embed:
    """Says that there is a transcript, without its content, because some readers of the channel did not see
    the ticket."""
    role = Text("support-role", role=ticket.support_role)
    told = Text("transcript-is-apart", number=ticket.number, role=role, url=url)
    return discord.Embed(
        title=f"#{ticket.number}", description=in_language(told, language), colour=discord.Colour.dark_grey()
    )


def _name(people: Mapping[UserKey, Person], key: UserKey) -> str:
    return people[key].name if key in people else key.id


def _time(at: Millis | None) -> str:
    return f"<t:{at // 1000}:f>" if at is not None else "—"
