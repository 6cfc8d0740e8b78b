"""The text of the page with the information clause."""

from django.template.loader import render_to_string

from egzaminator.cms.models import BoardSettings, ContentPage
from egzaminator.core.board import current_board


def read_notice_text() -> str:
    """Return the HTML of the published page with the information clause, without its title and the site's frame.

    Return "" if the settings name no such page, or if it is not published or not for everybody.
    """
    board = BoardSettings.base_queryset().select_related("privacy_notice_page").first()
    page = board.privacy_notice_page.specific if board and board.privacy_notice_page else None
    if not isinstance(page, ContentPage) or not page.live or page.get_view_restrictions().exists():
        return ""
    return render_to_string("cms/notice_text.html", {"page": page, "board": current_board()}).strip()
