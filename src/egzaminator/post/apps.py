from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "egzaminator.post"
    label = "post"
