"""Every kind of message has a text: nothing is left out silently."""

from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import discord
import pytest

from bot.hearing.contents import file_of, fit, text_of, too_large
from bot.hearing.mentions import Called
from texts.language import Language
from tickets.characters import clean_file_name


def message(**parts: Any) -> discord.Message:
    """As much of a Discord message as its text is made of."""
    empty: dict[str, Any] = {
        "content": "",
        "author": SimpleNamespace(bot=False),
        "webhook_id": None,
        "guild": GUILD,
        "stickers": [],
        "poll": None,
        "attachments": [],
        "embeds": [],
        "components": [],
        "message_snapshots": [],
        "activity": None,
        "application": None,
    }
    return cast(discord.Message, SimpleNamespace(**{**empty, **parts}))


class _Guild:
    """It has one role and one channel."""

    def get_role(self, role_id: int) -> object:
        return SimpleNamespace(name="Technicians") if role_id == 7 else None

    def get_channel_or_thread(self, channel_id: int) -> object:
        return SimpleNamespace(name="rules") if channel_id == 8 else None


GUILD = _Guild()


def said(text: str, **names: str) -> str:
    """What requesters read of it; ``names`` are those of users by id."""
    return text_of(
        message(content=text), Called({int(it.removeprefix("u")): name for it, name in names.items()})
    )


def attachment(
    size: int,
    content_type: str | None = "image/PNG; charset=binary",
    filename: str = "a.png",
    title: str | None = None,
    duration: float | None = None,
) -> discord.Attachment:
    made = SimpleNamespace(
        id=77,
        filename=filename,
        title=title,
        size=size,
        content_type=content_type,
        duration=duration,
        is_voice_message=lambda: duration is not None,
    )
    return cast(discord.Attachment, made)


def forwarded(**parts: Any) -> SimpleNamespace:
    empty: dict[str, Any] = {"content": "", "embeds": [], "components": [], "stickers": [], "attachments": []}
    return SimpleNamespace(**{**empty, **parts})


ANSWER = SimpleNamespace(text="Yes", emoji=None)
EMOJI = SimpleNamespace(text="Pizza", emoji=discord.PartialEmoji(name="🍕"))
OWN_EMOJI = SimpleNamespace(text="", emoji=discord.PartialEmoji(name="party", id=123456789012345678))
EMBED = discord.Embed(title="Order 5", description="For <@9>, at <t:0:t>").add_field(name="Sum", value="5 €")
EMBED.set_author(name="Shop").set_footer(text="Thanks")
TEXT, BUTTON, SECTION, THUMBNAIL, GALLERY, FILE, CONTAINER = 10, 2, 9, 11, 12, 13, 17
BUILT = {
    "type": CONTAINER,
    "components": [
        {"type": TEXT, "content": "# Status"},
        {
            "type": SECTION,
            "components": [{"type": TEXT, "content": "It <@&7> works"}],
            "accessory": {"type": BUTTON, "style": 5, "label": "More", "url": "https://a.example"},
        },
        {
            "type": SECTION,
            "components": [{"type": TEXT, "content": "Beside"}],
            "accessory": {"type": THUMBNAIL, "media": {"url": "https://a.example/small.png"}},
        },
        {
            "type": GALLERY,
            "items": [{"media": {"url": "https://a.example/large.png"}, "description": "A picture"}],
        },
        {"type": FILE, "file": {"url": "https://a.example/plan.pdf"}, "name": "plan.pdf"},
    ],
}
READ = """[Forwarded]
# Status
It @Technicians works
More
https://a.example
Beside
https://a.example/small.png
A picture
https://a.example/large.png
plan.pdf
https://a.example/plan.pdf"""
COMPONENTS = [discord.components._component_factory(cast(Any, BUILT))]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"stickers": [SimpleNamespace(name="Wave")]}, "[Sticker: Wave]"),
        (
            {"poll": SimpleNamespace(question="Lunch?", answers=[ANSWER, EMOJI, OWN_EMOJI])},
            "[Poll: Lunch? – Yes, 🍕 Pizza, :party:]",
        ),
        (
            {"message_snapshots": [forwarded(content="look <@9>", attachments=[attachment(1)])]},
            "[Forwarded]\nlook @unknown user\n[Forwarded file: a.png]",
        ),
        (
            {"message_snapshots": [forwarded(embeds=[EMBED], stickers=[SimpleNamespace(name="Wave")])]},
            "[Forwarded]\nShop\nOrder 5\nFor @unknown user, at 00:00 UTC\nSum: 5 €\nThanks\n[Sticker: Wave]",
        ),
        (
            {"message_snapshots": [forwarded(components=COMPONENTS)]},
            READ,
        ),
        (
            {"attachments": [attachment(1, "audio/ogg", "voice-message.ogg", duration=11.6)]},
            "[Voice message, 12 s]",
        ),
        (
            {"activity": {"type": 1}, "application": SimpleNamespace(name="Chess\u202e")},
            "[Invitation to an activity: Chess]",
        ),
        ({"activity": {"type": 3, "party_id": "spotify:1"}}, "[Invitation to an activity]"),
        ({"author": SimpleNamespace(bot=True), "embeds": [discord.Embed(title="Built")]}, "Built"),
        ({"content": "https://a.example", "embeds": [discord.Embed(title="A preview")]}, "https://a.example"),
    ],
)
def test_what_is_no_words_has_a_line_all_the_same(parts: dict[str, Any], expected: str) -> None:
    assert text_of(message(**parts), Called()) == expected


