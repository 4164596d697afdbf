"""Origins that do what a test says: nothing about them is polite unless it is asked for."""

import json
import socket
import threading

from support.peer import Peer
from support.wait import PATIENCE, until


def reply(body=b"", *fields, status="200 OK", length=True):
    """The bytes of a response."""
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", *fields]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def echo(peer):
    """Answers every request with what it saw of it, as JSON."""
    while request := peer.request():
        seen = {
            "connection": peer.number,
            "start": request.start,
            "method": request.method,
            "target": request.target,
            "fields": request.fields,
            "size": len(request.body),
            "body": request.body[:256].decode("latin-1"),
            "trailers": request.trailers,
        }
        content = reply(json.dumps(seen), "Content-Type: application/json")
        peer.send(content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if request.method == "HEAD" else content)


def silent(peer):
    """Reads and says nothing, until the gateway closes."""
    peer.take_rest()


class Origin:
    """A server whose connections are each handled by `handler(peer)` in a thread; what they received is kept."""

    def __init__(self, handler, address="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, port), family=family, backlog=512)
        self.port = self.listener.getsockname()[1]
        self.handler = handler
        self.peers = []
        self.failures = []
        self.threads = []
        self.accepting = threading.Thread(target=self.accept)
        self.accepting.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            peer = Peer(connection, number=len(self.peers) + 1)
            self.peers.append(peer)
            thread = threading.Thread(target=self.handle, args=(peer,))
            self.threads.append(thread)
            thread.start()

    def handle(self, peer):
        try:
            self.handler(peer)
        except (OSError, EOFError):
            pass  # the gateway may go at any moment
        except Exception as failure:
            self.failures.append(failure)
        finally:
            peer.close()

    @property
    def connections(self):
        return len(self.peers)

    @property
    def received(self):
        return b"".join(bytes(peer.received) for peer in self.peers)

    def peer(self, number=1):
        return until(lambda: len(self.peers) >= number and self.peers[number - 1], f"connection {number} at the origin")

    def wait_for_end(self):
        """Until every connection so far is over."""
        for thread in list(self.threads):
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a connection to the origin does not end"

    def url(self, host="allowed.test", path="/"):
        return f"http://{host}:{self.port}{path}"

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.accepting.join(PATIENCE)
        for peer in self.peers:
            try:
                peer.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed already
        self.wait_for_end()
        if self.failures:
            raise self.failures[0]
