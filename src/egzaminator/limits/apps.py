from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "egzaminator.limits"
    label = "limits"
