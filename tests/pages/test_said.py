"""What the portal's script shows of a text that arrives is what the server writes when the page is loaded."""

import re
from random import Random
from typing import Final

from playwright.async_api import Route

from pages.frame.words import said
from tests.docs.pages import ROOT
from tests.pages.browser import browsing, needs_browser
from tests.transcripts.test_markdown import ADDRESSES

PORTAL: Final = ROOT / "pages/static/portal"
PAGE: Final = "<body><div id='app' data-language='en'></div></body>"
PARTS: Final = (
    *("https://", "x.org", "HTTP://[::1]:8", "ä.de:", "a:b@", "://", "/", "/a", "?b=c", "#d"),
    *("(e)", "[f]", "{g}", "()", "%20", "**", "||", "\\*"),
    *".,:;!?'\"…”»。「」)(][}{\\*_-~|`<>&=+@^$😀 \n\u200b",
)


def _of_odd_parts(random: Random) -> str:
    return "".join(random.choice(("https://x.org", *random.choices(PARTS, k=3))) for _ in range(9))


TEXTS: Final = (
    "plain",
    "a  b",
    "a\nb\n\nc\n\n\nd",
    "a\\\nb",
    "*a* **b** ***c*** _d_ __e__ ~~f~~ ||g||",
    "*a **b** c* and **a *b* c**",
    "*a\nb*",
    "*a**b**c*",
    "**a**b**c**",
    "_it_ snake_case_name _a_b_",
    "___a___ **__b__** ||a **b**||",
    "**unclosed and *alone",
    "a * b * c, 2*3*4, ~a~, ~~~~, ||||",
    "é**😀**é *“a”*b",
    "\\*no\\* \\# \\_ \\~~a~~",
    "`code *x*` ``a ` b`` `a\nb` ` ` `` ` `` `open ``too",
    "```py\nx = 1\n```",
    "before\n```\ncode\n```\nafter ```inline```",
    "# A\n## *B*\n### C\n#### four\n-# small\n#none",
    "- a\n  - b\n  - c\n- d\nafter\n\n* e\n+ f",
    "3. a\n4. b\n1) c\n10. ten",
    "- `x`\n- **y**",
    "> q\n> **r**\nx\n> - a\n> - b\n> # h\n> > no\n>x",
    ">>> q\n\nr",
    "> ",
    "- a\n\n- b\n\n  c\n- d\n\nafter",
    "- a\n\n\n1. b\n   - c\n\n     d\n     # e",
    "- - a\n  - b\n- 1. * c\n  2. d",
    "- # a\n  b\n# c\nd\n2. e\n1. f",
    "\t- a\n\t\tb\n-     c\n   d\n      e",
    "- a\n  - b\n   - c\n    - d\n         - e\n",
    "- - - - - - - - - a",
    "    # a\n    b\n      c\r\nd",
    "- a ```b``` c\n- ```d``` e\n  - f\n```\ng\n```\n```h```",
    "> ```\n> a\n> ```\n```\n> b\n``` c\n> d\n>>> e\n> f",
    "```a\n```b```` c ``````",
    "</help:1> </a b:2> <:" + "x" * 40 + ":3>",
    '[a](https://x.org) [*a*](<https://x.org/b>) [t](https://a.b "t") [x](javascript:alert(1))',
    "[a.b](https://x.org)",
    "<https://x.org/a> https://x.org/a_b_c. (https://x.org) https://x.org/(a) **https://x.org** ahttps://x.org",
    "http://x.org/*a* HTTPS://X.org/?a=b&c=%20#d, www.x.org, ftp://x.org",
    "_https://x.org/a. x_https://x.org/b éhttps://x.org/c *_https://x.org/d* 1https://x.org/e",
    "__https://x.org/a__ ~~https://x.org/b_c~~ **https://x.org/d** ||https://x.org/e|| _https://x.org/f_",
    "https://x.org/`g` https://x.org/*h*?i=_j_&k#l https://en.wikipedia.org/wiki/Lamp_(film)",
    "<b>x</b> &amp; &lt; <script>alert(1)</script> \" '",
    "<@123> <@!4> <@&5> <#6> <:smile:7> <a:wave:8> <@> <:x>",
    *ADDRESSES,
    *(_of_odd_parts(Random(seed)) for seed in range(400)),  # noqa: S311  no secret
)
SHOWN: Final = """async (texts) => {
    const { said } = await import("http://portal.test/markdown.js");
    const known = new Set(["href", "class", "value"]);
    return texts.map(([text, written]) => [said(text), written].map((it) => {
        const shown = document.createElement("div");
        if (typeof it === "string") shown.innerHTML = it;
        else shown.append(it);
        for (const element of shown.querySelectorAll("*"))
            for (const { name } of [...element.attributes])
                if (!known.has(name)) element.removeAttribute(name);
        return shown.innerHTML;
    }));
}"""


async def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name:
        await route.fulfill(path=PORTAL / name)
    else:
        await route.fulfill(body=PAGE, content_type="text/html")


@needs_browser
async def test_a_text_looks_the_same_live_and_loaded_again() -> None:
    async with browsing() as browser:
        page = await browser.new_page()
        await page.route("http://portal.test/**", _serve)
        await page.goto("http://portal.test/")

        shown = await page.evaluate(SHOWN, [[it, str(said(it))] for it in TEXTS])

    for text, (live, loaded) in zip(TEXTS, shown, strict=True):
        assert _on_one_line(live) == _on_one_line(loaded), text


def test_an_address_in_the_widget_is_one_in_the_portal() -> None:
    (pattern,) = re.findall("const LINK = /(.*)/iy;", (PORTAL / "markdown.js").read_text())

    assert f"({pattern})/gi;" in (PORTAL.parent / "widget/said.js").read_text()


@needs_browser
async def test_a_moment_is_shown_as_one_of_the_readers() -> None:
    async with browsing() as browser:
        page = await browser.new_page(timezone_id="Europe/Berlin")
        await page.route("http://portal.test/**", _serve)
        await page.goto("http://portal.test/")

        shown = await page.evaluate(SHOWN, [["<t:1700000000:F> `<t:1>` <t:9999999999999> <t:x>", ""]])

    assert shown[0][0].replace("\u202f", " ") == (
        '<p><time class="tag">Tuesday, November 14, 2023 at 11:13 PM</time> '
        "<code>&lt;t:1&gt;</code> &lt;t:9999999999999&gt; &lt;t:x&gt;</p>"
    )


def _on_one_line(html: str) -> str:
    """Line ends between elements are not seen."""
    return re.sub(r"[ \t]*\n[ \t\n]*", "", html)
