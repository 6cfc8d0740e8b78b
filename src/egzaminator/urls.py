"""Every address of the site. Polish without a prefix, English under /en/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
