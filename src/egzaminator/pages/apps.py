from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "egzaminator.pages"
    label = "pages"
