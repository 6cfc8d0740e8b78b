"""The allow-list of Wagtail's URLs below the panel: only those that our editors are led to.

Wagtail brings two hundred URLs, and each release adds some. Those that the product does not use help only an attacker:
bulk actions that reach people's accounts, a spreadsheet reader, exports without a record, sites, groups, test pages.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

View = Callable[..., HttpResponse]


def _under(namespace: str, *names: str) -> set[str]:
    return {f"{namespace}:{name}" for name in names}


_FRAME: Final = {
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    *_under("wagtailadmin_api:pages", "listing", "detail"),  # for the page tree in the menu
}
_PAGES: Final = {
    "wagtailadmin_explore_root",
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    *_under("wagtailadmin_pages", "add", "add_subpage", "edit", "delete", "unpublish", "copy"),
    *_under("wagtailadmin_pages", "preview_on_add", "preview_on_edit", "view_draft"),
    *_under("wagtailadmin_pages", "move", "move_confirm", "usage"),
    *_under("wagtailadmin_pages", "search", "search_results", "history", "history_results"),
    *_under("wagtailadmin_pages", "revisions_index", "revisions_view", "revisions_revert"),
    *_under("wagtailadmin_pages", "revisions_unschedule", "revisions_compare"),
    *_under("wagtailadmin_editing_sessions", "ping", "release"),  # warns two editors who have the same page open
}
_CHOOSERS: Final = {
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_child",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_anchor_link",
    "wagtailadmin_tag_autocomplete",
    "wagtailadmin_tag_model_autocomplete",
    *_under("wagtailimages_chooser", "choose", "choose_results", "chosen", "create"),
    *_under("wagtaildocs_chooser", "choose", "choose_results", "chosen", "create"),
}
_FILES: Final = {
    *_under("wagtailimages", "index", "index_results", "add", "edit", "delete", "image_usage"),
    *_under("wagtailimages", "add_multiple", "edit_multiple", "delete_multiple"),
    *_under("wagtailimages", "create_multiple_from_uploaded_image", "delete_upload_multiple"),
    *_under("wagtaildocs", "index", "index_results", "add", "edit", "delete", "document_usage"),
    *_under("wagtaildocs", "add_multiple", "edit_multiple", "delete_multiple"),
    *_under("wagtaildocs", "create_multiple_from_uploaded_document", "delete_upload_multiple"),
}
_SITE: Final = {
    *_under("wagtailredirects", "index", "index_results", "add", "edit", "delete"),
    "wagtailsettings:edit",
}
ALLOWED: Final = frozenset(_FRAME | _PAGES | _CHOOSERS | _FILES | _SITE)


def name_patterns(patterns: Iterable[URLPattern | URLResolver], within: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every URL pattern, nested ones included, with its namespaced name. The name is empty if it has none."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{within}{pattern.namespace}:" if pattern.namespace else within
            yield from name_patterns(pattern.url_patterns, namespace)
        else:
            yield f"{within}{pattern.name}" if pattern.name else "", pattern


def close_others(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Make all URLs that are not allowed answer 404. Their names stay, because Wagtail's templates reverse them."""
    for name, pattern in name_patterns(patterns):
        if name not in ALLOWED:
            pattern.callback = not_here


def not_here(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def no_export(view: View) -> View:
    """Answer 404 to an export of a Wagtail list. It would leave no record, and a mere GET would trigger it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "export" in request.GET:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
