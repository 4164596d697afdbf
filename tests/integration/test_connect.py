"""CONNECT: the authority, then the server name in the ClientHello, each judged; nothing reaches an origin before."""

import re
import time

import pytest

from support.centre import centre
from support.hello import client_hello, extension, handshake, record
from support.peer import get
from support.process import closed_port
from support.tunnel import connect_request, is_mirrored, mirror, open_tunnel, ports
from support.wait import until

ALERT = re.compile(rb"\x15\x03[\x00-\x03]\x00\x02\x02\x31")  # a fatal access_denied in its record (RFC 8446 6.2)

NO_SNI = client_hello(None)
NOT_TLS = b"SSH-2.0-OpenSSH_9.2\r\n"
HALF_TLS = record(b"\x02" + handshake()[1:])  # a handshake record with a ServerHello in it
SHORT_INSIDE = record(b"\x01\x00\x00\x05\x03\x03abc")
TWO_NAMES = client_hello("allowed.test", extensions=extension(0, b"\0\x0f\0\0\x0cgambling.tes"))
TOO_LARGE = client_hello("allowed.test", extensions=extension(0xFAFA, bytes(20_000)), records=3)


class Site:
    """A gateway and an origin behind it that sends back what it gets."""

    def __init__(self, start_gateway, raw_origin, handler=mirror, **settings):
        self.origin = raw_origin(handler)
        self.gateway = start_gateway(**centre(settings={**ports(self.origin), **settings}))

    def open(self, name="allowed.test", **options):
        return open_tunnel(self.gateway, self.origin, name, **options)

    def assert_nothing_arrived(self):
        until(lambda: not any(thread.is_alive() for thread in self.origin.threads),
              "the origin's connections to be closed")
        assert self.origin.received == b""


@pytest.fixture
def site(start_gateway, raw_origin):
    return Site(start_gateway, raw_origin)


def send_cut(site, hello, cuts):
    """One tunnel for each place to cut; no second part is sent before all first ones have arrived."""
    # From three clients: of more than a hundred attempts of one in an hour the others are counted.
    tunnels = [site.open(source=f"127.0.0.{cut % 3 + 1}") for cut in cuts]
    for tunnel, cut in zip(tunnels, cuts):
        tunnel.send(hello[:cut])
    time.sleep(0.1)
    for tunnel, cut in zip(tunnels, cuts):
        tunnel.send(hello[cut:])
    return tunnels


# ---- before the tunnel ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("authority, reason, categories", [
    ("social.test:443", "rule", ["social-media"]),
    ("www.SOCIAL.test.:443", "rule", ["social-media"]),
    ("gambling.test:443", "floor", ["gambling"]),
    ("terror.test:443", "floor", ["terrorism"]),
    ("allowed.test:22", "port", []),
    ("essential.test:8443", "port", []),
    ("127.0.0.1:443", "address_literal", []),
    ("0x7f.1:443", "address_literal", []),
    ("[2606:2800::1]:443", "address_literal", []),
    ("192.0.2.7:443", "address_literal", []),
])
def test_a_refused_authority_gets_the_block_page(site, authority, reason, categories):
    with site.gateway.connect() as client:
        answer = client.send(connect_request(authority)).response()
        assert answer.status == 403
        assert answer.get("content-type") == "text/html; charset=utf-8"
        line, = site.gateway.log_lines(1)
        assert line["id"] in answer.text
        assert (line["action"], line["reason"], line["categories"]) == ("block", reason, categories)
        assert (line["method"], line["scheme"], line["status"]) == ("CONNECT", "https", 403)
        assert [each["id"] for each in site.gateway.attempts()] == ([line["id"]] if "terrorism" in categories else [])
        # Refused before a tunnel: the connection may go on with the next request.
        assert client.send(get(f"http://allowed.test:{site.origin.port}/", method="HEAD")) and site.origin.peer()


def test_an_unreachable_origin_of_an_allowed_authority_is_no_block(start_gateway):
    with closed_port() as port:
        gateway = start_gateway(**centre(settings={"proxy.connect.ports": [port]}))
        with gateway.connect() as client:
            assert client.send(connect_request(f"allowed.test:{port}")).response().status == 502
    assert gateway.log_lines(1)[0]["action"] == "allow"


