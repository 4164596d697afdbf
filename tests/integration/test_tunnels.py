"""What passes an open tunnel passes unchanged, both ways, however much, however many."""

import hashlib
import os
import threading

import pytest

from support.centre import centre
from support.curl import curl
from support.hello import client_hello
from support.pace import SANITIZED
from support.tunnel import connect_request, is_mirrored, mirror, mirrored_tunnel, open_tunnel, ports
from support.wait import until

MANY = 200
MUCH = (4 if SANITIZED else 24) << 20


@pytest.fixture
def tls(start_gateway, nginx):
    """A gateway whose tunnels lead to the real nginx."""
    return start_gateway(**centre(settings={"proxy.connect.ports": [nginx.tls_port]}))


# ---- the real curl and the real nginx -------------------------------------------------------------------------------


def test_curl_sees_the_certificate_and_the_bytes_of_the_origin(tls, nginx):
    content = os.urandom(MUCH)
    (nginx.folder / "www" / "random").write_bytes(content)
    seen = curl(tls, "--cacert", nginx.certificate, nginx.tls_url("/random"))
    assert (seen.code, seen.connect_status, seen.status) == (0, 200, 200)
    assert seen.body == content
    line, = tls.log_lines(1)
    assert (line["action"], line["host"], line["sni"], line["port"]) == ("allow", "allowed.test", "allowed.test",
                                                                         nginx.tls_port)
    assert len(content) < line["bytes_down"] < len(content) * 1.1 and line["bytes_up"] < 10_000
    assert "url" not in line  # what is inside the tunnel is not seen


def test_curl_uploads_through_a_tunnel(tls, nginx, tmp_path):
    content = os.urandom(MUCH)
    (tmp_path / "upload").write_bytes(content)
    seen = curl(tls, "--cacert", nginx.certificate, "-T", tmp_path / "upload", nginx.tls_url("/store/uploaded"))
    assert (seen.code, seen.status) == (0, 201)
    assert (nginx.folder / "store" / "uploaded").read_bytes() == content


def test_curl_is_refused_by_certificate_less_alert_where_the_server_name_is_listed(tls, nginx):
    # curl dials allowed.test by CONNECT and says gambling.test inside: what a forged authority looks like.
    seen = curl(tls, "-k", "--connect-to", f"gambling.test:{nginx.tls_port}:allowed.test:{nginx.tls_port}",
                nginx.tls_url(host="gambling.test"))
    assert (seen.code, seen.status, seen.body) == (35, 0, b"")
    line, = tls.log_lines(1)
    assert (line["action"], line["reason"], line["host"], line["sni"]) == ("block", "floor", "allowed.test",
                                                                           "gambling.test")


def test_curl_gets_the_block_page_where_the_authority_is_listed(tls, nginx):
    seen = curl(tls, "-k", nginx.tls_url(host="gambling.test"))
    assert (seen.code, seen.connect_status, seen.status) == (56, 403, 0)
    assert "HTTP/1.1 403" in seen.head


# ---- streams --------------------------------------------------------------------------------------------------------


def push(peer, content):
    sender = threading.Thread(target=peer.send, args=(content,))
    sender.start()
    return sender


def digest_of_stream(peer, size):
    digest = hashlib.sha256(peer.rest())
    size -= len(peer.rest())
    while size:
        data = peer.socket.recv(min(size, 1 << 20))
        assert data
        digest.update(data)
        size -= len(data)
    return digest.hexdigest()


def test_both_directions_carry_much_at_once(start_gateway, raw_origin):
    up, down = os.urandom(MUCH), os.urandom(MUCH)
    hello = client_hello()
    arrived = []

    def exchange(peer):
        assert peer.take(len(hello)) == hello
        sender = push(peer, down)
        arrived.append(digest_of_stream(peer, len(up)))
        sender.join()

    origin = raw_origin(exchange)
    gateway = start_gateway(**centre(settings=ports(origin)))
    with open_tunnel(gateway, origin) as tunnel:
        tunnel.send(hello)
        sender = push(tunnel, up)
        assert digest_of_stream(tunnel, len(down)) == hashlib.sha256(down).hexdigest()
        sender.join()
        assert tunnel.is_closed()
    assert arrived == [hashlib.sha256(up).hexdigest()]
    line, = gateway.log_lines(1)
    head = len(connect_request(f"allowed.test:{origin.port}"))
    assert line["bytes_up"] == head + len(hello) + len(up)
    assert line["bytes_down"] == len("HTTP/1.1 200 Connection established\r\n\r\n") + len(down)
    assert line["end"] == "origin" and line["ms_total"] > line["ms_connect"] > 0


