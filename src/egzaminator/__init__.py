"""The examiners' service of an examination board."""

__version__ = "0.2.0.dev0"
