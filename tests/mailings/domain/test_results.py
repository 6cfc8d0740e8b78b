import pytest
from django.db import connection

from egzaminator.mail.models import Email
from egzaminator.mailings.domain.results import refresh
from egzaminator.mailings.domain.sending import begin_due
from egzaminator.mailings.models import Mailing
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.mailings.writing import press, write

pytestmark = pytest.mark.django_db
# As many as start at once. Their e-mails are too many for PostgreSQL to read all of them to find one.
PEOPLE = 500


def rows_of_the_queue_read_one_by_one() -> int:
    """Return how many rows of e-mails this transaction has read without an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'mail_email'")
        (count,) = cursor.fetchone()
    return int(count)


def test_what_was_planned_while_nothing_was_queued_reads_the_queue_only_once_for_all() -> None:
    officer = make_staff(roles=[Role.RECORDS])
    Examiner.objects.bulk_create(
        Examiner(
            identifier=f"id{number}",
            identifier_key=f"id{number}",
            surname=f"Lis{number:03}",
            first_names="Anna",
            sort_key=f"lis{number:03} anna",
            search_key=f"lis{number:03} anna",
            email=f"lis{number}@example.pl",
        )
        for number in range(PEOPLE)
    )
    with connection.cursor() as cursor:
        # The last mailing has gone out whole, and its e-mails are deleted.
        cursor.execute("TRUNCATE mail_email CASCADE")
        earlier = press(write(officer), officer)
        earlier.recipients.update(state="handed-over")
        cursor.execute("ANALYZE mailings_recipient")
    for _ in range(10):  # a statement is prepared at its third use, and its plan is kept from its ninth
        refresh(mailing_id=earlier.pk)
    Mailing.objects.filter(pk=earlier.pk).update(state="paused")

    press(write(officer), officer)
    before = rows_of_the_queue_read_one_by_one()
    begin_due()

    assert Email.objects.count() == PEOPLE
    assert rows_of_the_queue_read_one_by_one() - before <= 10 * PEOPLE
