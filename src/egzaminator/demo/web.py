"""The demo's web server, on the port given as the argument. The supervisor starts it."""

import os
import sys
from typing import Final

from egzaminator.runtime.listeners import listen
from egzaminator.runtime.web_server import run_web_server

# Each worker opens as many database connections as it has threads, and the embedded server allows 100 in total.
_MOST_WORKERS: Final = 2

if __name__ == "__main__":
    run_web_server(listener=listen("127.0.0.1", int(sys.argv[1])), workers=min(os.cpu_count() or 1, _MOST_WORKERS))
