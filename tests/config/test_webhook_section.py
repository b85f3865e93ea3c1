"""Endpoints of webhooks in the desk file."""

import pytest

from config.desk_file import DeskFileIsWrong, parsed

GOOD = """
[[webhooks]]
id = "erp"
url = "http://erp.internal:8000/hooks"
secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
issuers = ["*"]
"""


def test_without_more_an_endpoint_hears_of_all_but_notes() -> None:
    (it,) = parsed(GOOD).endpoints

    assert (it.id, it.url, it.events, it.issuers) == (
        "listed-erp",
        "http://erp.internal:8000/hooks",
        ("*",),
        ("*",),
    )
    assert it.is_listed
    assert it.secrets(0) == ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",)
    assert parsed("").endpoints == ()


def test_of_two_secrets_both_sign_for_as_long_as_they_stand_there() -> None:
    two = '["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]'
    (it,) = parsed(GOOD.replace('["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]', two)).endpoints

    assert it.secrets(10**15) == (
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (GOOD.replace("whsec_MfK", "MfK"), "secrets"),
        (GOOD.replace('["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]', '["whsec_c2hvcnQ="]'), "secrets"),
        (GOOD.replace("http://", "ftp://"), "url"),
        (GOOD.replace("http://", "http://user:pass@"), "url"),
        (GOOD.replace('["*"]', "[]"), "issuers"),
        (GOOD + 'events = ["ticket.exploded"]', "events"),
        (GOOD.replace('id = "erp"', 'id = "ERP 1"'), "id"),
        (GOOD + GOOD, "webhooks: two have the id erp"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_told(text: str, where: str) -> None:
    with pytest.raises(DeskFileIsWrong) as wrong:
        parsed(text)

    assert len(wrong.value.faults) == 1
    assert where in wrong.value.faults[0]
    assert "MfKQ9r8G" not in wrong.value.faults[0]
