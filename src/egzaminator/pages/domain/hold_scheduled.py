from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import Page, Revision


def hold_scheduled() -> None:
    """Take back the time of publication that was set by somebody whose account is blocked now.

    Whoever blocked it may not know what was left behind to come out later, in the board's name. What was written stays,
    as a draft that the others decide about. Giving the account back sets no time again.
    """
    scheduled = Revision.objects.select_for_update(of=("self",)).filter(
        approved_go_live_at__isnull=False, user__is_active=False
    )
    with transaction.atomic():
        for revision in scheduled:
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])  # Wagtail writes it into the page's history


def held_pages() -> QuerySet[Page]:
    """Return the pages whose newest version has a time of publication, set by somebody whose account is blocked."""
    drafts: QuerySet[Page] = Page.objects.filter(has_unpublished_changes=True, latest_revision__user__is_active=False)
    return drafts.exclude(latest_revision__content__go_live_at=None).order_by("title", "pk")
