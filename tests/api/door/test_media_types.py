"""The type of a request's body, as clients write it."""

import pytest
from aiohttp.test_utils import make_mocked_request

from api.door.media_types import type_and_charset
from tests.effort import effort_of


@pytest.mark.parametrize(
    ("header", "kind", "charset"),
    [
        ("application/json", "application/json", None),
        ("Application/JSON; Charset=UTF-8", "application/json", "utf-8"),
        ('application/json;charset="utf-8"', "application/json", "utf-8"),
        ("text/plain; format=flowed", "text/plain", None),
        ("", "", None),
    ],
)
def test_it_is_read_in_any_case_and_with_any_parameters(header: str, kind: str, charset: str | None) -> None:
    assert type_and_charset(make_mocked_request("POST", "/", {"Content-Type": header})) == (kind, charset)


def test_a_request_without_the_header_has_no_type() -> None:
    assert type_and_charset(make_mocked_request("POST", "/")) == ("", None)


def test_eight_kilobytes_of_semicolons_hold_nobody_up() -> None:
    request = make_mocked_request("POST", "/", {"Content-Type": "application/json" + ";" * 8_000})

    assert effort_of(lambda: type_and_charset(request)) < 20