# ---- the hello: allowed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hello", [
    client_hello("allowed.test"),
    client_hello("ALLOWED.Test"),
    client_hello("allowed.test."),
    client_hello("other.test"),  # another allowed name: both are judged
    client_hello("allowed.test", records=2),
    client_hello("allowed.test", records=40),
    client_hello("allowed.test") + b"early data",
], ids=["plain", "upper-case", "trailing-dot", "other-name", "two-records", "forty-records", "with-more-behind"])
def test_an_allowed_hello_reaches_the_origin_byte_for_byte(site, hello):
    with site.open() as tunnel:
        assert is_mirrored(tunnel, hello)
        assert is_mirrored(tunnel)
    line, = site.gateway.log_lines(1)
    assert (line["action"], line["status"], line["end"]) == ("allow", 200, "client")
    assert line["sni"].lower().rstrip(".") in ("allowed.test", "other.test") and line["alpn"] == "h2,http/1.1"


def test_an_allowed_hello_passes_cut_at_every_byte(site):
    hello = client_hello("allowed.test")
    for tunnel in send_cut(site, hello, range(1, len(hello))):
        with tunnel:
            assert tunnel.take(len(hello)) == hello


def test_an_allowed_hello_passes_a_byte_at_a_time(site):
    hello = client_hello("allowed.test", records=3)
    with site.open() as tunnel:
        for at in range(len(hello)):
            tunnel.send(hello[at : at + 1])
        assert tunnel.take(len(hello)) == hello


def test_an_allowed_hello_passes_cut_into_records_at_every_byte(site):
    message = handshake("allowed.test")
    for at in range(1, len(message)):
        hello = record(message[:at]) + record(message[at:])
        with site.open() as tunnel:
            assert is_mirrored(tunnel, hello), at


def test_ech_in_a_hello_is_logged(site):
    with site.open() as tunnel:
        assert is_mirrored(tunnel, client_hello("allowed.test", extensions=extension(0xFE0D, bytes(40))))
    assert site.gateway.log_lines(1)[0]["ech"] == "present"


# ---- the hello: refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, reason, category, list_name, entry", [
    ("terror.test", "floor", "terrorism", "local/terrorism/domains", 2),
    ("WWW.Terror.TEST.", "floor", "terrorism", "local/terrorism/domains", 2),
    ("gambling.test", "floor", "gambling", "local/gambling/domains", 4),
    ("social.test", "rule", "social-media", "local/social-media/domains", 3),
])
@pytest.mark.parametrize("records", [1, 2])
def test_a_listed_server_name_behind_an_allowed_authority_is_refused(site, name, reason, category, list_name, entry,
                                                                     records):
    with site.open() as tunnel:
        assert ALERT.fullmatch(tunnel.send(client_hello(name, records=records)).take_rest())
    line, = site.gateway.log_lines(1)
    assert (line["action"], line["reason"], line["categories"]) == ("block", reason, [category])
    assert (line["host"], line["sni"], line["list"], line["line"]) == ("allowed.test", name, list_name, entry)
    attempts = site.gateway.attempts()
    if category == "terrorism":
        attempt, = attempts
        assert (attempt["id"], attempt["host"], attempt["sni"], attempt["category"], attempt["line"]) == (
            line["id"], "allowed.test", name, "terrorism", 2)
    else:
        assert attempts == []
    site.assert_nothing_arrived()


def test_a_listed_server_name_is_refused_cut_at_every_byte(site):
    hello = client_hello("terror.test", records=2)
    cuts = range(1, len(hello))
    for tunnel in send_cut(site, hello, cuts):
        with tunnel:
            assert ALERT.fullmatch(tunnel.take_rest())
    assert len(site.gateway.attempts()) == len(cuts)
    site.assert_nothing_arrived()


