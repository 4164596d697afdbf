"""Open tunnels are judged again at each bell: what is no longer allowed ends after the grace, all else goes on."""

import math
import re
import threading
import time

import pytest

from support.centre import HOSTS, LISTS, policy
from support.hello import client_hello
from support.pace import SANITIZED
from support.peer import get
from support.tunnel import (connect_request, is_mirrored, mirror, mirrored_tunnel, open_tunnel, ports, upgraded,
                            upgraded_connection)

LEAD = 8 if SANITIZED else 5  # seconds between the start of the gateway and the bell
TICK = 1  # the gateway looks at the clock once a second


class Bell:
    """A gateway that starts LEAD seconds before a bell, and when that bell rings by the clock of this test."""

    def __init__(self, start_gateway, minute, origin):
        hour, minute = divmod(60 * 10 + minute - 1, 60)
        begin = time.time()
        self.gateway = start_gateway(policy=policy(), lists=LISTS, hosts=HOSTS, settings=ports(origin),
                                     clock=f"2026-11-23T{hour:02}:{minute:02}:{60 - LEAD}")
        # The clock begins with the second in which the gateway started.
        self.earliest = math.floor(begin) + LEAD
        self.latest = math.floor(time.time()) + LEAD

    def wait(self):
        time.sleep(max(0.0, self.latest + TICK + 0.2 - time.time()))


class Watch:
    """Notes when a connection ends."""

    def __init__(self, peer):
        self.peer = peer
        self.rest = None
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        self.rest = self.peer.take_rest()
        self.ended = time.time()

    def join(self):
        self.thread.join(30)
        assert not self.thread.is_alive() and self.rest == b""
        return self.ended


def test_the_bell_to_a_session_ends_what_it_forbids_after_the_grace(start_gateway, raw_origin):
    origin, web = raw_origin(mirror), raw_origin(upgraded)
    bell = Bell(start_gateway, 45, origin)
    gateway = bell.gateway
    stay = [mirrored_tunnel(gateway, origin, "allowed.test"), mirrored_tunnel(gateway, origin, "essential.test"),
            mirrored_tunnel(gateway, origin, "social.test", source="127.1.0.1"),  # staff: it is not their bell
            upgraded_connection(gateway, web, "allowed.test")]
    go = [Watch(mirrored_tunnel(gateway, origin, "social.test")),
          Watch(upgraded_connection(gateway, web, "social.test"))]
    # Allowed by its authority, and by its server name until the bell.
    inside = open_tunnel(gateway, origin, "allowed.test")
    hello = client_hello("social.test")
    assert inside.send(hello).take(len(hello)) == hello
    go.append(Watch(inside))
    # Asked for before the bell, and opened by its hello after it.
    late = open_tunnel(gateway, origin, "social.test")
    assert time.time() < bell.earliest, "the machine is too slow for this test"

    bell.wait()
    late.send(client_hello("social.test"))
    assert late.take_rest() in (client_hello("social.test"), b"")
    late_end = time.time()
    for watch in go:
        # The grace is a second: nothing ends before it is over, nor much later.
        assert bell.earliest + 1 <= watch.join() <= bell.latest + 1 + TICK + 3
        watch.peer.close()
    late.close()
    assert late_end <= bell.latest + 10
    assert all(is_mirrored(peer) for peer in stay)

    ended = gateway.log_lines(4, end="bell")
    assert sorted((line["host"], line.get("sni", "")) for line in ended) == [
        ("allowed.test", "social.test"), ("social.test", ""), ("social.test", "social.test"),
        ("social.test", "social.test")]
    assert {(line["action"], line["reason"], line["rule"], line["period"]) for line in ended} == {
        ("block", "rule", "work in sessions", "session")}
    with gateway.connect() as client:
        assert client.send(connect_request(f"social.test:{origin.port}")).response().status == 403
    for peer in stay:
        assert is_mirrored(peer)
        peer.close()
    assert {line["end"] for line in gateway.log_lines(4, action="allow")} == {"client"}


def test_the_bell_to_a_break_opens_and_ends_nothing(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    bell = Bell(start_gateway, 30, origin)
    tunnels = [mirrored_tunnel(bell.gateway, origin, name) for name in ("allowed.test", "essential.test")]
    with bell.gateway.connect() as client:
        assert client.send(connect_request(f"social.test:{origin.port}")).response().status == 403
        assert time.time() < bell.earliest, "the machine is too slow for this test"
        bell.wait()
        # The same connection, a second later: every request is judged by itself.
        assert client.send(connect_request(f"social.test:{origin.port}")).head().status == 200
        assert is_mirrored(client, client_hello("social.test"))
    for tunnel in tunnels:
        assert is_mirrored(tunnel)
        tunnel.close()
    assert {line["end"] for line in bell.gateway.log_lines(3, action="allow")} == {"client"}


def drip(peer):
    """An HTTP origin whose answer has no end, as a radio station's."""
    peer.head()
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    try:
        while True:
            peer.send("4\r\ntick\r\n")
            time.sleep(0.05)
    except OSError:
        pass


def test_the_bell_ends_answers_without_an_end(start_gateway, raw_origin):
    origin = raw_origin(drip)
    bell = Bell(start_gateway, 45, origin)
    clients = {name: bell.gateway.connect() for name in ("social.test", "allowed.test", "essential.test")}
    for name, client in clients.items():
        client.send(get(f"http://{name}:{origin.port}/"))
        assert client.head().status == 200
    assert time.time() < bell.earliest, "the machine is too slow for this test"
    bell.wait()
    with pytest.raises(ConnectionResetError):  # cut short, which must not look like the end
        while clients["social.test"].fill():
            pass
    assert bell.earliest + 1 <= time.time() <= bell.latest + 1 + TICK + 3
    line, = bell.gateway.log_lines(1, end="bell")
    assert (line["host"], line["action"], line["rule"], line["status"]) == ("social.test", "block", "work in sessions", 200)
    for name in ("allowed.test", "essential.test"):
        assert clients[name].fill()
    for client in clients.values():
        client.close()
    # Each edge leaves a receipt, from each worker.
    receipts = re.findall(r"bell: (\d+) judged again in [0-9.]+ ms: (\d+) kept, (\d+) in grace, (\d+) cut",
                          bell.gateway.stderr())
    assert [sum(map(int, column)) for column in zip(*receipts)] == [3, 2, 1, 0]
    bell.gateway.wait_for_stderr("grace is over: 1 cut")
