from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "egzaminator.web"
    label = "web"
