from django.apps import AppConfig


class LoginConfig(AppConfig):
    name = "egzaminator.login"
    label = "login"
