from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "egzaminator.register"
    label = "register"
