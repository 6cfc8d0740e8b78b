import datetime

import pytest
from django.utils import timezone

from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.audit.domain.retention import record_run
from egzaminator.audit.models import RetentionDay, UndecryptableValue
from egzaminator.audit.probes import check_retention, check_values
from egzaminator.audit.retention_rules import RULES
from egzaminator.core.probes import Level

pytestmark = pytest.mark.django_db


def test_values_that_no_key_opens_are_told_until_somebody_has_seen_them() -> None:
    record_undecryptable(context="accounts.profile.phone:17")
    finding = check_values()
    assert (finding.level, finding.words) == (Level.WARNING, "Stored values that no key opens: 1.")
    UndecryptableValue.objects.update(needs_review=False)
    finding = check_values()
    assert (finding.level, finding.figures) == (Level.OK, {"undecryptable_values": 0})


def test_rules_that_were_not_carried_out_are_named() -> None:
    for rule in RULES:
        record_run(rule=rule, count=0)
    finding = check_retention()
    assert finding.level is Level.OK
    RetentionDay.objects.filter(rule="emails").update(last_at=timezone.now() - datetime.timedelta(days=2))
    finding = check_retention()
    assert (finding.level, finding.words) == (Level.WARNING, "Not deleted in time: emails.")
