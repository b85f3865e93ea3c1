"""Puts the pages that are on into the web application."""

from importlib.resources import files

from aiohttp import web

from config.page_settings import PageName
from pages.client_files import client_files
from pages.desk.routes import desk_routes
from pages.frame.frame import FRAME, Frame
from pages.frame.headers import dress
from pages.frame.page import for_scripts
from pages.frame.static_files import PATH, StaticFiles, files_in
from pages.home import home
from pages.portal.routes import portal_routes
from pages.widget.routes import widget_routes


def static_files(root: str = "") -> StaticFiles:
    """All static files of pages, read once."""
    return StaticFiles({**files_in({"": files("pages").joinpath("static")}), **client_files()}, root)


def attach(app: web.Application, frame: Frame) -> None:
    """Add the pages to the application of the API, before it is served."""
    if not frame.on:
        return
    app[FRAME] = frame
    app.on_response_prepare.append(dress)
    app.router.add_get("/", home)
    if PageName.WIDGET in frame.on:
        app.router.add_routes(widget_routes())
    app.router.add_get(PATH, for_scripts(frame.static.serve))
    if PageName.PORTAL in frame.on:
        app.add_routes(portal_routes())
    if PageName.DESK in frame.on:
        app.add_routes(desk_routes())
