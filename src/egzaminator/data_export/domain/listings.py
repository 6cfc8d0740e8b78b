"""The lists and files of many people that an examiner was in when staff saw them."""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, ShownPeople


def pages_and_files_with(*, ids: Iterable[uuid.UUID]) -> QuerySet[Event]:
    """Return the events of pages that showed an examiner and of files that held one, in order of time.

    `ids` are those that the examiner is known by. A file counts as often as it was downloaded.
    """
    ids = list(ids)
    on_page = Q()
    for one in ids:
        on_page |= Q(details__examiners__contains=[str(one)])
    files = list(ShownPeople.objects.filter(people__overlap=ids).values_list("file", flat=True).distinct())
    found = Q(details__has_key="examiners") & on_page  # the first condition is that of the index
    found |= Q(tag=Tag.EXPORT_DOWNLOADED, details__export__in=[str(file) for file in files])
    found |= Q(pk__in=files)
    return Event.objects.filter(found).order_by("at", "id")
