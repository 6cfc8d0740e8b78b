from wagtail.models import Page, Site

from egzaminator.pages.models import BoardSettings


def needed_below(page: Page) -> list[Page]:
    """Give those of a page and all below it that the site needs: its home, and what its settings lead to."""
    board = BoardSettings.base_queryset().first() or BoardSettings()
    needed = {board.accessibility_page_id, board.easy_to_read_page_id, board.clause_page_id}
    needed |= set(Site.objects.values_list("root_page_id", flat=True))
    return list(page.get_descendants(inclusive=True).filter(pk__in=needed - {None}))
