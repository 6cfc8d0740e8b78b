from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "egzaminator.demo"
    label = "demo"
