"""The job that queues invitations is killed before every single thing that it asks the database for."""

import uuid

import pytest

from egzaminator.audit.actor import Actor
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.invitations import invite, queue_waiting
from egzaminator.mailings.models import Invitation, Invited
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.helpers.killing import dies_before_step

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


def test_whenever_it_is_killed_everybody_is_invited_once() -> None:
    by = Actor(make_staff(roles=[Role.RECORDS]).pk)
    emails = ["anna@example.pl", "jan@example.pl", "olga@example.pl"]
    for index, email in enumerate(emails):
        make_examiner(pesel=PESELS[index], numbers=(f"A/{index}",), email=email)
    step, was_killed = 0, True
    while was_killed:
        step += 1
        Email.objects.all().delete()
        Invitation.objects.all().delete()
        invite(invitation_id=uuid.uuid4(), people=Examiner.objects.all(), shown=3, by=by)
        was_killed = dies_before_step(step, queue_waiting)
        queue_waiting()
        queued = Email.objects.filter(kind=EmailKind.INVITATION)
        assert sorted(queued.values_list("email", flat=True)) == emails
        assert set(Invited.objects.values_list("email_id", flat=True)) == set(queued.values_list("pk", flat=True))
    assert step > 10
