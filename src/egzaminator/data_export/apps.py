from django.apps import AppConfig


class DataExportConfig(AppConfig):
    name = "egzaminator.data_export"
    label = "data_export"
