"""A ticket's record as a file that people can keep, read anywhere and print; or that programs can read."""

from transcripts.markdown_text import render_markdown
from transcripts.page import render_html
from transcripts.record import render_json
from transcripts.text import render_text

__all__ = ["render_html", "render_json", "render_markdown", "render_text"]
