"""A ticket's record as a file that people can keep, read anywhere and print."""

from transcripts.page import render_html

__all__ = ["render_html"]
