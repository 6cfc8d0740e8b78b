"""Hold the scheduled publications of staff whose accounts are blocked."""

from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import Page, Revision


def hold_scheduled() -> None:
    """Unschedule every revision whose author's account is blocked now.

    The person who blocked the account may not know about a page scheduled to appear later in the board's name. The
    text stays as a draft for the other staff to decide about. Unblocking the account does not schedule it again.
    """
    scheduled = Revision.objects.select_for_update(of=("self",)).filter(
        approved_go_live_at__isnull=False, user__is_active=False
    )
    with transaction.atomic():
        for revision in scheduled:
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])  # Wagtail logs it in the page's history


def held_pages() -> QuerySet[Page]:
    """Return the pages whose latest draft is scheduled and whose author's account is blocked, by title."""
    drafts: QuerySet[Page] = Page.objects.filter(has_unpublished_changes=True, latest_revision__user__is_active=False)
    return drafts.exclude(latest_revision__content__go_live_at=None).order_by("title", "pk")
