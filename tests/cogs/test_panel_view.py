"""What a panel looks like: as much of each kind as Discord takes."""

import pytest

from cogs.panel_view import panel_view
from texts.language import Language
from tickets.forms import Form

LONGEST = [
    Form(slug=f"kind-{n}", name=f"{n:02}".ljust(45, "N"), description=f"{n:02}".ljust(100, "D"), emoji="🐛")
    for n in range(25)
]


def said_by(forms: list[Form], title: str | None = None, text: str | None = None) -> tuple[str, int]:
    """All its texts, and how many components it has."""
    view = panel_view(forms, title, text, in_list=False, language=Language.EN)
    parts = [*view.walk_children()]
    return "\n".join(getattr(it, "content", "") for it in parts), len(parts)


@pytest.mark.parametrize("count", [1, 5, 10, 15, 20, 25])
def test_a_panel_of_any_size_is_one_that_discord_takes(count: int) -> None:
    for title, text in ((None, None), ("T" * 200, "t" * 1500)):
        said, parts = said_by(LONGEST[:count], title, text)

        assert len(said) <= 4_000
        assert parts <= 40


def test_descriptions_are_whole_where_there_is_room_and_all_shorter_where_there_is_little() -> None:
    few, _ = said_by(LONGEST[:10])
    many, _ = said_by(LONGEST)

    assert all(it.description in few for it in LONGEST[:10])
    assert [it for it in LONGEST if f"**{it.name}** — {it.description[:30]}" in many] == LONGEST
    assert many.count("…") == 25
