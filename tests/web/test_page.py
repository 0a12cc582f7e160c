"""What the public is told, and above all what it is not told."""

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from monitor.core.model import (
    FINDINGS,
    Check,
    CheckKey,
    Closing,
    Config,
    Monitor,
    Policy,
    Public,
    Reason,
    Retry,
    Severity,
    Site,
    Status,
)
from monitor.web import House, public_app
from tests.makers import NOON, SECOND, a_monitor, a_provider
from tests.web.houses import AN_INCIDENT, DAY, Stage, a_change, visiting
from tests.web.scenes import a_busy_stage

PAYMENTS = a_monitor(public=Public(name="Payments", group="Incoming"))


def a_stage(status: Status | None = Status.UP, reason: Reason = Reason.ACCEPTED) -> Stage:
    stage = Stage(config=Config(monitors=(PAYMENTS,)))
    if status:
        stage.hold(PAYMENTS, status, reason)
    return stage


async def visit(stage: Stage, path: str = "/", **headers: str) -> httpx.Response:
    async with visiting(public_app(stage.house())) as client:
        return await client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


async def text(stage: Stage) -> str:
    """Return the words of the page, without its tags."""
    answer = await visit(stage)
    assert answer.status_code == 200
    words = re.sub(r"<svg.*?</svg>|<head>.*?</head>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())


async def test_all_is_well_is_said_with_when_it_was_measured() -> None:
    told = await text(a_stage())
    assert "All Systems Operational" in told
    assert "12:00 UTC , measured 12 s ago" in told
    assert "Payments Operational" in told
    assert "100 % uptime in 90 days, measured for 1 h" in told


async def test_the_oldest_of_the_measurements_is_the_one_that_is_told() -> None:
    orders = a_monitor(id="orders", public=Public(name="Orders"))
    stage = Stage(config=Config(monitors=(PAYMENTS, orders)))
    stage.hold(PAYMENTS, Status.UP, Reason.ACCEPTED)
    stage.hold(orders, Status.UP, Reason.ACCEPTED)
    key = CheckKey("orders", Check.DELIVERY)
    stage.healths[key] = replace(stage.healths[key], last_result_at=NOON - 29 * SECOND)
    assert "measured 29 s ago" in await text(stage)


async def test_an_outage_is_told_with_since_when() -> None:
    stage = a_stage(Status.DOWN, Reason.SERVER_ERROR)
    stage.open(PAYMENTS, 7, Reason.SERVER_ERROR)
    told = await text(stage)
    assert "Major System Outage" in told
    assert "Payments is down Events sent to it are not accepted at the moment." in told
    assert "Since 11:00 UTC , for 1 h" in told
    assert "since 11:00 UTC Down" in told


async def test_slow_answers_after_an_outage_are_no_outage() -> None:
    stage = a_stage(Status.DEGRADED, Reason.SLOW)
    stage.open(PAYMENTS, 7, Reason.SERVER_ERROR)
    key = CheckKey("billing", Check.DELIVERY)
    stage.incidents[key] = replace(stage.incidents[key], down_until=NOON - timedelta(minutes=9))
    told = await text(stage)
    assert "Payments is degraded Events still arrive, but not as they should." in told
    assert "not accepted" not in told


def telling(policy: Policy, *, consequences: bool) -> Monitor:
    provider = a_provider(title="Stripe", policy=policy)
    public = Public(name="Payments", group="Incoming", consequences=consequences)
    return a_monitor(provider=provider, public=public, volume=4321.0)


@pytest.mark.parametrize(
    ("policy", "now", "later"),
    [
        (
            Policy(retry=Retry(attempts=0)),
            "at the moment. Stripe does not retry: events since 11:00:00 UTC are lost.",
            "events between 2026-02-28 12:00:00 UTC and 2026-02-28 13:00:00 UTC were not accepted.",
        ),
        (
            Policy(retry=Retry(over=3 * DAY)),
            "retries for up to 3 days: nothing is lost if this is over well before 2026-03-04 11:00:00",
            "Stripe retries for up to 3 days.",
        ),
    ],
)
async def test_what_becomes_of_events_is_told_only_where_the_operator_wants_it(
    policy: Policy, now: str, later: str
) -> None:
    began = NOON - DAY
    over = replace(
        AN_INCIDENT,
        number=3,
        started_at=began,
        down_since=began,
        ended_at=began + timedelta(hours=1),
        closing=Closing.RECOVERED,
    )
    for wanted in (True, False):
        monitor = telling(policy, consequences=wanted)
        stage = Stage(config=Config(monitors=(monitor,)))
        stage.hold(monitor, Status.DOWN, Reason.SERVER_ERROR)
        stage.open(monitor, 7, Reason.SERVER_ERROR)
        stage.history.told.append(over)
        told = await text(stage)
        assert (now in told, later in told) == (wanted, wanted)
        assert ("Stripe" in told) is wanted
        assert not re.search(r"4,?321|risk|replay|503", told)


async def test_of_an_outage_that_nobody_measures_no_consequence_is_told() -> None:
    monitor = telling(Policy(retry=Retry(attempts=0)), consequences=True)
    stage = Stage(config=Config(monitors=(monitor,)))
    stage.hold(monitor, Status.DOWN, Reason.SERVER_ERROR)
    stage.open(monitor, 7, Reason.SERVER_ERROR)
    stage.now += timedelta(minutes=10)
    told = await text(stage)
    assert "nobody knows whether this is over" in told
    assert "lost" not in told


async def test_a_ban_that_our_own_probes_brought_about_is_no_incident_of_the_component() -> None:
    """Its status is unknown, as if nobody could measure it, and nothing says why."""
    quiet, banned = (a_stage(Status.UNKNOWN, Reason.OWN_FAULT) for _ in range(2))
    banned.open(PAYMENTS, 7, Reason.OWN_FAULT, severity=Severity.MINOR)
    banned.history.told.append(
        replace(
            AN_INCIDENT,
            number=5,
            reason=Reason.OWN_FAULT,
            severity=Severity.MINOR,
            started_at=NOON - 3 * DAY,
            ended_at=NOON - 2 * DAY,
            closing=Closing.RECOVERED,
        )
    )
    assert (await visit(banned)).content == (await visit(quiet)).content
    assert "Payments not measured since 11:00 UTC Unknown" in await text(banned)


async def test_what_is_not_measured_is_unknown_and_never_green() -> None:
    never = await text(a_stage(status=None))
    assert "Not Measured Right Now" in never
    assert "Payments Unknown" in never
    assert "not measured in the last 90 days" in never
    stage = a_stage()
    stage.now += timedelta(minutes=10)
    silent = await text(stage)
    assert "Operational" not in silent
    assert "not measured since 12:00 UTC Unknown" in silent


async def test_an_outage_that_nobody_measures_any_more_is_neither_over_nor_certain() -> None:
    stage = a_stage(Status.DOWN, Reason.TIMEOUT)
    stage.open(PAYMENTS, 7, Reason.TIMEOUT)
    stage.now += timedelta(minutes=10)
    told = await text(stage)
    assert "Payments was down when it was measured last" in told
    assert "nobody knows whether this is over" in told


async def test_a_page_without_components_claims_nothing() -> None:
    for monitors in ((), (a_monitor(),)):
        told = await text(Stage(config=Config(monitors=monitors)))
        assert "Nothing is published here" in told
        assert "Operational" not in told
        assert "billing" not in told


async def test_a_paused_component_is_neither_up_nor_down() -> None:
    stage = Stage(config=Config(monitors=(replace(PAYMENTS, enabled=False),)))
    told = await text(stage)
    assert "Payments Paused" in told
    assert "Nothing is measured here" in told


async def test_components_stand_in_their_groups_in_the_order_of_the_file() -> None:
    names = [("Z", "One"), ("A", "Two"), ("M", "One"), ("Loose", None)]
    monitors = tuple(
        a_monitor(id=f"m{number}", public=Public(name=name, group=group))
        for number, (name, group) in enumerate(names)
    )
    told = await text(Stage(config=Config(monitors=monitors)))
    places = [told.index(word) for word in ("Loose", "One", "Z Unknown", "M Unknown", "Two", "A Unknown")]
    assert places == sorted(places)


# --- what the public is not told ----------------------------------------------------------------------------


async def test_a_finding_leaves_no_trace_on_the_page() -> None:
    """Two worlds, one with a critical finding now and one in the past: the same bytes."""
    quiet, hostile = a_stage(), a_stage()
    hostile.hold(PAYMENTS, Status.DOWN, Reason.FORGERY_ACCEPTED, check=Check.FORGED)
    hostile.open(PAYMENTS, 9, Reason.FORGERY_ACCEPTED, check=Check.FORGED, severity=Severity.CRITICAL)
    hostile.history.told.append(
        replace(
            AN_INCIDENT,
            number=4,
            check=Check.FORGED,
            reason=Reason.FORGERY_ACCEPTED,
            started_at=NOON - 3 * DAY,
            ended_at=NOON - 2 * DAY,
            closing=Closing.RECOVERED,
        )
    )
    assert (await visit(hostile)).content == (await visit(quiet)).content


@pytest.mark.parametrize("check", sorted(FINDINGS))
@pytest.mark.parametrize("status", [Status.DOWN, Status.DEGRADED, Status.UNKNOWN])
async def test_no_finding_of_any_kind_leaves_a_trace(check: Check, status: Status) -> None:
    """Neither in the status, nor in the bars and the uptime, nor among what is open or over."""
    quiet, troubled = a_stage(), a_stage()
    troubled.hold(PAYMENTS, status, Reason.VERIFIER_CRASHED, check=check)
    for severity in Severity:
        troubled.open(PAYMENTS, 9, Reason.VERIFIER_CRASHED, check=check, severity=severity)
    over = replace(AN_INCIDENT, check=check, started_at=NOON - 3 * DAY, ended_at=NOON - 2 * DAY)
    troubled.history.told.append(over)
    troubled.history.changes.append(a_change("billing", NOON - 3 * DAY, Status.DOWN, check=check))
    assert (await visit(troubled)).content == (await visit(quiet)).content


async def test_nothing_of_the_inside_is_on_the_page() -> None:
    stage = a_busy_stage()
    raw = (await visit(stage)).text
    for monitor in stage.config.monitors:
        assert not re.search(rf"(?<![\w.-]){re.escape(monitor.id)}(?![\w.-])", raw), monitor.id
    for inside in (
        "api.example.com",
        "hidden-",
        "ledger",
        "10.1.2.3",
        "503",
        "forg",
        "secret",
        "webhook/",
        "oncall",
    ):
        assert inside not in raw.lower(), inside
    for reason in Reason:
        assert f">{reason}<" not in raw


async def test_a_monitor_that_was_taken_off_the_page_takes_its_past_along() -> None:
    stage = a_stage()
    over = replace(AN_INCIDENT, started_at=NOON - DAY, ended_at=NOON - DAY / 2, closing=Closing.RECOVERED)
    stage.history.told.append(over)
    app = public_app(stage.house())
    async with visiting(app) as client:
        assert "Payments was down" in (await client.get("/")).text
        stage.config = Config(monitors=(a_monitor(), a_monitor(id="other", public=Public(name="Other"))))
        stage.now += 3 * SECOND  # the past is still kept, the page is not
        assert "Payments" not in (await client.get("/")).text


async def test_names_from_the_file_are_text_and_nothing_else() -> None:
    nasty = Public(name="<script>alert(1)</script>", group='"><b>', description="a & b")
    stage = Stage(config=Config(site=Site(name="<i>"), monitors=(replace(PAYMENTS, public=nasty),)))
    raw = (await visit(stage)).text
    assert "<script>alert" not in raw
    assert "<b>" not in raw
    assert "<i>" not in raw
    assert "&lt;script&gt;" in raw


# --- history and caches -------------------------------------------------------------------------------------


async def test_the_past_is_read_once_a_minute_however_many_look() -> None:
    stage = a_stage()
    key = CheckKey("billing", Check.DELIVERY)
    async with visiting(public_app(stage.house())) as client:
        for _ in range(20):
            await client.get("/")
            stage.now += 3 * SECOND
            stage.healths[key] = replace(stage.healths[key], last_result_at=stage.now)
        assert stage.history.asked == ["transitions", "incidents", "happened"]
        await client.get("/")
        assert stage.history.asked == ["transitions", "incidents", "happened"] * 2


async def test_a_change_of_status_is_in_the_bars_within_ten_seconds() -> None:
    stage = a_stage()
    async with visiting(public_app(stage.house())) as client:
        assert "with trouble</summary>" not in (await client.get("/")).text
        stage.now += 11 * SECOND
        stage.hold(PAYMENTS, Status.DOWN, Reason.TIMEOUT)
        assert "1 day with trouble</summary>" in (await client.get("/")).text


async def test_many_components_are_read_at_once_and_few_one_by_one() -> None:
    for count, asked in ((3, 3), (200, 1)):
        monitors = tuple(a_monitor(id=f"m{n}", public=Public(name=f"N{n}")) for n in range(count))
        stage = Stage(config=Config(monitors=monitors))
        await visit(stage)
        assert stage.history.asked.count("transitions") == asked


async def test_the_page_stands_while_the_database_is_away() -> None:
    stage = a_stage()
    stage.history.away = True
    told = await text(stage)
    assert "All Systems Operational" in told
    assert "History cannot be read at the moment" in told
    assert "uptime in" not in told


async def test_an_older_past_is_better_than_none() -> None:
    stage = a_stage()
    async with visiting(public_app(stage.house())) as client:
        await client.get("/")
        stage.history.away, stage.now = True, stage.now + timedelta(minutes=2)
        later = (await client.get("/")).text
    assert "History cannot be read" not in later
    assert 'class="bars"' in later


async def test_past_incidents_are_told_latest_first() -> None:
    stage = a_stage()
    for number, days, severity in ((1, 9, Severity.MAJOR), (2, 3, Severity.MINOR)):
        began = NOON - days * DAY
        stage.history.told.append(
            replace(
                AN_INCIDENT,
                number=number,
                severity=severity,
                started_at=began,
                ended_at=began + timedelta(minutes=5),
                closing=Closing.RECOVERED,
            )
        )
    told = await text(stage)
    assert told.index("Payments was degraded for 5 min") < told.index("Payments was down for 5 min")


async def test_a_bad_day_is_in_words_too() -> None:
    stage = a_stage()
    stage.history.changes += [
        a_change("billing", NOON - 5 * DAY, Status.UP),
        a_change("billing", NOON - 2 * DAY, Status.DOWN),
        a_change("billing", NOON - 2 * DAY + timedelta(minutes=4), Status.UP),
    ]
    raw = (await visit(stage)).text
    assert "27 Feb 2026: down for 4 min" in raw
    assert (
        'aria-label="The last 90 days: 1 day with trouble, down for 4 min in all, 84 days not measured"'
        in raw
    )


async def test_a_visitor_who_has_the_page_is_not_sent_it_again() -> None:
    stage = a_stage()
    async with visiting(public_app(stage.house())) as client:
        first = await client.get("/")
        tag = first.headers["etag"]
        for given in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
            again = await client.get("/", headers={"If-None-Match": given})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (await client.get("/", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_the_page_is_compressed_for_whoever_understands_that() -> None:
    stage = a_stage()
    plain = await visit(stage, accept_encoding="identity")
    zipped = await visit(stage, accept_encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert plain.content == zipped.content


async def test_the_page_needs_no_inline_style_or_script() -> None:
    raw = (await visit(a_busy_stage())).text
    assert "style=" not in raw
    assert "<style" not in raw
    assert re.findall(r"<script[^>]*>", raw) == ['<script src="/static/page.js" defer>']
    assert "default-src 'none'" in (await visit(a_busy_stage())).headers["content-security-policy"]


# --- health -------------------------------------------------------------------------------------------------


async def test_healthz_fails_when_the_clock_stalls() -> None:
    stage = a_stage()
    assert (await visit(stage, "/healthz")).json() == {"ok": True}
    stage.stalled = "no tick for 40 s"
    sick = await visit(stage, "/healthz")
    assert (sick.status_code, sick.json()["detail"]) == (503, "no tick for 40 s")
    assert (await visit(stage, "/readyz")).status_code == 503


async def test_readyz_fails_while_it_does_not_do_its_job() -> None:
    stage = a_stage()
    stage.unready = "the database is away"
    assert (await visit(stage, "/healthz")).status_code == 200
    assert (await visit(stage, "/readyz")).json()["detail"] == "the database is away"


async def test_who_stands_by_is_alive_not_ready_and_shows_no_page() -> None:
    async with visiting(public_app(House.standing_by(now=lambda: NOON))) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        page = await client.get("/")
    assert page.status_code == 503
    assert "Standing by" in page.text


@pytest.mark.parametrize(
    "path", ["/nowhere", "/static/nowhere.css", "/static/../page.html", "/api/v1/monitors", "/metrics"]
)
async def test_what_is_not_public_is_not_there(path: str) -> None:
    for_people = await visit(a_stage(), path, accept="text/html,*/*")
    assert for_people.status_code == 404
    assert "There is nothing here" in for_people.text
    assert (await visit(a_stage(), path)).headers["content-type"] == "application/problem+json"


async def test_the_public_can_only_read() -> None:
    async with visiting(public_app(a_stage().house())) as client:
        assert (await client.head("/")).status_code == 200
        assert (await client.head("/healthz")).status_code == 200
        refused = await client.post("/")
    assert refused.status_code == 405
    assert refused.headers["content-type"] == "application/problem+json"


async def test_times_are_told_in_the_zone_of_the_site() -> None:
    stage = a_stage(Status.DOWN, Reason.SERVER_ERROR)
    berlin = Site(zone=ZoneInfo("Europe/Berlin"))
    stage = replace(stage, config=replace(stage.config, site=berlin))
    page = (await visit(stage)).text
    assert "13:00 CET" in page
    assert f'datetime="{NOON:%Y-%m-%dT%H:%M}' in page
    assert " UTC" not in page.replace("Days are in UTC", "")
