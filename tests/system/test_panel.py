"""A member opens a ticket at a panel over real sockets. Guildesk is killed while they talk with staff."""

from typing import Any

from chaos.house import House, until


async def interact(house: House, who: str, **body: Any) -> dict[str, Any]:
    """What the person is shown after using a command, a button or a form."""
    url = f"{house.discord['discord_url']}/api/v10/interactions"
    headers = {"Authorization": house.discord["people"][who]["token"]}
    body |= {"guild_id": house.discord["guild_id"]}
    async with house.session.post(url, json=body, headers=headers, raise_for_status=True) as answer:
        number = answer.headers["X-Sandbox-Interaction"]
    shown: dict[str, Any] = await house.ask_sandbox("GET", f"interactions/{number}?wait=15")
    return shown


def fields(**values: str) -> list[dict[str, Any]]:
    return [
        {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
        for name, value in values.items()
    ]


async def posted_by_webhook(house: House, who: str, channel: str) -> list[str]:
    return [it["content"] for it in await house.somebody(who).read(channel) if it.get("webhook_id")]


async def restarted(house: House) -> None:
    """It listens to Discord again. Just after a kill it is ready as one that follows."""
    await house.start_guildesk()
    await until(house.leads)
    await until(house.is_ready)


async def test_a_ticket_from_discord_goes_on_after_a_kill(house: House) -> None:
    ada, otto, alice = (house.somebody(it) for it in ("ada", "otto", "alice"))
    lobby = house.discord["public_channel_id"]
    await ada.command(house.discord["guild_id"], lobby, "panel")

    async def find_panel() -> str | None:
        return next((it["id"] for it in await otto.read(lobby) if it.get("components")), None)

    panel = await until(find_panel)
    pressed = {"component_type": 2, "custom_id": "guildesk:open:bug"}

    modal = (await interact(house, "otto", type=3, channel_id=lobby, message_id=panel, data=pressed))["modal"]
    form = {
        "custom_id": modal["custom_id"],
        "components": fields(topic="No light", description="Dark."),
    }
    await house.kill_guildesk()  # a form that is being filled in meanwhile is not lost
    await restarted(house)
    await interact(house, "otto", type=5, channel_id=lobby, data=form)
    channel = await house.channel_of({"number": 1}, "alice")

    async def find_thread() -> str | None:
        active = await otto.ask("GET", f"/guilds/{house.discord['guild_id']}/threads/active")
        return next((it["id"] for it in active["threads"]), None)

    thread = await until(find_thread)
    first = await otto.write(thread, "It is drak")
    await house.hears(channel, ["It is drak"])

    await alice.write(channel, "Is it plugged in?")
    await house.kill_guildesk()
    await otto.edit(thread, first["id"], "It is dark")
    await otto.write(thread, "Yes")
    await alice.write(channel, "Odd")
    await restarted(house)

    await house.hears(channel, ["It is dark", "Yes"])

    async def is_answered() -> bool:
        said = await posted_by_webhook(house, "otto", thread)
        return [it.removeprefix(f"<@{otto.id}> ") for it in said] == ["Is it plugged in?", "Odd"]

    await until(is_answered)
    assert len(await house.ever_said_by_requesters(channel)) == 2
    assert len(await house.ever_said_by_requesters(thread)) == 2
    closing = next(it for it in await otto.read(thread) if it.get("components"))
    button = closing["components"][0]["components"][0]["custom_id"]
    used = {"component_type": 2, "custom_id": button}
    await interact(house, "otto", type=3, channel_id=thread, message_id=closing["id"], data=used)
    await until(lambda: house.is_removed(channel))
    assert (await otto.ask("GET", f"/channels/{thread}"))["thread_metadata"]["locked"]
