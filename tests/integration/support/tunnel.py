"""CONNECT from the client's side, and origins that stand behind a tunnel."""

from support.hello import client_hello
from support.peer import get


def mirror(peer):
    """Sends back what it gets."""
    while peer.fill():
        peer.send(peer.rest())
        peer.used = len(peer.received)


def upgraded(peer):
    """An HTTP origin that becomes a mirror."""
    peer.head()
    peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: mirror\r\nConnection: Upgrade\r\n\r\n")
    mirror(peer)


def connect_request(authority):
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n"


def open_tunnel(gateway, origin, name="allowed.test", **options):
    """A client whose CONNECT has been answered 200; the hello is still to be sent."""
    peer = gateway.connect(**options)
    peer.send(connect_request(f"{name}:{origin.port}"))
    head = peer.head()
    assert head.status == 200, f"{head.start}: {peer.body(head).text}"
    return peer


def mirrored_tunnel(gateway, origin, name="allowed.test", **options):
    """A tunnel whose hello has passed and come back from mirror()."""
    peer = open_tunnel(gateway, origin, name, **options)
    assert is_mirrored(peer, client_hello(name))
    return peer


def upgraded_connection(gateway, origin, name="allowed.test"):
    """The same by plain HTTP, to upgraded()."""
    peer = gateway.connect()
    peer.send(get(f"http://{name}:{origin.port}/", "Upgrade: mirror", "Connection: Upgrade"))
    assert peer.head().status == 101
    assert is_mirrored(peer)
    return peer


def is_mirrored(peer, data=b"still there?"):
    return peer.send(data).take(len(data)) == data


def ports(*origins):
    """Settings that let CONNECT go there."""
    return {"proxy.connect.ports": [443, *(origin.port for origin in origins)]}
