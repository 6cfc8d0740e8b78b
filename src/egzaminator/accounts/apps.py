from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "egzaminator.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Note log-ins ourselves: the first receiver under Django's name takes the place of Django's own."""
        from egzaminator.accounts.domain.accounts import note_login  # noqa: PLC0415 -- needs the models

        user_logged_in.connect(note_login, dispatch_uid="update_last_login")