def test_a_reader_that_takes_nothing_stops_the_sender_and_not_the_memory(start_gateway, raw_origin):
    filled = threading.Event()

    def flood(peer):
        peer.socket.settimeout(0.5)
        try:
            while True:
                peer.send(bytes(1 << 20))
        except TimeoutError:
            filled.set()

    origin = raw_origin(flood)
    gateway = start_gateway(**centre(settings=ports(origin)))
    before = gateway.resident_kib()
    with open_tunnel(gateway, origin) as tunnel:
        tunnel.send(client_hello())
        assert filled.wait(20)
        assert gateway.resident_kib() - before < 16 << 10


def test_a_client_that_has_finished_still_gets_the_answer(start_gateway, raw_origin):
    def answer_at_the_end(peer):
        peer.send(b"received %d" % len(peer.take_rest()))

    origin = raw_origin(answer_at_the_end)
    gateway = start_gateway(**centre(settings=ports(origin)))
    hello = client_hello()
    with open_tunnel(gateway, origin) as tunnel:
        tunnel.send(hello + b"last words").finish()
        assert tunnel.take_rest() == b"received %d" % (len(hello) + 10)
    assert gateway.log_lines(1)[0]["end"] == "client"


def test_an_origin_that_has_finished_still_gets_the_rest(start_gateway, raw_origin):
    hello = client_hello()
    got = []

    def finish_first(peer):
        peer.take(len(hello))
        peer.send(b"goodbye").finish()
        got.append(peer.take_rest())

    origin = raw_origin(finish_first)
    gateway = start_gateway(**centre(settings=ports(origin)))
    with open_tunnel(gateway, origin) as tunnel:
        assert tunnel.send(hello).take_rest() == b"goodbye"
        tunnel.send(b"x" * 100_000).finish()
        until(lambda: got, "the origin to see the end")
    assert got == [b"x" * 100_000]
    assert gateway.log_lines(1)[0]["end"] == "origin"


def test_a_reset_of_the_client_reaches_the_origin(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings=ports(origin)))
    mirrored_tunnel(gateway, origin).reset()
    until(lambda: not origin.threads[0].is_alive(), "the origin to see the end")
    assert gateway.log_lines(1)[0]["end"] == "client"


def test_a_reset_of_the_origin_reaches_the_client(start_gateway, raw_origin):
    origin = raw_origin(lambda peer: peer.fill() and peer.reset())
    gateway = start_gateway(**centre(settings=ports(origin)))
    with open_tunnel(gateway, origin) as tunnel:
        assert tunnel.send(client_hello()).is_closed()
    assert gateway.log_lines(1)[0]["end"] == "origin"


def test_a_tunnel_that_nobody_uses_is_closed(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings={**ports(origin), "proxy.deadline.tunnel_idle": "400ms"}))
    with mirrored_tunnel(gateway, origin) as tunnel:
        assert tunnel.is_closed()
    assert gateway.log_lines(1)[0]["end"] == "idle"


def test_two_hundred_tunnels_do_not_mix(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings={**ports(origin), "proxy.threads": 2}))
    tunnels = [open_tunnel(gateway, origin) for _ in range(MANY)]
    hello = client_hello()
    for number, tunnel in enumerate(tunnels):
        tunnel.send(hello + b"tunnel %03d " % number * 50)
    for number, tunnel in enumerate(tunnels):
        expected = hello + b"tunnel %03d " % number * 50
        assert tunnel.take(len(expected)) == expected
    for tunnel in tunnels:
        assert is_mirrored(tunnel)
        tunnel.close()
    lines = gateway.log_lines(MANY, end="client")
    assert len({line["id"] for line in lines}) == MANY
    assert {line["bytes_down"] for line in lines} == {39 + len(hello) + 11 * 50 + len(b"still there?")}
