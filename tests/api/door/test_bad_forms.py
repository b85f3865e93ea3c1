"""Forms that are none are refused, and nothing worse."""

import pytest

from tests.api.stage import Stage

BOUNDARY = "157b28ceef9628ce83a7efc5bfe08b6d"
FILE = 'Content-Disposition: form-data; name="file"; filename="a"'
END = f"--{BOUNDARY}--"
FORMS = {
    "nothing": [""],
    "nonsense": ["nonsense"],
    "no head": [f"--{BOUNDARY}", "", "xx"],
    "a control character in a name": [
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="\x7f"',
        "",
        "{}",
        END,
    ],
    "NUL in a header": [f"--{BOUNDARY}", "X: \x00", "", "zz", END],
    "a form within": [
        f"--{BOUNDARY}",
        FILE,
        "Content-Type: multipart/mixed; boundary=x",
        "",
        "--x",
        "",
        END,
    ],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
async def test_a_form_that_is_none_is_a_400(stage: Stage, form: list[str]) -> None:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}

    answer = await stage.ask(
        "POST", "/api/v1/attachments", data="\r\n".join([*form, ""]).encode(), headers=headers
    )

    assert (answer.status, answer.json["error"]) == (400, "BAD_REQUEST")
