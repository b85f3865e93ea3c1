"""What is done once, before programs are forked: they are imported, and texts and templates are read."""

import gc

import aiohttp.web

import bot.program.app
import bot.program.command_line  # noqa: F401
import sandbox.serve
import sandbox.start
import sandbox.state  # noqa: F401
from api.app import ROUTES
from api.door.routes import with_patterns
from pages.frame.page import read_templates
from texts.language import Language
from texts.text import bundle_of

for _language in Language:
    bundle_of(_language)
read_templates(["portal", "desk", "widget"])
_router = aiohttp.web.UrlDispatcher()
for _route in ROUTES:
    _router.add_resource(with_patterns(_route.path))  # compiles a pattern, which is kept
gc.collect()
gc.freeze()  # what is here already is never collected, so no process looks at it
