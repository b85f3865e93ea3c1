"""Builds the actions of people in Discord, and adds them to the client."""

from collections.abc import Sequence
from functools import partial

import discord
from discord.app_commands import ContextMenu
from discord.ext import commands

from bot.connection.client import GuildClient
from bot.connection.guild import TO_HOST
from bot.hearing.both_sides import BothSides
from bot.hearing.form_files import FormFiles
from bot.hearing.inbox import Inbox
from bot.hearing.mentions import Mentions
from bot.program.common import Common
from bot.program.requesters_work import RequestersWork
from bot.showing.figures import FiguresInWords
from bot.showing.transcript_files import TranscriptFiles
from cogs.action import Action, Means
from cogs.card_buttons import answering_view
from cogs.carrying_buttons import kind_of_buttons
from cogs.examinations import Doctor
from cogs.form_ids import ReturningForms
from cogs.members import Members
from cogs.more import More
from cogs.panels import Panels
from cogs.replies import tell_no_such_member
from tickets.desks.common_desks import common_desks
from tickets.desks.correcting_desk import CorrectingDesk
from tickets.desks.keeping_desk import KeepingDesk
from tickets.desks.report_desk import ReportDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.file_urls import FileUrls
from transcripts.reader import Reader


class Acting:
    """All actions, and their buttons by place."""

    def __init__(self, common: Common, inbox: Inbox, requesters: RequestersWork, doctor: Doctor) -> None:
        store, options = common.store, common.options
        self.transcripts = TranscriptFiles(
            store,
            options.public_url,
            FileUrls(options.public_url, store.deployment.secret),
            lambda: Reader(options.language, options.desk_file.zone()),
        )
        self.means = _means(common, inbox, requesters, self.transcripts, doctor)
        self._actions = [action(self.means) for action in options.actions]
        self._buttons = [
            button
            for action in (*self._actions, More(self.means, self._actions))
            for button in action.buttons()
        ]
        self._needed = options.commands_need
        self.on_cards = [button for button in self._buttons if not button.in_more]
        self.on_transcripts = [button for action in self._actions for button in action.transcript_buttons()]
        self.on_notices = [button for action in self._actions for button in action.notice_buttons()]
        self.on_plans = [button for action in self._actions for button in action.plan_buttons()]
        self.on_boards = [button for action in self._actions for button in action.board_buttons()]

    def equip(self, client: GuildClient, cogs: Sequence[commands.Cog]) -> None:
        """Give the client all actions with their commands, buttons and menus, and further cogs."""
        carrying = [button for action in self._actions for button in action.carrying_buttons()]
        again = {key: it for action in self._actions for key, it in action.forms().items()}
        returning = ReturningForms(self.means.form_ids, again, self.means.language)
        client.tell_no_such_member = partial(tell_no_such_member, otherwise=self.means.language)
        client.equip(
            (*self._actions, returning, *cogs),
            answering_view(
                self._buttons, [select for action in self._actions for select in action.selects()]
            ),
            [
                kind_of_buttons([*self.on_notices, *carrying]),
                *(item for action in self._actions for item in action.items()),
            ],
            _menus_of(self._actions, self._needed),
        )


def _menus_of(actions: Sequence[Action], needed: discord.Permissions | None) -> list[ContextMenu]:
    """The entries in menus. They and the commands of staff are shown to people with the needed
    permissions."""
    menus: list[ContextMenu] = []
    for action in actions:
        own = action.menus()
        menus += own
        if not action.is_for_members:
            for command in (*action.get_app_commands(), *own):
                command.default_permissions = needed
    return menus


def _means(
    common: Common, inbox: Inbox, requesters: RequestersWork, transcripts: TranscriptFiles, doctor: Doctor
) -> Means:
    desk, store, clock, options = common.desk, common.store, common.clock, common.options
    staff, lines = common.staff, common.lines
    return Means(
        **common_desks(desk, store, clock, options.inbox.staff_names).common(),
        desk=desk,
        staff_desk=StaffDesk(desk, store),
        keeping=KeepingDesk(desk, clock, options.close_grace),
        figures=FiguresInWords(ReportDesk(store, clock), store.people),
        correcting=CorrectingDesk(desk, store),
        channels=store.channels,
        staff=staff,
        members=Members(store),
        turns=BothSides(store, inbox, requesters.inbox),
        own_turns=requesters.inbox,
        threads=requesters.threads,
        form_files=FormFiles(
            store.files,
            Mentions(store, staff, options.inbox.staff_names, options.desk_file.zone),
            options.inbox.max_file_bytes,
        ),
        panels=Panels(store.threads, TO_HOST),
        transcripts=transcripts,
        lines=lines,
        doctor=doctor,
        clock=clock,
        zone=options.desk_file.zone,
        language=options.language,
    )
