"""The doctor: tries everything for real, and tells an admin what is wrong."""

import io
from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.replies import Answer
from config.fault_words import worded
from config.faults import Fault
from texts.text import Text, Words, joined
from tickets import policy

ROOM: Final = 1_700
"""Characters of faults in a message, which may have 2,000. The file has all faults."""


class Doctoring(Action):
    @app_commands.command()
    @app_commands.guild_only()
    @by_staff
    async def doctor(self, asked: Asked) -> Answer:
        """Try everything for real, and see what is wrong, with its cure."""
        policy.must_be_admin(asked.caller, "examine the desk")
        found = await self.means.doctor.examine()
        file = discord.File(io.BytesIO(found.report.encode()), "doctor.txt")
        if not found.faults:
            return Answer(Text("doctor-finds-nothing"), file=file)
        warnings = sum(it.is_warning for it in found.faults)
        heading = Text("doctor-found", faults=len(found.faults) - warnings, warnings=warnings)
        return Answer(joined((heading, *self._lines(found.faults, asked))), file=file)

    def _lines(self, faults: Sequence[Fault], asked: Asked) -> list[Words]:
        """Lines for the faults, the worst first, as many as there is room for."""
        lines: list[Words] = []
        room = ROOM
        for fault in sorted(faults, key=lambda it: (it.is_warning, not it.is_dangerous)):
            line = f"{'⚠️' if fault.is_warning else '❌'} {worded(fault, asked.language)}"
            room -= len(line)
            if room < 0:
                return [*lines, Text("doctor-more-in-file")]
            lines.append(line)
        return lines
