from django.apps import AppConfig


class StoredFilesConfig(AppConfig):
    name = "egzaminator.stored_files"
    label = "stored_files"
