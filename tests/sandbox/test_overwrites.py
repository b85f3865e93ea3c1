"""Overwrites as Discord has them: what changes them, and what the audit log tells of it."""

import discord

from tests.sandbox.place import Bot, Place

VIEW = str(discord.Permissions(view_channel=True).value)


async def entries(place: Place) -> list[tuple[int, str, str, str]]:
    reply = await place.ask("bot", "GET", f"/guilds/{place.info['guild_id']}/audit-logs")
    return [
        (it["action_type"], it["user_id"], it["target_id"], it["options"]["id"])
        for it in reply.body["audit_log_entries"]
        if it["action_type"] in (13, 14, 15)
    ]


async def test_each_change_of_an_overwrite_is_in_the_audit_log_with_who_did_it(
    ticket: discord.TextChannel, place: Place
) -> None:
    olive, otto = (place.info["people"][name]["id"] for name in ("olive", "otto"))
    path, channel = f"/channels/{ticket.id}/permissions/{otto}", str(ticket.id)

    await place.ask("olive", "PUT", path, json={"type": 1, "allow": VIEW, "deny": "0"})
    await place.ask("olive", "PUT", path, json={"type": 1, "allow": "0", "deny": VIEW})
    await place.ask("olive", "DELETE", path)

    assert await entries(place) == [(action, olive, channel, otto) for action in (15, 14, 13)]


async def test_the_audit_log_tells_later(ticket: discord.TextChannel, place: Place) -> None:
    await place.tell("PUT", "/limits", json={"audit_seconds": 60})
    path = f"/channels/{ticket.id}/permissions/{place.info['people']['otto']['id']}"

    await place.ask("olive", "PUT", path, json={"type": 1, "allow": VIEW, "deny": "0"})

    assert await entries(place) == []
    await place.tell("PUT", "/limits", json={"audit_seconds": 0})
    assert len(await entries(place)) == 1


async def test_a_synchronized_channel_follows_its_category_from_then_on(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    guild, category = place.info["guild_id"], place.info["categories"]["general"]
    move = [{"id": str(ticket.id), "parent_id": category, "position": 1}]
    await place.ask("olive", "PATCH", f"/guilds/{guild}/channels", json=move)
    assert (await place.ask("otto", "GET", f"/channels/{ticket.id}")).status == 403

    await place.ask(
        "olive", "PATCH", f"/guilds/{guild}/channels", json=[{**move[0], "lock_permissions": True}]
    )
    assert (await place.ask("otto", "GET", f"/channels/{ticket.id}")).status == 200

    hidden = {"type": 0, "allow": "0", "deny": VIEW}
    await place.ask("olive", "PUT", f"/channels/{category}/permissions/{guild}", json=hidden)
    assert (await place.ask("otto", "GET", f"/channels/{ticket.id}")).status == 403
