import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed

from egzaminator.cms.models import NewsPage, public_pages
from egzaminator.core.board import current_board

_MOST = 20


class NewsFeed(Feed):  # type: ignore[type-arg]  # takes no parameters when it runs
    """The latest news as RSS. All URLs begin with `PUBLIC_BASE_URL`, never with the host of the request."""

    feed_type = Rss201rev2Feed
    language = "pl"

    def title(self) -> str:
        """Return the name of the service with that of its board."""
        return f"Serwis egzaminatorów – {current_board().short_name}"

    def description(self) -> str:
        """Return a sentence that says which board's news these are."""
        return f"Aktualności dla egzaminatorów. {current_board().name}"

    def link(self) -> str:
        """Return the URL of the site."""
        return f"{settings.PUBLIC_BASE_URL}/"

    def feed_url(self) -> str:
        """Return the feed's own URL."""
        return f"{settings.PUBLIC_BASE_URL}/aktualnosci/rss/"

    def items(self) -> Any:
        """Return the latest news items, newest first."""
        return public_pages(NewsPage).order_by("-date", "-pk")[:_MOST]

    def item_title(self, item: NewsPage) -> str:
        """Return the item's title."""
        return str(item.title)

    def item_description(self, item: NewsPage) -> str:
        """Return the item's lead."""
        return str(item.lead)

    def item_link(self, item: NewsPage) -> str:
        """Return the item's URL."""
        return f"{settings.PUBLIC_BASE_URL}{item.url}"

    def item_pubdate(self, item: NewsPage) -> dt.datetime:
        """Return midnight, in the site's time zone, of the item's date."""
        return timezone.make_aware(dt.datetime.combine(item.date, dt.time()))

    def item_updateddate(self, item: NewsPage) -> Any:
        """Return the time when the item was last published."""
        return item.last_published_at
