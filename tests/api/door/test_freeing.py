"""Errors that are done with free what they held at once, without the garbage collector."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from api.door.freeing import let_go


class _Body:
    pass


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def _fail(body: _Body) -> None:
    raise LookupError("no such field")


def _refuse(*, from_it: bool) -> tuple[BaseException, "weakref.ref[_Body]"]:
    """An error that a frame of its own traceback knows, as that of another error."""
    body = _Body()
    held = weakref.ref(body)
    try:
        try:
            _fail(body)
        except LookupError as error:
            if from_it:
                raise ValueError("the body is wrong") from error
            raise ValueError("the body is wrong")  # noqa: B904  the context alone tells of it
    except ValueError as refused:
        kept: BaseException = refused
    return kept, held


@pytest.mark.parametrize("from_it", [True, False])
def test_what_the_frames_of_an_error_and_of_its_cause_held_is_free(
    without_collector: None, from_it: bool
) -> None:
    error, held = _refuse(from_it=from_it)
    assert held() is not None

    let_go(error)

    assert held() is None
    assert str(error) == "the body is wrong"


def test_nothing_is_let_go_where_nothing_went_wrong() -> None:
    let_go(None)
