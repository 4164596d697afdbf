"""One end of a TCP connection, as a client or as an origin, that speaks HTTP byte by byte."""

import contextlib
import socket
import struct
from dataclasses import dataclass, field

from support.wait import PATIENCE


@dataclass
class Message:
    """A request or response as it stood on the wire. Field names are in lower case."""

    start: str
    fields: list
    body: bytes = b""
    trailers: list = field(default_factory=list)
    chunks: list = field(default_factory=list)

    def all(self, name):
        return [value for key, value in self.fields if key == name]

    def get(self, name):
        values = self.all(name)
        assert len(values) < 2, f"{name} is there {len(values)} times"
        return values[0] if values else None

    @property
    def status(self):
        return int(self.start.split(" ", 2)[1])

    @property
    def method(self):
        return self.start.split(" ")[0]

    @property
    def target(self):
        return self.start.split(" ")[1]

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


def parse_fields(lines):
    pairs = (line.split(":", 1) for line in lines)
    return [(name.lower(), value.strip()) for name, value in pairs]


class Peer:
    """Keeps all that it receives in `received`. Reads wait at most `timeout` seconds and raise TimeoutError then."""

    def __init__(self, connection, timeout=PATIENCE, number=0):
        self.socket = connection
        self.socket.settimeout(timeout)
        self.received = bytearray()
        self.used = 0
        self.number = number  # of this connection at its origin, from 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
        return self

    def finish(self):
        """Nothing more comes from here."""
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def reset(self):
        """Closes so that the other side sees a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def fill(self):
        """Receives some bytes; False at the end of the stream."""
        data = self.socket.recv(1 << 18)
        self.received += data
        return bool(data)

    def take(self, size):
        while len(self.received) < self.used + size:
            if not self.fill():
                raise EOFError(f"the stream ended before {size} bytes: {self.rest()!r}")
        self.used += size
        return bytes(self.received[self.used - size : self.used])

    def take_until(self, marker):
        """What stands before `marker`, which is taken too."""
        searched = self.used
        while (found := self.received.find(marker, searched)) < 0:
            searched = max(self.used, len(self.received) - len(marker) + 1)
            if not self.fill():
                raise EOFError(f"the stream ended before {marker!r}: {self.rest()!r}")
        return self.take(found + len(marker) - self.used)[: -len(marker)]

    def rest(self):
        """What has been received and not been used."""
        return bytes(self.received[self.used :])

    def forget(self):
        """Drops what has been used: for connections that live long."""
        del self.received[: self.used]
        self.used = 0

    def take_rest(self):
        """All up to the end of the stream; a reset is an end too."""
        with contextlib.suppress(ConnectionError):
            while self.fill():
                pass
        data = self.rest()
        self.used = len(self.received)
        return data

    def is_closed(self):
        """True where the other side closes, without a byte more."""
        return self.take_rest() == b""

    def head(self):
        lines = self.take_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        return Message(lines[0], parse_fields(lines[1:]))

    def chunked(self, message):
        while True:
            size = int(self.take_until(b"\r\n"), 16)
            if size == 0:
                break
            message.chunks.append(size)
            message.body += self.take(size)
            assert self.take(2) == b"\r\n"
        while line := self.take_until(b"\r\n"):
            message.trailers += parse_fields([line.decode("latin-1")])

    def body(self, message):
        """The body after a head that announces one."""
        if message.get("transfer-encoding") == "chunked":
            self.chunked(message)
        elif message.get("content-length"):
            message.body = self.take(int(message.get("content-length")))
        return message

    def response(self, method="GET"):
        message = self.head()
        if method == "HEAD" or message.status < 200 or message.status in (204, 304):
            return message
        if message.get("transfer-encoding") or message.get("content-length"):
            return self.body(message)
        message.body = self.take_rest()
        return message

    def request(self):
        """The next request at an origin; None where the gateway closes instead."""
        try:
            return self.body(self.head())
        except (EOFError, ConnectionError):
            return None


def connect(port, timeout=PATIENCE, address="127.0.0.1", source=None):
    return Peer(socket.create_connection((address, port), timeout, source and (source, 0)))


def get(url, *fields, method="GET", version="1.1", body=""):
    """The text of an absolute-form request."""
    host = url.split("/")[2]
    return "\r\n".join((f"{method} {url} HTTP/{version}", f"Host: {host}", *fields, "", body))
