"""What Discord shows of a message, and nothing that it does not."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import effort_of
from tests.transcripts.reading import as_text
from transcripts.markdown import to_html
from transcripts.reader import Reader
from transcripts.tags import with_tags_shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold**", "<strong>bold</strong>"),
        ("*it* _it_", "<em>it</em> <em>it</em>"),
        ("__under__", "<u>under</u>"),
        ("___both___", "<em><u>both</u></em>"),
        ("~~gone~~", "<s>gone</s>"),
        ("||psst **x**||", '<span class="spoiler" tabindex="0">psst <strong>x</strong></span>'),
        ("`a<b`", "<code>a&lt;b</code>"),
        (r"\*no\*", "*no*"),
        ("a\nb", "a<br>\nb"),
        ("a   b", 'a<span class="spaces">   </span>b'),
        ("**a**  b", '<strong>a</strong><span class="spaces">  </span>b'),
        ("a  \n  b\n c", 'a<br>\n<span class="spaces">  </span>b<br>\n<span class="spaces"> </span>c'),
        ("snake_case_name", "snake_case_name"),
    ],
)
def test_marks_within_a_line(written: str, shown: str) -> None:
    html = to_html(written)

    assert html == f"<p>{shown}</p>\n"


def test_blank_lines_are_as_many_as_were_typed() -> None:
    assert to_html("a\n\nb") == "<p>a</p>\n<p>b</p>\n"
    assert to_html("a\n\n \n\nb\n\n\n") == "<p>a</p>\n<p><br><br></p>\n<p>b</p>\n"
    assert to_html("# a\n\n\n- b") == '<p class="big1">a</p>\n<p><br></p>\n<ul>\n<li>b</li>\n</ul>\n'
    assert to_html("- a\n\n\nb").endswith("</ul>\n<p><br></p>\n<p>b</p>\n")


@pytest.mark.parametrize(
    "written",
    [
        "#no heading",
        "#### no heading",
        "-# ",
        "+ no list",
        "---",
        "a | b\n--|--\n1 | 2",
        "[x]: https://example.org",
        "    no code",
        "&amp;",
        "||||",
        "``````",
        "**",
        "```never closed",
        "- [ ] no box",
        "<@>",
        "<t:99999999999999>",
    ],
)
def test_what_discord_does_not_know_stays_as_it_was_typed(written: str) -> None:
    html = to_html(written)

    assert as_text(html).split() == written.removeprefix("- ").split()


@pytest.mark.parametrize("code", ["```x < y```", "```\nx < y\n```", "```x < y\n```", "```\nx < y```"])
def test_three_backticks_make_a_code_block_anywhere_in_a_line(code: str) -> None:
    html = to_html(f"before {code} after")

    assert html == "<p>before</p>\n<pre><code>x &lt; y</code></pre>\n<p>after</p>\n"


def test_the_language_of_a_code_block_is_not_lost() -> None:
    html = to_html("```py\nx = 1\n```")

    assert html == '<p class="small">py</p>\n<pre><code>x = 1</code></pre>\n'


@given(st.text(alphabet="abc \n*_~|`>-.1\\:/h", max_size=60))
def test_no_letter_is_lost(content: str) -> None:
    html = to_html(content)

    assert letters(as_text(html)) == letters(content)


@given(st.text(alphabet="aA1 .,;:/%=@!?()'\"-_’…", max_size=20))
def test_plain_lines_are_what_the_parser_would_make_of_them(content: str) -> None:
    as_ever = (
        to_html(f"**x** {content}")
        .removeprefix("<p><strong>x</strong> ")
        .removeprefix("<p><strong>x</strong>")
    )

    html = to_html(f"x {content}")

    assert html.removeprefix("<p>x ").removeprefix("<p>x") == as_ever


def test_only_lines_with_a_mark_are_quoted() -> None:
    html = to_html("> yours\n> too\nmine\n>not a quote")

    assert html == ("<blockquote>\n<p>yours<br>\ntoo</p>\n</blockquote>\n<p>mine<br>\n&gt;not a quote</p>\n")


def test_quotes_do_not_nest() -> None:
    html = to_html("> > > deep")

    assert html == "<blockquote>\n<p>&gt; &gt; deep</p>\n</blockquote>\n"


def test_three_marks_quote_the_rest_of_the_message() -> None:
    html = to_html("me\n>>> one\ntwo\n> three")

    assert html == "<p>me</p>\n<blockquote>\n<p>one<br>\ntwo<br>\n&gt; three</p>\n</blockquote>\n"


def test_a_code_block_may_hold_quote_marks_and_a_quote_a_code_block() -> None:
    html = to_html("```\n> code\n```\n> ```\n> quoted\n> ```")

    assert html == (
        "<pre><code>&gt; code</code></pre>\n<blockquote>\n<pre><code>quoted</code></pre>\n</blockquote>\n"
    )


CODE = "<pre><code>x</code></pre>\n"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("- ```x```", f"<ul>\n<li>{CODE}</li>\n</ul>\n"),
        ("- see ```x```", f"<ul>\n<li>see{CODE}</li>\n</ul>\n"),
        ("2. ```x```", f'<ol start="2">\n<li value="2">{CODE}</li>\n</ol>\n'),
        ("> - ```x```", f"<blockquote>\n<ul>\n<li>{CODE}</li>\n</ul>\n</blockquote>\n"),
        ("- a\n  - ```x```", f"<ul>\n<li>a\n<ul>\n<li>{CODE}</li>\n</ul>\n</li>\n</ul>\n"),
        ("- a\n```x```", f"<ul>\n<li>a</li>\n</ul>\n{CODE}"),
        ("-```x```", f"<p>-</p>\n{CODE}"),
        ("- ", "<p>-</p>\n"),
    ],
)
def test_code_in_an_item_of_a_list_is_part_of_it(written: str, shown: str) -> None:
    assert to_html(written) == shown


def test_a_list_keeps_the_numbers_that_were_typed() -> None:
    html = to_html("3. three\n7. seven")

    assert [part.split(">")[0] for part in html.split("<li")[1:]] == [' value="3"', ' value="7"']


def test_a_list_nested_deeper_than_the_parser_goes_loses_nothing() -> None:
    html = to_html("- " * 40 + "at the bottom")

    assert "at the bottom" in html


ADDRESSES: Final = {
    "https://x.org:": "https://x.org",
    "https://x.org:80/a:b:": "https://x.org:80/a:b",
    "https://x.org/{b}, https://x.org/{b": "https://x.org/{b} https://x.org/",
    "https://x.org/a[]=1] [https://x.org/b]": "https://x.org/a[]=1 https://x.org/b",
    "(https://x.org/(a)) https://x.org/(a(b))": "https://x.org/(a) https://x.org/",
    "'https://x.org/it's' \"https://x.org\" «https://x.org»": "https://x.org/it's https://x.org https://x.org",
    "“https://x.org/a”, https://x.org/b… https://x.org/…c": "https://x.org/a https://x.org/b https://x.org/…c",
    "https://x.org/a?! https://x.org/?a=b": "https://x.org/a https://x.org/?a=b",
    "https://x.org/a\\b \\https://x.org/c": "https://x.org/a https://x.org/c",
    "http://[2001:db8::1]:80/a. http://[::1] http://[::1 http://[x]/": "http://[2001:db8::1]:80/a http://[::1]",
    "https:// https:/// https://- https://.x https:///x": "",
    "https://ä.de/ö。 https://日本.jp、": "https://ä.de/ö https://日本.jp",
    "<https://x.org/a).> <https://> <http:///x>": "https://x.org/a).",
    "https://x.org\u3000x https://x.org\u00a0x": "https://x.org https://x.org",
    "https://x.org/*a*?b **https://x.org/c** https://x.org/_": "https://x.org/*a*?b https://x.org/c https://x.org/",
}
"""Texts, and the addresses that become links. The portal's script is tried with the same."""


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses_end_where_people_see_them_end(text: str) -> None:
    assert unescape(" ".join(re.findall('href="([^"]*)"', to_html(text)))) == ADDRESSES[text]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org:8080/a_b_c/*d*?e=1#f",
        "HTTPS://EXAMPLE.ORG/",
        "https://en.wikipedia.org/wiki/Lamp_(film)",
    ],
)
@pytest.mark.parametrize(
    "around",
    ["{}", "<{}>", "see {}, please", "**{}**", "__{}__", "_{}_", "~~{}~~", "||{}||", "{}`", "- {}", "> {}"],
)
def test_web_links_are_links_as_they_were_typed(url: str, around: str) -> None:
    html = to_html(around.format(url))

    assert f'<a href="{url}" rel="noopener noreferrer nofollow">{url}</a>' in html


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "<javascript:alert(1)>",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "javascript&colon;alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "<data:text/html,x>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "<file:///etc/passwd>",
        "ftp://example.org",
        "mailto:a@example.org",
        "<a@example.org>",
        "a@example.org",
        "www.example.org",
        "//example.org",
        "example.org",
        "discord://-/channels/1",
        "[x](javascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "![x](javascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "https:javascript:alert(1)",
        "https:///example.org",
    ],
)
def test_nothing_else_is_a_link(text: str) -> None:
    html = to_html(text)

    assert "<a" not in html


def test_a_spoiler_ends_where_it_ends() -> None:
    html = to_html("||**a `b|| c** `d`")

    assert html == ('<p><span class="spoiler" tabindex="0">**a `b</span> c** <code>d</code></p>\n')


def test_a_link_cannot_hide_where_it_leads() -> None:
    html = to_html("[https://bank.example](https://evil.example)")

    assert (
        '<a href="https://evil.example" rel="noopener noreferrer nofollow">https://evil.example</a>' in html
    )


@pytest.mark.parametrize(
    "written",
    [
        "[the manual](https://manual.example/a_(b))",
        "[the manual](<https://manual.example/a_(b)>)",
        '[the manual](https://manual.example/a_(b) "read it")',
    ],
)
def test_a_link_behind_words_names_its_host(written: str) -> None:
    html = to_html(f"see {written}.")

    assert html == (
        '<p>see <a href="https://manual.example/a_(b)" rel="noopener noreferrer nofollow">the manual</a>'
        ' <bdi class="small">(manual.example)</bdi>.</p>\n'
    )


def test_marks_in_the_words_of_a_link_count_and_links_do_not_nest() -> None:
    html = to_html("[**the** [x](https://a.example)](https://b.example)")

    assert html.count("<a ") <= 2
    assert "<a " not in html.split("<a ", 1)[1].split("</a>")[0]


@pytest.mark.parametrize(("mark", "size"), [("#", "big1"), ("##", "big2"), ("###", "big3"), ("-#", "small")])
def test_a_line_is_larger_or_smaller(mark: str, size: str) -> None:
    html = to_html(f"before\n{mark} *It* works\nafter")

    assert html == f'<p>before</p>\n<p class="{size}"><em>It</em> works</p>\n<p>after</p>\n'


def test_a_host_is_shown_in_the_alphabet_it_was_typed_in() -> None:
    html = to_html("https://xn--80ak6aa92e.com")

    assert ">https://xn--80ak6aa92e.com</a>" in html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<@1001>", "@Sam &lt;b&gt;"),
        ("<@!1001>", "@Sam &lt;b&gt;"),
        ("<@5>", "@5"),
        ("<@&6>", "@role 6"),
        ("<#7>", "#7"),
        ("<:smile:8>", ":smile:"),
        ("<a:wave:9>", ":wave:"),
        ("<t:1700000000>", "2023-11-14 22:13 UTC"),
        ("<t:1700000000:R>", "2023-11-14 22:13 UTC"),
        ("<t:1700000000:T>", "22:13:20 UTC"),
        ("<t:1700000000:d>", "2023-11-14"),
        ("<t:1700000000:F>", "Tuesday, November 14, 2023 22:13 UTC"),
        ("</close:10>", "/close"),
        ("<t:-1>", "1969-12-31 23:59 UTC"),
    ],
)
def test_mentions_emoji_and_times_are_texts(written: str, shown: str) -> None:
    html = to_html(written, {"1001": "Sam <b>"}.get)

    assert f">{shown}</bdi>" in html
    assert html.count("<bdi") == 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            "> " * 2000,
            ">" * 4000,
            "\n> " * 1333,
            "- " * 2000,
            "* " * 2000,
            "- a\n" * 1000,
            "- a\n" + "b\n" * 1990,
        ),
        *("*" * 4000, "*a " * 1333, "a* " * 1333, "_a" * 2000, "_*" * 2000, "**_~~" * 800, "~~a " * 1000),
        *(
            "`" * 4000,
            "```" * 1333,
            "```\n" * 1000,
            "```" + "\n" * 3997,
            " ".join("`" * n for n in range(88)),
        ),
        *("|" * 4000, "||a" * 1333, "[" * 4000, "\\" * 4000, "<" * 4000, "<@1" * 1333, "<https://a" * 400),
        *(
            "://" * 1333,
            "http://" * 571,
            "https://a" * 444,
            "https://" + "a." * 1996,
            "https://a.b/" + "(" * 3988,
        ),
        *(
            "https://" + "a@" * 1996,
            "a-" * 1990 + "://",
            "a" * 4000,
            " " * 3999 + "x",
            "\0" * 4000,
            "\u202e" * 4000,
        ),
    ],
    ids=lambda text: repr(text[:9]),
)
def test_no_text_takes_long(text: str) -> None:
    assert effort_of(lambda: to_html(text), tries=1) < 3_000


def test_messages_can_be_shown_in_several_threads_at_once() -> None:
    messages = [" ".join(f"https://h{i}.example/{'x' * j}" for j in range(i % 7)) for i in range(200)]
    alone = [to_html(message) for message in messages]

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(to_html, messages))

    assert together == alone


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


@given(
    st.lists(
        st.sampled_from(
            (
                *("a", "word", " ", "  ", "\n", "*", "**", "_", "__", "~~", "||", "`", "<@1>", "\\"),
                *("https://e.x/a_b", "<https://x.y>", "[w](https://e.x)", "&amp;", "<b>", ".", "\t"),
                *(":", "#", "- ", "1.", "x"),
            )
        ),
        min_size=1,
        max_size=14,
    ).map("".join)
)
def test_a_single_paragraph_is_what_it_is_before_a_list(text: str) -> None:
    """What is a single paragraph takes a shorter way, on which nothing may be lost."""
    alone, before_a_list = to_html(text), to_html(f"{text}\n\n- end")

    if alone.count("<p") == 1 and alone.endswith("</p>\n") and not _takes_in_what_follows(text):
        assert before_a_list.startswith(alone)


def _takes_in_what_follows(text: str) -> bool:
    """Code between backticks may be longer than it looks."""
    return text.count("`") >= 3


def test_texts_show_mentions_and_times_as_discord_does_and_leave_code_alone() -> None:
    shown = with_tags_shown(
        "`<@1>` <@1> <t:0:d> <x> ```\n<#2>\n``` `` <@1> ` `` <@2>", {"1": "Sam"}.get, Reader()
    )

    assert shown == "`<@1>` @Sam 1970-01-01 <x> ```\n<#2>\n``` `` <@1> ` `` @2"
