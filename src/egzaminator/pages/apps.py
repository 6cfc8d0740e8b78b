from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "egzaminator.pages"
    label = "pages"

    def ready(self) -> None:
        """Take the board's data from the settings that staff edit, and connect the cache-invalidating signals."""
        from egzaminator.kernel.board import take_board_from  # noqa: PLC0415 -- models are not loaded before
        from egzaminator.pages.signals import connect_signals  # noqa: PLC0415 -- as above
        from egzaminator.pages.site_data import current_site_board  # noqa: PLC0415 -- as above

        take_board_from(current_site_board)
        connect_signals()
