from django.apps import AppConfig


class PostConfig(AppConfig):
    """E-mail."""

    name = "egzaminator.post"
    label = "post"
