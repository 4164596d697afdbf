"""One request and its answer through the gateway: methods, versions, fields, responses without a body."""

import json
import re

import pytest

from support.curl import curl
from support.origin import reply
from support.peer import get

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "BREW"]


@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_reaches_the_origin_in_origin_form(gateway, raw_origin, method, version):
    origin = raw_origin()
    body = "some text" if method in ("POST", "PUT", "PATCH") else ""
    fields = [f"Content-Length: {len(body)}"] if body else []
    with gateway.connect() as client:
        url = origin.url(path="/a/b?c=%20d")
        client.send(get(url, "X-Mine: 1", *fields, method=method, version=version, body=body))
        response = client.response(method)
    assert response.status == 200 and response.start.startswith("HTTP/1.1 ")
    seen = origin.peer().received.decode()
    assert seen.startswith(f"{method} /a/b?c=%20d HTTP/1.1\r\nHost: allowed.test:{origin.port}\r\n")
    assert "X-Mine: 1\r\n" in seen and seen.endswith("\r\n\r\n" + body)
    if method != "HEAD":
        assert json.loads(response.body)["size"] == len(body)
    line = gateway.log_lines(1)[0]
    assert (line["method"], line["status"], line["url"]) == (method, 200, url)


@pytest.mark.parametrize("url, target", [
    ("http://HOST", "/"), ("http://HOST?q", "/?q"), ("http://HOST/", "/"), ("HTTP://HOST/x", "/x"),
    ("http://HOST//x/../y", "//x/../y"),
])
def test_the_path_is_passed_on_as_it_is(gateway, raw_origin, url, target):
    origin = raw_origin()
    host = f"allowed.test:{origin.port}"
    with gateway.connect() as client:
        client.send(f"GET {url.replace('HOST', host)} HTTP/1.1\r\nHost: {host}\r\n\r\n")
        assert json.loads(client.response().body)["target"] == target


