"""An open-loop load generator: requests arrive at a fixed rate, whether or not earlier ones are answered."""

import asyncio
import socket
from collections.abc import Sequence
from typing import NamedTuple

# Timeout in seconds.
PATIENCE = 60
NO_ANSWER = 0


class Answer(NamedTuple):
    """The status of a response (NO_ANSWER without one), and the seconds since its request was due."""

    status: int
    seconds: float


def send_by_the_clock(*, port: int, requests: Sequence[bytes], rate: float) -> list[Answer]:
    """Send requests at a fixed rate per second, each on its own connection, and return the responses in order."""
    return asyncio.run(_send_all(port, requests, rate))


async def _send_all(port: int, requests: Sequence[bytes], rate: float) -> list[Answer]:
    start = asyncio.get_running_loop().time()
    return await asyncio.gather(
        *(_send(port, request, start + number / rate) for number, request in enumerate(requests))
    )


async def _send(port: int, request: bytes, due: float) -> Answer:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(due - loop.time())
    try:
        async with asyncio.timeout(PATIENCE):
            status = await _exchange(port, request)
    except (OSError, TimeoutError):
        status = NO_ANSWER
    return Answer(status, loop.time() - due)


async def _exchange(port: int, request: bytes) -> int:
    """Send one request and read its answer to the end, which is where the server closes the connection."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, request)
        answer = b""
        while part := await loop.sock_recv(client, 65536):
            answer = answer or part
    return int(answer[9:12] or NO_ANSWER)


def request_of(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return a request as sent over the wire."""
    lines = {"Host": "localhost", "Connection": "close", "Content-Length": str(len(body))} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
