from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page, Site

from egzaminator.pages.models import BoardSettings


def needed_below(page: Page) -> list[Page]:
    """Give those of a page and all below it that the site needs.

    Its home, what its settings lead to, and the help that the log-in page and every footer link by its address.
    """
    board = BoardSettings.base_queryset().first() or BoardSettings()
    needed = {board.accessibility_page_id, board.easy_to_read_page_id, board.clause_page_id}
    homes = Site.objects.values_list("root_page_id", "root_page__url_path")
    needed |= {home for home, _path in homes}
    linked = [f"{path.rstrip('/')}{_first_login_help()}" for _home, path in homes]
    needed |= set(Page.objects.filter(url_path__in=linked).values_list("pk", flat=True))
    return list(page.get_descendants(inclusive=True).filter(pk__in=needed - {None}))


def _first_login_help() -> str:
    with override("pl"):  # where staff keep it; in English the product has its own
        return reverse("first-login-help")
