"""Turns a Discord message into a text and files for a requester. Nothing is left out silently."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import discord

from api.resources.file_types import UNKNOWN
from bot.hearing.mentions import Called, mention_name
from bot.showing.code import MARKUP, code_in
from texts.language import Language
from texts.text import Text, in_language
from tickets.characters import clean_file_name, clean_line, clean_text
from tickets.model import Attachment, FileId

_TIMES: Mapping[str, str] = {
    "t": "%H:%M %Z",
    "T": "%H:%M:%S %Z",
    "d": "%Y-%m-%d",
    "D": "%Y-%m-%d",
    "S": "%Y-%m-%d %H:%M:%S %Z",
}
_AS_USUAL = "%Y-%m-%d %H:%M %Z"
"""The other styles, and those that Discord may add."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACES: Mapping[str, str] = {
    "guide": "Server Guide",
    "customize": "Channels & Roles",
    "browse": "Browse Channels",
    "home": "Server Home",
    "linked-roles": "Linked Roles",
}


def text_of(message: discord.Message, called: Called) -> str:
    """The text, with mentions and emoji by name, then a line for each part that is not text."""
    lines = [_readable(message.content, message.guild, called), *_other_things(message, called)]
    return clean_text("\n".join(line for line in lines if line))


def file_of(attachment: discord.Attachment) -> Attachment:
    """Guildesk's own copy of a file. Its id is made from Discord's, so a second copy is the same file."""
    return Attachment(
        id=FileId(f"d-{attachment.id}"),
        name=clean_file_name(_name_of(attachment)),
        type=(attachment.content_type or UNKNOWN).split(";")[0].strip().lower(),
        size=attachment.size,
    )


def files_in(message: discord.Message) -> list[discord.Attachment]:
    """The files of a message, and those of what it forwards."""
    return [*message.attachments, *(file for it in message.message_snapshots for file in it.attachments)]


def fit(attachments: Sequence[discord.Attachment], limit: int) -> Iterator[discord.Attachment]:
    """The files within the limit, in bytes."""
    return (attachment for attachment in attachments if attachment.size <= limit)


def too_large(attachments: Sequence[discord.Attachment], limit: int, language: Language) -> list[str]:
    """A line for each file that is over the limit."""
    files = [file_of(attachment) for attachment in attachments if attachment.size > limit]
    return [in_language(Text("file-was-too-large", name=it.name, size=it.size), language) for it in files]


def _name_of(attachment: discord.Attachment) -> str:
    """The file's name. Discord reduces file names to ASCII, and keeps the full name as a title without its
    ending."""
    _, dot, ending = attachment.filename.rpartition(".")
    title = attachment.title
    if not title:
        return attachment.filename
    return title if title.endswith(dot + ending) else f"{title}{dot}{ending if dot else ''}"


def _readable(content: str, guild: discord.Guild | None, called: Called) -> str:
    """The content with Discord's markup outside of code replaced by words, because requesters have no
    Discord to render it."""
    code = code_in(content)

    def words(match: re.Match[str]) -> str:
        return match[0] if code.at(match.start()) else _words_of(match, guild, called)

    return MARKUP.sub(words, content)


def _words_of(markup: re.Match[str], guild: discord.Guild | None, called: Called) -> str:
    if kind := markup["kind"]:
        return mention_name(kind, int(markup["id"]), guild, called)
    if markup["time"]:
        return _time(markup, called.zone)
    if place := markup["place"]:
        return _PLACES.get(place.lower(), place)
    return markup["emoji"] or markup["command"] or markup["unknown"].strip(":@#&!")


def _time(markup: re.Match[str], zone: tzinfo) -> str:
    try:
        moment = (_EPOCH + timedelta(seconds=int(markup["time"]))).astimezone(zone)
        return moment.strftime(_TIMES.get(markup["style"] or "", _AS_USUAL))
    except (OverflowError, ValueError):
        return markup[0]


def _other_things(message: discord.Message, called: Called) -> Iterator[str]:
    for sticker in message.stickers:
        yield in_language(Text("a-sticker", name=sticker.name), called.language)
    if message.poll is not None:
        answers = ", ".join(map(_answer, message.poll.answers))
        poll = Text("a-poll", question=str(message.poll.question), answers=answers)
        yield in_language(poll, called.language)
    yield from _voice(message.attachments, called.language)
    if message.activity is not None:
        app = message.application
        named = Text("an-activity-with-name", name=clean_line(app.name)) if app else Text("an-activity")
        yield in_language(named, called.language)
    if message.author.bot and message.webhook_id is None:  # others have only previews
        yield from _built(message.components, message.embeds, message.guild, called)
    for snapshot in message.message_snapshots:
        yield called.covered("\n".join(_forwarded(snapshot, message.guild, called)))


def _forwarded(
    snapshot: discord.MessageSnapshot, guild: discord.Guild | None, called: Called
) -> Iterator[str]:
    yield in_language(Text("is-forwarded"), called.language)
    if words := _readable(snapshot.content, guild, called).rstrip():
        yield words
    yield from _built(snapshot.components, snapshot.embeds, guild, called)
    for sticker in snapshot.stickers:
        yield in_language(Text("a-sticker", name=sticker.name), called.language)
    yield from _voice(snapshot.attachments, called.language)
    for attachment in snapshot.attachments:
        yield in_language(Text("a-forwarded-file", name=file_of(attachment).name), called.language)


def _voice(attachments: Iterable[discord.Attachment], language: Language) -> Iterator[str]:
    for attachment in attachments:
        if attachment.is_voice_message():
            yield in_language(Text("a-voice-message", seconds=round(attachment.duration or 0)), language)


def _answer(answer: discord.PollAnswer) -> str:
    emoji = answer.emoji
    shown = "" if emoji is None else emoji.name if emoji.id is None else f":{emoji.name}:"
    return " ".join(filter(None, (shown, answer.text)))


def _built(
    components: Iterable[Any],
    embeds: Iterable[discord.Embed],
    guild: discord.Guild | None,
    called: Called,
) -> Iterator[str]:
    """The text of components and embeds, which bots write."""
    for text in (*_component_texts(components), *(it for embed in embeds for it in _embed_texts(embed))):
        yield _readable(text, guild, called)


def _component_texts(components: Iterable[Any]) -> Iterator[str]:
    """The texts of components at any depth. discord.py has a class for each kind."""
    for it in components:
        for name in ("content", "label", "placeholder", "description", "name"):
            if isinstance(text := getattr(it, name, None), str) and text:
                yield text
        for url in (getattr(it, "url", None), getattr(getattr(it, "media", None), "url", None)):
            if isinstance(url, str):
                yield url
        yield from _component_texts([*getattr(it, "children", ()), *getattr(it, "items", ())])
        if (accessory := getattr(it, "accessory", None)) is not None:
            yield from _component_texts([accessory])


def _embed_texts(embed: discord.Embed) -> Iterator[str]:
    """The texts of an embed that somebody wrote. Other embeds are previews of links in the text."""
    if embed.type != "rich":
        return
    texts = [embed.author.name, embed.title, embed.url, embed.description]
    texts += [f"{field.name}: {field.value}" for field in embed.fields]
    texts += [embed.footer.text, embed.image.url, embed.thumbnail.url]
    yield from filter(None, texts)
