"""Coming back to Discord: soon after its return, and never too often."""

from bot.connection.pauses import LONGEST_AWAY, SETTLED, Pauses

DAY = 24 * 3600


def test_after_an_outage_of_any_length_the_next_attempt_is_at_most_half_a_minute_away() -> None:
    pauses = Pauses()
    away = [pauses.without_session() for _ in range(500)]

    assert away[0] <= 1
    assert max(away) <= LONGEST_AWAY == 30


def test_a_session_that_lived_is_followed_by_the_next_at_once() -> None:
    pauses = Pauses()
    for _ in range(50):
        pauses.without_session()

    assert pauses.after_session(SETTLED) <= 1


def test_sessions_that_end_at_once_stay_below_what_discord_allows_in_a_day() -> None:
    """After 1,000 identifies in a day Discord resets the token (Discord, "Session Start Limit")."""
    pauses = Pauses()
    passed, begun = 0.0, 0
    while passed < DAY:
        begun += 1
        passed += pauses.after_session(lived=2)

    assert begun < 1000


def test_what_only_people_can_mend_is_tried_about_once_a_minute() -> None:
    assert all(30 <= Pauses().after_refusal() <= 60 for _ in range(50))
