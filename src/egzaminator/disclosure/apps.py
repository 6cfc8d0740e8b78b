from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "egzaminator.disclosure"
    label = "disclosure"
