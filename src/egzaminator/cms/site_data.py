"""The content of the frame around every screen: the board's data, the menu, the footer's links and a notice."""

import datetime as dt
import logging
from dataclasses import dataclass, field, fields
from typing import Final

from django.db import DatabaseError
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.models import Page

from egzaminator.cms.board_colours import BoardStyles, board_styles
from egzaminator.cms.models import BoardSettings, HomePage
from egzaminator.core.board import Board
from egzaminator.core.process_state import process_state
from egzaminator.web.cache_version import current_cache_version

# The frame shows it at most 48 pixels wide. Screens have up to four dots a pixel.
_EMBLEM: Final = "max-192x192|format-webp|webpquality-90"
_BOARD_FIELDS: Final = tuple(field.name for field in fields(Board))

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link to a page, as in a menu."""

    title: str
    url: str
    english_title: str = ""


@dataclass(frozen=True, slots=True)
class SiteData:
    """The frame's content at one cache version."""

    version: int = 0
    board: Board = field(default_factory=Board)
    menu: tuple[SiteLink, ...] = ()
    accessibility_url: str = ""
    easy_to_read_url: str = ""
    privacy_notice_url: str = ""
    emblem_url: str = ""
    styles: BoardStyles | None = None
    voivodeships: frozenset[str] = frozenset()
    """The codes of the board's own. None: they were not chosen."""
    notice_text: str = ""
    notice_until: dt.datetime | None = None

    @property
    def notice(self) -> str:
        """The notice to show now, or an empty string when there is none or it has expired."""
        is_over = self.notice_until is not None and self.notice_until <= timezone.now()
        return "" if is_over else self.notice_text


@dataclass(slots=True)
class KnownSite:
    """The frame's content as this process last loaded it.

    Threads share it without a lock: the content is replaced as a whole, and at worst two threads load the same.
    """

    data: SiteData | None = None


def current_site_data() -> SiteData:
    """Return the frame's content. While the database does not answer, return the last known content or the defaults."""
    known = process_state.get(KnownSite)
    data = known.data
    try:
        version = current_cache_version()
        if data is None or data.version != version:
            known.data = data = _load(version)
    except DatabaseError:
        return data or SiteData()
    return data


def current_site_state() -> tuple[int, str]:
    """Return the version of the site's content and the notice shown now: what cached pages depend on."""
    site = current_site_data()
    return site.version, site.notice


def current_site_board() -> Board:
    """Return the board's data from the settings that staff edit."""
    return current_site_data().board


def _load(version: int) -> SiteData:
    settings = (
        BoardSettings.base_queryset()
        .select_related("emblem", "accessibility_page", "easy_to_read_page", "privacy_notice_page")
        .first()
        or BoardSettings()
    )
    home = HomePage.objects.live().first()
    menu = Page.objects.live().in_menu().child_of(home).specific() if home else Page.objects.none()
    return SiteData(
        version=version,
        board=Board(**{name: getattr(settings, name) for name in _BOARD_FIELDS}),
        menu=tuple(SiteLink(page.title, page.url, getattr(page, "english_title", "")) for page in menu),
        accessibility_url=_url(settings.accessibility_page),
        easy_to_read_url=_url(settings.easy_to_read_page),
        privacy_notice_url=_url(settings.privacy_notice_page),
        emblem_url=_emblem_url(settings.emblem),
        styles=board_styles(settings.band_colour, settings.action_colour),
        voivodeships=frozenset(settings.voivodeships),
        notice_text=settings.notice,
        notice_until=settings.notice_until,
    )


def _url(page: Page | None) -> str:
    return page.url or "" if page and page.live else ""


def _emblem_url(emblem: Image | None) -> str:
    """Return the URL of the emblem, drawn anew at the first call, or an empty string if there is none."""
    if emblem is None:
        return ""
    try:
        return str(emblem.get_rendition(_EMBLEM).url)
    except OSError:  # the file is lost, for example because a backup was restored without it
        _logger.exception("The board's emblem cannot be drawn; pages show the neutral one.")
        return ""
