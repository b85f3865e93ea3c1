"""Finds out whether a message calls a colleague. Such a message is hardly meant for the requester."""

import discord

from bot.hearing.authors import Authors
from bot.showing.code import MARKUP, code_in
from cogs.staff import Staff


class Colleagues:
    """Reads only the text, so that the ping of a reply does not count."""

    def __init__(self, staff: Staff, authors: Authors) -> None:
        self._staff = staff
        self._authors = authors

    async def are_called(self, message: discord.Message) -> bool:
        """Whether the message mentions a role, everybody, or somebody else of staff."""
        if message.mention_everyone:
            return True
        code = code_in(message.content)
        found = [it for it in MARKUP.finditer(message.content) if it["kind"] and not code.at(it.start())]
        if any(it["kind"] == "@&" for it in found):
            return True
        users = {int(it["id"]) for it in found if it["kind"] in ("@", "@!")} - {message.author.id}
        known = {it.id: it for it in message.mentions if isinstance(it, discord.Member)}
        for user_id in users:
            member = known.get(user_id)
            if member is None and message.guild is not None:
                member = await self._authors.member(message.guild, user_id)
            if member is not None and self._staff.caller(member) is not None:
                return True
        return False
