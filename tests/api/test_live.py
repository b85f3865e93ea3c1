"""Sockets: who hears what, and when."""

from tests.api.stage import Stage, listening, token


async def test_a_token_in_the_query_authorizes(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage, query=token()) as ear:
        assert await ear.until("authorized") == {"user_id": "ann"}
        await stage.answered(ticket, "Look here")

        message = await ear.until("message")

    assert message["content"] == "Look here"
