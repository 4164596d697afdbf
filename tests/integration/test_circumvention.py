"""Ways round the filter: what is not TLS in a tunnel, names that hide others, sites that carry sites."""

import json
import os
import pathlib
import re

import pytest

from support.centre import HOSTS, LISTS, centre, policy
from support.hello import client_hello, extension, record, vector
from support.peer import get
from support.tunnel import connect_request, is_mirrored, mirror, open_tunnel, ports
from support.wait import until

ALERT = re.compile(rb"\x15\x03[\x00-\x03]\x00\x02\x02\x31")  # a fatal access_denied in its record (RFC 8446 6.2)
LEARNER, STAFF = "127.0.0.1", "127.1.0.1"
MINDED = policy().replace("[concern]", '[concern]\ncircumvention = "notice"')

# What a client says first, and which category is recorded. Those with a file's name are the bytes of a real capture.
SPEECH = [
    (b"SSH-2.0-OpenSSH_9.2\r\n", "ssh", "circumvention"),
    (bytes.fromhex("05020001"), "socks", "circumvention/proxy"),  # shadowsocks.pcap
    (bytes.fromhex("040100505db8d87700"), "socks", "circumvention/proxy"),  # socks.pcap
    (bytes.fromhex("002a3892b8af4a777fc7427810"), "openvpn", "circumvention/vpn"),  # openvpn.pcap
    (bytes.fromhex("000e38507a28a78275788d0000"), "openvpn", "circumvention/vpn"),  # openvpn_nohmac_tcp.pcapng
    (bytes.fromhex("009401000000") + bytes(144), "wireguard", "circumvention/vpn"),
    (b"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n", "sstp", "circumvention/vpn"),
    (b"CONNECT apache.org:443 HTTP/1.1\r\n", "nested_proxy", "circumvention/proxy"),  # http_connect.pcap
    (b"GET http://http.com/ HTTP/1.1\r\n", "nested_proxy", "circumvention/proxy"),  # http-proxy.pcapng
    (b"GET / HTTP/1.1\r\nHost: gambling.test\r\n\r\n", "plain_http", None),
    (bytes.fromhex("030000130ee000000000000100080003000000"), "remote_desktop", "remote-control"),
    (bytes.fromhex("17240a200000"), "remote_desktop", "remote-control"),  # teamviewer.pcap
    (b"\x13BitTorrent protocol" + bytes(8), "bittorrent", "piracy"),
    (b"<?xml version='1.0'?><stream:stream", "chat_protocol", "chat"),
    (bytes.fromhex("f49cfb0b8796ba8714263d68"), "not_tls", None),  # shadowsocks.pcap
]


class Site:
    """A gateway, and an origin behind it that sends back what it gets."""

    def __init__(self, start_gateway, raw_origin, *, policy=MINDED, settings=None):
        self.origin = raw_origin(mirror)
        self.gateway = start_gateway(policy=policy, lists=LISTS, hosts=HOSTS + "127.0.0.1 r.jina.ai\n",
                                     settings={**ports(self.origin), **(settings or {})})

    def open(self, name="allowed.test", **options):
        return open_tunnel(self.gateway, self.origin, name, **options)

    def is_refused(self, hello, name="allowed.test", **options):
        with self.open(name, **options) as tunnel:
            return bool(ALERT.fullmatch(tunnel.send(hello).take_rest()))

    def assert_nothing_arrived(self):
        until(lambda: not any(thread.is_alive() for thread in self.origin.threads),
              "the origin's connections to be closed")
        assert self.origin.received == b""


@pytest.fixture
def site(start_gateway, raw_origin):
    return Site(start_gateway, raw_origin)


def test_what_speaks_in_a_tunnel_is_named_and_refused(site):
    for said, reason, category in SPEECH:
        count = len(site.gateway.log_now())
        assert site.is_refused(said), said
        line = site.gateway.log_lines(count + 1)[count]
        assert (line["action"], line["reason"], line["host"]) == ("block", reason, "allowed.test"), said
        assert line["categories"] == ([category] if category else []), said
    site.assert_nothing_arrived()
    # The policy minds circumvention and nothing else of these.
    assert [(each["category"], each["host"]) for each in site.gateway.attempts()] == [
        (category, "allowed.test") for _, _, category in SPEECH if (category or "").startswith("circumvention")]


def test_it_is_named_also_where_it_comes_byte_by_byte(site):
    for said, reason, _ in SPEECH:
        count = len(site.gateway.log_now())
        with site.open() as tunnel:
            for at in range(min(len(said), 20)):
                tunnel.send(said[at : at + 1])
            assert ALERT.match(tunnel.send(said[20:]).take_rest()), said
        assert site.gateway.log_lines(count + 1)[count]["reason"] == reason, said


def test_who_says_nothing_or_half_of_something_is_refused(start_gateway, raw_origin):
    site = Site(start_gateway, raw_origin, settings={"proxy.deadline.hello": "200ms"})
    for said, reason in ((b"", "silent"), (b"SS", "not_tls"), (client_hello()[:50], "not_tls")):
        assert site.is_refused(said), said
        assert site.gateway.log_lines(1, reason=reason)
    site.assert_nothing_arrived()