@pytest.mark.parametrize("hello, reason", [
    (NO_SNI, "no_sni"),
    (NOT_TLS, "ssh"),
    (b"GET / HTTP/1.1\r\nHost: gambling.test\r\n\r\n", "plain_http"),
    (b"\x80\x2e\x01\x03\x01" + bytes(41), "not_tls"),  # SSLv2
    (HALF_TLS, "not_tls"),
    (SHORT_INSIDE, "not_tls"),
    (TWO_NAMES, "not_tls"),
    (TOO_LARGE, "not_tls"),
    (client_hello(""), "not_tls"),
    (client_hello("allowed.test\0.gambling.test"), "sni"),
    (client_hello("bad name"), "sni"),
    (client_hello("a" * 300), "sni"),
    (client_hello("127.0.0.1"), "address_literal"),
], ids=["no-sni", "ssh", "http", "sslv2", "server-hello", "short", "two-names", "too-large", "empty-name",
        "nul-in-name", "space-in-name",
        "long-name", "address-as-name"])
def test_what_cannot_be_judged_is_refused(site, hello, reason):
    with site.open() as tunnel:
        assert ALERT.fullmatch(tunnel.send(hello).take_rest())
    line, = site.gateway.log_lines(1)
    assert (line["action"], line["reason"]) == ("block", reason)
    site.assert_nothing_arrived()


def test_a_client_that_stays_silent_is_refused(start_gateway, raw_origin):
    site = Site(start_gateway, raw_origin, **{"proxy.deadline.hello": "200ms"})
    for start in (b"", client_hello("allowed.test")[:50]):
        with site.open() as tunnel:
            assert ALERT.fullmatch(tunnel.send(start).take_rest())
    assert [line["reason"] for line in site.gateway.log_lines(2)] == ["silent", "not_tls"]
    site.assert_nothing_arrived()


def test_a_client_that_leaves_before_the_hello_is_no_block(site):
    with site.open() as tunnel:
        tunnel.send(client_hello("terror.test")[:40])
    line, = site.gateway.log_lines(1)
    assert (line["action"], line["end"]) == ("allow", "client")
    assert site.gateway.attempts() == []
    site.assert_nothing_arrived()


# ---- the settings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting, hello", [
    ("no_sni", NO_SNI),
    ("not_tls", NOT_TLS),
    ("malformed", HALF_TLS),
])
def test_a_setting_lets_it_through(start_gateway, raw_origin, setting, hello):
    site = Site(start_gateway, raw_origin, **{f"proxy.connect.{setting}": "allow"})
    with site.open() as tunnel:
        assert is_mirrored(tunnel, hello)
        assert is_mirrored(tunnel)
    # The authority and a server name that is there are judged all the same.
    with site.open() as tunnel:
        assert ALERT.fullmatch(tunnel.send(client_hello("terror.test")).take_rest())
    with site.gateway.connect() as client:
        assert client.send(connect_request(f"gambling.test:{site.origin.port}")).response().status == 403


def test_not_tls_allowed_lets_the_server_speak_first(start_gateway, raw_origin):
    def greet(peer):
        peer.send("220 welcome\r\n")
        mirror(peer)

    site = Site(start_gateway, raw_origin, greet, **{"proxy.connect.not_tls": "allow", "proxy.deadline.hello": "200ms"})
    with site.open() as tunnel:
        assert tunnel.take(13) == b"220 welcome\r\n"
        assert is_mirrored(tunnel)


def test_address_literals_can_be_allowed(start_gateway, raw_origin):
    site = Site(start_gateway, raw_origin, **{"proxy.connect.address_literal": "allow"})
    with site.open("127.0.0.1") as tunnel:
        assert is_mirrored(tunnel, client_hello("allowed.test"))
    with site.open("127.0.0.1") as tunnel:
        assert ALERT.fullmatch(tunnel.send(client_hello("gambling.test")).take_rest())


def test_an_sni_that_differs_can_be_refused(start_gateway, raw_origin):
    site = Site(start_gateway, raw_origin, **{"proxy.connect.sni_mismatch": "block"})
    with site.open() as tunnel:
        assert is_mirrored(tunnel, client_hello("Allowed.test."))  # no difference
    for name in ("other.test", "www.allowed.test", "essential.test"):
        with site.open() as tunnel:
            assert ALERT.fullmatch(tunnel.send(client_hello(name)).take_rest())
    assert [line["sni"] for line in site.gateway.log_lines(3, reason="sni")] == ["other.test", "www.allowed.test",
                                                                                 "essential.test"]
