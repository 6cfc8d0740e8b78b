"""Which of Wagtail's addresses answer below the panel: those that an editor of ours is led to, and no others.

Wagtail brings two hundred, and each release more. What the product does not use is of use to an attacker alone: bulk
acts that reach people's accounts, a reader of spreadsheets, exports without a record, sites, groups, test pages.
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
    *_under("wagtailadmin_api:pages", "listing", "detail"),  # the tree of pages in the menu
}
_PAGES: Final = {
    "wagtailadmin_explore_root",
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    *_under("wagtailadmin_pages", "type_use", "type_use_results", "choose_parent"),
    *_under("wagtailadmin_pages", "add", "add_subpage", "edit", "delete", "unpublish", "convert_alias", "copy"),
    *_under("wagtailadmin_pages", "preview_on_add", "preview_on_edit", "view_draft"),
    *_under("wagtailadmin_pages", "move", "move_confirm", "lock", "unlock", "usage", "set_privacy"),
    *_under("wagtailadmin_pages", "search", "search_results", "history", "history_results"),
    *_under("wagtailadmin_pages", "revisions_index", "revisions_view", "revisions_revert"),
    *_under("wagtailadmin_pages", "revisions_unschedule", "revisions_compare"),
    *_under("wagtailadmin_editing_sessions", "ping", "release"),  # tells two editors of one page of each other
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
    *_under("wagtailadmin_collections", "index", "add", "edit", "delete", "set_privacy"),
}
_SITE: Final = {
    *_under("wagtailredirects", "index", "index_results", "add", "edit", "delete"),
    "wagtailsettings:edit",
    *_under("wagtailadmin_reports", "page_types_usage", "page_types_usage_results"),  # led to where a page is added
}
ALLOWED: Final = frozenset(_FRAME | _PAGES | _CHOOSERS | _FILES | _SITE)


def name_patterns(patterns: Iterable[URLPattern | URLResolver], within: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give every address of a list of patterns with its name and namespaces; the name is empty where it has none."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{within}{pattern.namespace}:" if pattern.namespace else within
            yield from name_patterns(pattern.url_patterns, namespace)
        else:
            yield f"{within}{pattern.name}" if pattern.name else "", pattern


def close_others(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Have all addresses but the allowed answer 404. Their names stay, since Wagtail's templates reverse them."""
    for name, pattern in name_patterns(patterns):
        if name not in ALLOWED:
            pattern.callback = not_here


def not_here(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def no_export(view: View) -> View:
    """Answer 404 when a list of Wagtail's is asked for as a file: that leaves no record, and GET would do it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "export" in request.GET:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
