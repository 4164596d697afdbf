"""Single packets and what becomes of them: servers of one word, a client that asks, counters that tell."""

import contextlib
import itertools
import json
import socket
import socketserver
import threading

from support.gateway import BINARY
from support.wait import PATIENCE

TYPES = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}


@contextlib.contextmanager
def serving(space, word, addresses=("::",), **ports):
    """Servers that answer `word`: udp=[...], tcp=[...]. Of several addresses UDP answers by another than it was asked."""
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            if isinstance(self.request, tuple):
                self.request[1].sendto(word.encode(), self.client_address)
            else:
                self.request.sendall(word.encode())

    kinds = {"udp": socketserver.UDPServer, "tcp": socketserver.ThreadingTCPServer}
    servers = []
    for kind, numbers in ports.items():
        for address, number in itertools.product(addresses, numbers):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            server_type = type("Server", (kinds[kind],), {"address_family": family, "allow_reuse_address": True})
            with space.inside():
                servers.append(server_type((address, number), Handler))
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def client(space, kind, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with space.inside():
        made = socket.socket(family, TYPES[kind])
    made.settimeout(PATIENCE)
    return made


def ask(space, kind, address, port):
    """What the server says; "refused" where the answer comes at once that there is none."""
    with client(space, kind, address) as made:
        try:
            made.connect((address, port))
            made.send(b"?")
            return made.recv(100).decode()
        except TimeoutError:
            return "silence"
        except OSError:
            return "refused"


def send(space, kind, address, port, source=None):
    """Without waiting for an answer."""
    with client(space, kind, address) as made:
        made.setblocking(False)
        if source:
            made.bind((source, 0))
        made.connect_ex((address, port))
        if kind == "udp":
            made.send(b"?")


def counters(space):
    """Of the rules that are loaded there, as the gateway reads them."""
    printed = space.run(BINARY, "deploy", "counters", "--json").stdout
    return {row["counter"]: row["packets"] for row in map(json.loads, printed.splitlines())}
