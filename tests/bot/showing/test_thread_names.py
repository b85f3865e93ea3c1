"""Names of requesters' threads."""

from hypothesis import given
from hypothesis import strategies as st

from bot.showing.parts import length
from bot.showing.requester_threads import names_for
from tests.tickets.logs import Logbook, opened
from tickets.fold import ticket_of


@given(topic=st.text(max_size=200), number=st.integers(min_value=1, max_value=10**9))
def test_a_thread_is_named_so_that_discord_takes_it_and_it_is_found_again(topic: str, number: int) -> None:
    names = names_for(ticket_of(Logbook(opening=opened(number, topic)).events))

    for name in names:
        assert name is not None
        assert name.split(" ")[0] == f"{number:04}"
        assert 1 <= length(name) <= 100
    assert names[-1] == f"{number:04}"
