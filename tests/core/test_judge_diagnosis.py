"""What a failing valid event and a forged one say together. Every pair of the table, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.core.judge import DIAGNOSED, diagnose
from monitor.core.model import Expectation, FailureKind, Phase, Reason, Reply
from tests.makers import a_failed_reply, a_monitor, a_reply

PAGE = "<!doctype html><title>403 Forbidden</title>"
MISMATCH = "secret mismatch, or body altered before verification"
ELSEWHERE = "something else answers at this URL"
OFF = "verification is off"
NOTHING_VERIFIED = "nothing is verified"
UNREAD = "routing, proxy and firewall"
NOT_WANTED = "the event is not wanted"


def page(status: int) -> Reply:
    return a_reply(status, body=PAGE, headers=(("content-type", "text/html"),))


@pytest.mark.parametrize(
    ("valid", "forged", "said"),
    [
        (a_reply(401), a_reply(401), MISMATCH),
        (a_reply(403), a_reply(403), MISMATCH),
        (a_reply(400), a_reply(400), MISMATCH),
        (a_reply(401), a_reply(400), MISMATCH),
        (a_reply(403), a_reply(401), MISMATCH),
        (a_reply(400), a_reply(401), NOT_WANTED),
        (a_reply(422), a_reply(403), NOT_WANTED),
        (a_reply(404), a_reply(401), NOT_WANTED),
        (a_reply(404), a_reply(404), UNREAD),
        (a_reply(405), a_reply(405), UNREAD),
        (a_reply(413), a_reply(413), UNREAD),
        (a_reply(401), a_reply(200), NOTHING_VERIFIED),
        (a_reply(400), a_reply(204), NOTHING_VERIFIED),
        (page(200), page(200), ELSEWHERE),
        (page(404), page(404), ELSEWHERE),
        (page(401), page(401), ELSEWHERE),
        (page(403), page(403), MISMATCH),  # a framework's page says so as well
        (page(200), page(403), ""),
        (page(200), a_reply(401), ""),
        (a_reply(401), a_reply(429), ""),
        (a_reply(400), a_reply(429), ""),
        (a_reply(400), a_reply(408), ""),
        (a_reply(401), a_reply(500), ""),
        (a_reply(401), a_reply(302), ""),
        (a_reply(401), a_failed_reply(FailureKind.REFUSED), ""),
        (a_reply(400), a_failed_reply(FailureKind.TIMED_OUT, Phase.WAIT), ""),
    ],
)
def test_a_pair_says_more_than_one(valid: Reply, forged: Reply, said: str) -> None:
    sentence = diagnose(valid, forged, a_monitor())
    assert said in sentence
    assert bool(sentence) is bool(said)


def test_the_same_answer_that_is_no_acknowledgement_means_that_nobody_verified() -> None:
    monitor = a_monitor(expect=Expectation(statuses=("200",)))
    assert OFF in diagnose(a_reply(202), a_reply(202), monitor)
    monitor = a_monitor(expect=Expectation(json=(("ok", True),)))
    assert OFF in diagnose(a_reply(200, body="{}"), a_reply(200, body="{}"), monitor)


def test_the_providers_own_word_for_a_refusal_is_one() -> None:
    monitor = a_monitor(expect=Expectation(refusals=("406", "410")))
    assert MISMATCH in diagnose(a_reply(406), a_reply(401), monitor)
    assert NOT_WANTED in diagnose(a_reply(406), a_reply(401), a_monitor())


REPLIES = some.sampled_from(
    [100, 200, 204, 301, 302, 400, 401, 403, 404, 408, 410, 422, 429, 500, 503]
).flatmap(lambda status: some.sampled_from([a_reply(status), page(status)])) | some.sampled_from(
    list(FailureKind)
).map(a_failed_reply)


@given(valid=REPLIES, forged=REPLIES)
def test_every_pair_gets_one_sentence_or_none(valid: Reply, forged: Reply) -> None:
    sentence = diagnose(valid, forged, a_monitor())
    assert sentence == "" or sentence.endswith(".")
    if forged.failure is not None or forged.http_status in {408, 429, 500, 503}:
        assert not [words for words in (MISMATCH, NOT_WANTED, NOTHING_VERIFIED, OFF) if words in sentence]


def test_only_answers_are_diagnosed() -> None:
    assert {Reason.SIGNATURE_REFUSED, Reason.CLIENT_ERROR, Reason.WRONG_ANSWER} == DIAGNOSED


def test_where_the_refusal_is_explained_no_secret_is_suspected() -> None:
    known = "Its clock is 10 min ahead of ours."
    assert diagnose(a_reply(401), a_reply(401), a_monitor(), known) == ""
    assert NOTHING_VERIFIED in diagnose(a_reply(401), a_reply(200), a_monitor(), known)
