"""Opening tickets in Discord: from a panel, with /open, from a message, and for a member."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import discord
from discord import app_commands

from cogs.action import Action
from cogs.carrying_buttons import CarryingButton
from cogs.choosing import select_that
from cogs.form_ids import Again
from cogs.form_modal import Filled, FormModal
from cogs.members import caller_of, person_of, roles_of
from cogs.replies import Answer, Declined, answer, words
from texts.text import Text, Words, joined
from tickets.characters import clean_line, clean_text, shows_nothing
from tickets.desks.ticket_desk import NewTicket
from tickets.forms import MOST_FILES, Form, Given
from tickets.ids import new_id
from tickets.model import Attachment, Caller, Person, Ticket, TicketId
from tickets.ports.store import StoreUnavailable
from tickets.refusals import Refusal
from tickets.sources import from_command
from wire.form_names import called

OPEN = "open"
"""The key of the buttons on panels, which carry the form's slug."""
TOPIC_LIMIT = 100
PATIENCE = 8.0
"""Seconds for which the answer waits for the thread, so that it can link to it."""


class Opening(Action):
    """Opens tickets. The requester then talks with staff in a private thread."""

    is_for_members = True

    def forms(self) -> dict[str, Again]:
        return {"open": self._again}

    async def _again(self, interaction: discord.Interaction, carried: str) -> FormModal:
        """The form, built again for the person for whom it was opened. Files of a message are lost."""
        slug, home, user_id = carried.split(":")
        person = await self._person(interaction, int(user_id))
        form = self._form(slug, Caller(person) if person else caller_of(interaction.user))
        return self._modal(interaction, form, int(home), person)

    def _modal(
        self,
        interaction: discord.Interaction,
        form: Form,
        home: int,
        person: Person | None,
        description: str = "",
        files: tuple[discord.Attachment, ...] = (),
    ) -> FormModal:
        carried = f"{form.slug}:{home}:{person.key.id if person else 0}"
        submitted = partial(self._submit, form, home, person, files)
        form_id = self.means.form_ids.of("open", carried)
        return FormModal(form_id, form, self.language(interaction), submitted, description)

    async def _person(self, interaction: discord.Interaction, user_id: int) -> Person | None:
        """The person for whom the ticket is opened; None for the person who opens it."""
        if not user_id or interaction.guild is None:
            return None
        try:
            return person_of(await interaction.guild.fetch_member(user_id))
        except discord.NotFound:
            raise Declined(Text("no-such-member")) from None

    def carrying_buttons(self) -> list[CarryingButton]:
        return [CarryingButton(OPEN, Text("open-ticket"), self._ask)]

    def items(self) -> Sequence[type[discord.ui.DynamicItem[Any]]]:
        return [select_that(self._ask)]

    def menus(self) -> Sequence[app_commands.ContextMenu]:
        from_message = app_commands.ContextMenu(
            name="Open a ticket from this message", callback=self._from_message
        )
        for_member = app_commands.ContextMenu(name="Open a ticket for this member", callback=self._for_member)
        return [app_commands.guild_only(it) for it in (from_message, for_member)]

    @app_commands.command(name="open")
    @app_commands.describe(kind="What it is about")
    @app_commands.guild_only()
    async def open_ticket(
        self, interaction: discord.Interaction, kind: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Open a ticket: you talk with staff in a private thread."""
        slugs = {it.name.casefold(): it.slug for it in self._called(interaction)}
        typed = (kind or "").strip().casefold()
        await self._ask(interaction, kind if kind in slugs.values() else slugs.get(typed, kind))

    @open_ticket.autocomplete("kind")
    async def _kinds(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = [it for it in self._called(interaction) if typed.lower() in it.name.lower()]
        return [app_commands.Choice(name=it.name, value=it.slug) for it in found[:25]]

    def _called(self, interaction: discord.Interaction) -> list[Form]:
        """The forms that the person is offered, named in their language."""
        offered = self.means.desk.forms_for(caller_of(interaction.user))
        return [called(it.form, self.language(interaction)) for it in offered]

    async def _from_message(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Staff opens it for the message's author. Everybody else opens it for themselves."""
        author = message.author
        is_by_staff = self.means.staff.caller(interaction.user) is not None
        is_for_author = is_by_staff and not author.bot and self.means.staff.caller(author) is None
        said = await self.means.form_files.said(message, self.language(interaction))
        await self._ask(
            interaction,
            None,
            person=person_of(author) if is_for_author and author != interaction.user else None,
            description="\n\n".join(filter(None, (said, message.jump_url))),
            files=tuple(self.means.form_files.in_message(message)),
        )

    async def _for_member(self, interaction: discord.Interaction, member: discord.Member) -> None:
        """For staff."""
        if self.means.staff.caller(interaction.user) is None:
            await self._decline(interaction, Text("staff-only"))
        elif member.bot:
            await self._decline(interaction, Text("bots-ask-nothing"))
        else:
            await self._ask(interaction, None, person=person_of(member))

    async def _ask(
        self,
        interaction: discord.Interaction,
        slug: str | None,
        *,
        person: Person | None = None,
        description: str = "",
        files: tuple[discord.Attachment, ...] = (),
    ) -> None:
        """Show the form. Somebody who may not open a ticket is told so before."""
        try:
            home = await self._home(interaction)
            form = self._form(slug, Caller(person) if person else caller_of(interaction.user))
            if person is None and not form.takes(roles_of(interaction.user)):
                name = called(form, self.language(interaction)).name
                raise Declined(Text("form-not-for-you", form=name))
            await self.means.desk.may_open(await self._caller(interaction, person), form)
        except (Refusal, StoreUnavailable, Declined) as problem:
            await self._decline(interaction, words(problem))
        else:
            modal = self._modal(interaction, form, home, person, description, files)
            await interaction.response.send_modal(modal)
        if person is None:
            await self._let_in_again(interaction.user)

    async def _let_in_again(self, user: discord.User | discord.Member) -> None:
        """Let somebody into their threads who comes to the panel. Whoever has left the guild and come back is
        in none of them."""
        if isinstance(user, discord.Member) and user.joined_at is not None:
            with suppress(StoreUnavailable):
                caller = await self.means.members.caller(user)
                await self.means.threads.let_in_again(caller.key, int(user.joined_at.timestamp() * 1000))

    async def _submit(
        self,
        form: Form,
        home: int,
        person: Person | None,
        files: tuple[discord.Attachment, ...],
        interaction: discord.Interaction,
        filled: Filled,
    ) -> None:
        work = self._open(interaction, form, home, person, filled, files)
        await answer(interaction, work, self.means.language)

    async def _open(
        self,
        interaction: discord.Interaction,
        form: Form,
        home: int,
        person: Person | None,
        filled: Filled,
        files: Sequence[discord.Attachment],
    ) -> Answer | Words:
        caller = await self._caller(interaction, person)
        await self.means.desk.may_open(caller, form)
        topic, description = clean_line(filled.topic).strip(), clean_text(filled.description)
        if shows_nothing(topic) or shows_nothing(description):
            raise Declined(Text("form-needs-words"))
        answers, attached, lost = await self._with_files(form, filled, files, str(interaction.id))
        new = NewTicket(
            topic=topic[:TOPIC_LIMIT],
            description=description,
            category=form.slug,
            answers=answers,
            attachments=tuple(attached),
            panel_channel_id=home,
            locale=str(interaction.locale) if person is None else None,
        )
        ticket = await self.means.desk.open(
            caller,
            new,
            requester=None if person is None else await self.means.members.person(person),
            ticket_id=TicketId(new_id()),
            source=from_command(interaction.id),
        )
        return await self._told(ticket, form, lost)

    async def _with_files(
        self, form: Form, filled: Filled, files: Sequence[discord.Attachment], mark: str
    ) -> tuple[Given, list[Attachment], list[str]]:
        """The answers, in which files are named by their copies; all copies, including the files of the
        message; and the names of what could not be copied. Raises Declined if that is an answer that the form
        needs."""
        answers, attached, lost = dict(filled.answers), list[Attachment](), list[str]()
        for question in form.questions:
            if (file := filled.files.get(question.id)) is None:
                continue
            copied, missing = await self.means.form_files.copied([file], mark)
            if missing and question.required:
                did_not_go = Text("something-did-not-go", what=missing[0])
                raise Declined(joined((did_not_go, Text("form-needs-file", question=question.label)), " "))
            for file_copy in copied:
                answers[question.id] = file_copy.id
            attached += copied
            lost += missing
        room = MOST_FILES - len(attached)
        brought, missing = await self.means.form_files.copied(files[:room], mark)
        return answers, [*brought, *attached], [*missing, *(it.filename for it in files[room:]), *lost]

    async def _told(self, ticket: Ticket, form: Form, lost: Sequence[str]) -> Words:
        """The answer: where the ticket continues, whether staff is there, and which files could not be
        copied."""
        thread_id = await self.means.threads.made(ticket.id, PATIENCE)
        opened = (
            Text("ticket-opened-later", number=ticket.number)
            if thread_id is None
            else Text("ticket-opened", number=ticket.number, thread=f"<#{thread_id}>")
        )
        is_open = form.is_open(self.means.clock())
        closed = None if is_open else form.closed_text or Text("nobody-is-there")
        did_not_go = Text("something-did-not-go", what="; ".join(lost)) if lost else None
        return joined(it for it in (opened, closed, did_not_go) if it)

    async def _caller(self, interaction: discord.Interaction, person: Person | None) -> Caller:
        """The caller: as staff, if the ticket is for somebody else."""
        if person is None:
            return await self.means.members.caller(interaction.user)
        caller = self.means.staff.caller(interaction.user)
        if caller is None:
            raise Declined(Text("staff-only"))
        return caller

    def _form(self, slug: str | None, requester: Caller) -> Form:
        """The form with this slug, or the default one, if the requester may use it."""
        for offered in self.means.desk.forms_for(requester):
            if offered.form.slug == slug or (slug is None and offered.is_default):
                return offered.form
        raise Declined(Text("no-such-form"))

    async def _home(self, interaction: discord.Interaction) -> int:
        user, pressed, here = interaction.user, interaction.message, interaction.channel_id
        if pressed is not None and here is not None:  # a kill may have come before it was recorded
            await self.means.panels.put_up(here, pressed.id)
        home = None
        if isinstance(user, discord.Member):
            home = await self.means.panels.home_for(user, here)
        if home is None:
            raise Declined(Text("no-panel"))
        return home

    async def _decline(self, interaction: discord.Interaction, why: Words) -> None:
        async def declined() -> Words:
            return why

        await answer(interaction, declined(), self.means.language)
