"""Members open tickets in Discord, and talk with staff in a private thread."""

from pathlib import Path
from zoneinfo import ZoneInfo

import discord
import pytest
from simcord.backend.access import can_access_channel
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.connection.inspecting import faults_of_panels
from cogs.panel_view import panel_view
from tests.cogs.counter import all_shown, open_at, panel_in, say, texts, thread_of, told, with_panel
from tests.office import CASEY, Office, office
from texts.language import Language
from tickets.forms import Form, Forms, Question, QuestionKind
from tickets.hours import Hours
from tickets.model import IssueLevel, UserKey, UserRole


async def test_a_member_opens_a_ticket_at_the_panel(desk_office: Office) -> None:
    member = desk_office.people["outsider"]
    await with_panel(desk_office)

    shown = await member.click(panel_in(desk_office), label="Bug")
    said = told(await member.submit_modal(shown, {"topic": "No light", "description": "The lamp is dark."}))
    await all_shown(desk_office)

    ticket = await desk_office.store.views.ticket_at("1")
    assert ticket is not None
    thread = thread_of(desk_office, ticket)
    assert said == f"Ticket 1 is open: {thread.mention}"
    assert (ticket.requester, ticket.requester_role) == (
        UserKey("guildesk.discord", str(member.id)),
        UserRole.CUSTOMER,
    )
    assert (ticket.topic, ticket.description) == ("No light", "The lamp is dark.")
    assert ticket.issue_level is IssueLevel.NORMAL
    (welcome,) = [it for it in thread.history() if it.embeds]
    assert welcome.content.startswith(f"{member.mention} this is ticket **1**.")
    assert welcome.embeds[0].description == "The lamp is dark."
    assert "ticket-0001" in desk_office.guild.channels


async def test_the_thread_is_private_and_its_requester_sees_no_channel(desk_office: Office) -> None:
    member = desk_office.people["outsider"]
    stranger = desk_office.guild.add_member(desk_office.env.create_user("stranger"))
    await with_panel(desk_office)

    _, channel, thread = await open_at(desk_office, member)

    assert can_access_channel(desk_office.env, thread.id, member)
    assert not can_access_channel(desk_office.env, thread.id, stranger)
    assert not can_access_channel(desk_office.env, channel.id, member)


async def test_both_sides_talk(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)

    first = await say(desk_office, member, thread, "Still dark.")
    await say(desk_office, agent, channel, "Is it plugged in?")
    await say(desk_office, agent, channel, "// he will never learn")
    await say(desk_office, member, thread, "// no note", attachments=[("lamp.png", b"png")])

    messages = await desk_office.messages(ticket)
    assert [(it.author.type, it.content) for it in messages] == [
        ("REQUESTER", "Still dark."),
        ("STAFF", "Is it plugged in?"),
        ("REQUESTER", "// no note"),
    ]
    assert messages[0].id == f"r:{thread.id}:{first.id}"
    assert desk_office.ever_said_by_requesters(channel) == ["Still dark.", "// no note"]
    (answer,) = [it for it in thread.history() if it.webhook_id]
    assert answer.content == f"{member.mention} Is it plugged in?"
    assert answer.author.name == "general-agent · staff"
    assert not [it for it in texts(thread) if "never learn" in it]
    (copy,) = [it for it in channel.history() if it.attachments]
    assert copy.attachments[0].filename == "lamp.png"


