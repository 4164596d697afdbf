"""SIGTERM: nothing new, what is open may finish, and the end comes in time."""

import signal
import threading
import time

import pytest

from support.centre import centre
from support.pace import SLOWNESS
from support.peer import get
from support.tunnel import is_mirrored, mirror, mirrored_tunnel, ports
from support.wait import until


class Slow:
    """An origin that holds back the second half of its answer."""

    def __init__(self, raw_origin):
        self.go_on = threading.Event()
        self.origin = raw_origin(self.answer)

    def answer(self, peer):
        while peer.request():
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
            self.go_on.wait(30)
            peer.send(b" last")


@pytest.fixture
def slow(raw_origin):
    slow = Slow(raw_origin)
    yield slow
    slow.go_on.set()


def begin_download(gateway, slow):
    client = gateway.connect()
    client.send(get(slow.origin.url()))
    assert client.head().status == 200 and client.take(5) == b"first"
    return client


def is_refused(gateway):
    try:
        with gateway.connect() as client:
            return client.is_closed()
    except ConnectionRefusedError:
        return True


def test_sigterm_lets_finish_what_is_open_and_takes_nothing_new(start_gateway, raw_origin, slow):
    echo, web = raw_origin(mirror), raw_origin()
    gateway = start_gateway(**centre(settings={**ports(echo), "proxy.drain": "60s", "proxy.threads": 2}))
    download = begin_download(gateway, slow)
    tunnel = mirrored_tunnel(gateway, echo)
    idle, silent = gateway.connect(), gateway.connect()
    assert idle.send(get(web.url())).response().status == 200
    gateway.child.send_signal(signal.SIGTERM)
    gateway.wait_for_stderr("draining")
    assert idle.is_closed() and silent.is_closed()
    until(lambda: is_refused(gateway), "new connections to be refused")
    assert gateway.child.poll() is None
    slow.go_on.set()
    assert download.take(5) == b" last"
    assert download.is_closed()
    assert is_mirrored(tunnel)
    assert gateway.child.poll() is None
    tunnel.close()
    assert gateway.child.wait(20) == 0
    assert sorted(line.get("end", "") for line in gateway.log_now()) == ["", "", "client"]


def test_a_second_sigterm_ends_at_once(start_gateway, slow):
    gateway = start_gateway(**centre(settings={"proxy.drain": "60s"}))
    with begin_download(gateway, slow) as download:
        gateway.child.send_signal(signal.SIGTERM)
        gateway.wait_for_stderr("draining")
        begin = time.monotonic()
        gateway.child.send_signal(signal.SIGTERM)
        assert gateway.child.wait(20) == 0
        assert time.monotonic() - begin < 2 * SLOWNESS
        assert download.take_rest() == b""


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_while_draining(start_gateway, slow, second):
    gateway = start_gateway(**centre(settings={"proxy.drain": "60s"}))
    with begin_download(gateway, slow) as download:
        gateway.child.send_signal(signal.SIGTERM)
        gateway.wait_for_stderr("draining")
        gateway.child.send_signal(second)
        if second == signal.SIGHUP:  # too late for a reload, and no reason to end
            slow.go_on.set()
            assert download.take(5) == b" last"
        assert gateway.child.wait(20) == 0


def test_the_limit_cuts_what_does_not_end(start_gateway, raw_origin, slow):
    echo = raw_origin(mirror)
    gateway = start_gateway(**centre(settings={**ports(echo), "proxy.drain": "500ms"}))
    with begin_download(gateway, slow) as download, mirrored_tunnel(gateway, echo) as tunnel, gateway.connect() as half:
        half.send("GET http://allowed.test/ HTTP/1.1\r\nHost:")
        begin = time.monotonic()
        gateway.child.send_signal(signal.SIGTERM)
        assert download.take_rest() == b"" and tunnel.is_closed()
        assert gateway.child.wait(20) == 0
        assert 0.5 <= time.monotonic() - begin < 0.5 + 2 * SLOWNESS
    by_end = {line.get("end"): line for line in gateway.log_now()}
    assert by_end["shutdown"]["method"] == "CONNECT" and by_end[None]["method"] == "GET"
