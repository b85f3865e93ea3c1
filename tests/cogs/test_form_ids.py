"""The ids of forms: what they are about comes back whole, and each process knows its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.form_ids import ROOM, FormIds


@given(st.from_regex("[a-z-]{1,7}", fullmatch=True), st.text(max_size=ROOM))
def test_another_process_finds_in_an_id_what_it_is_about(key: str, carried: str) -> None:
    one, other = FormIds(), FormIds()

    first, second = one.of(key, carried), one.of(key, carried)

    assert first != second
    assert max(len(first), len(second)) <= 100
    assert other.foreign(first) == (key, carried)
    assert one.foreign(first) is None
    assert other.foreign(f"guildesk:{key}:{carried}") is None


def test_an_id_carries_nothing_or_75_characters_and_no_more() -> None:
    one, other = FormIds(), FormIds()

    assert other.foreign(one.of("note")) == ("note", "")
    assert other.foreign(one.of("note", "x" * 75)) == ("note", "x" * 75)
    with pytest.raises(ValueError, match=r"x{76}"):
        one.of("note", "x" * 76)
