import warnings

from django.apps import AppConfig


class PanelConfig(AppConfig):
    name = "egzaminator.panel"
    label = "panel"

    def ready(self) -> None:
        """Make Pillow refuse an image with too many pixels everywhere, instead of warning and decoding it."""
        from django.conf import settings  # noqa: PLC0415 -- the settings are read by now
        from PIL import Image  # noqa: PLC0415 -- as above

        Image.MAX_IMAGE_PIXELS = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
