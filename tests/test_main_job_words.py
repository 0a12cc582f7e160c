"""The words of a running main job: the operator's templates and time zone, and one thread over a restart."""

import signal
from pathlib import Path

import pytest

from tests.fakes.hook import Hook
from tests.fakes.running import Running, until
from tests.fakes.smtp import FakeSmtp
from tests.test_main_job import file_with, monitor_yaml, up

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

WORDS = "site: {name: Acme, timezone: Asia/Kathmandu}\ntemplates: words\n"


def test_an_incident_is_one_thread_over_a_restart_in_the_operators_words(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "headline.txt").write_text("first {{ headline }}")
    with FakeSmtp() as smtp, Hook() as hook:
        mail = f"mailto://127.0.0.1:{smtp.port}?from=monitor@acme.example&to=team@acme.example&mode=insecure"
        job = Running(tmp_path, WORDS + file_with(monitor_yaml("billing", hook), notifier=mail))
        with job:
            up(job)
            hook.status = 503
            until(lambda: smtp.mails, f"no alarm\n{job.log}", 20)
            job.signal(signal.SIGTERM)
            job.ended()
            job.start()
            (tmp_path / "words" / "headline.txt").write_text("broken {{")
            until(lambda: "headline.txt:1:1" in job.log, f"a broken template is not told\n{job.log}", 20)
            (tmp_path / "words" / "headline.txt").write_text("second {{ headline }}")
            until(lambda: job.log.count("configuration loaded"), f"the mended one is not seen\n{job.log}", 20)
            hook.status = 200
            until(lambda: len(smtp.mails) == 2, f"no all-clear\n{job.log}", 20)
    alarm, all_clear = smtp.mails
    assert str(alarm["Subject"]).startswith("first DOWN billing")
    assert str(all_clear["Subject"]).startswith("second RECOVERED billing")
    assert all_clear["References"] == all_clear["In-Reply-To"] == alarm["Message-ID"]
    text = alarm.get_body(("plain",))
    assert text is not None
    assert "UTC+05:45 (" in text.get_content()
