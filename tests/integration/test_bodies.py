"""Bodies are streamed both ways, as fast as their receiver takes them and never held whole."""

import hashlib
import json
import threading
import time

import pytest

from support.curl import curl
from support.origin import reply, silent
from support.peer import get
from support.wait import until

BIG = 64 << 20
PIECE = bytes(range(256)) * 256  # 64 KiB
MOST_GROWTH = 24 << 10  # KiB; room for buffers, allocator and sanitizers, far from BIG


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def big_bytes(framing):
    """The pieces of a body of BIG bytes in its framing."""
    for _ in range(BIG // len(PIECE)):
        yield chunk(PIECE) if framing == "chunked" else PIECE
    if framing == "chunked":
        yield b"0\r\n\r\n"


def framing_field(framing):
    return "Transfer-Encoding: chunked" if framing == "chunked" else f"Content-Length: {BIG}"


def send_all(peer, pieces, count):
    for piece in pieces:
        peer.send(piece)
        count.append(len(piece))


def discard_body(peer):
    """Reads a body of BIG bytes without keeping it; what it hashes to."""
    head = peer.head()
    digest, size = hashlib.sha256(), 0
    while size < BIG:
        if head.get("transfer-encoding"):
            data = peer.take(int(peer.take_until(b"\r\n"), 16) + 2)[:-2]
        else:
            if not peer.rest():
                assert peer.fill()
            data = peer.take(len(peer.rest()))
        digest.update(data)
        size += len(data)
        if peer.used > 4 << 20:
            del peer.received[: peer.used]
            peer.used = 0
    if head.get("transfer-encoding"):
        assert peer.take(5) == b"0\r\n\r\n"
    return head, digest.hexdigest()


EXPECTED = hashlib.sha256(PIECE * (BIG // len(PIECE))).hexdigest()


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_large_download_is_streamed(gateway, raw_origin, framing):
    def handle(peer):
        peer.request()
        peer.send(reply(b"", framing_field(framing), length=False))
        send_all(peer, big_bytes(framing), [])

    origin = raw_origin(handle)
    before = gateway.resident_kib()
    with gateway.connect() as client:
        client.send(get(origin.url()))
        head, digest = discard_body(client)
    assert digest == EXPECTED and gateway.resident_kib("VmHWM") - before < MOST_GROWTH
    assert gateway.log_lines(1)[0]["bytes_down"] >= BIG


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_large_upload_is_streamed(gateway, raw_origin, framing):
    def handle(peer):
        head, digest = discard_body(peer)
        peer.send(reply(digest))

    origin = raw_origin(handle)
    before = gateway.resident_kib()
    with gateway.connect() as client:
        client.send(get(origin.url(), framing_field(framing), method="POST"))
        send_all(client, big_bytes(framing), [])
        assert client.response().text == EXPECTED
    assert gateway.resident_kib("VmHWM") - before < MOST_GROWTH
    assert gateway.log_lines(1)[0]["bytes_up"] >= BIG


def test_curl_moves_a_large_file_both_ways(gateway, nginx):
    before = gateway.resident_kib()
    down = curl(gateway, nginx.url("/big"))
    assert (down.code, down.status, len(down.body)) == (0, 200, BIG) and not down.body.strip(b"\0")
    up = curl(gateway, "-T", gateway.folder / "curl.body", nginx.url("/store/big"), folder=gateway.state)
    assert (up.code, up.status, up.uploaded) == (0, 201, BIG)
    stored = nginx.folder / "store/big"
    assert stored.stat().st_size == BIG
    stored.unlink()
    assert gateway.resident_kib("VmHWM") - before < MOST_GROWTH


def settled(count):
    """The sum of `count` once it has not grown for a while: its sender is stopped."""
    def look():
        before = len(count)
        time.sleep(0.3)
        return before and len(count) == before

    until(look, "the sender to be stopped")
    return sum(count)


def test_a_slow_client_stops_the_origin(gateway, raw_origin):
    sent = []

    def handle(peer):
        peer.request()
        peer.send(reply(b"", framing_field("length"), length=False))
        send_all(peer, big_bytes("length"), sent)

    origin = raw_origin(handle)
    before = gateway.resident_kib()
    with gateway.connect() as client:
        client.send(get(origin.url()))
        assert settled(sent) < BIG  # what the kernels of both connections hold
        assert gateway.resident_kib("VmHWM") - before < MOST_GROWTH
        head, digest = discard_body(client)
    assert digest == EXPECTED and sum(sent) == BIG


def test_a_slow_origin_stops_the_client(gateway, raw_origin):
    def handle(peer):
        ready.wait(20)
        peer.send(reply(discard_body(peer)[1]))

    ready, sent = threading.Event(), []
    origin = raw_origin(handle)
    before = gateway.resident_kib()
    with gateway.connect() as client:
        client.send(get(origin.url(), framing_field("length"), method="PUT"))
        sender = threading.Thread(target=send_all, args=(client, big_bytes("length"), sent))
        sender.start()
        assert settled(sent) < BIG
        assert gateway.resident_kib("VmHWM") - before < MOST_GROWTH
        ready.set()
        sender.join(30)
        assert client.response().text == EXPECTED


def test_pieces_are_passed_on_as_they_come(gateway, raw_origin):
    """A server-sent event must not wait for the one after it, nor a chunk of an upload."""
    def handle(peer):
        peer.head()
        assert peer.take(int(peer.take_until(b"\r\n"), 16)) == b"first"
        peer.send(reply(chunk(b"one"), "Transfer-Encoding: chunked", length=False))
        peer.take_until(b"second\r\n0\r\n\r\n")
        peer.send(chunk(b"two") + b"0\r\n\r\n")

    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send(get(origin.url(), "Transfer-Encoding: chunked", method="POST").encode() + chunk(b"first"))
        client.take_until(b"3\r\none\r\n")
        client.send(chunk(b"second") + b"0\r\n\r\n")
        client.take_until(b"3\r\ntwo\r\n0\r\n\r\n")


def test_chunks_are_made_anew_and_trailers_kept(gateway, raw_origin):
    """Extensions, odd spellings of sizes and trailers that would frame or route end at the gateway."""
    odd = b'003;x="a;b"\r\nabc\r\n2 ; y\r\nde\r\n000\r\n'
    odd += b"X-Sum: 1\r\nContent-Length: 9\r\nHost: evil.test\r\nX-Also: 2\r\n\r\n"
    fields = ["Transfer-Encoding: chunked", "Trailer: X-Sum"]

    def handle(peer):
        peer.send(reply(odd, *fields, f"X-Body: {peer.request().text}", length=False))

    origin = raw_origin(handle)
    with gateway.connect() as client:
        response = client.send(get(origin.url(), *fields, method="POST").encode() + odd).response()
        assert client.rest() == b""
    seen = bytes(origin.peer().received)
    assert b"abc" in seen and b"x=" not in seen and b"evil" not in seen and b"\r\nContent-Length" not in seen
    assert seen.endswith(b"\r\n0\r\nX-Sum: 1\r\nX-Also: 2\r\n\r\n")
    assert (response.get("x-body"), response.body) == ("abcde", b"abcde")
    assert response.trailers == [("x-sum", "1"), ("x-also", "2")]


@pytest.mark.parametrize("bad", [
    "x\r\n", "3\r\nabcd\r\n", "-1\r\n", "1\n\n", "11111111111111111\r\n", "3\rabc\r\n", "0x3\r\nabc\r\n",
    "3\r\nabc\r\n0\r\nX Y: 1\r\n\r\n",
])
def test_a_malformed_chunk_is_refused_and_never_looks_complete(gateway, raw_origin, bad):
    origin = raw_origin()
    with gateway.connect() as client:
        client.send(get(origin.url(), "Transfer-Encoding: chunked", method="POST", body="2\r\nok\r\n" + bad))
        response = client.response()
        assert (response.status, response.get("connection")) == (400, "close")
        assert "the chunked body is malformed" in response.text
        assert client.is_closed()
    assert not origin.received.endswith(b"0\r\n\r\n")
    line = gateway.log_lines(1)[0]
    assert (line["action"], line["reason"], line["status"]) == ("block", "malformed", 400)


@pytest.mark.parametrize("framing, part", [("length", b"half"), ("chunked", chunk(b"half"))])
def test_an_upload_that_breaks_off_never_looks_complete(gateway, raw_origin, framing, part):
    origin = raw_origin(silent)
    with gateway.connect() as client:
        client.send(get(origin.url(), framing_field(framing), method="POST").encode() + part)
        until(lambda: b"half" in origin.received, "the first part at the origin")
    origin.wait_for_end()
    assert not origin.received.endswith(b"0\r\n\r\n")
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["reason"], line["detail"]) == (400, "malformed", "the request broke off")


# ---- Expect: 100-continue --------------------------------------------------------------------------------------


def test_a_client_that_waits_for_100_gets_the_origins(gateway, raw_origin):
    def handle(peer):
        head = peer.head()
        assert head.get("expect") == "100-continue"
        peer.send("HTTP/1.1 100 Continue\r\n\r\n")
        peer.send(reply(peer.body(head).body))

    origin = raw_origin(handle)
    with gateway.connect() as client:
        for body in (b"hello", b"x"):
            client.send(get(origin.url(), "Expect: 100-continue", f"Content-Length: {len(body)}", method="PUT"))
            assert client.response().status == 100
            assert client.send(body).response().body == body


@pytest.mark.parametrize("status", [417, 403, 413])
def test_a_body_that_the_origin_does_not_want_is_not_sent(gateway, raw_origin, status):
    def handle(peer):
        peer.head()
        peer.send(reply(b"no", status=f"{status} No"))
        assert peer.take_rest() == b""

    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send(get(origin.url(), "Expect: 100-continue", "Content-Length: 5", method="PUT"))
        response = client.response()
        assert (response.status, response.body, response.get("connection")) == (status, b"no", "close")
        assert client.is_closed()


def test_curl_uploads_by_100_continue_and_heeds_a_refusal(gateway, nginx, raw_origin):
    upload = gateway.folder / "upload"
    upload.write_bytes(PIECE * 64)
    result = curl(gateway, "-T", upload, "--expect100-timeout", "30", nginx.url("/store/expected"))
    assert (result.code, result.status, result.uploaded) == (0, 201, 64 * len(PIECE)) and "100 Continue" in result.head
    refusing = raw_origin(lambda peer: peer.head() and peer.send(reply(b"no", status="403 Forbidden")))
    result = curl(gateway, "-T", upload, "--expect100-timeout", "30", refusing.url())
    assert (result.status, result.uploaded) == (403, 0)


def test_http_1_0_does_not_expect(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        fields = ["Expect: 100-continue", "Content-Length: 5"]
        response = client.send(get(origin.url(), *fields, method="PUT", version="1.0", body="hello")).response()
    assert response.status == 200 and "expect" not in dict(json.loads(response.body)["fields"])


# ---- answers before the request has ended ----------------------------------------------------------------------


@pytest.mark.parametrize("farewell", ["keeps reading", "closes"])
def test_an_answer_before_the_end_of_the_request_is_passed_on(gateway, raw_origin, farewell):
    def handle(peer):
        peer.head()
        peer.take(4)
        peer.send(reply(b"too large", status="413 Content Too Large"))
        if farewell == "keeps reading":
            peer.take_rest()

    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send(get(origin.url(), "Content-Length: 1000", method="POST", body="half"))
        response = client.response()
        assert (response.status, response.body, response.get("connection")) == (413, b"too large", "close")
        assert client.is_closed()


def test_an_early_answer_reaches_a_client_that_is_busy_sending(gateway, raw_origin):
    def handle(peer):
        peer.head()
        peer.send(reply(b"too large", "Connection: close", status="413 Content Too Large"))

    origin = raw_origin(handle)
    upload = gateway.folder / "upload"
    upload.write_bytes(PIECE * 128)
    result = curl(gateway, "-T", upload, "-H", "Expect:", origin.url())
    assert (result.status, result.body) == (413, b"too large")


def test_a_download_may_begin_before_the_upload_has_ended(gateway, raw_origin):
    """Full duplex: every piece comes back before the next is sent."""
    def handle(peer):
        peer.head()
        peer.send(reply(b"", "Content-Length: 40", length=False))
        for _ in range(10):
            peer.send(peer.take(4))

    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send(get(origin.url(), "Content-Length: 40", method="POST"))
        for number in range(10):
            client.send(b"%04d" % number)
            if number == 0:
                assert client.head().status == 200
            assert client.take(4) == b"%04d" % number
