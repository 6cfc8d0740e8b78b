import pytest

from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.models import Profile, ProfileChange
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from tests.helpers.factories import DETAILS, make_account, make_examiner

pytestmark = pytest.mark.django_db


def test_each_changed_field_is_kept_with_its_old_and_new_value() -> None:
    account = make_account(make_examiner())
    change_details(account=account, details=DETAILS | {"surname": "Nowak", "has_correspondence_address": True})
    assert set(ProfileChange.objects.values_list("field", "old", "new")) == {
        ("surname", "Łukasik", "Nowak"),
        ("has_correspondence_address", "", "yes"),
    }
    assert Profile.objects.values(*DETAILS).get() == DETAILS | {
        "surname": "Nowak",
        "has_correspondence_address": True,
    }
    event = Event.objects.get(tag=Tag.DETAILS_CHANGED)
    assert event.details == {"fields": ["surname", "has_correspondence_address"]}


def test_nothing_changed_is_nothing_told() -> None:
    account = make_account(make_examiner())
    assert change_details(account=account, details=dict(DETAILS)) == []
    assert (ProfileChange.objects.count(), Event.objects.count()) == (0, 0)
