from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "egzaminator.kernel"
    label = "kernel"
