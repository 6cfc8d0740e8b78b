import errno
import socket

from egzaminator.runtime.ports import listening_error


def test_a_free_port_has_no_error_and_stays_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert listening_error("127.0.0.1", port) is None
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_of_somebody_who_shares_it_counts_as_taken() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()

        error = listening_error("127.0.0.1", other.getsockname()[1])

    assert error is not None
    assert error.errno == errno.EADDRINUSE


def test_an_address_that_is_not_this_machines_is_an_error() -> None:
    error = listening_error("192.0.2.1", 8000)  # of TEST-NET-1 (RFC 5737)

    assert error is not None
    assert error.errno == errno.EADDRNOTAVAIL
