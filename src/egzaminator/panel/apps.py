import warnings

from django.apps import AppConfig


class PanelConfig(AppConfig):
    name = "egzaminator.panel"
    label = "panel"

    def ready(self) -> None:
        """Have Pillow refuse what has too many pixels, whoever opens it, rather than warn and decode it."""
        from django.conf import settings  # noqa: PLC0415 -- settings are read by now
        from PIL import Image  # noqa: PLC0415 -- with them

        Image.MAX_IMAGE_PIXELS = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