def test_the_policy_can_let_a_kind_pass(start_gateway, raw_origin):
    site = Site(start_gateway, raw_origin, policy=MINDED + '[circumvention]\nallow = ["ssh"]\ngroups = ["staff"]\n')
    ssh = SPEECH[0][0]
    with site.open(source=STAFF) as tunnel:
        assert is_mirrored(tunnel, ssh)
    assert site.is_refused(ssh, source=LEARNER)
    assert site.is_refused(SPEECH[1][0], source=STAFF)
    assert [each["client"] for each in site.gateway.attempts()] == [LEARNER, STAFF]


@pytest.mark.parametrize("hello, reason", [
    (client_hello("cloudflare-ech.com", extensions=extension(0xFE0D, bytes(40))), "ech"),
    (client_hello("allowed.test", extensions=extension(0xFFCE, bytes(40))), "ech"),  # ESNI
    (client_hello("allowed.test", alpn=("dot",)), "dot"),
], ids=["cover", "esni", "dns-over-tls"])
def test_a_hello_that_leads_elsewhere_is_refused(site, hello, reason):
    assert site.is_refused(hello)
    assert site.gateway.log_lines(1)[0]["reason"] == reason
    site.assert_nothing_arrived()


def test_grease_is_nobodys_attempt(site):
    """What a browser sends to every site (RFC 9849 6.2), and the cover's name without anything behind it."""
    for hello in (client_hello("allowed.test", extensions=extension(0xFE0D, bytes(200))), client_hello("cloudflare-ech.com")):
        with site.open() as tunnel:
            assert is_mirrored(tunnel, hello)
    assert [line["action"] for line in site.gateway.log_lines(2)] == ["allow", "allow"]
    assert site.gateway.attempts() == []


def test_captured_hellos_of_esni_and_ech(site):
    file = pathlib.Path(os.environ.get("BREAKWATER_SHARED", pathlib.Path(__file__).parents[3] / "shared")) / "data/sni/dev.jsonl"
    if not file.exists():
        pytest.skip("no captures: set BREAKWATER_SHARED to the folder that holds data/sni/dev.jsonl")
    rows = [row for row in map(json.loads, file.read_text().splitlines()) if row["kind"] == "tls" and not row.get("ooo")]
    hidden = [row for row in rows if row["sni"] and (row["esni"] or row["sni"][0] == "cloudflare-ech.com" and row["ech"])]
    assert hidden
    for row in hidden:
        count = len(site.gateway.log_now())
        assert site.is_refused(bytes.fromhex("".join(row["segs"]))), row["pcap"]
        assert site.gateway.log_lines(count + 1)[count]["reason"] == "ech", row["pcap"]


def test_a_hello_like_tors_to_an_address(start_gateway, raw_origin):
    """Two of tor.pcap's names; a browser's hello with the same name is judged by its name alone."""
    site = Site(start_gateway, raw_origin, settings={"proxy.connect.address_literal": "allow"})
    for name in ("www.ct7ctrgb6cr7.com", "www.t3i3ru.com"):
        assert site.is_refused(client_hello(name, alpn=()), name="127.0.0.1")
        with site.open("127.0.0.1") as tunnel:
            assert is_mirrored(tunnel, client_hello(name))
    with site.open() as tunnel:
        assert is_mirrored(tunnel, client_hello("www.t3i3ru.com", alpn=()))
    assert len(site.gateway.log_lines(2, reason="tor")) == 2
    assert {each["category"] for each in site.gateway.attempts()} == {"circumvention/tor"}


def test_dns_over_tls_and_sstp_are_refused_by_their_names(site):
    with site.gateway.connect() as client:
        assert client.send(connect_request("allowed.test:853")).response().status == 403
        assert client.send("SSTP_DUPLEX_POST http://allowed.test/sra_/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n").response().status == 403
    assert [line["reason"] for line in site.gateway.log_lines(2)] == ["dot", "sstp"]
    assert [each["category"] for each in site.gateway.attempts()] == ["circumvention/doh", "circumvention/vpn"]


def test_a_site_within_a_site_is_judged(site):
    carried = [
        ("http://web.archive.org/web/2024/http://gambling.test/", "floor", "a site in an archive"),
        ("http://translate.google.com/translate?u=http%3A%2F%2Fwww.gambling.test%2F", "floor", "a site in a translation"),
        ("http://r.jina.ai/http://social.test/", "rule", "a site in a reader"),
        ("http://12ft.io/http://r.jina.ai/http://terror.test/", "floor", "a site in a reader"),
    ]
    with site.gateway.connect() as client:
        for url, reason, detail in carried:
            assert client.send(get(url)).response().status == 403
            line, = site.gateway.log_lines(url=url)
            assert (line["action"], line["reason"], line["detail"]) == ("block", reason, detail), url
            assert site.gateway.rows("check", "--at", "2026-11-23T10:00", url)[0]["carried_by"] == detail
        assert client.send(connect_request("gambling-test.translate.goog:443")).response().status == 403
        assert client.send(get(f"http://r.jina.ai:{site.origin.port}/http://allowed.test/")) and site.origin.peer()
    assert [each["category"] for each in site.gateway.attempts()] == ["terrorism"]
    assert "a site in an archive" in site.gateway.command("check", carried[0][0])
