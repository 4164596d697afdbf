"""Requests that two readers could understand in two ways are refused, and not a byte of them reaches an origin."""

import re

import pytest

from support.origin import Origin, echo
from support.peer import get

# H stands for the host and port of an allowed origin, B for a blocked one; what must not arrive says "evil".
GET = "GET http://H/evil HTTP/1.1\r\n"
POST = "POST http://H/evil HTTP/1.1\r\nHost: H\r\n"
CONNECT = "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\n"
CHUNK = "5\r\nevil!\r\n0\r\n\r\n"

LENGTH = "malformed or repeated Content-Length"
CODING = "Transfer-Encoding is not chunked"
BOTH = "both Content-Length and Transfer-Encoding"
ENDING = "bare CR or LF"
NAME = "malformed field name"
VALUE = "control character in a field value"
HOST = "malformed host"
DIFFERS = "Host differs from the request target"
TARGET = "malformed request target"
LINE = "malformed request line"
USER = "user name in the request target"
SCHEME = "only http URLs are proxied"
VERSION = "HTTP version not supported"
MANY = "too many header fields"
LARGE = "header section too large"
PORT = "malformed or missing port"

CASES = {
    # how the body ends
    "CL.TE": (POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK, BOTH),
    "TE.CL": (POST + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + CHUNK, BOTH),
    "CL.TE with identity": (POST + "Content-Length: 4\r\nTransfer-Encoding: identity\r\n\r\nevil", BOTH),
    "two lengths that differ": (POST + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nevil!", LENGTH),
    "two lengths that agree": (POST + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nevil", LENGTH),
    "a list of lengths": (POST + "Content-Length: 4, 4\r\n\r\nevil", LENGTH),
    "length +4": (POST + "Content-Length: +4\r\n\r\nevil", LENGTH),
    "length -4": (POST + "Content-Length: -4\r\n\r\nevil", LENGTH),
    "length 0x4": (POST + "Content-Length: 0x4\r\n\r\nevil", LENGTH),
    "length 4.0": (POST + "Content-Length: 4.0\r\n\r\nevil", LENGTH),
    "length 4 4": (POST + "Content-Length: 4 4\r\n\r\nevil", LENGTH),
    "length 4;a": (POST + "Content-Length: 4;a\r\n\r\nevil", LENGTH),
    "length in full-width digits": (POST + "Content-Length: \uff14\r\n\r\nevil", LENGTH),
    "length empty": (POST + "Content-Length:\r\n\r\nevil", LENGTH),
    "length 2^63": (POST + "Content-Length: 9223372036854775808\r\n\r\nevil", LENGTH),
    "length 2^64 + 4": (POST + "Content-Length: 18446744073709551620\r\n\r\nevil", LENGTH),
    "coding gzip": (POST + "Transfer-Encoding: gzip\r\n\r\n" + CHUNK, CODING),
    "coding gzip, chunked": (POST + "Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNK, CODING),
    "coding chunked, gzip": (POST + "Transfer-Encoding: chunked, gzip\r\n\r\n" + CHUNK, CODING),
    "coding chunked twice": (POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK, CODING),
    "coding chunked, chunked": (POST + "Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNK, CODING),
    "coding identity": (POST + "Transfer-Encoding: identity\r\n\r\n" + CHUNK, CODING),
    "coding xchunked": (POST + "Transfer-Encoding: xchunked\r\n\r\n" + CHUNK, CODING),
    "coding in quotes": (POST + 'Transfer-Encoding: "chunked"\r\n\r\n' + CHUNK, CODING),
    "coding empty": (POST + "Transfer-Encoding:\r\n\r\n" + CHUNK, CODING),
    "coding with a parameter": (POST + "Transfer-Encoding: chunked;a=b\r\n\r\n" + CHUNK, CODING),
    "coding behind a vertical tab": (POST + "Transfer-Encoding: \x0bchunked\r\n\r\n" + CHUNK, VALUE),
    "coding in HTTP/1.0": (POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n" + CHUNK, CODING),
    "CONNECT with a body": (CONNECT + "Content-Length: 4\r\n\r\nevil", LENGTH),
    "CONNECT with chunks": (CONNECT + "Transfer-Encoding: chunked\r\n\r\n" + CHUNK, CODING),
    # line ends, names, values
    "bare LF after the request line": ("GET http://H/evil HTTP/1.1\nHost: H\r\n\r\n", ENDING),
    "bare LF after a field": (GET + "Host: H\nX: evil\r\n\r\n", ENDING),
    "bare LF at the end": (GET + "Host: H\r\n\n", ENDING),
    "bare LF everywhere": ("GET http://H/evil HTTP/1.1\nHost: H\n\n", ENDING),
    "bare CR in a value": (GET + "Host: H\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n", ENDING),
    "bare CR in the request line": ("GET http://H/evil\r HTTP/1.1\r\nHost: H\r\n\r\n", ENDING),
    "CR CR LF": (GET + "Host: H\r\r\nX: evil\r\n\r\n", ENDING),
    "folding by a space": (GET + "Host: H\r\nX: a\r\n evil: b\r\n\r\n", "folded header field"),
    "folding by a tab": (GET + "Host: H\r\nX: a\r\n\tevil: b\r\n\r\n", "folded header field"),
    "space before the first field": (GET + " Host: H\r\nX: evil\r\n\r\n", "folded header field"),
    "space before the colon": (POST + "Content-Length : 4\r\n\r\nevil", NAME),
    "tab before the colon": (POST + "Transfer-Encoding\t: chunked\r\n\r\n" + CHUNK, NAME),
    "NUL in a name": (GET + "Host: H\r\nX\0Evil: a\r\n\r\n", NAME),
    "NUL in a value": (GET + "Host: H\r\nX: e\0vil\r\n\r\n", VALUE),
    "NUL in the target": ("GET http://H/e\0vil HTTP/1.1\r\nHost: H\r\n\r\n", TARGET),
    "no name": (GET + "Host: H\r\n: evil\r\n\r\n", NAME),
    "no colon": (GET + "Host: H\r\nevil\r\n\r\n", NAME),
    "raw UTF-8 in a name": (GET + "Host: H\r\nTr\u00e4nsfer: evil\r\n\r\n", NAME),
    "DEL in a value": (GET + "Host: H\r\nX: \x7fevil\r\n\r\n", VALUE),
    # request line
    "two spaces": ("GET  http://H/evil HTTP/1.1\r\nHost: H\r\n\r\n", LINE),
    "a tab for a space": ("GET\thttp://H/evil HTTP/1.1\r\nHost: H\r\n\r\n", "malformed method"),
    "space in the target": ("GET http://H/e vil HTTP/1.1\r\nHost: H\r\n\r\n", None),
    "space at the end of the line": ("GET http://H/evil HTTP/1.1 \r\nHost: H\r\n\r\n", LINE),
    "no version": ("GET http://H/evil\r\nHost: H\r\n\r\n", LINE),
    "a method in brackets": ("(GET) http://H/evil HTTP/1.1\r\nHost: H\r\n\r\n", LINE),
    "an endless method": ("G" * 100 + " http://H/evil HTTP/1.1\r\nHost: H\r\n\r\n", "malformed method"),
    "origin-form": ("GET /evil HTTP/1.1\r\nHost: H\r\n\r\n", TARGET),
    "asterisk-form": ("OPTIONS * HTTP/1.1\r\nHost: H\r\n\r\n", TARGET),
    "authority-form with GET": ("GET H HTTP/1.1\r\nHost: H\r\n\r\n", TARGET),
    "absolute-form with CONNECT": ("CONNECT http://allowed.test:443/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n", TARGET),
    "CONNECT without a port": ("CONNECT allowed.test HTTP/1.1\r\nHost: allowed.test\r\n\r\n", PORT),
    "fragment": ("GET http://H/evil#x HTTP/1.1\r\nHost: H\r\n\r\n", TARGET),
    "backslash in the authority": ("GET http://allowed.test\\@B/evil HTTP/1.1\r\nHost: H\r\n\r\n", None),
    "an empty line too many": ("\r\n\r\n\r\n" + GET + "Host: H\r\n\r\n", LINE),
    "TLS": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03evil", LINE),
    "SOCKS": ("\x05\x01\x00evil", LINE),
    # schemes and authorities
    "scheme https": ("GET https://H/evil HTTP/1.1\r\nHost: H\r\n\r\n", SCHEME),
    "scheme ftp": ("GET ftp://H/evil HTTP/1.1\r\nHost: H\r\n\r\n", SCHEME),
    "scheme file": ("GET file:///etc/passwd HTTP/1.1\r\nHost: H\r\n\r\n", SCHEME),
    "scheme gopher": ("GET gopher://H/evil HTTP/1.1\r\nHost: H\r\n\r\n", SCHEME),
    "no scheme": ("GET //H/evil HTTP/1.1\r\nHost: H\r\n\r\n", TARGET),
    "one slash": ("GET http:/H/evil HTTP/1.1\r\nHost: H\r\n\r\n", TARGET),
    "userinfo": ("GET http://user:pw@H/evil HTTP/1.1\r\nHost: H\r\n\r\n", USER),
    "userinfo that looks like a host": ("GET http://H@B/evil HTTP/1.1\r\nHost: H\r\n\r\n", USER),
    "userinfo in Host": (GET + "Host: user@H\r\n\r\n", USER),
    "%-encoded host": ("GET http://%61llowed.test/evil HTTP/1.1\r\nHost: H\r\n\r\n", HOST),
    "%2e at the end of the host": ("GET http://allowed.test%2e/evil HTTP/1.1\r\nHost: allowed.test\r\n\r\n", HOST),
    "%00 in the host": ("GET http://allowed.test%00.evil/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n", HOST),
    "UTF-8 in the host": ("GET http://m\u00fcnchen.test/evil HTTP/1.1\r\nHost: m\u00fcnchen.test\r\n\r\n", HOST),
    "Latin-1 in the host": (b"GET http://m\xfcnchen.test/evil HTTP/1.1\r\nHost: x\r\n\r\n", HOST),
    "two dots": ("GET http://allowed..test/evil HTTP/1.1\r\nHost: H\r\n\r\n", HOST),
    "two dots at the end": ("GET http://allowed.test../evil HTTP/1.1\r\nHost: H\r\n\r\n", HOST),
    "no host": ("GET http:///evil HTTP/1.1\r\nHost: H\r\n\r\n", HOST),
    "IPv4 out of range": ("GET http://127.0.0.256/evil HTTP/1.1\r\nHost: H\r\n\r\n", HOST),
    "IPv6 with a zone": ("GET http://[fe80::1%25lo]/evil HTTP/1.1\r\nHost: H\r\n\r\n", HOST),
    "IPv6 without its end": ("GET http://[::1/evil HTTP/1.1\r\nHost: H\r\n\r\n", HOST),
    "port 0": ("GET http://allowed.test:0/evil HTTP/1.1\r\nHost: allowed.test:0\r\n\r\n", PORT),
    "port 65536": ("GET http://allowed.test:65536/evil HTTP/1.1\r\nHost: H\r\n\r\n", PORT),
    "port with a sign": ("GET http://allowed.test:+80/evil HTTP/1.1\r\nHost: H\r\n\r\n", PORT),
    "two ports": ("GET http://H:80/evil HTTP/1.1\r\nHost: H\r\n\r\n", None),
    "no Host": (GET + "\r\n", "Host is missing"),
    "two Hosts that agree": (GET + "Host: H\r\nHost: H\r\n\r\n", "Host is repeated"),
    "two Hosts that differ": (GET + "Host: H\r\nHost: B\r\n\r\n", "Host is repeated"),
    "Host differs": (GET + "Host: B\r\n\r\n", DIFFERS),
    "Host differs in its port": (GET + "Host: allowed.test:81\r\n\r\n", DIFFERS),
    "Host without the port": (GET + "Host: allowed.test\r\n\r\n", DIFFERS),
    "Host is empty": (GET + "Host:\r\n\r\n", HOST),
    "Host is a list": (GET + "Host: H, B\r\n\r\n", None),
    "Host is a URL": (GET + "Host: http://H/\r\n\r\n", None),
    "Host of CONNECT differs": ("CONNECT allowed.test:443 HTTP/1.1\r\nHost: blocked.test:443\r\n\r\nevil", DIFFERS),
}

OTHER_STATUS = {
    "HTTP/2.0": ("GET http://H/evil HTTP/2.0\r\nHost: H\r\n\r\n", 505, VERSION),
    "HTTP/1.2": ("GET http://H/evil HTTP/1.2\r\nHost: H\r\n\r\n", 505, VERSION),
    "HTTP/0.9": ("GET http://H/evil HTTP/0.9\r\nHost: H\r\n\r\n", 505, VERSION),
    "http/1.1": ("GET http://H/evil http/1.1\r\nHost: H\r\n\r\n", 505, VERSION),
    "HTTP/1.10": ("GET http://H/evil HTTP/1.10\r\nHost: H\r\n\r\n", 505, VERSION),
    "HTTP/2 preface": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, VERSION),
    "too many fields": (GET + "Host: H\r\n" + "X: evil\r\n" * 100 + "\r\n", 431, MANY),
    "a field too long": (GET + "Host: H\r\nX: " + "evil" * 8192 + "\r\n\r\n", 431, LARGE),
    "a target too long": ("GET http://H/" + "evil" * 8192 + " HTTP/1.1\r\nHost: H\r\n\r\n", 431, LARGE),
    "Connection names too many": (GET + "Host: H\r\nConnection: " + "evil," * 101 + "\r\n\r\n", 431, MANY),
}

ALL = [pytest.param(text, 400, phrase, id=name) for name, (text, phrase) in CASES.items()]
ALL += [pytest.param(text, status, phrase, id=name) for name, (text, status, phrase) in OTHER_STATUS.items()]

REFERENCE = re.compile(r'class="reference">([0-9A-Z-]+)<')


@pytest.fixture(scope="module")
def origin():
    running = Origin(echo)
    yield running
    running.stop()


def to_bytes(text, origin):
    if isinstance(text, bytes):
        return text
    text = re.sub(r"\bH\b(?!=)", f"allowed.test:{origin.port}", text)
    return re.sub(r"\bB\b", f"blocked.test:{origin.port}", text).encode()


@pytest.mark.parametrize("manner", ["alone", "after a good request"])
@pytest.mark.parametrize("text, status, phrase", ALL)
def test_it_is_refused_with_a_reason_and_reaches_no_origin(shared_gateway, origin, text, status, phrase, manner):
    after = get(origin.url(path="/evil"))  # must not be read as a request any more
    with shared_gateway.connect() as client:
        good = get(origin.url(path="/good")) if manner != "alone" else ""
        client.send(good.encode() + to_bytes(text, origin) + after.encode())
        if good:
            assert client.response().status == 200
        response = client.response()
        assert (response.status, response.get("connection")) == (status, "close")
        assert client.is_closed()
    reference = REFERENCE.search(response.text).group(1)
    line = shared_gateway.log_lines(1, id=reference)[0]
    assert (line["action"], line["reason"], line["status"]) == ("block", "malformed", status)
    assert phrase is None or line["detail"] == phrase
    assert line["detail"] in response.text
    assert b"evil" not in origin.received and origin.connections <= 1


@pytest.mark.parametrize("text", [
    "\r\n\r\nGET http://H/ HTTP/1.1\r\nHost: H\r\n\r\n",  # RFC 9112 2.2
    "GET http://H/ HTTP/1.1\r\nHost:H\r\nX:\r\n\r\n",
    "GET http://H/ HTTP/1.1\r\nHost:\t H \t\r\nX: \xe4\x80\r\n\r\n",
    "GET http://ALLOWED.test.:PORT/ HTTP/1.1\r\nhOST: H\r\n\r\n",
    "GET http://H/ HTTP/1.1\r\nHost: Allowed.Test.:PORT\r\n\r\n",
    "POST http://H/ HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
    "POST http://H/ HTTP/1.1\r\nHost: H\r\nContent-Length: 0004\r\n\r\nabcd",
])
def test_what_is_odd_but_clear_is_let_through(shared_gateway, origin, text):
    with shared_gateway.connect() as client:
        assert client.send(to_bytes(text.replace("PORT", str(origin.port)), origin)).response().status == 200
        assert client.send(get(origin.url())).response().status == 200
