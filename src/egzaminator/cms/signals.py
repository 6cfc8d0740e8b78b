"""Signals that invalidate the cached public pages."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from egzaminator.cms.models import BoardSettings
from egzaminator.web.cache_version import bump_cache_version


def invalidate(sender: Any, **kwargs: Any) -> None:
    """Invalidate the cached pages after a change of what visitors see."""
    bump_cache_version()


def _page_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, Page):
        bump_cache_version()


def connect_signals() -> None:
    """Connect the signals of everything that staff can change. Called once, when the site starts."""
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(invalidate)
    for model in (BoardSettings, Document, Image):
        post_save.connect(invalidate, sender=model)
        post_delete.connect(invalidate, sender=model)
    post_delete.connect(_page_deleted)
