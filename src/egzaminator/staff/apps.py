from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "egzaminator.staff"
    label = "staff"