async def test_a_requester_who_mentions_staff_writes_no_note(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, _, thread = await open_at(desk_office, member)

    await say(desk_office, member, thread, f"Are you there, {agent.mention}?")

    assert [it.content for it in await desk_office.messages(ticket)] == ["Are you there, @general-agent?"]
    assert await desk_office.notes(ticket) == []


async def test_a_second_answer_in_a_row_pings_nobody(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    _, channel, thread = await open_at(desk_office, member)

    for text in ("Is it plugged in?", "And the bulb?"):
        await say(desk_office, agent, channel, text)
    await say(desk_office, member, thread, "Both.")
    await say(desk_office, agent, channel, "Odd.")

    answers = [it.content for it in thread.history() if it.webhook_id]
    assert answers == [f"{member.mention} Is it plugged in?", "And the bulb?", f"{member.mention} Odd."]


async def test_open_asks_where_a_panel_is_and_refuses_where_none_is(desk_office: Office) -> None:
    member = desk_office.people["outsider"]

    early = told(await member.slash(desk_office.lobby, "open"))
    await with_panel(desk_office)
    typed = await member.slash(desk_office.lobby, "open", kind=" idea")  # as its name is, and not chosen
    shown = await member.slash(desk_office.lobby, "open", kind="feature")
    said = told(await member.submit_modal(shown, {"topic": "More light", "description": "Please."}))

    assert early.startswith("There is no panel that you can see.")
    assert typed.modal is not None
    assert typed.modal["title"] == "Idea"
    assert said.startswith("Ticket 1 is open:")


@pytest.mark.parametrize("in_list", [False, True])
async def test_a_panel_that_was_posted_but_not_kept_works_once_it_is_pressed(
    desk_office: Office, in_list: bool
) -> None:
    """As where Guildesk was killed between the two, or where somebody was faster."""
    member, lobby = desk_office.people["outsider"], desk_office.client.get_channel(desk_office.lobby.id)
    assert isinstance(lobby, discord.TextChannel)
    form = next(it for it in desk_office.desk.forms_for(CASEY) if it.is_default).form
    await lobby.send(view=panel_view([form], None, None, in_list=in_list, language=Language.EN))

    panel = panel_in(desk_office)
    shown = await (member.select(panel, [form.slug]) if in_list else member.click(panel, label=form.name))
    later = await member.slash(desk_office.lobby, "open")

    assert shown.modal is not None
    assert later.modal is not None


async def test_a_kind_is_chosen_from_a_list(desk_office: Office) -> None:
    member = desk_office.people["outsider"]
    await with_panel(desk_office, style="list", title="Ask us", kinds="bug, other")

    shown = await member.select(panel_in(desk_office), ["other"])

    again = await member.select(panel_in(desk_office), ["other"])

    assert shown.modal is not None
    assert again.modal is not None
    assert shown.modal["title"] == "Other"


async def test_only_admins_put_up_panels(desk_office: Office) -> None:
    for name in ("manager", "outsider"):
        said = told(await desk_office.people[name].slash(desk_office.lobby, "panel"))
        assert said in ("Only an admin can do this.", "Only staff can do this.")

    admin = desk_office.people["admin"]
    said = told(await admin.slash(desk_office.lobby, "panel", kinds="bug,nonsense"))
    empty = told(await admin.slash(desk_office.lobby, "panel", kinds=" , "))

    assert said == "There is no kind of ticket nonsense. There are: bug, feature, support, other."
    assert empty.startswith("A panel needs a kind of ticket that members can open.")
    assert desk_office.lobby.history() == []


async def test_a_member_opens_a_ticket_from_a_message(desk_office: Office) -> None:
    member = desk_office.people["outsider"]
    await with_panel(desk_office)
    message = await member.send(desk_office.lobby, "It is dark here", attachments=[("dark.png", b"png")])

    shown = await member.context_menu(desk_office.lobby, "Open a ticket from this message", message)
    assert shown.modal is not None
    await member.submit_modal(shown, {"topic": "Dark", "description": "It is dark here"})
    await all_shown(desk_office)

    ticket = await desk_office.store.views.ticket_at("1")
    assert ticket is not None
    assert ticket.requester.id == str(member.id)
    assert [it.name for it in ticket.attachments] == ["dark.png"]
    assert "It is dark here" in str(shown.modal)


async def test_what_a_message_forwards_comes_into_the_form_too(desk_office: Office) -> None:
    member = desk_office.people["outsider"]
    await with_panel(desk_office)
    said = await member.send(desk_office.lobby, "It is dark here", attachments=[("dark.png", b"png")])
    forwarded = await member.forward(said, desk_office.lobby)

    shown = await member.context_menu(desk_office.lobby, "Open a ticket from this message", forwarded)
    await member.submit_modal(shown, {"topic": "Dark", "description": "See above"})
    await all_shown(desk_office)

    ticket = await desk_office.store.views.ticket_at("1")
    assert ticket is not None
    assert "It is dark here" in str(shown.modal)
    assert [it.name for it in ticket.attachments] == ["dark.png"]


async def test_files_that_do_not_come_along_are_named(tmp_path: Path) -> None:
    def receipt(slug: str, *, required: bool) -> Form:
        question = Question(id="receipt", label="Receipt", kind=QuestionKind.FILE, required=required)
        return Form(slug=slug, name=slug.title(), questions=(question,))

    forms = Forms((receipt("other", required=False), receipt("order", required=True)), "other")
    async with office(tmp_path, forms=forms) as desk_office:
        member, lobby = desk_office.people["outsider"], desk_office.lobby
        await with_panel(desk_office)
        large = [("large.pdf", b"%PDF" * (1024 * 256 + 1))]
        message = await member.send(lobby, "Look", attachments=[(f"{n}.png", b"png") for n in range(10)])

        form = await member.click(panel_in(desk_office), label="Order")
        needed = told(await member.submit_modal(form, {"topic": "T", "description": "D", "receipt": large}))
        form = await member.context_menu(lobby, "Open a ticket from this message", message)
        small = {"topic": "T", "description": "D", "receipt": [("small.pdf", b"%PDF")]}
        too_many = told(await member.submit_modal(form, small))

        ticket = await desk_office.store.views.ticket_at("1")
        assert needed.startswith("Something did not go: large.pdf. “Receipt” needs a file that comes through")
        assert too_many.endswith("Something did not go: 9.png.")
        assert ticket is not None
        assert [it.name for it in ticket.attachments] == [*(f"{n}.png" for n in range(9)), "small.pdf"]


async def test_staff_opens_tickets_for_members(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    message = await member.send(desk_office.lobby, "It is dark here")

    for menu, target in (
        ("Open a ticket from this message", message),
        ("Open a ticket for this member", member),
    ):
        shown = await agent.context_menu(desk_office.lobby, menu, target)
        await agent.submit_modal(shown, {"topic": "Dark", "description": "He says so"})
    await all_shown(desk_office)

    for number in ("1", "2"):
        ticket = await desk_office.store.views.ticket_at(number)
        assert ticket is not None
        assert ticket.requester == UserKey("guildesk.discord", str(member.id))
        (opened,) = await desk_office.store.log.events(ticket.id, upto=1)
        assert opened.actor.key == UserKey("discord", str(agent.id))
        assert can_access_channel(desk_office.env, thread_of(desk_office, ticket).id, member)


async def test_members_open_none_for_others(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)

    said = told(await member.context_menu(desk_office.lobby, "Open a ticket for this member", agent))

    assert said == "Only staff can do this."


async def test_who_is_blocked_is_told_before_they_fill_in_the_form(desk_office: Office) -> None:
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    ticket, channel, thread = await open_at(desk_office, member)
    await agent.slash(channel, "block")

    shown = await member.click(panel_in(desk_office), label="Bug")
    await say(desk_office, member, thread, "I write all the same")

    assert shown.modal is None
    assert told(shown).startswith("You are blocked")
    assert await desk_office.messages(ticket) == []
    assert texts(thread)[-1].startswith("Not sent: You are blocked")


@pytest.mark.parametrize(
    ("spoken", "refusal"),
    [("en-US", "You are blocked"), ("de", "Sie sind gesperrt")],
)
async def test_who_is_refused_when_they_send_the_form_gets_their_words_back(
    desk_office: Office, locale: dict[str, str], spoken: str, refusal: str
) -> None:
    """The form is shown, and meanwhile something happens that refuses it."""
    member, agent = desk_office.people["outsider"], desk_office.people["general"]
    await with_panel(desk_office)
    _, channel, _ = await open_at(desk_office, member)
    locale["locale"] = spoken
    short, long, code = [await member.click(panel_in(desk_office), label="Bug") for _ in range(3)]
    await agent.slash(channel, "block")

    told_of_short = told(
        await member.submit_modal(short, {"topic": "No light", "description": "Dark.\n*So* dark"})
    )
    of_long = await member.submit_modal(long, {"topic": "No light", "description": "Dark. " * 600})
    of_code = await member.submit_modal(code, {"topic": "Fences", "description": "```py\n1\n```"})

    assert told_of_short.startswith(refusal)
    assert told_of_short.endswith("```\nNo light\n\nDark.\n*So* dark\n```")
    for result, whole in ((of_long, f"No light\n\n{'Dark. ' * 600}"), (of_code, "Fences\n\n```py\n1\n```")):
        assert told(result).startswith(refusal)
        assert result.response is not None
        (file,) = result.response.attachments
        assert (await file.read()).decode() == whole


async def test_nobody_else_speaks_in_the_thread(desk_office: Office) -> None:
    member = desk_office.people["outsider"]
    stranger = desk_office.guild.add_member(desk_office.env.create_user("stranger"))
    await with_panel(desk_office)
    ticket, _, thread = await open_at(desk_office, member)
    desk_office.env.backend.add_thread_member(thread.id, stranger.id)

    await say(desk_office, stranger, thread, "Me too")

    assert await desk_office.messages(ticket) == []
    assert texts(thread)[-1].startswith("Not sent: only whoever opened the ticket writes here.")


async def test_a_form_with_all_kinds_of_questions(tmp_path: Path) -> None:
    form = Form(
        slug="order",
        name="Order",
        questions=(
            Question(id="what", label="What", required=True, max_length=50),
            Question(id="size", label="Size", kind=QuestionKind.SELECT, options=("S", "M"), required=True),
            Question(id="gift", label="A gift?", kind=QuestionKind.CHECKBOX),
            Question(id="receipt", label="Receipt", kind=QuestionKind.FILE),
        ),
        topic_question="what",
        level=IssueLevel.URGENT,
    )
    async with office(tmp_path, forms=Forms((form, Form(slug="else", name="Else")), "else")) as desk_office:
        member = desk_office.people["outsider"]
        await with_panel(desk_office)

        ticket, channel, thread = await open_at(
            desk_office,
            member,
            "Order",
            topic=None,
            what="A lamp",
            size="M",
            gift=True,
            receipt=[("receipt.pdf", b"%PDF-1.4")],
        )

        assert (ticket.category, ticket.topic, ticket.issue_level) == ("order", "A lamp", IssueLevel.URGENT)
        assert [(it.id, it.answer) for it in ticket.answers] == [
            ("size", "M"),
            ("gift", "yes"),
            ("receipt", "receipt.pdf"),
        ]
        welcome = next(it for it in thread.history() if it.embeds).embeds[0]
        assert [(it.name, it.value) for it in welcome.fields] == [
            ("Size", "M"),
            ("A gift?", "yes"),
            ("Receipt", "receipt.pdf"),
        ]
        card = str(channel.pinned_messages()[0].components)
        assert f"<@{member.id}>" in card
        assert [it.name for it in ticket.attachments] == ["receipt.pdf"]


async def test_a_panel_needs_its_permissions_which_are_named(desk_office: Office) -> None:
    backend, me = desk_office.env.backend, desk_office.client.user
    assert me is not None
    admin = desk_office.people["admin"]
    await with_panel(desk_office)
    guild = desk_office.client.get_guild(desk_office.guild.id)
    assert guild is not None
    assert list(faults_of_panels(guild, [desk_office.lobby.id])) == []

    denied = discord.Permissions(create_private_threads=True, manage_threads=True).value
    overwrite = Overwrite(me.id, OverwriteType.MEMBER, deny=denied)
    backend.edit_channel(desk_office.lobby.id, {}, overwrites=[overwrite])
    await desk_office.env.settle()
    said = told(await admin.slash(desk_office.lobby, "panel"))
    (fault,) = faults_of_panels(guild, [desk_office.lobby.id, 404])

    assert said.endswith("Manage Threads, Create Private Threads.")
    assert fault.code == "panel_closed"
    assert fault.what.startswith(
        "#lobby has a panel, and the bot lacks permissions there: manage_threads, create"
    )


async def test_a_panel_that_not_everybody_can_use_says_so(desk_office: Office) -> None:
    denied = discord.Permissions(send_messages_in_threads=True).value
    overwrite = Overwrite(desk_office.guild.default_role.id, OverwriteType.ROLE, deny=denied)
    me = desk_office.client.user
    assert me is not None
    of_bot = Overwrite(me.id, OverwriteType.MEMBER, allow=denied)
    desk_office.env.backend.edit_channel(desk_office.lobby.id, {}, overwrites=[overwrite, of_bot])
    await desk_office.env.settle()

    said = told(await desk_office.people["admin"].slash(desk_office.lobby, "panel"))

    assert said.splitlines()[1].startswith("Not everybody can see this channel and write in its threads.")


async def test_a_form_may_need_roles_have_limits_and_be_closed(tmp_path: Path) -> None:
    never = Hours(ZoneInfo("UTC"), ())
    bills = Form(slug="bills", name="Bills", most_open=1, hours=never, closed_text="Back at eight.")
    vip = Form(slug="vip", name="VIP", roles_needed=frozenset({1}))
    forms = Forms((Form(slug="support", name="Support"), bills, vip))
    async with office(tmp_path, forms=forms) as desk_office:
        member = desk_office.people["outsider"]
        await with_panel(desk_office)
        panel = panel_in(desk_office)

        shown = await member.click(panel, label="Bills")
        opened = told(await member.submit_modal(shown, {"topic": "No light", "description": "Dark."}))
        await all_shown(desk_office)
        again = told(await member.click(panel, label="Bills"))
        of_others = told(await member.click(panel, label="VIP"))

    assert opened.splitlines()[-1] == "Back at eight."
    assert again == "You may have one open ticket “Bills” at once; go on there first."
    assert of_others == "“VIP” is not open to you."
