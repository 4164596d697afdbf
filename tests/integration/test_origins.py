"""Origins that reset, lie, and speak no proper HTTP: the client is told, or sees that something is missing."""

import itertools
import threading

import pytest

from support.curl import curl
from support.origin import reply
from support.peer import get

HEAD = "HTTP/1.1 200 OK\r\n"

paths = (f"/{number}" for number in itertools.count())  # so that a line of the shared log can be told from the others

MALFORMED = {
    "no HTTP": b"220 mail.test ESMTP\r\n",
    "TLS": b"\x15\x03\x01\x00\x02\x02\x28",
    "bare LF": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "bare LF in a field": b"HTTP/1.1 200 OK\r\nX: 1\nContent-Length: 2\r\n\r\nok",
    "bare CR in a value": b"HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok",
    "folding": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
    "NUL": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok",
    "both lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "lengths that differ": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "length -1": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "gzip coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
    "coding in HTTP/1.0": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "status 99": b"HTTP/1.1 99 No\r\n\r\n",
    "status 20": b"HTTP/1.1 20 OK\r\n\r\n",
    "status abc": b"HTTP/1.1 abc OK\r\n\r\n",
    "field without colon": b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
    "huge head": b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n",
    "many fields": b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 1000 + b"\r\n",
    "1xx flood": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000 + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "100 for ever": b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
}


@pytest.mark.parametrize("answer", [pytest.param(answer, id=name) for name, answer in MALFORMED.items()])
def test_a_malformed_answer_is_502_and_nothing_of_it_is_passed_on(shared_gateway, raw_origin, answer):
    def handle(peer):
        peer.request()
        peer.send(answer)
        peer.take_rest()

    origin = raw_origin(handle)
    url = origin.url(path=next(paths))
    with shared_gateway.connect() as client:
        response = client.send(get(url)).response()
        while response.status < 200:  # of a flood the first ones are passed on
            response = client.response()
        assert (response.status, response.get("connection")) == (502, "close") and response.get("via") is None
        assert client.is_closed()
    line = shared_gateway.log_lines(1, url=url)[0]
    assert (line["status"], line["action"], line["detail"]) == (502, "allow", "the site's answer is malformed")
    assert line["id"] in response.text
    assert origin.connections == 1