def test_it_is_named_in_the_language_of_the_requester() -> None:
    hi = message(content="<#99>", stickers=[SimpleNamespace(name="Wave")], poll=None)
    voice = attachment(1, "audio/ogg", "voice-message.ogg", duration=11.6)

    assert text_of(hi, Called(language=Language.DE)) == "#unbekannter Kanal\n[Sticker: Wave]"
    assert text_of(message(attachments=[voice]), Called(language=Language.DE)) == "[Sprachnachricht, 12 s]"


def test_words_come_before_the_other_things() -> None:
    hi = message(content="Hi", stickers=[SimpleNamespace(name="Wave")])

    assert text_of(hi, Called()) == "Hi\n[Sticker: Wave]"


def test_times_are_those_of_the_desks_zone() -> None:
    berlin = Called(zone=ZoneInfo("Europe/Berlin"))

    written = message(content="<t:1700000000:t>, <t:1699999200:D>, <t:1700003600:D>, <t:1690000000>")

    assert text_of(written, berlin) == "23:13 CET, 2023-11-14, 2023-11-15, 2023-07-22 06:26 CEST"


def test_what_nobody_sees_is_not_passed_on() -> None:
    hidden = "\ufeff<@123456789012345678>:\u200b \x1b[0m\x0b\u2067\u05d0"

    assert said(hidden, u123456789012345678="Casey") == "@Casey: [0m\n\u2067\u05d0\u2069"
    assert said("\u200b\u2800\ufe0f").strip("\u2800") == ""


@pytest.mark.parametrize(
    ("shown_by_discord", "read_by_requesters"),
    [
        ("<t:1700000000>", "2023-11-14 22:13 UTC"),
        ("until <t:1700000000:R>, then", "until 2023-11-14 22:13 UTC, then"),
        ("<t:1700000000:t>", "22:13 UTC"),
        ("<t:1700000000:T>", "22:13:20 UTC"),
        ("<t:1700000000:D>", "2023-11-14"),
        ("<t:-1:F>", "1969-12-31 23:59 UTC"),
        ("<t:1700000000:s>", "2023-11-14 22:13 UTC"),
        ("<t:1700000000:S>", "2023-11-14 22:13:20 UTC"),
        ("<t:1700000000:x>", "2023-11-14 22:13 UTC"),
        ("<id:guide> and <id:linked-roles:123456789012345678>", "Server Guide and Linked Roles"),
        ("<id:somewhere-new>", "somewhere-new"),
        (
            "<@123456789012345678> <@!9> <@&12> <#1>",
            "@unknown user @unknown user @unknown role #unknown channel",
        ),
        ("<@&7> in <#8>", "@Technicians in #rules"),
        ("<sound:123456789012345678:987654321098765432>", "sound"),
        ("<new:thing:123456789012345678>", "new:thing"),
        ("`<t:0:t> <@9>` <t:0:t>", "`<t:0:t> <@9>` 00:00 UTC"),
        ("```\n<id:guide>\n</a:1>\n```", "```\n<id:guide>\n</a:1>\n```"),
        ("<https://a.example/123456789012345678>", "<https://a.example/123456789012345678>"),
        ("<h1>a</h1> a <3 b", "<h1>a</h1> a <3 b"),
        ("<t:99999999999999999>", "<t:99999999999999999>"),
        ("<t:soon>", "<t:soon>"),
        ("try </close now:123456789012345678>", "try /close now"),
        ("<a:party_parrot:123456789012345678>", ":party_parrot:"),
    ],
)
def test_what_discord_shows_in_its_own_way_is_put_into_words(
    shown_by_discord: str, read_by_requesters: str
) -> None:
    assert said(shown_by_discord) == read_by_requesters


@pytest.mark.parametrize(
    ("filename", "title", "name"),
    [
        ("___.pdf", "отчёт", "отчёт.pdf"),
        ("a.tar.gz", "あ.tar", "あ.tar.gz"),
        ("plan.pdf", "plan.pdf", "plan.pdf"),
        ("_", "план", "план"),
        ("plan.pdf", None, "plan.pdf"),
        ("___.pdf", "../отчёт", ".._отчёт.pdf"),
    ],
)
def test_a_file_has_the_name_that_it_was_given(filename: str, title: str | None, name: str) -> None:
    expected = clean_file_name(name)

    assert file_of(attachment(1, filename=filename, title=title)).name == expected


def test_the_same_file_has_the_same_id() -> None:
    assert file_of(attachment(5)) == file_of(attachment(5))
    assert file_of(attachment(5)).type == "image/png"
    assert file_of(attachment(5, None)).type == "application/octet-stream"


def test_a_file_over_the_limit_is_told_of() -> None:
    small, large = attachment(10), attachment(11)

    assert list(fit([small, large], 10)) == [small]
    assert too_large([small, large], 10, Language.EN) == [
        "[A file was too large to be passed on: a.png, 11 bytes]",
    ]
