import io
import itertools
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlencode
from wsgiref.types import WSGIEnvironment

from egzaminator.wsgi import application

_CSRF = "c" * 32
_networks = itertools.count()


def new_network() -> str:
    """Return an IPv4 address that has sent nothing yet."""
    number = next(_networks)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def send(
    path: str, form: dict[str, str] | None = None, *, network: str = "", cookies: str = "", status: str = "200"
) -> float:
    """Send one request to the site, read the whole response, and return the seconds that took.

    Args:
        path: the path with its query.
        form: the fields of a form to POST. Without them the request is a GET.
        network: the client's IPv4 address. By default a new one.
        cookies: the Cookie header.
        status: the expected status code.
    """
    body = urlencode((form or {}) | {"csrfmiddlewaretoken": _CSRF}).encode()
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": "GET" if form is None else "POST",
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "HTTP_X_FORWARDED_FOR": network or new_network(),
        "HTTP_COOKIE": f"csrf={_CSRF}; {cookies}",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    answered = []

    def start_response(line: str, headers: object, exc_info: object = None) -> Callable[[bytes], object]:
        answered.append(line)
        return lambda _data: None

    began = time.perf_counter()
    answer: Iterable[bytes] = application(environ, start_response)
    for _chunk in answer:
        pass
    if hasattr(answer, "close"):
        answer.close()
    took = time.perf_counter() - began
    assert answered[0].startswith(status), answered
    return took
