"""The levels as numbers, for walks along an index."""

from tickets.model import IssueLevel

URGENCIES = tuple(sorted((level.urgency for level in IssueLevel), reverse=True))
"""The most urgent first."""
