import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.model import IssueLevel, Status, SupportRole, UserKey, UserRole

issuers = st.text(min_size=1).filter(lambda text: " " not in text)


def test_levels_are_ordered_from_the_calmest_to_the_most_pressing() -> None:
    levels = sorted(IssueLevel, key=lambda level: level.urgency)

    assert levels == [IssueLevel.NORMAL, IssueLevel.URGENT, IssueLevel.CRITICAL]


@pytest.mark.parametrize(
    ("role", "with_access"),
    [
        (SupportRole.GENERAL, ("GENERAL", "TECHNICAL", "MANAGER", "ADMIN")),
        (SupportRole.TECHNICAL, ("TECHNICAL", "MANAGER", "ADMIN")),
        (SupportRole.MANAGER, ("MANAGER", "ADMIN")),
        (SupportRole.ADMIN, ("ADMIN",)),
    ],
)
def test_a_team_s_tickets_are_open_to_it_and_to_those_above(role: SupportRole, with_access: object) -> None:
    assert role.and_above == with_access


def test_a_ticket_is_closed_in_three_ways() -> None:
    closed = {status for status in Status if status.is_closed}

    assert closed == {Status.RESOLVED, Status.UNRESOLVED, Status.CANCELED}


def test_agents_and_admins_are_staff() -> None:
    staff = {role for role in UserRole if role.is_staff}

    assert staff == {UserRole.AGENT, UserRole.ADMIN}


@given(issuers, st.text())
def test_a_user_key_survives_being_a_text(issuer: str, user_id: str) -> None:
    key = UserKey(issuer, user_id)

    assert UserKey.parse(str(key)) == key


@given(st.tuples(issuers, st.text()), st.tuples(issuers, st.text()))
def test_two_users_never_share_a_text(one: tuple[str, str], other: tuple[str, str]) -> None:
    same = str(UserKey(*one)) == str(UserKey(*other))

    assert same == (one == other)
