class DemoError(Exception):
    """The demo cannot start or continue. The message tells the person who started it what is wrong and what to do."""
