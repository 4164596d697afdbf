"""Connections that serve more than one request: on the client's side, and the pool on the origins' side."""

import json
import threading

import pytest

from support.curl import curl
from support.origin import echo, reply
from support.peer import get


def seen(response):
    return json.loads(response.body)


def test_both_sides_are_kept_alive(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        for _ in range(5):
            response = client.send(get(origin.url())).response()
            assert response.get("connection") is None and seen(response)["connection"] == 1
    with gateway.connect() as another:
        assert seen(another.send(get(origin.url())).response())["connection"] == 1
    assert origin.connections == 1


def test_origins_do_not_share_connections(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        for host in ("a.allowed.test", "b.allowed.test", "A.allowed.test.", "b.allowed.test"):
            response = client.send(get(origin.url(host))).response()
            assert seen(response)["connection"] == (1 if host.lower().startswith("a") else 2)


def test_curl_needs_one_connection_for_many_requests(gateway, nginx):
    sink = gateway.folder / "curl.body"
    result = curl(gateway, nginx.url(), "-o", sink, nginx.url("/chunked"), "-o", sink, nginx.url("/small.txt"))
    assert (result.code, result.connections, result.body) == (0, 1, b"0123456789")
    gateway.log_lines(3)


@pytest.mark.parametrize("fields, version, kept", [
    ([], "1.1", True), (["Connection: close"], "1.1", False), (["Connection: Close, x"], "1.1", False),
    (["Proxy-Connection: close"], "1.1", False), ([], "1.0", False), (["Connection: keep-alive"], "1.0", True),
    (["Proxy-Connection: Keep-Alive"], "1.0", True), (["Connection: keep-alive, close"], "1.0", False),
])
def test_the_client_decides_whether_its_connection_goes_on(gateway, raw_origin, fields, version, kept):
    origin = raw_origin()
    with gateway.connect() as client:
        response = client.send(get(origin.url(), *fields, version=version)).response()
        connection = response.get("connection")
        if kept:
            assert connection == ("keep-alive" if version == "1.0" else None)
            assert client.send(get(origin.url())).response().status == 200
        else:
            assert connection == "close" and client.is_closed()


def test_a_request_with_credentials_shares_no_connection(gateway, raw_origin):
    """Some schemes authenticate the connection: whoever used it next would be that user."""
    origin = raw_origin()
    with gateway.connect() as client:
        for number, fields in enumerate(([], ["Authorization: NTLM TlRMTVNTUAAB"], []), 1):
            connection = seen(client.send(get(origin.url(), *fields)).response())["connection"]
            assert connection == (2 if number == 2 else 1)
    assert origin.connections == 2


@pytest.mark.parametrize("answer", [
    reply(b"x", "Connection: close"),
    b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
    reply(b"x") + b"left over",
])
def test_a_connection_that_the_origin_gives_up_is_not_used_again(gateway, raw_origin, answer):
    def handle(peer):
        peer.request()
        peer.send(answer)
        peer.take_rest()

    origin = raw_origin(handle)
    with gateway.connect() as client:
        for number in (1, 2):
            response = client.send(get(origin.url())).response()
            assert response.body == b"x" and response.get("connection") is None
            assert client.rest() == b""
            assert origin.connections == number


def test_bytes_that_come_late_do_not_become_the_next_answer(gateway, raw_origin):
    """Response splitting across requests: bytes nobody asked for arrive while the connection waits in the pool."""
    def handle(peer):
        peer.request()
        peer.send(reply(b"first"))
        if peer.number == 1:
            late.wait(10)
            peer.send(reply(b"injected"))
            sent.set()
        peer.take_rest()

    late, sent = threading.Event(), threading.Event()
    origin = raw_origin(handle)
    with gateway.connect() as client:
        assert client.send(get(origin.url())).response().body == b"first"
        late.set()
        assert sent.wait(10)
        assert client.send(get(origin.url())).response().body == b"first"
    assert origin.connections == 2


def test_a_pooled_connection_that_the_origin_closed_is_replaced_unnoticed(gateway, raw_origin):
    def handle(peer):
        request = peer.request()
        peer.send(reply(f"{peer.number} {request.target}"))
        peer.close()

    origin = raw_origin(handle)
    with gateway.connect() as client:
        for number in range(1, 6):
            assert client.send(get(origin.url())).response().text == f"{number} /"
    assert [line["status"] for line in gateway.log_lines(5)] == [200] * 5


@pytest.mark.parametrize("farewell", ["close", "reset"])
def test_a_pooled_connection_that_dies_under_a_request_is_replaced_unnoticed(gateway, raw_origin, farewell):
    """The race that no look at the socket can win: the origin closes as the request is on its way."""
    def handle(peer):
        peer.request()
        peer.send(reply(b"ok"))
        if peer.request():
            requests.append(peer.number)
            getattr(peer, farewell)()

    requests = []
    origin = raw_origin(handle)
    with gateway.connect() as client:
        assert client.send(get(origin.url())).response().status == 200
        assert client.send(get(origin.url())).response().status == 200
    assert requests == [1] and origin.connections == 2


@pytest.mark.parametrize("method", ["POST", "PATCH", "BREW"])
def test_what_may_not_be_repeated_is_never_sent_twice(gateway, raw_origin, method):
    """Not to a fresh connection that dies, and not to a pooled one that might."""
    def handle(peer):
        while request := peer.request():
            if request.method != "GET":
                return
            peer.send(reply(b"ok"))

    origin = raw_origin(handle)
    with gateway.connect() as client:
        assert client.send(get(origin.url())).response().status == 200
        response = client.send(get(origin.url(), "Content-Length: 4", method=method, body="data")).response()
        assert response.status == 502
    assert origin.received.count(method.encode()) == 1


def test_a_request_is_not_repeated_once_an_answer_began(gateway, raw_origin):
    def handle(peer):
        peer.request()
        if peer.number == 1:
            peer.send(reply(b"ok"))
            peer.request()
        peer.send("HTTP/1.1 200 O")

    origin = raw_origin(handle)
    with gateway.connect() as client:
        assert client.send(get(origin.url())).response().status == 200
        assert client.send(get(origin.url())).response().status == 502
    assert origin.received.count(b"GET ") == 2


def test_pipelined_requests_are_answered_in_order(gateway, raw_origin):
    def handle(peer):
        while request := peer.request():
            if request.target == "/0":
                asked.set()
                others.wait(10)  # the slowest first: its answer must still come first
            peer.send(reply(request.target))

    asked, others = threading.Event(), threading.Event()
    origin = raw_origin(handle)
    with gateway.connect() as client:
        client.send("".join(get(origin.url(path=f"/{n}")) for n in range(20)))
        assert asked.wait(10)
        others.set()
        assert [client.response().text for _ in range(20)] == [f"/{n}" for n in range(20)]


def test_pipelined_requests_with_bodies_do_not_run_into_each_other(gateway, raw_origin):
    origin = raw_origin()
    hidden = get("http://blocked.test/")
    with gateway.connect() as client:
        chunks = "3\r\nabc\r\n0\r\n\r\n"
        client.send(get(origin.url(path="/1"), f"Content-Length: {len(hidden)}", method="POST", body=hidden)
                    + get(origin.url(path="/2"), "Transfer-Encoding: chunked", method="PUT", body=chunks)
                    + get(origin.url(path="/3")))
        first, second, third = (seen(client.response()) for _ in range(3))
    assert (first["target"], first["size"]) == ("/1", len(hidden))
    assert (second["target"], second["body"]) == ("/2", "abc")
    assert (third["target"], third["size"]) == ("/3", 0)
    assert [line["action"] for line in gateway.log_lines(3)] == ["allow"] * 3


@pytest.mark.parametrize("manner", ["in turn", "pipelined"])
def test_each_request_on_a_connection_is_judged_by_itself(gateway, raw_origin, manner):
    origin = raw_origin()
    hosts = ["allowed.test", "blocked.test", "allowed.test", "www.blocked.test", "gambling.test", "allowed.test"]
    requests = [get(origin.url(host)) for host in hosts]
    with gateway.connect() as client:
        if manner == "pipelined":
            client.send("".join(requests))
        statuses = []
        for request in requests:
            if manner == "in turn":
                client.send(request)
            statuses.append(client.response().status)
    assert statuses == [200, 403, 200, 403, 403, 200]
    assert [line["action"] for line in gateway.log_lines(6)] == ["allow", "block", "allow", "block", "block", "allow"]
    assert origin.received.count(b"GET ") == 3 and b"blocked" not in origin.received


def test_curl_is_blocked_on_a_connection_that_was_allowed(gateway, nginx):
    sink = gateway.folder / "curl.body"
    result = curl(gateway, nginx.url(), "-o", sink, nginx.url(host="blocked.test"), "-o", sink, nginx.url("/small.txt"))
    assert (result.code, result.connections, result.body) == (0, 1, b"0123456789")
    assert [line["status"] for line in gateway.log_lines(3)] == [200, 403, 200]


def test_a_blocked_request_with_a_body_ends_the_connection(gateway, raw_origin):
    """Its body is not read, so what follows cannot be told from it."""
    origin = raw_origin()
    with gateway.connect() as client:
        client.send(get(origin.url("blocked.test"), "Content-Length: 1000000", method="POST", body="x" * 1000))
        response = client.response()
        assert (response.status, response.get("connection")) == (403, "close") and client.is_closed()
    assert origin.connections == 0


def test_many_clients_at_once_get_their_own_answers(start_gateway, raw_origin):
    """Two workers, 24 clients, 40 requests each: no answer is lost or given to another."""
    gateway = start_gateway(settings={"proxy.threads": 2})
    origin = raw_origin(echo)
    wrong = []

    def work(number):
        with gateway.connect() as client:
            for each in range(40):
                path = f"/{number}/{each}"
                if seen(client.send(get(origin.url(path=path))).response())["target"] != path:
                    wrong.append(path)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong and len(gateway.log_lines(960)) == 960
    assert origin.connections <= 24, "connections are used again"
