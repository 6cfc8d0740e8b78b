"""The demo's web server, on the port that the argument names. Started by the supervisor."""

import os
import sys
from typing import Final

from egzaminator.pages.web_server import run_web_server

# Each opens as many connections to the database as it has threads, and the embedded server has 100 in all.
_MOST_WORKERS: Final = 2

if __name__ == "__main__":
    run_web_server(host="127.0.0.1", port=int(sys.argv[1]), workers=min(os.cpu_count() or 1, _MOST_WORKERS))
