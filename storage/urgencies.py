"""The levels as numbers, for walks along an index."""

from tickets.model import IssueLevel

URGENCY = {level: level.urgency for level in IssueLevel}

URGENCIES = tuple(sorted(URGENCY.values(), reverse=True))
"""The most urgent first."""
