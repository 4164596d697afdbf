"""Upgrade: 101 turns the connection into a tunnel; nothing else does."""

import pytest

from support.origin import echo, reply
from support.peer import get
from support.wait import until

ASK = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
SWITCHING = reply(b"", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Accept: x",
                  status="101 Switching Protocols", length=False)


def upgrading(peer):
    """Switches, says a word at once, and then echoes whatever comes."""
    request = peer.request()
    assert (request.get("upgrade"), request.get("connection")) == ("websocket", "upgrade")
    peer.send(SWITCHING + b"\x81\x02hi")
    while peer.fill():
        peer.send(peer.take(len(peer.rest())))


def test_a_websocket_is_a_tunnel_both_ways(gateway, raw_origin):
    origin = raw_origin(upgrading)
    with gateway.connect() as client:
        client.send(get(origin.url(path="/chat"), *ASK))
        head = client.head()
        assert (head.status, head.get("upgrade"), head.get("connection")) == (101, "websocket", "upgrade")
        assert head.get("sec-websocket-accept") == "x" and head.get("content-length") is None
        assert client.take(4) == b"\x81\x02hi"
        evil = get(origin.url("blocked.test")).encode()  # inside the tunnel bytes mean nothing to the gateway
        assert client.send(evil).take(len(evil)) == evil
        client.finish()
        assert client.is_closed()
    line = gateway.log_lines(1)[0]
    assert (line["method"], line["scheme"], line["action"]) == ("GET", "http", "allow")
    assert (line["status"], line["end"]) == (101, "client")
    assert line["bytes_up"] >= len(evil) and line["bytes_down"] >= len(evil) + 4


def test_bytes_sent_right_behind_the_request_go_into_the_tunnel(gateway, raw_origin):
    origin = raw_origin(upgrading)
    with gateway.connect() as client:
        client.send(get(origin.url(), *ASK) + "early")
        assert client.head().status == 101 and client.take(9) == b"\x81\x02hiearly"


def test_an_upgrade_of_a_blocked_host_is_refused(gateway, raw_origin):
    origin = raw_origin(upgrading)
    with gateway.connect() as client:
        assert client.send(get(origin.url("blocked.test"), *ASK)).response().status == 403
    assert origin.connections == 0


def test_an_origin_that_does_not_upgrade_answers_as_usual(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        for _ in range(2):
            assert client.send(get(origin.url(), *ASK)).response().status == 200


@pytest.mark.parametrize("upgrade, passed", [
    ("h2c", None), ("H2C", None), ("h2c, websocket", "websocket"), ("TLS/1.0, HTTP/2.0", None), ("tls/1.2", None),
    ("foo/1, h2c, bar", "foo/1, bar"),
])
def test_protocols_that_would_hide_requests_are_not_offered(gateway, raw_origin, upgrade, passed):
    origin = raw_origin()
    with gateway.connect() as client:
        fields = ["Connection: Upgrade, HTTP2-Settings", f"Upgrade: {upgrade}", "HTTP2-Settings: AAMAAABk"]
        client.send(get(origin.url(), *fields))
        assert client.response().status == 200
    seen = origin.received.decode().lower()
    assert "http2-settings" not in seen and "h2c" not in seen and "tls/" not in seen
    assert (f"upgrade: {passed}\r\n" in seen) if passed else ("upgrade" not in seen)


@pytest.mark.parametrize("fields, options", [
    (["Upgrade: websocket"], {}),  # Connection does not name it
    (ASK, {"version": "1.0"}),
    ([*ASK, "Content-Length: 4"], {"method": "POST", "body": "data"}),
])
def test_an_upgrade_that_may_not_be_asked_for_is_not_passed_on(gateway, raw_origin, fields, options):
    origin = raw_origin(echo)
    with gateway.connect() as client:
        assert client.send(get(origin.url(), *fields, **options)).response().status == 200
    assert b"pgrade" not in origin.received


def test_101_that_nobody_asked_for_is_no_tunnel(gateway, raw_origin):
    """Else an origin could make the gateway stop reading requests."""
    origin = raw_origin(lambda peer: peer.request() and peer.send(SWITCHING) and peer.take_rest())
    with gateway.connect() as client:
        assert client.send(get(origin.url())).response().status == 502
        assert client.is_closed()
    assert gateway.log_lines(1)[0]["detail"] == "the site's answer is malformed"


def test_the_end_of_one_direction_leaves_the_other_open(gateway, raw_origin):
    def handle(peer):
        peer.request()
        peer.send(SWITCHING)
        assert peer.take_rest() == b"question"
        peer.send(b"answer" * 100000)

    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send(get(origin.url(), *ASK))
        assert client.head().status == 101
        client.send(b"question")
        client.finish()
        assert client.take_rest() == b"answer" * 100000
    assert gateway.log_lines(1)[0]["end"] == "client"


@pytest.mark.parametrize("who", ["client", "origin"])
def test_a_reset_ends_the_tunnel_on_both_sides(gateway, raw_origin, who):
    def handle(peer):
        peer.request()
        peer.send(SWITCHING)
        peer.take(5)
        if who == "origin":
            peer.reset()
        else:
            peer.take_rest()
            ended.append(True)

    ended = []
    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send(get(origin.url(), *ASK))
        assert client.head().status == 101
        client.send(b"begin")
        if who == "client":
            client.reset()
            until(lambda: ended, "the end at the origin")
        else:
            assert client.is_closed()
    assert gateway.log_lines(1)[0]["end"] == who


def test_a_tunnel_moves_many_bytes_and_keeps_none(gateway, raw_origin):
    size = 32 << 20

    def handle(peer):
        peer.request()
        peer.send(SWITCHING)
        for _ in range(size >> 18):
            peer.send(bytes(range(256)) * 1024)

    origin = raw_origin(handle)
    before = gateway.resident_kib()
    with gateway.connect() as client:
        client.send(get(origin.url(), *ASK))
        assert client.head().status == 101
        data = client.take_rest()
    assert len(data) == size and data == bytes(range(256)) * (size >> 8)
    assert gateway.resident_kib("VmHWM") - before < 24 << 10


def test_an_answer_with_an_upgrade_field_but_no_101_is_an_answer(gateway, raw_origin):
    answer = reply(b"ok", "Connection: Upgrade", "Upgrade: h2c", status="426 Upgrade Required")
    origin = raw_origin(lambda peer: peer.request() and peer.send(answer))
    with gateway.connect() as client:
        response = client.send(get(origin.url(), *ASK)).response()
    assert (response.status, response.body, response.get("connection")) == (426, b"ok", None)
