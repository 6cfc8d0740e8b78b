import socket


def listening_error(host: str, port: int) -> OSError | None:
    """Return the error that prevents a program from listening on a port of a numeric IP address, or None.

    Call it before the web server starts. The server's workers share their port (SO_REUSEPORT), so a second server
    of the same user would share it too, and each of the two would get half of the visitors.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error
    return None
