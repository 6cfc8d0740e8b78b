from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "egzaminator.cms"
    label = "cms"

    def ready(self) -> None:
        """Take the board's data from the settings that staff edit, and connect the cache-invalidating signals."""
        from egzaminator.cms.signals import connect_signals  # noqa: PLC0415 -- as above
        from egzaminator.cms.site_data import current_site_board, current_site_state  # noqa: PLC0415 -- as above
        from egzaminator.core.board import take_board_from  # noqa: PLC0415 -- models are not loaded before
        from egzaminator.web.page_cache import read_site_state_from  # noqa: PLC0415 -- as above

        take_board_from(current_site_board)
        read_site_state_from(current_site_state)
        connect_signals()
