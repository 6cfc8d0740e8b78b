from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "egzaminator.entrance"
    label = "entrance"
