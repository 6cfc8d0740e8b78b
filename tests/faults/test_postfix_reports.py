"""What a real Postfix reports: run live, it finds out what the kept reports no longer tell."""

import subprocess
import sys
from pathlib import Path

import pytest

from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.mail.enums import BounceKind
from egzaminator.mail.models import Bounce, EmailHold
from tests.helpers.mail_servers import can_run_servers, in_namespace
from tests.helpers.reports import FOLDER, hand_over, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.fault]
UNKNOWN, FULL, GREY, SILENT = "nikt@szkola.example", "pelna@szkola.example", "szara@szkola.example", "x@cisza.example"


@pytest.mark.skipif(not can_run_servers(), reason="takes root and the servers of install-tools.sh")
def test_a_real_server_reports_who_is_unknown_full_delayed_and_silent(tmp_path: Path) -> None:
    sent = [hand_over(email) for email in (UNKNOWN, FULL, GREY, SILENT)]
    pairs = [text for message in sent for text in (message.email, token_for(message))]
    script = str(FOLDER / "make_postfix_reports.py")

    subprocess.run(
        in_namespace(sys.executable, script, str(tmp_path), *pairs, without_network=True), check=True, timeout=120
    )

    reports = [path.read_bytes() for path in tmp_path.iterdir()]
    assert sorted(take_report(report) for report in reports if b"Action: delayed" in report) == ["delayed", "delayed"]
    assert sorted(take_report(report) for report in reports if b"Action: failed" in report) == ["bounced"] * 3
    assert dict(Bounce.objects.values_list("email", "kind")) == {
        UNKNOWN: BounceKind.PERMANENT,
        FULL: BounceKind.TEMPORARY,
        GREY: BounceKind.DELAYED,  # and then delivered
        SILENT: BounceKind.TEMPORARY,
    }
    assert list(EmailHold.objects.values_list("email", flat=True)) == [UNKNOWN]
    assert not any(b"Tajny link" in report for report in reports)  # RET=HDRS
