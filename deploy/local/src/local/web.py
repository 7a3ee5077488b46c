"""Whether something answers on this machine; knows nothing of what it is."""

import http.client
import socket
from collections.abc import Callable
from urllib.parse import urlsplit


def answers(url: str) -> Callable[[], bool]:
    """A question whether the process behind this address says that it is ready."""
    address = urlsplit(url)

    def ask() -> bool:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        try:
            connection.request("GET", "/healthz/ready")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def listens(port: int) -> Callable[[], bool]:
    """A question whether anything accepts connections on this port of this machine."""

    def ask() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    return ask
