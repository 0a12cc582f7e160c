"""What people do about incidents: POST /api/v1/incidents/{number}/…"""

from fastapi import APIRouter

from monitor.core.model import Deed, Happened
from monitor.web.api import examples
from monitor.web.api.incidents import Number, detail_of_incident
from monitor.web.api.shapes import Assigned, IncidentDetail, Merged, Noted, PostMortem, Signed
from monitor.web.house import House

ANSWERS = {
    **examples.answers(examples.INCIDENT_DETAIL),
    **examples.MISSING,
    409: examples.problem("It is not in a state in which this can be done."),
}


def responding_router(house: House) -> APIRouter:
    """Return the routes with which people act."""
    router = APIRouter(prefix="/incidents/{number}", tags=["incidents"], responses=ANSWERS)

    async def act(number: int, deed: Deed) -> IncidentDetail:
        """Do it, and show what the incident is now."""
        now = await house.responders.act(number, deed)
        return await detail_of_incident(house, now.number)

    @router.post("/acknowledge", summary="Acknowledge")
    async def acknowledge(number: Number, asked: Signed) -> IncidentDetail:
        """Somebody has it in hand: reminders and escalation stop, checking goes on. Its end clears it."""
        return await act(number, Deed(kind=Happened.ACKNOWLEDGED, who=asked.who, words=asked.text))

    @router.post("/note", summary="Write a note")
    async def note(number: Number, asked: Noted) -> IncidentDetail:
        """A line in its timeline, also when it is over."""
        return await act(number, Deed(kind=Happened.NOTED, who=asked.who, words=asked.text))

    @router.post("/assign", summary="Assign")
    async def assign(number: Number, asked: Assigned) -> IncidentDetail:
        """Name who is to see to it."""
        return await act(number, Deed(kind=Happened.ASSIGNED, who=asked.who, words=asked.to))

    @router.post("/resolve", summary="Resolve by hand")
    async def resolve(number: Number, asked: Signed) -> IncidentDetail:
        """Somebody says that it is over. Its checks are asked at once; what still fails becomes a new one."""
        return await act(number, Deed(kind=Happened.RESOLVED, who=asked.who, words=asked.text))

    @router.post("/reopen", summary="Reopen")
    async def reopen(number: Number, asked: Signed) -> IncidentDetail:
        """It is not over. It stays open until it is resolved; what of it fails again belongs to it."""
        return await act(number, Deed(kind=Happened.REOPENED, who=asked.who, words=asked.text))

    @router.post("/merge", summary="Merge into another")
    async def merge(number: Number, asked: Merged) -> IncidentDetail:
        """Let all of it belong to another incident; both are open, or both are over."""
        return await act(number, Deed(kind=Happened.MERGED, who=asked.who, into=asked.into))

    @router.post("/post-mortem", summary="Write the post-mortem")
    async def post_mortem(number: Number, asked: PostMortem) -> IncidentDetail:
        """What was learned. The last one written is the one that counts."""
        deed = Deed(kind=Happened.POST_MORTEM, who=asked.who, words=asked.text, public=asked.public)
        return await act(number, deed)

    return router
