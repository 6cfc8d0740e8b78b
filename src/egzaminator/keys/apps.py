from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "egzaminator.keys"
    label = "keys"
