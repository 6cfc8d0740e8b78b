from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page, Site

from egzaminator.cms.models import BoardSettings


def needed_below(page: Page) -> list[Page]:
    """Return the page and those of its descendants that the site cannot do without.

    These are the home page, the pages that `BoardSettings` links to, and the help with the first login, which the
    log-in page and every footer link by its URL. The page itself is in the list only if it is one of them.
    """
    board = BoardSettings.base_queryset().first() or BoardSettings()
    needed = {board.accessibility_page_id, board.easy_to_read_page_id, board.privacy_notice_page_id}
    homes = Site.objects.values_list("root_page_id", "root_page__url_path")
    needed |= {home for home, _path in homes}
    linked = [f"{path.rstrip('/')}{_first_login_help()}" for _home, path in homes]
    needed |= set(Page.objects.filter(url_path__in=linked).values_list("pk", flat=True))
    return list(page.get_descendants(inclusive=True).filter(pk__in=needed - {None}))


def _first_login_help() -> str:
    with override("pl"):  # staff edit the Polish page; the English one is part of the product
        return reverse("first-login-help")
