"""What staff typed, read back as the panel reads it."""

from egzaminator.audit.models import Event, StaffText


def reason_of(event: Event) -> str:
    assert event.staff_text is not None
    return StaffText.objects.get(pk=event.staff_text).text
