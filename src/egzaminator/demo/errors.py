class DemoError(Exception):
    """The demo cannot start or go on. Its text is what whoever started it reads: what is wrong, and what to do."""
