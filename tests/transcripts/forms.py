"""The transcripts of the seeded conversation as they are to be. ``python -m tests.transcripts.forms`` writes
them anew, after a change that is meant: look at the difference before you keep it."""

from collections.abc import Mapping
from pathlib import Path

from tests.transcripts.seeded import IMAGES, READER, TRANSCRIPTS, file_url
from transcripts import render_html, render_json, render_markdown, render_text

FOLDER = Path(__file__).parent / "golden"


def rendered() -> Mapping[str, str]:
    """Every form for both sides, by the name of its file."""
    forms: dict[str, str] = {}
    for side, transcript in TRANSCRIPTS.items():
        pieces = {
            "html": render_html(transcript, file_url, reader=READER, images=IMAGES),
            "md": render_markdown(transcript, file_url, reader=READER),
            "txt": render_text(transcript, file_url, reader=READER),
            "json": render_json(transcript, file_url),
        }
        forms |= {f"{side}.{form}": "".join(it) for form, it in pieces.items()}
    return forms


def main() -> None:
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
