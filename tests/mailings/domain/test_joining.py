import pytest

from egzaminator.mailings.domain.joining import move_mailings
from egzaminator.mailings.models import Preference, Recipient
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.mailings.writing import press, write

pytestmark = pytest.mark.django_db


def test_each_mailing_is_kept_once_and_a_choice_moves() -> None:
    officer = make_staff(roles=[Role.RECORDS])
    other = make_examiner(email="anna@example.pl")
    first = press(write(officer), officer)
    kept = make_examiner(pesel=PESELS[1], numbers=("B/1",), email="anna@example.pl")
    both = press(write(officer), officer)
    Preference.objects.create(examiner=other, salutation="madam")

    move_mailings(kept=kept, other=other)

    assert set(Recipient.objects.values_list("mailing", "examiner")) == {(first.pk, kept.pk), (both.pk, kept.pk)}
    assert Preference.objects.get().examiner == kept
