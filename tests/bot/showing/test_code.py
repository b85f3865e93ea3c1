"""Code stays code: nothing inside is touched, and nothing that only looks like code escapes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.showing.code import code_in
from bot.showing.texts import copy_of, harmless, start_of

WITHIN = "<@123456789012345678> </div> <#1> @everyone [a](https://b.example) x[i](y) -# z"


@pytest.mark.parametrize(
    "code",
    [
        f"`{WITHIN}`",
        f"``{WITHIN}``",
        f"`` a ` b {WITHIN}``",
        f"```{WITHIN}```",
        f"```py\n{WITHIN}\n```",
        f"```\n-# x\n# y\n> {WITHIN}\n```",
        f"```c++\r\n{WITHIN}\r\n```",
        f"one\n```\n{WITHIN}\n\n\n{WITHIN}\n```\ntwo",
        f"> ```\n> {WITHIN}\n> ```",
        f">>> ```\n{WITHIN}\n```",
        f"- `{WITHIN}`\n- `{WITHIN}`",
        f"# `{WITHIN}`",
        f"`one line\n{WITHIN}`",
        f"`ends with a backslash \\{WITHIN}\\`",
        f"see [1] and **this** and __that__: `{WITHIN.replace('x[i]', '')}`",
    ],
)
def test_nothing_is_touched_in_code(code: str) -> None:
    assert harmless(code) == code


@pytest.mark.parametrize(
    "text",
    [
        "\\`{}`",
        "`{}",
        "```\n{}",
        "``{}`",
        "`{}``",
        "` `{}",
        "`a` {} `b`",
        "> `quote\n{}`",
        "# `heading\n{}`",
        "- `item\n{}`",
        "-# ```\n{}\n```",
        "https://a.example/` {} `",
        "````\n```\n{}\n```\n````",
    ],
)
def test_what_is_no_code_for_discord_is_not_taken_for_it(text: str) -> None:
    shown = harmless(text.format("[bank](https://evil.example)"))

    assert "](" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "**`a** [bank](https://evil.example) `",
        "__`a__ [bank](https://evil.example) `",
        "_`a_ [bank](https://evil.example) `",
        "~~`a~~ [bank](https://evil.example) `",
        "||`a|| [bank](https://evil.example) `",
        "*`a* [bank](https://evil.example) `",
        "[`bank](https://evil.example) `",
        "[x `y] ](https://evil.example) `",
        "**```a** [bank](https://evil.example) ```",
        "<a:/`b> [bank](https://evil.example) `",
    ],
)
def test_what_may_tear_code_open_hides_no_link(text: str) -> None:
    assert "](" not in harmless(text)


@pytest.mark.parametrize("shift", range(24))
def test_code_at_the_end_of_a_message_goes_whole_into_the_next(shift: int) -> None:
    code = "`npm run <@1> [a](https://b.example)`"
    text = "word " * 395 + "x" * shift + f" {code} and more " + "word " * 50

    parts = copy_of(text).parts

    assert sum(code in part for part in parts) == 1
    assert all(len(part) <= 2_000 for part in parts)


def test_code_that_is_longer_than_a_message_is_code_in_each() -> None:
    parts = copy_of("before `" + "a](https://b.example) " * 150 + "` after").parts

    assert len(parts) == 2
    assert all(part.count("`") == 2 for part in parts)
    assert all("](" in part for part in parts)


@pytest.mark.parametrize("code", ["`{}`", "```\n{}\n```", "``{}``"])
def test_a_cut_opens_no_code_in_which_a_link_was_hidden(code: str) -> None:
    text = code.format("x" * 3_990 + " [bank](https://evil.example) " * 30)

    shown = [*copy_of(text).parts, start_of(text, 4_096)]

    assert all(re.sub(r"(`+)[^`]+\1", "", part).count("](") == 0 for part in shown)


PIECES = [
    *("`", "``", "```", "```py\n", "\n", "\r\n", " ", "\\", "*", "**", "_", "||", "> ", ">>> ", "# ", "- "),
    *("a", "b ", "-# ", "](", "[a](https://b.example)", "@everyone", "https://c.example/"),
    *(
        "<@123456789012345678>",
        "<@&1>",
        "<#1>",
        "</a:1>",
        "<t:1:R>",
        "<id:guide>",
        "<:a_b:1>",
        "<x:123456789012345678>",
    ),
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40))
@example(["> ", "`", "\n", "> ", "# ", "`"])
def test_the_places_of_code_are_within_the_text_and_apart(pieces: list[str]) -> None:
    text = "".join(pieces)

    at = 0
    for span in code_in(text).spans:
        fence = "`" * span.width
        assert at <= span.start < span.end <= len(text)
        assert text.startswith(fence, span.start)
        assert text.endswith(fence, 0, span.end)
        at = span.end