@pytest.mark.parametrize("answer, seen", [
    (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    (b"HTTP/1.1 200 \xfcber\r\nContent-Length: 2, 2\r\n\r\nok", b"ok"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    (b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", b"ok"),
    (b"HTTP/1.1 599 Odd\r\nContent-Length: 2\r\n\r\nok", b"ok"),
])
def test_an_answer_that_can_be_repaired_is_passed_on_repaired(shared_gateway, raw_origin, answer, seen):
    def handle(peer):
        peer.request()
        peer.send(answer)
        peer.take_rest()

    with shared_gateway.connect() as client:
        response = client.send(get(raw_origin(handle).url())).response()
    assert (response.body, response.get("content-length")) == (seen, "2")


@pytest.mark.parametrize("farewell", ["reset", "close", "finish"])
def test_an_origin_that_goes_without_an_answer_is_502(gateway, raw_origin, farewell):
    def handle(peer):
        if farewell != "reset":
            peer.request()
        getattr(peer, farewell)()

    origin = raw_origin(handle)
    with gateway.connect() as client:
        response = client.send(get(origin.url())).response()
        assert response.status == 502
    assert gateway.log_lines(1)[0]["status"] == 502
    assert origin.connections == 1, "a fresh connection that fails is not tried again"


TRUNCATED = {
    "length": (HEAD + "Content-Length: 100\r\n\r\nhalf", 18),
    "chunked, within a chunk": (HEAD + "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf", 18),
    "chunked, between chunks": (HEAD + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", 18),
    "chunked, before its end": (HEAD + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n", 18),
}


@pytest.mark.parametrize("farewell", ["close", "reset"])
@pytest.mark.parametrize("answer, code", [pytest.param(*case, id=name) for name, case in TRUNCATED.items()])
def test_an_answer_cut_short_looks_cut_short(shared_gateway, raw_origin, answer, code, farewell):
    def handle(peer):
        peer.request()
        peer.send(answer)
        getattr(peer, farewell)()

    url = raw_origin(handle).url(path=next(paths))
    result = curl(shared_gateway, url)
    assert result.code in (code, 56) and result.status == 200, "partial file, or failure in receiving"
    assert result.body in (b"half", b"")
    line = shared_gateway.log_lines(1, url=url)[0]
    assert line["status"] == 200 and line["detail"] in ("the site's answer broke off", "the site's answer is malformed")


def test_a_malformed_chunk_is_502_or_cuts_the_answer_short(shared_gateway, raw_origin):
    """By whether anything of the answer was sent before it came."""
    def handle(peer):
        request = peer.request()
        head = HEAD + "Transfer-Encoding: chunked\r\n\r\n"
        if request.target == "/late":
            peer.send(head + "4\r\nhalf\r\n")
            seen.wait(20)
            head = ""
        peer.send(head + "xyz\r\n")
        peer.take_rest()

    seen = threading.Event()
    origin = raw_origin(handle)
    with shared_gateway.connect() as client:
        client.send(get(origin.url(path="/late"))).take_until(b"half")
        seen.set()
        with pytest.raises(ConnectionResetError):
            while client.fill():
                pass
    with shared_gateway.connect() as client:
        assert client.send(get(origin.url(path="/early"))).response().status == 502
    for path, status in (("/late", 200), ("/early", 502)):
        line = shared_gateway.log_lines(1, url=origin.url(path=path))[0]
        assert (line["status"], line["detail"]) == (status, "the site's answer is malformed")


def test_an_answer_without_a_length_ends_with_the_connection(gateway, raw_origin):
    def handle(peer):
        peer.request()
        peer.send(reply(b"all of it", length=False))

    origin = raw_origin(handle)
    with gateway.connect() as client:
        response = client.send(get(origin.url())).response()
    assert (response.body, response.get("connection")) == (b"all of it", "close")
    assert "detail" not in gateway.log_lines(1)[0]


def test_a_reset_is_not_the_end_of_an_answer_without_a_length(gateway, raw_origin):
    def handle(peer):
        peer.request()
        peer.send(reply(b"part", length=False))
        seen.wait(20)
        peer.reset()

    seen = threading.Event()
    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send(get(origin.url())).take_until(b"part")
        seen.set()
        with pytest.raises(ConnectionResetError):
            while client.fill():
                pass
    assert gateway.log_lines(1)[0]["detail"] == "the site's answer broke off"


@pytest.mark.parametrize("extra", [b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected", b"\r\n"])
@pytest.mark.parametrize("first", [
    reply(b"good"),
    reply(b"4\r\ngood\r\n0\r\n\r\n", "Transfer-Encoding: chunked", length=False),
    reply(b"", status="204 No Content", length=False),
    reply(b"", status="304 Not Modified", length=False),
])
def test_bytes_behind_an_answer_do_not_leak_into_the_next(shared_gateway, raw_origin, first, extra):
    def handle(peer):
        peer.request()
        peer.send(first + extra)
        peer.take_rest()

    origin = raw_origin(handle)
    with shared_gateway.connect() as client:
        for number in (1, 2, 3):
            response = client.send(get(origin.url())).response()
            assert response.body in (b"good", b"") and client.rest() == b""
            assert origin.connections == number


@pytest.mark.parametrize("method, answer", [
    ("HEAD", reply(b"body of a HEAD")),
    ("GET", reply(b"body of a 204", status="204 No Content")),
    ("GET", reply(b"body of a 304", status="304 Not Modified")),
])
def test_a_body_where_there_may_be_none_is_dropped(shared_gateway, raw_origin, method, answer):
    def handle(peer):
        peer.request()
        peer.send(answer)
        peer.take_rest()

    origin = raw_origin(handle)
    with shared_gateway.connect() as client:
        for number in (1, 2):
            client.send(get(origin.url(), method=method)).response(method)
            assert client.rest() == b"" and origin.connections == number
