"""The headers of pages: what a page may load, who may frame it, and what it tells other sites."""

from typing import Final

from aiohttp import hdrs, web

from pages.frame.frame import Frame

OF_PAGES: Final = web.RequestKey("OF_PAGES", bool)
"""Marks requests for a page, a form or a static file, which are not requests to the API."""
NOBODY: Final = "'none'"
_OF_CORS: Final = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers")


def policy(frame: Frame, ancestors: str = NOBODY) -> str:
    """The Content-Security-Policy: everything comes from us, no script stands in a page, and texts cannot
    become HTML in a script either. ``ancestors`` are the origins that may frame the page."""
    socket = f"{'wss' if frame.origin.scheme == 'https' else 'ws'}://{frame.origin.authority}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob: {frame.origin}",
            f"connect-src 'self' {frame.origin} {socket}",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: sets the headers of pages, after those of the API were set."""
    if not request.get(OF_PAGES):
        return
    headers = response.headers
    for name in _OF_CORS:
        headers.popall(name, None)
    headers["Referrer-Policy"] = "same-origin"  # with "no-referrer" forms would come without an Origin
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if f"frame-ancestors {NOBODY}" in headers.get(hdrs.CONTENT_SECURITY_POLICY, ""):
        headers["X-Frame-Options"] = "DENY"
