"""The site's own URLs, and those that exist only in a demo.

Import it at the top of a module, before a test sets `DEMO`: the site's own would otherwise have them for good.
"""

from django.urls import include, path

from egzaminator import urls

urlpatterns = [path("demo/", include("egzaminator.demo.urls")), *urls.urlpatterns]
