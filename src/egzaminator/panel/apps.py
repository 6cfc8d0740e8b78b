from django.apps import AppConfig


class PanelConfig(AppConfig):
    name = "egzaminator.panel"
    label = "panel"
