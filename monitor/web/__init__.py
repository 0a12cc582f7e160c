"""The web: two sockets, one for the public and one for the operator. Door to FastAPI, uvicorn and Jinja2."""

from monitor.web.api import operator_app
from monitor.web.house import History, House, ReloadState
from monitor.web.page import public_app
from monitor.web.server import listen, serve_on

__all__ = [
    "History",
    "House",
    "ReloadState",
    "listen",
    "operator_app",
    "public_app",
    "serve_on",
]
