"""Whoever is slow or silent is given up in time, and is told or logged. Each deadline is short in its own test only."""

import socket
import threading
import time

import pytest

from support.hello import client_hello
from support.origin import reply, silent
from support.peer import get
from support.process import closed_port


def short(*names, **more):
    """Settings with these deadlines at 300 ms and the others at a minute: none of those ends what a test waits for."""
    every = ("head", "connect", "hello", "idle", "origin", "stall", "tunnel_idle")
    return {**{f"proxy.deadline.{name}": "300ms" if name in names else "60s" for name in every}, **more}


class Timed:
    """Not at once, since a deadline of 300 ms is waited for, and far sooner than the other ones."""

    def __enter__(self):
        self.begin = time.monotonic()
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            assert 0.1 < time.monotonic() - self.begin < 20


def test_a_client_that_says_nothing_is_closed(start_gateway):
    gateway = start_gateway(settings=short("head"))
    with Timed(), gateway.connect() as client:
        assert client.is_closed()
    assert gateway.counters()["deadline_hits"] == 1


@pytest.mark.parametrize("begin", ["G", "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n"])
def test_a_request_head_that_stops_is_answered_408(start_gateway, begin):
    gateway = start_gateway(settings=short("head"))
    with Timed(), gateway.connect() as client:
        client.send(begin)
        response = client.response()
        assert (response.status, response.get("connection")) == (408, "close") and client.is_closed()
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["action"], line["reason"]) == (408, "block", "malformed")
    assert line["detail"] == "the request did not end in time"
    assert gateway.counters()["deadline_hits"] == 1


def test_a_head_that_comes_byte_by_byte_has_no_more_time(start_gateway):
    gateway = start_gateway(settings=short("head"))
    with Timed(), gateway.connect() as client:
        stop = threading.Event()

        def trickle():
            for byte in get("http://allowed.test/", "X: " + "x" * 10000).encode():
                if stop.wait(0.05):
                    return
                try:
                    client.socket.send(bytes([byte]))
                except OSError:
                    return

        sender = threading.Thread(target=trickle)
        sender.start()
        try:
            assert client.response().status == 408
        finally:
            stop.set()
            sender.join()


def test_a_connection_idle_between_requests_is_closed(start_gateway, raw_origin):
    gateway = start_gateway(settings=short("idle"))
    with Timed(), gateway.connect() as client:
        assert client.send(get(raw_origin().url())).response().status == 200
        assert client.is_closed()
    assert len(gateway.log_now()) == 1
    assert gateway.counters()["deadline_hits"] == 1


def test_a_slow_client_within_its_deadlines_is_served(start_gateway, raw_origin):
    """Each wait is shorter than its deadline, all together are longer than any."""
    origin = raw_origin()
    settings = {f"proxy.deadline.{name}": "1500ms" for name in ("head", "idle", "origin", "stall")}
    gateway = start_gateway(settings=settings)
    with gateway.connect() as client:
        for _ in range(2):
            head, body = get(origin.url(), "Content-Length: 8", method="PUT"), "slow but"
            for piece in (head[:9], head[9:], *(body[at : at + 2] for at in range(0, 8, 2))):
                time.sleep(0.3)
                client.send(piece)
            assert client.response().status == 200


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 103 Early Hints\r\n\r\n"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_origin_that_does_not_answer_gives_504(start_gateway, raw_origin, method, said):
    def handle(peer):
        peer.head()
        peer.send(said)
        silent(peer)

    gateway = start_gateway(settings=short("origin"))
    origin = raw_origin(handle)
    with Timed(), gateway.connect() as client:
        body = "data" if method == "POST" else ""
        client.send(get(origin.url(), f"Content-Length: {len(body)}", method=method, body=body))
        response = client.response()
        while response.status < 200:
            response = client.response()
        assert response.status == 504
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["action"], line["detail"]) == (504, "allow", "the site did not answer in time")
    assert origin.connections == 1, "a request that may have been understood is not sent again"
    assert gateway.counters()["deadline_hits"] == 1


def test_an_origin_that_does_not_accept_gives_504(start_gateway):
    """Its queue of connections is full, so that the handshake does not end."""
    gateway = start_gateway(settings=short("connect"))
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
        with Timed(), gateway.connect() as client:
            assert client.send(get(f"http://allowed.test:{full.getsockname()[1]}/")).response().status == 504
        for filler in fillers:
            filler.close()
    assert gateway.log_lines(1)[0]["status"] == 504
    assert gateway.counters()["connect_failures"] == 1


def test_an_origin_that_refuses_gives_502_at_once(start_gateway):
    gateway = start_gateway(settings=short())
    with closed_port() as port, gateway.connect() as client:
        assert client.send(get(f"http://allowed.test:{port}/")).response().status == 502
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["detail"]) == (502, "the site refused the connection")
    assert gateway.counters()["connect_failures"] == 1


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked", "X-Until: close"])
def test_a_download_that_stalls_is_cut_off(start_gateway, raw_origin, framing):
    """And looks cut off: not as if its end had come."""
    def handle(peer):
        peer.request()
        peer.send(reply(b"5\r\npart \r\n" if "chunked" in framing else b"part ", framing, length=False))
        silent(peer)

    gateway = start_gateway(settings=short("stall"))
    with Timed(), gateway.connect() as client:
        assert client.send(get(raw_origin(handle).url())).head().status == 200
        with pytest.raises(ConnectionResetError):
            while client.fill():
                pass
    assert b"part " in client.received
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["detail"]) == (200, "the site's answer broke off")
    assert gateway.counters()["deadline_hits"] == 1


