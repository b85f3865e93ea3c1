"""What the documents say is held against the program."""

from tests.docs.settings import bare

__all__ = ["bare"]
