import datetime

import pytest
import time_machine

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.known_mailbox import TO_KNOWN_MAILBOX, notify_known_mailboxes
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import make_claim, make_examiner

pytestmark = pytest.mark.django_db
KNOWN = "znana@example.org"


def test_forms_saved_for_show_do_not_hide_the_one_that_is_meant() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        examiner = make_examiner(email=KNOWN)
        claims = []
        for number in range(TO_KNOWN_MAILBOX.most + 1):
            claims.append(make_claim(examiner, email=f"obcy{number}@example.net"))
            clock.shift(60)
        assert notify_known_mailboxes() == TO_KNOWN_MAILBOX.most
        for _ in range(3):
            clock.shift(60)
            assert notify_known_mailboxes() == 0
        assert Event.objects.filter(tag=Tag.MAIL_CAPPED, subject=examiner.id).count() == 1
        clock.shift(datetime.timedelta(days=1))
        assert notify_known_mailboxes() == 1
        assert notify_known_mailboxes() == 0
        notices = Email.objects.filter(kind=EmailKind.CLAIM_NOTICE, email=KNOWN).order_by("created_at")
        assert [email.related_id for email in notices] == [claim.id for claim in claims]
        assert not Claim.objects.filter(needs_notice=True).exists()
