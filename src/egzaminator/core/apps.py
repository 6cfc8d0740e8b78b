from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "egzaminator.core"
    label = "core"
