from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "egzaminator.accounts"
    label = "accounts"
