"""``/ack/<token>``: where the link in an alert leads. It works without an account: the token is the proof.

Programs that look at links (Slack's previews, mail scanners) fetch them: a GET shows what would be done and
changes nothing. Only a POST with the token in its form acts.
"""

import hmac
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from jinja2 import Template
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.core.incidents import Gathered
from monitor.core.links import dead
from monitor.core.model import Deed, Happened
from monitor.core.times import both
from monitor.core.tokens import Ticket
from monitor.core.words import explain
from monitor.errors import NotPossible, StoreError
from monitor.web.house import STANDING_BY, House
from monitor.web.problems import problem

Endpoint = Callable[[Request], Awaitable[Response]]
LONGEST_FORM = 2048  # bytes
LONGEST_NAME = 100
SHOWN = 10  # monitors named; of more, how many
OFTEN = 30  # requests about one incident in a minute: people are fewer
MINUTE = timedelta(minutes=1)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def acknowledging(house: House, template: Template) -> Endpoint:
    """Return the endpoint of the link in an alert."""
    patience = _Patience()

    async def link(request: Request) -> Response:
        if house.standby:
            return problem(503, STANDING_BY, headers={**HEADERS, "Retry-After": "5"})
        token = request.path_params["token"]
        ticket = house.ticket(token)
        if ticket is None:
            raise HTTPException(404)
        if patience.exhausted(ticket.incident, house.now()):
            return problem(429, "too often: come again in a minute", headers={**HEADERS, "Retry-After": "60"})
        try:
            found = await house.responders.find(ticket.incident)
            if request.method != "POST":
                return _page(house, template, ticket, found, token)
            return await _acted(house, template, request, ticket, found)
        except NotPossible as why:
            return _html(house, template, 410, title="This link has ended", words=f"{why}.")
        except StoreError:
            return problem(503, "not now: come again", headers={**HEADERS, "Retry-After": "5"})

    return link


async def _acted(
    house: House, template: Template, request: Request, ticket: Ticket, found: Gathered
) -> Response:
    """Acknowledge, if that is what was sent, and lead to the page that says so."""
    token = request.path_params["token"]
    form = await _form(request)
    if form is None:
        return problem(400, "needs the form of this page", headers=HEADERS)
    if not hmac.compare_digest(form.get("token", "").encode(), token.encode()):
        return problem(403, "the form does not carry the token of this link", headers=HEADERS)
    if dead(ticket, found, _now(house)) or found.handling.acknowledged_at is not None:
        return _page(house, template, ticket, found, token)
    who = " ".join(form.get("who", "").split())[:LONGEST_NAME] or _unnamed(ticket)
    deed = Deed(kind=Happened.ACKNOWLEDGED, who=who, words=f"from the alert to {ticket.notifier}")
    await house.responders.act(found.number, deed)
    return RedirectResponse(
        token, status_code=303, headers=HEADERS
    )  # beside this one, whatever is before /ack


def _page(house: House, template: Template, ticket: Ticket, found: Gathered, token: str) -> Response:
    name, handling, now = f"#{found.number}", found.handling, _now(house)
    if why := dead(ticket, found, now):
        return _html(house, template, 410, title="This link has ended", words=why)
    if handling.acknowledged_at is not None:
        return _html(
            house,
            template,
            200,
            title=f"Incident {name} is acknowledged",
            words=f"{handling.acknowledged_by} has it in hand since {both(handling.acknowledged_at, now)}. "
            "Reminders and escalation have stopped; checking goes on.",
            affected=_affected(found),
        )
    return _html(
        house,
        template,
        200,
        title=f"Acknowledge incident {name}?",
        words=f"Open since {both(found.started_at, now)}. Acknowledging says that you have it in hand: "
        "reminders and escalation stop, checking goes on, and everybody sees your name.",
        affected=_affected(found),
        token=token,
        unnamed=_unnamed(ticket),
    )


def _affected(found: Gathered) -> list[str]:
    failing = [f"{part.monitor}: {explain(part.reason).short}" for part in found.failing]
    more = len(failing) - SHOWN
    return [*failing[:SHOWN], f"and {more:,} more"] if more > 0 else failing


def _unnamed(ticket: Ticket) -> str:
    return f"somebody at {ticket.notifier}"


def _now(house: House) -> datetime:
    """Return the time in the zone of the site, in which people are told times."""
    return house.now().astimezone(house.snapshot().config.site.zone)


def _html(  # noqa: PLR0913  what the template shows
    house: House,
    template: Template,
    status: int,
    *,
    title: str,
    words: str,
    affected: list[str] | None = None,
    token: str = "",
    unnamed: str = "",
) -> Response:
    text = template.render(
        site=house.snapshot().config.site,
        title=title,
        words=words,
        affected=affected or [],
        token=token,
        unnamed=unnamed,
    )
    return Response(text, status_code=status, headers=HEADERS, media_type="text/html")


async def _form(request: Request) -> dict[str, str] | None:
    """Return the fields of the form; None for what no form of ours sends."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=5)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


class _Patience:
    """How often an incident was asked for lately. Only who holds a token of ours comes this far."""

    def __init__(self) -> None:
        self._asked: dict[int, deque[datetime]] = {}

    def exhausted(self, number: int, now: datetime) -> bool:
        """Count one request; return whether there were too many in the last minute."""
        self._asked = {one: asked for one, asked in self._asked.items() if asked[-1] > now - MINUTE}
        asked = self._asked.setdefault(number, deque(maxlen=OFTEN + 1))
        asked.append(now)
        return len(asked) > OFTEN and asked[0] > now - MINUTE
