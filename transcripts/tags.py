"""Texts that Discord shows differently from what was typed: mentions, times, emoji, commands."""

import re
from collections.abc import Callable

from transcripts.plain import label
from transcripts.reader import Reader

NameOf = Callable[[str], str | None]
"""The name of a Discord user by id, if it is known."""

TAG = re.compile(
    r"""<(?: @!?(?P<user>\d{1,20})
          | @&(?P<role>\d{1,20})
          | \#(?P<channel>\d{1,20})
          | a?:(?P<emoji>\w{1,64}):\d{1,20}
          | /(?P<command>[\w -]{1,100}):\d{1,20}
          | t:(?P<time>-?\d{1,13})(?::(?P<style>[tTdDfFsSR]))?
        )>""",
    re.VERBOSE | re.ASCII,
)
_CODE_OR_TAG = re.compile(rf"(?P<code>```.*?```|``.*?``|`[^`]*`)|{TAG.pattern}", TAG.flags | re.DOTALL)


def with_tags_shown(content: str, name_of: NameOf, reader: Reader) -> str:
    """The message with its tags replaced. Code stays as it is."""
    return _CODE_OR_TAG.sub(
        lambda it: (None if it["code"] else shown_for(it, name_of, reader)) or it[0], content
    )


def shown_for(tag: re.Match[str], name_of: NameOf, reader: Reader) -> str | None:
    """What Discord shows for the tag; None if it shows what was typed."""
    match tag.groupdict():
        case {"user": str(user_id)}:
            name = label(name_of(user_id) or "")
            return f"@{name or user_id}"
        case {"role": str(role_id)}:
            return f"@role {role_id}"
        case {"channel": str(channel_id)}:
            return f"#{channel_id}"
        case {"emoji": str(emoji)}:
            return f":{emoji}:"
        case {"command": str(command)}:
            return f"/{command}"
        case {"time": str(seconds), "style": style}:
            try:
                return reader.stamp(int(seconds), style or "f")
            except (ValueError, OverflowError, OSError):
                return None
    return None
