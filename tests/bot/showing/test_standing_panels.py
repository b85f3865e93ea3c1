"""Panels of the desk file stand in their channels, one each, and follow the file."""

from pathlib import Path

import discord

from bot.showing.admins import Admins
from bot.showing.standing_panels import StandingPanels
from cogs.panel_view import is_panel
from config.current_desk import CurrentDesk
from tests.cards import walked
from tests.office import Office, office
from tests.waiting import until
from texts.language import Language


def panels(desk_office: Office) -> list[discord.Message]:
    return [it for it in desk_office.lobby.history() if is_panel(it)]


def read(message: discord.Message) -> str:
    return "\n".join(it.content for it in walked(message.components) if isinstance(it, discord.TextDisplay))


def labels(message: discord.Message) -> list[str | None]:
    return [it.label for it in walked(message.components) if isinstance(it, discord.Button)]


def says(desk_office: Office, words: str) -> bool:
    return any(words in read(it) for it in panels(desk_office))


async def test_a_panel_is_put_up_and_follows_the_file(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text("")
    desk_file = CurrentDesk(file)
    async with office(tmp_path, desk_file=desk_file) as desk_office:
        stands = f"[[panels]]\nchannel = {desk_office.lobby.id}\n"
        file.write_text(stands + 'title = "Ask us"\n')
        desk_file.read()
        await until(lambda: says(desk_office, "Ask us"))
        (first,) = panels(desk_office)

        file.write_text(stands + 'title = "How can we help?"\nkinds = ["other", "bug"]\n')
        desk_file.read()
        await until(lambda: says(desk_office, "How can we help?"))
        (second,) = panels(desk_office)
        shown = await desk_office.people["outsider"].click(second, label="Bug")

    assert first.id == second.id
    assert (labels(first), labels(second)) == (["Bug", "Idea", "Support", "Other"], ["Other", "Bug"])
    assert shown.modal is not None


async def test_the_next_process_goes_on_with_the_same_message_and_a_deleted_one_comes_again(
    tmp_path: Path,
) -> None:
    file = tmp_path / "desk.toml"
    file.write_text("")
    desk_file = CurrentDesk(file)
    async with office(tmp_path, desk_file=desk_file) as desk_office:
        file.write_text(f'[[panels]]\nchannel = {desk_office.lobby.id}\ntitle = "Ask us"\n')
        desk_file.read()
        await until(lambda: says(desk_office, "Ask us"))
        (first,) = panels(desk_office)

        for _ in range(2):
            await next_process(desk_office, desk_file)
        (same,) = panels(desk_office)
        await desk_office.by_hand(desk_office.client.http.delete_message(same.channel.id, same.id))
        await next_process(desk_office, desk_file)
        (again,) = panels(desk_office)
        former = desk_office.env.create_user("former", bot=True)  # as before the token of another application
        desk_office.env.backend.messages[again.channel.id][again.id].author_id = former.id
        await next_process(desk_office, desk_file)
        (own,) = panels(desk_office)

    assert first.id == same.id != again.id != own.id


async def next_process(desk_office: Office, desk_file: CurrentDesk) -> None:
    """What one more leader begins with."""
    successor = StandingPanels(
        desk_office.client,
        desk_office.store.threads,
        desk_office.guild_map,
        desk_file,
        Language.EN,
        Admins(desk_office.guild_map),
    )
    assert await successor.put_up()


async def test_a_panel_that_cannot_be_put_up_is_told_until_it_is(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text("")
    desk_file = CurrentDesk(file)
    async with office(tmp_path) as desk_office:
        admins = Admins(desk_office.guild_map)
        places = desk_office.client, desk_office.store.threads, desk_office.guild_map
        standing = StandingPanels(*places, desk_file, Language.EN, admins)
        stands = f"[[panels]]\nchannel = {desk_office.lobby.id}\n"

        file.write_text(stands.replace(str(desk_office.lobby.id), "123456789012345678"))
        desk_file.read()
        elsewhere = await standing.put_up(), [it.code for it in admins.lasting]
        file.write_text(stands)
        desk_file.read()
        desk_office.env.inject_error("POST", "/channels/*/messages", status=400, code=50035, times=1)
        refused = await standing.put_up(), [it.code for it in admins.lasting]
        is_up = await standing.put_up()

    assert elsewhere == refused == (False, ["panel_waits"])
    assert (is_up, admins.lasting) == (True, [])
