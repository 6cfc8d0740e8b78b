import errno
import socket


def is_taken(host: str, port: int) -> bool:
    """Tell whether another program listens on a port of a numeric address; False where there is no such address.

    Asked before the web server starts, because its workers share their port (SO_REUSEPORT): with a second server of the
    same user they would share it as well, and each would get half of the visitors.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
