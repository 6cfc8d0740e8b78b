from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "egzaminator.audit"
    label = "audit"
