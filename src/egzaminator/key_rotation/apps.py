from django.apps import AppConfig


class KeyRotationConfig(AppConfig):
    name = "egzaminator.key_rotation"
    label = "key_rotation"
