import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed

from egzaminator.kernel.board import current_board
from egzaminator.pages.models import NewsPage

_MOST = 20


class NewsFeed(Feed):  # type: ignore[type-arg]  # takes no parameters when it runs
    """The newest news, as RSS. All addresses begin with PUBLIC_BASE_URL, whatever host was asked."""

    feed_type = Rss201rev2Feed
    language = "pl"

    def title(self) -> str:
        """Name the service and its board."""
        return f"Serwis egzaminatorów – {current_board().short_name}"

    def description(self) -> str:
        """Say whose news they are."""
        return f"Aktualności dla egzaminatorów. {current_board().name}"

    def link(self) -> str:
        """Give the address of the site."""
        return f"{settings.PUBLIC_BASE_URL}/"

    def feed_url(self) -> str:
        """Give the feed's own address."""
        return f"{settings.PUBLIC_BASE_URL}/aktualnosci/rss/"

    def items(self) -> Any:
        """Give the newest items, newest first."""
        return NewsPage.objects.live().order_by("-date", "-pk")[:_MOST]

    def item_title(self, item: NewsPage) -> str:
        """Give the item's title."""
        return str(item.title)

    def item_description(self, item: NewsPage) -> str:
        """Give the item's lead."""
        return str(item.lead)

    def item_link(self, item: NewsPage) -> str:
        """Give the item's address."""
        return f"{settings.PUBLIC_BASE_URL}{item.url}"

    def item_pubdate(self, item: NewsPage) -> dt.datetime:
        """Give the beginning of the day that the item is dated."""
        return timezone.make_aware(dt.datetime.combine(item.date, dt.time()))

    def item_updateddate(self, item: NewsPage) -> Any:
        """Give when the item was last published."""
        return item.last_published_at
