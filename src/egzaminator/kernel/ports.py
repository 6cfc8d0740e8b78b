import socket


def listening_error(host: str, port: int) -> OSError | None:
    """Try whether a program may listen on a port of a numeric address; give what stands in its way.

    Asked before the web server starts, because its workers share their port (SO_REUSEPORT): with a second server of the
    same user they would share it as well, and each would get half of the visitors.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error
    return None
