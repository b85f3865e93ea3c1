"""Reading HTML as a browser would, as far as the safety of a page depends on it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "br"}


@dataclass
class Element:
    """An element in order of opening; ``text`` is what stands in it, elements within included."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def is_a(self, tag: str, **attributes: str) -> bool:
        return self.tag == tag and self.attributes.items() >= attributes.items()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        for element in self.open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction: {data}")


def elements(html: str) -> list[Element]:
    """Every element; fails if any is not closed in its turn."""
    reader = _read(html)
    assert reader.open == []
    return reader.elements


def as_text(html: str) -> str:
    return "".join(_read(html).text)


def skeleton(html: str) -> list[tuple[str, ...]]:
    """The elements and the names of their attributes."""
    return [(element.tag, *element.attributes) for element in elements(html)]


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader
