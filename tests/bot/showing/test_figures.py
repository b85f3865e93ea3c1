"""Statistics in words, line by line."""

from bot.showing.figures import MOST_AGENTS, figures_in_words
from texts.language import Language
from texts.text import Text, in_language
from tickets.desks.report_desk import NOTHING, Figures
from tickets.model import Person, Status, UserKey, UserRole
from tickets.spreads import Spread

HEADING = Text("stats-heading", days=7)
STATUSES: dict[str, int] = {
    Status.OPEN: 2,
    Status.PENDING: 1,
    Status.RESOLVED: 5,
    Status.UNRESOLVED: 3,
    Status.CANCELED: 4,
}


def agent(number: int) -> UserKey:
    return UserKey.parse(f"default agent{number}")


def with_tickets(count: int) -> Figures:
    return Figures({Status.RESOLVED: count}, Spread(count, 90, 600), Spread(0, None, None), NOTHING.targets)


def lines(whole: Figures, by_agent: dict[UserKey, Figures], *people: Person) -> list[str]:
    known = {it.key: it for it in people}
    return in_language(figures_in_words(HEADING, [whole], by_agent, known), Language.EN).splitlines()


def test_all_tickets_are_counted_by_status_and_by_how_long_they_took() -> None:
    whole = Figures(STATUSES, Spread(9, 90, 7_200), Spread(8, 5_400, 259_200), NOTHING.targets)

    assert lines(whole, {}) == [
        "**Tickets of the last 7 days**",
        "15 opened · 5 resolved · 3 unresolved · 4 canceled · 3 still open",
        "First answer: half of them within 1.5 min, nine of ten within 2 h",
        "Resolved: half of them within 1.5 h, nine of ten within 3 d",
    ]


def test_the_agents_with_the_most_tickets_come_first_and_there_are_not_too_many() -> None:
    by_agent = {agent(it): with_tickets(it) for it in range(1, MOST_AGENTS + 3)}
    newest = max(by_agent, key=lambda it: by_agent[it].count)

    told = lines(NOTHING, by_agent, Person(newest, "Kim *the* Great", UserRole.AGENT))

    begin = told.index("**By assignee**") + 1
    assert told[begin] == r"Kim \*the\* Great · 17 · 17 resolved · first answer 1.5 min"
    assert [it.split(" · ")[0] for it in told[begin + 1 :]] == [f"agent{it}" for it in range(16, 2, -1)]


def test_an_agent_who_has_answered_nobody_has_no_time_of_answers() -> None:
    figures = Figures({Status.OPEN: 1}, Spread(0, None, None), Spread(0, None, None), NOTHING.targets)

    assert lines(NOTHING, {agent(1): figures})[-1] == "agent1 · 1 · 0 resolved · first answer –"