def test_options_without_a_path_asks_the_server_as_a_whole(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        client.send(get(f"http://allowed.test:{origin.port}", method="OPTIONS"))
        assert json.loads(client.response().body)["target"] == "*"


def test_a_request_without_host_is_taken_from_http_1_0(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        client.send(f"GET {origin.url()} HTTP/1.0\r\n\r\n")
        assert ["host", f"allowed.test:{origin.port}"] in json.loads(client.response().body)["fields"]
        assert client.is_closed()


def test_curl_gets_the_page_of_a_real_server(gateway, nginx):
    result = curl(gateway, nginx.url())
    assert (result.code, result.status) == (0, 200) and "Hello from nginx" in result.text
    line = gateway.log_lines(1)[0]
    assert (line["action"], line["reason"], line["group"]) == ("allow", "default", "learners")


def test_a_real_server_is_read_and_written_and_answers_conditions(gateway, nginx):
    upload = gateway.folder / "upload"
    upload.write_bytes(b"stored through the gateway")
    assert curl(gateway, "-T", upload, nginx.url("/store/file")).status == 201
    assert curl(gateway, nginx.url("/store/file")).body == upload.read_bytes()
    assert curl(gateway, "-r", "2-4", nginx.url("/small.txt")).body == b"234"
    etag = re.search("(?m)^ETag: (.*)$", curl(gateway, "-I", nginx.url("/small.txt")).head).group(1)
    unchanged = curl(gateway, "-H", "If-None-Match: " + etag, nginx.url("/small.txt"))
    assert (unchanged.code, unchanged.status, unchanged.body) == (0, 304, b"")
    assert curl(gateway, "-X", "DELETE", nginx.url("/store/file")).status == 204
    assert curl(gateway, nginx.url("/store/file")).status == 404
    assert curl(gateway, "-L", nginx.url("/moved")).text.count("Hello from nginx") == 1


# ---- fields ----------------------------------------------------------------------------------------------------

HOP_BY_HOP = ["Connection: X-Hop, keep-alive, X-Other", "X-Hop: secret", "x-other: secret", "Keep-Alive: timeout=5",
              "TE: trailers", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic c2VjcmV0"]


def test_fields_of_the_clients_hop_end_at_the_gateway(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        client.send(get(origin.url(), *HOP_BY_HOP, "Via: 1.0 earlier", "X-End: to-end", "Accept: a", "Accept: b"))
        fields = json.loads(client.response().body)["fields"]
    hop = {"connection", "x-hop", "x-other", "keep-alive", "te", "proxy-connection", "proxy-authorization", "upgrade"}
    assert not hop & {name for name, _ in fields}
    assert b"secret" not in origin.received and b"c2VjcmV0" not in origin.received
    assert [value for name, value in fields if name == "via"] == ["1.0 earlier", "1.1 breakwater"]
    assert ["x-end", "to-end"] in fields
    assert [value for name, value in fields if name == "accept"] == ["a", "b"]


def test_fields_of_the_origins_hop_end_at_the_gateway(gateway, raw_origin):
    fields = ["Connection: X-Hop", "X-Hop: secret", "Keep-Alive: timeout=5", "Proxy-Authenticate: Basic",
              "Upgrade: h2c", "Via: 1.1 inner", "Set-Cookie: a=1", "Set-Cookie: b=2"]
    origin = raw_origin(lambda peer: peer.request() and peer.send(reply(b"ok", *fields)))
    with gateway.connect() as client:
        response = client.send(get(origin.url())).response()
    assert response.body == b"ok"
    assert sorted({name for name, _ in response.fields}) == ["content-length", "set-cookie", "via"]
    assert response.all("set-cookie") == ["a=1", "b=2"]
    assert response.all("via") == ["1.1 inner", "1.1 breakwater"]


def test_connection_cannot_be_used_to_take_framing_away(gateway, raw_origin):
    """A nominated Content-Length would leave its body behind as the next request."""
    origin = raw_origin()
    with gateway.connect() as client:
        fields = ["Connection: Content-Length, Host, Via", "Content-Length: 5"]
        client.send(get(origin.url(), *fields, method="POST", body="hello"))
        seen = json.loads(client.response().body)
    assert seen["body"] == "hello" and ["content-length", "5"] in seen["fields"]
    assert ["host", f"allowed.test:{origin.port}"] in seen["fields"] and ["via", "1.1 breakwater"] in seen["fields"]


def test_via_names_the_version_that_was_received(gateway, raw_origin):
    origin = raw_origin(lambda peer: peer.send(f"HTTP/1.0 200 OK\r\nX-Seen: {peer.request().get('via')}\r\n\r\nold"))
    with gateway.connect() as client:
        response = client.send(get(origin.url(), version="1.0")).response()
    assert (response.get("x-seen"), response.get("via"), response.body) == ("1.0 breakwater", "1.0 breakwater", b"old")


# ---- responses without a body ----------------------------------------------------------------------------------


def scripted(*responses):
    """An origin that gives these answers in their order, on one connection after the other."""
    left = list(responses)

    def handle(peer):
        while left and peer.request():
            peer.send(left.pop(0))

    return handle


@pytest.mark.parametrize("method, first", [
    ("HEAD", reply(b"", "Content-Length: 1000", length=False)),
    ("HEAD", reply(b"", "Transfer-Encoding: chunked", length=False)),
    ("GET", reply(b"", status="204 No Content", length=False)),
    ("GET", reply(b"", "Content-Length: 1000", "ETag: x", status="304 Not Modified", length=False)),
    ("GET", reply(b"")),
])
def test_a_response_without_a_body_ends_with_its_head(gateway, raw_origin, method, first):
    origin = raw_origin(scripted(first, reply(b"second")))
    with gateway.connect() as client:
        response = client.send(get(origin.url(), method=method)).response(method)
        assert client.rest() == b""
        assert client.send(get(origin.url())).response().body == b"second"
    assert response.get("content-length") == ("1000" if b"1000" in first else "0" if b": 0" in first else None)
    assert origin.connections == 1


def test_curl_reads_responses_without_a_body(gateway, nginx):
    head = curl(gateway, "-I", nginx.url("/big"))
    assert (head.code, head.status) == (0, 200) and "Content-Length: 67108864" in head.head
    empty = curl(gateway, nginx.url("/nothing"), "-o", gateway.folder / "curl.body", nginx.url("/nothing"))
    assert (empty.code, empty.status, empty.body, empty.connections) == (0, 204, b"", 1)


def test_interim_responses_come_before_the_answer(gateway, raw_origin):
    early = reply(b"", "Link: </a.css>; rel=preload", "Connection: X-Hop", "X-Hop: secret", "Content-Length: 5",
                  status="103 Early Hints", length=False)
    origin = raw_origin(scripted(early * 2 + reply(b"page"), reply(b"second")))
    with gateway.connect() as client:
        client.send(get(origin.url()))
        hints = [client.response(), client.response()]
        final = client.response()
        assert client.send(get(origin.url())).response().body == b"second"
    assert [(hint.status, hint.get("link")) for hint in hints] == [(103, "</a.css>; rel=preload")] * 2
    assert not hints[0].get("content-length") and not hints[0].get("x-hop")
    assert (final.status, final.body) == (200, b"page")
    assert gateway.log_lines(2)[0]["status"] == 200


def test_a_client_of_http_1_0_gets_no_interim_response(gateway, raw_origin):
    origin = raw_origin(scripted(b"HTTP/1.1 103 Early Hints\r\n\r\n" + reply(b"page")))
    with gateway.connect() as client:
        assert client.send(get(origin.url(), version="1.0")).take_rest().count(b"HTTP/1.1 ") == 1


def test_a_client_of_http_1_0_gets_no_chunks(gateway, raw_origin):
    chunks = b"3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
    origin = raw_origin(scripted(reply(chunks, "Transfer-Encoding: chunked", length=False)))
    with gateway.connect() as client:
        response = client.send(get(origin.url(), "Connection: keep-alive", version="1.0")).response()
    assert (response.body, response.get("transfer-encoding"), response.get("connection")) == (b"abcde", None, "close")


# ---- the gateway's own answers ---------------------------------------------------------------------------------


def test_a_blocked_request_gets_the_page_and_nothing_reaches_the_origin(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        response = client.send(get(origin.url("www.blocked.test"))).response()
    line = gateway.log_lines(1)[0]
    assert response.status == 403 and response.get("content-type") == "text/html; charset=utf-8"
    assert line["id"] in response.text and "www.blocked.test" in response.text and "no games" in response.text
    assert (line["action"], line["reason"], line["status"]) == ("block", "rule", 403)
    assert (line["categories"], line["rule"]) == (["games"], "no games")
    assert (line["list"], line["line"]) == ("local/games/domains", 1)
    assert origin.connections == 0


def test_a_blocked_head_request_gets_no_body(gateway, raw_origin):
    origin = raw_origin()
    with gateway.connect() as client:
        response = client.send(get(origin.url("blocked.test"), method="HEAD")).response("HEAD")
        assert response.status == 403 and int(response.get("content-length")) > 0
        assert client.send(get(origin.url())).response().status == 200
