"""What the program answers to those who press and type in Discord."""

from simcord import InteractionResult


def told(result: InteractionResult) -> str:
    """The answer, which its reader alone sees."""
    assert result.response is not None
    assert result.ephemeral
    return result.response.content
