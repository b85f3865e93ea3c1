"""What is done once, before programs are forked: they are imported, and all texts are read."""

import bot.program.app
import bot.program.command_line  # noqa: F401
import sandbox.serve
import sandbox.start
import sandbox.state  # noqa: F401
from texts.language import Language
from texts.text import bundle_of

for _language in Language:
    bundle_of(_language)