def test_a_client_that_takes_no_more_is_given_up(start_gateway, raw_origin):
    def handle(peer):
        peer.request()
        peer.send(reply(b"", "Content-Length: 1000000000", length=False))
        try:
            while True:
                peer.send(bytes(1 << 20))
        except OSError:
            given_up.set()

    given_up = threading.Event()
    gateway = start_gateway(settings=short("stall"))
    with Timed(), gateway.connect() as client:
        client.send(get(raw_origin(handle).url()))
        assert given_up.wait(20)
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["detail"]) == (200, "the client took no more") and line["bytes_down"] < 1000000000
    assert gateway.counters()["deadline_hits"] == 1


@pytest.mark.parametrize("framing, part", [
    ("Content-Length: 100", "part"),
    ("Transfer-Encoding: chunked", "4\r\npart\r\n"),
    ("Transfer-Encoding: chunked", "4\r\npa"),
])
def test_an_upload_that_stalls_is_answered_408(start_gateway, raw_origin, framing, part):
    gateway = start_gateway(settings=short("stall"))
    origin = raw_origin()
    with Timed(), gateway.connect() as client:
        client.send(get(origin.url(), framing, method="POST", body=part))
        response = client.response()
        assert (response.status, response.get("connection")) == (408, "close") and client.is_closed()
    origin.wait_for_end()
    assert not origin.received.endswith(b"0\r\n\r\n")
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["reason"], line["detail"]) == (408, "malformed", "the request did not end in time")
    assert gateway.counters()["deadline_hits"] == 1


def test_an_origin_that_takes_no_more_gives_504(start_gateway, raw_origin):
    def handle(peer):
        peer.head()
        done.wait(20)

    done = threading.Event()
    gateway = start_gateway(settings=short("origin"))
    origin = raw_origin(handle)
    with Timed(), gateway.connect() as client:
        client.send(get(origin.url(), "Content-Length: 1000000000", method="POST"))

        def push():
            try:
                while True:
                    client.send(bytes(1 << 20))
            except OSError:
                pass

        sender = threading.Thread(target=push)
        sender.start()
        assert client.response().status == 504
        done.set()
        sender.join()
    assert gateway.log_lines(1)[0]["status"] == 504


# ---- tunnels ---------------------------------------------------------------------------------------------------


def open_tunnel(gateway, origin, client):
    client.send(f"CONNECT allowed.test:{origin.port} HTTP/1.1\r\nHost: allowed.test\r\n\r\n")
    assert client.head().status == 200


@pytest.mark.parametrize("said, reason", [(b"", "silent"), (client_hello()[:40], "not_tls")], ids=["nothing", "half a hello"])
def test_silence_after_connect_ends_the_tunnel(start_gateway, raw_origin, said, reason):
    origin = raw_origin(silent)
    gateway = start_gateway(settings=short("hello", **{"proxy.connect.ports": [origin.port]}))
    with Timed(), gateway.connect() as client:
        open_tunnel(gateway, origin, client)
        client.send(said)
        assert len(client.take_rest()) <= 7, "at most an alert"
    line = gateway.log_lines(1)[0]
    assert (line["action"], line["reason"], line["end"]) == ("block", reason, "idle")
    assert line["detail"] == "no ClientHello in time"
    assert origin.received == b""
    assert gateway.counters()["hello_need_more"] == 1


def test_a_hello_that_comes_byte_by_byte_has_no_more_time(start_gateway, raw_origin):
    origin = raw_origin(silent)
    gateway = start_gateway(settings=short("hello", **{"proxy.connect.ports": [origin.port]}))
    with Timed(), gateway.connect() as client:
        open_tunnel(gateway, origin, client)
        try:
            for byte in client_hello() * 10:
                client.socket.send(bytes([byte]))
                time.sleep(0.02)
        except OSError:
            pass
        assert len(client.take_rest()) <= 7
    assert origin.received == b"" and gateway.log_lines(1)[0]["end"] == "idle"


def test_an_idle_tunnel_is_closed_and_a_busy_one_is_not(start_gateway, raw_origin):
    def handle(peer):
        while peer.fill():
            peer.send(peer.take(len(peer.rest())))

    origin = raw_origin(handle)
    settings = short(**{"proxy.connect.ports": [origin.port], "proxy.deadline.tunnel_idle": "1s"})
    gateway = start_gateway(settings=settings)
    with gateway.connect() as client:
        open_tunnel(gateway, origin, client)
        client.send(client_hello())
        assert client.take(len(client_hello())) == client_hello()
        for _ in range(8):
            time.sleep(0.25)
            assert client.send(b"more").take(4) == b"more"
        with Timed():
            assert client.is_closed()
    line = gateway.log_lines(1)[0]
    assert (line["action"], line["end"], line["status"]) == ("allow", "idle", 200)
    assert line["bytes_down"] >= len(client_hello()) + 32


def test_no_connection_outlives_its_lifetime(start_gateway, raw_origin):
    def handle(peer):
        peer.head()
        peer.send("HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                peer.send(b"tick")
                time.sleep(0.05)
        except OSError:
            given_up.set()

    given_up = threading.Event()
    gateway = start_gateway(settings=short(**{"proxy.deadline.lifetime": "1s"}))
    with Timed(), gateway.connect() as client:
        client.send(get(raw_origin(handle).url()))
        client.take_rest()
        assert given_up.wait(20)
    assert gateway.log_lines(1)[0]["status"] == 200
