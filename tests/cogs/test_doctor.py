"""The doctor in Discord."""

from bot.checks.trying_out import NAME
from tests.answers import told
from tests.office import Office

FILE = "The file says what was tried, and who sees what."


async def test_it_tells_an_admin_what_is_wrong_with_its_cure(desk_office: Office) -> None:
    admin, here = desk_office.people["admin"], desk_office.transcripts
    guild = desk_office.client.guilds[0]
    for category in guild.categories:
        await category.set_permissions(guild.me, view_channel=True, manage_channels=True)
        await category.set_permissions(guild.default_role, view_channel=False)
    warned = told(await admin.slash(here, "doctor"))

    await guild.categories[0].set_permissions(guild.me, view_channel=False)
    shown = told(await admin.slash(here, "doctor"))

    assert warned.startswith(f"One fault, 3 warnings. {FILE}"), warned
    assert "may not read messages" in warned.splitlines()[1]  # this Discord's application has no flags
    assert shown.startswith(f"2 faults, 3 warnings. {FILE}"), shown
    assert "GENERAL_TICKET_CATEGORY_ID: in the category" in shown
    assert [line[0] for line in shown.splitlines()[1:]] == [*"❌❌", *["⚠️"[0]] * 3]
    assert NAME not in [it.name for it in guild.channels]


async def test_it_is_for_admins_alone(desk_office: Office) -> None:
    people, here = desk_office.people, desk_office.transcripts

    assert told(await people["manager"].slash(here, "doctor")) == "Only an admin can do this."
    assert told(await people["outsider"].slash(desk_office.lobby, "doctor")) == "Only staff can do this."
