"""Intercepted connections, in a network of namespaces: the client knows nothing of the gateway, and meant to go elsewhere."""

import json
import math
import re
import socket
import ssl
import subprocess
import time

import pytest

from support.centre import LISTS, NAMES, policy
from support.dns import Dns
from support.gateway import SETTINGS, Gateway
from support.hello import client_hello, extension, handshake, record
from support.network import (DEVICE, HTTP_PORT, NOBODY, NOBODY6, PROXY_PORT, SECURE, TLS_PORT, WEB, WEB6, network)
from support.origin import Origin, echo, silent
from support.peer import get
from support.portal import acceptance, TEXTS
from support.process import closed_port
from support.tunnel import connect_request, is_mirrored, mirror, upgraded
from support.wait import until

LEARNER, LEARNER6, STAFF = "10.20.0.2", "fd00:20::2", "10.30.0.2"
GATEWAY = "10.20.0.1"
ALERT = re.compile(rb"\x15\x03[\x00-\x03]\x00\x02\x02\x31")  # a fatal access_denied in its record (RFC 8446 6.2)
ECH = extension(0xFE0D, b"\0" + bytes(41))
POLICY = policy().replace('"10.20.0.0/16"', '"10.20.0.0/16", "fd00:20::/64"').replace('"127.1.0.0/16"', '"10.30.0.0/16"')


class Internet:
    """What there is beyond the gateway: names, a web server, a server with TLS, and a device that has no name."""

    def __init__(self, space, certificate):
        names = {f"{prefix}{name}.test": [WEB] for name in NAMES for prefix in ("", "www.")}
        names |= {"six.test": [WEB6], "secure.test": [SECURE], "cloudflare-ech.com": [WEB], "inside.test": [GATEWAY, "50.60.70.1"],
                  "forcesafesearch.google.com": [WEB]}
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*certificate)
        with space.inside():
            self.dns = Dns(names, address=WEB, port=53)
            self.web = Origin(self.answer, WEB, 80)
            self.web6 = Origin(echo, WEB6, 80)
            self.tls = Origin(mirror, WEB, 443)
            self.tls6 = Origin(mirror, WEB6, 443)
            self.secure = Origin(self.answer_by_tls, SECURE, 443)
            self.device = Origin(self.greet, DEVICE, 443)
            self.device_web = Origin(mirror, DEVICE, 80)
            self.mail = Origin(silent, WEB, 25)

    @staticmethod
    def answer(peer):
        """An echo, and a mirror for who asks to upgrade."""
        peer.fill()
        (upgraded if b"Upgrade: mirror" in peer.received else echo)(peer)

    def answer_by_tls(self, peer):
        peer.socket = self.context.wrap_socket(peer.socket, server_side=True)
        echo(peer)

    @staticmethod
    def greet(peer):
        """Speaks first, as a server of mail does."""
        peer.send("220 device\r\n")
        mirror(peer)

    def origins(self):
        return (self.web, self.web6, self.tls, self.tls6, self.secure, self.device, self.device_web, self.mail)

    def received(self):
        return sum(len(origin.received) for origin in self.origins())

    def stop(self):
        self.dns.stop()
        for origin in self.origins():
            origin.stop()


class Site:
    """A gateway in the network of a test file."""

    def __init__(self, net, internet, start_gateway):
        self.net, self.internet, self.start_gateway = net, internet, start_gateway

    def start(self, *, settings=None, **options):
        doors = {f"intercept.{name}": [f"0.0.0.0:{port}", f"[::]:{port}"] for name, port in
                 (("http", HTTP_PORT), ("tls", TLS_PORT))}
        chosen = {**SETTINGS, "dns.servers": [f"{WEB}:53"], "dns.hosts": None, "dns.allow_private": [],
                  "intercept.mode": self.net.mode, **doors, **(settings or {})}
        with self.net.gateway.inside():
            self.gateway = self.start_gateway(**{
                "policy": POLICY, "lists": LISTS, "settings": chosen,
                "arguments": ("--listen", f"{GATEWAY}:{PROXY_PORT}"), **options})
        return self

    def ask(self, host="allowed.test", *fields, path="/", client=None, to=NOBODY, port=80):
        with (client or self.net.learner).connect(to, port) as peer:
            return peer.send(f"GET {path} HTTP/1.1\r\n" + "".join(
                f"{field}\r\n" for field in (f"Host: {host}", *fields)) + "\r\n").response()

    def say(self, data, port, to=NOBODY, client=None):
        """All that comes back until the gateway closes."""
        with (client or self.net.learner).connect(to, port) as peer:
            return peer.send(data).take_rest()

    def tunnel(self, name="allowed.test", to=NOBODY, client=None):
        peer = (client or self.net.learner).connect(to, 443)
        assert is_mirrored(peer, client_hello(name))
        return peer


@pytest.fixture(scope="module", params=["redirect", "tproxy"])
def net(request):
    with network(request.param) as running:
        yield running


@pytest.fixture(scope="module")
def internet(net, certificate):
    running = Internet(net.internet, certificate)
    yield running
    running.stop()


@pytest.fixture
def new_site(net, internet, start_gateway):
    return Site(net, internet, start_gateway)


@pytest.fixture
def site(new_site):
    return new_site.start()


# ---- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to, client", [(NOBODY, LEARNER), (NOBODY6, LEARNER6)])
def test_http_goes_where_its_host_says(site, to, client):
    with site.net.learner.connect(to, 80) as peer:
        for host, path in (("allowed.test", "/one?two=3"), ("six.test", "/"), ("gambling.test", "/"), ("allowed.test", "/again")):
            peer.send(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: Basic YTpi\r\nProxy-Connection: close\r\n\r\n")
            answer = peer.response()
            if host == "gambling.test":
                assert answer.status == 403 and "never open" in answer.text and "http://gambling.test/" in answer.text
                continue
            seen = json.loads(answer.body)
            fields = dict(seen["fields"])
            assert (answer.status, seen["target"], fields["host"], fields["via"]) == (200, path, host, "1.1 breakwater")
            assert not any(name.startswith("proxy-") for name in fields)
    lines = site.gateway.log_lines(4, client=client, door="intercepted", method="GET", scheme="http", port=80)
    assert [(line["url"], line["action"], line["reason"], line["status"]) for line in lines] == [
        ("http://allowed.test/one?two=3", "allow", "default", 200), ("http://six.test/", "allow", "default", 200),
        ("http://gambling.test/", "block", "floor", 403), ("http://allowed.test/again", "allow", "default", 200)]
    assert site.gateway.counters()["intercepted"] == 1


def test_the_policy_holds_for_whoever_is_at_the_address(site):
    assert site.ask("social.test").status == 403
    assert site.ask("social.test", client=site.net.staff).status == 200
    assert site.ask("essential.test").status == 200
    rule, staff, essential = site.gateway.log_lines(3)
    assert (rule["client"], rule["group"], rule["rule"]) == (LEARNER, "learners", "work in sessions")
    assert (staff["client"], staff["group"], staff["action"]) == (STAFF, "staff", "allow")
    assert essential["reason"] == "essential"


def test_an_absolute_target_an_upgrade_and_100_continue(site):
    with site.net.learner.connect(NOBODY, 80) as peer:
        peer.send(get("http://allowed.test/absolute"))  # RFC 9112 3.2.2
        assert json.loads(peer.response().body)["target"] == "/absolute"
        peer.send("POST /form HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n").send("abc")
        assert json.loads(peer.response().body)["body"] == "abc"
    with site.net.learner.connect(NOBODY, 80) as peer:
        peer.send("GET / HTTP/1.1\r\nHost: allowed.test\r\nUpgrade: mirror\r\nConnection: Upgrade\r\n\r\n")
        assert peer.head().status == 101 and is_mirrored(peer)


@pytest.mark.parametrize("to, client", [(NOBODY, LEARNER), (NOBODY6, LEARNER6)])
def test_tls_goes_where_its_server_name_says(site, to, client):
    for name in ("allowed.test", "six.test"):
        with site.tunnel(name, to=to) as peer:
            assert is_mirrored(peer)
        line, = site.gateway.log_lines(host=name, door="intercepted", client=client)
        assert (line["scheme"], line["port"], line["sni"], line["action"], line["end"]) == ("https", 443, name, "allow", "client")
    seen = site.internet.received()
    for name, reason in (("gambling.test", "floor"), ("social.test", "rule"), ("terror.test", "floor")):
        assert ALERT.fullmatch(site.say(client_hello(name), 443, to=to))
        line, = site.gateway.log_lines(host=name, door="intercepted", client=client)
        assert (line["action"], line["reason"]) == ("block", reason)
    assert site.internet.received() == seen
    attempt, = site.gateway.attempts()
    assert "terrorism" in json.dumps(attempt)


def test_real_tls_in_both_directions(site):
    def curl(name):
        return site.net.learner.run("curl", "-q", "-sS", "-m", "60", "-k", "--resolve", f"{name}:443:{NOBODY}",
                                    f"https://{name}/x", check=False)
    allowed = curl("secure.test")
    assert json.loads(allowed.stdout)["target"] == "/x", allowed.stderr
    refused = site.net.learner.run("openssl", "s_client", "-connect", f"{NOBODY}:443", "-servername", "gambling.test",
                                   stdin=subprocess.DEVNULL, check=False)
    assert "alert access denied" in refused.stderr
    assert curl("gambling.test").returncode == 35  # CURLE_SSL_CONNECT_ERROR


def test_an_attempt_is_recorded_with_the_client_that_made_it(site):
    assert site.ask("terror.test", path="/manual").status == 403
    assert ALERT.fullmatch(site.say(client_hello("extremism.test"), 443, client=site.net.staff))
    assert [(each["client"], each["host"], each["category"], each["action"]) for each in site.gateway.attempts()] == [
        (LEARNER, "terror.test", "terrorism", "block"), (STAFF, "extremism.test", "extremism", "block")]


def test_a_search_engine_is_reached_at_its_safe_address(site):
    assert site.ask("www.google.com", path="/search?q=how+to").status == 200
    site.tunnel("www.google.com").close()
    assert [line["dialled"] for line in site.gateway.log_lines(2, host="www.google.com")] == ["forcesafesearch.google.com"] * 2
    assert site.gateway.log_lines(1, scheme="http")[0]["search"] == "how to"


def test_a_name_that_leads_back_here_or_nowhere_opens_nothing(site):
    assert site.ask("inside.test").status == 403
    assert ALERT.fullmatch(site.say(client_hello("inside.test"), 443))
    assert [line["reason"] for line in site.gateway.log_lines(2)] == ["private_destination"] * 2
    assert site.ask("unheard-of.test").status == 502
    assert site.say(client_hello("unheard-of.test"), 443) == b""
    assert [line["detail"] for line in site.gateway.log_lines(2, host="unheard-of.test", status=502)] == ["no such name"] * 2


# ---- no names -------------------------------------------------------------------------------------------------------

SSH = b"SSH-2.0-OpenSSH_9.2\r\n"
NAMELESS = [
    (443, client_hello(None), "no_sni"),
    (443, SSH, "ssh"),
    (443, b"GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n", "plain_http"),
    (443, client_hello("www.t3i3ru.com", alpn=()), "tor"),  # tor.pcap; nobody has that name
    (443, record(b"\x02" + handshake()[1:]), "not_tls"),
    (443, client_hello("a..b"), "sni"),
    (443, client_hello(WEB), "address_literal"),
    (443, client_hello("cloudflare-ech.com", extensions=ECH), "ech"),
    (443, client_hello("breakwater.internal"), "portal"),
    (80, SSH, "ssh"),
    (80, client_hello(), "not_http"),
    (80, b"\x05\x01\x00", "socks"),
    (80, b"\x13BitTorrent protocol", "bittorrent"),
    (80, b"GET / HTTP/1.0\r\n\r\n", "no_host"),
    (80, f"GET / HTTP/1.1\r\nHost: {WEB}\r\nConnection: close\r\n\r\n".encode(), "address_literal"),
    (80, b"GET / HTTP/1.1\r\nHost: [2a00:60::10]\r\nConnection: close\r\n\r\n", "address_literal"),
    (80, b"GET / HTTP/1.1\r\nHost: allowed.test:8080\r\n\r\n", "malformed"),
    (80, connect_request("allowed.test:443").encode(), "nested_proxy"),
    (80, get("http://allowed.test/").encode().replace(b"Host: allowed", b"Host: other"), "malformed"),
]


def test_what_names_no_site_is_blocked(site):
    seen = site.internet.received()
    for port, data, reason in NAMELESS:
        count = len(site.gateway.log_now())
        answer = site.say(data, port)
        assert ALERT.fullmatch(answer) if port == 443 else answer.startswith(b"HTTP/1.1 4"), data
        line = site.gateway.log_lines(count + 1)[count]
        assert (line["action"], line["reason"], line["door"]) == ("block", reason, "intercepted"), data
        if reason in ("no_sni", "not_tls", "not_http", "no_host", "ssh", "socks", "bittorrent", "plain_http"):
            assert (line["host"], line["port"], line["group"]) == (NOBODY, port, "learners"), data
    # A hello with a greased extension, or the cover without any, is as good as another.
    site.tunnel("allowed.test").close()
    with site.net.learner.connect(NOBODY, 443) as peer:
        assert is_mirrored(peer, client_hello("allowed.test", extensions=ECH))
    with site.net.learner.connect(NOBODY, 443):
        pass  # nothing said, nothing to tell
    assert site.internet.received() > seen
    told = site.gateway.counters()
    assert (told["intercept_not_http"], told["intercept_no_host"], told["intercept_ech"], told["hello_no_sni"]) == (4, 1, 1, 1)
    assert told["intercept_addresses"] == 3
    assert len(site.gateway.log_lines(len(NAMELESS) + 2)) == len(NAMELESS) + 2


def test_what_lists_say_of_an_address_counts(new_site):
    site = new_site.start(lists={**LISTS, "terrorism/domains": "terror.test\n50.60.70.96/28\n"})
    assert ALERT.fullmatch(site.say(client_hello(None), 443))
    line, = site.gateway.log_lines(1)
    assert (line["reason"], line["host"], line["categories"]) == ("floor", NOBODY, ["terrorism"])
    assert site.gateway.attempts()[0]["host"] == NOBODY


def test_listed_addresses_open_where_the_settings_say_so(new_site):
    site = new_site.start(lists={**LISTS, "allow/domains": f"{DEVICE}\n"}, settings={
        "intercept.nameless": "listed", "proxy.connect.ports": [80, 443], "proxy.deadline.hello": "500ms"})
    for port, data in ((443, client_hello(None)), (443, SSH), (443, b""), (80, SSH), (80, b"GET / HTTP/1.0\r\n\r\n")):
        with site.net.learner.connect(DEVICE, port) as peer:
            peer.send(data)
            if port == 443:
                assert peer.take(12) == b"220 device\r\n"
            assert is_mirrored(peer) if not data else peer.take(len(data)) == data
        assert site.gateway.log_lines(host=DEVICE, port=port)[-1]["reason"] == "allow_list"
        answer = site.say(data or client_hello(None), port)
        assert ALERT.fullmatch(answer) if port == 443 else answer.startswith(b"HTTP/1.1 400"), "another address"


# ---- loops ----------------------------------------------------------------------------------------------------------


def test_a_connection_to_the_doors_themselves_is_refused(site):
    for port in (HTTP_PORT, TLS_PORT):
        assert site.say(b"", port, to=GATEWAY) == b""
    assert [(line["reason"], line["detail"]) for line in site.gateway.log_lines(2)] == [
        ("loop", "it was not redirected here")] * 2
    assert site.ask("allowed.test", *["Via: 1.1 breakwater, 1.0 other"] * 3).status == 200
    assert site.ask("allowed.test", *["Via: 1.1 breakwater, 1.0 other"] * 4).status == 403
    assert site.gateway.log_lines(1, detail="it has passed here several times")[0]["reason"] == "loop"
    assert site.gateway.counters()["intercept_loops"] == 3


@pytest.mark.parametrize("mark", [0, 0x42])
def test_what_the_gateway_sends_comes_back_only_without_its_mark(new_site, mark):
    if new_site.net.mode == "tproxy":
        pytest.skip("tproxy takes what arrives, never what is sent from here")
    site = new_site.start(settings={"intercept.mark": mark})
    site.net.rules("table ip output {\n chain output {\n  type nat hook output priority -100\n"
                   "  tcp dport 80 meta mark != 0x42 redirect to :$http\n }\n}\n")
    try:
        answer = site.ask("allowed.test")
    finally:
        site.net.rules("delete table ip output\n")
    if mark:
        assert answer.status == 200 and site.gateway.counters().get("intercept_loops", 0) == 0
    else:
        assert answer.status == 502
        line, = site.gateway.log_lines(1, reason="loop")
        assert line["detail"] == "it comes from the gateway itself"


def test_without_the_rights_it_needs_the_gateway_does_not_start(net, internet, tmp_path):
    site = Site(net, internet, lambda **options: Gateway(tmp_path, **options).start())
    with pytest.raises(AssertionError) as failure:
        site.start(wrapper=("setpriv", "--bounding-set", "-net_admin,-net_raw"))
    assert {"redirect": "intercept.mark cannot be set (it needs CAP_NET_ADMIN; 0 is none)",
            "tproxy": f"cannot listen on 0.0.0.0:{HTTP_PORT}: Operation not permitted"}[net.mode] in str(failure.value)


# ---- beside it ------------------------------------------------------------------------------------------------------


def test_the_bell_ends_intercepted_tunnels(new_site):
    for lead in (3, 15, 50):  # seconds between the start of the gateway and the bell
        begin = time.time()
        site = new_site.start(clock=f"2026-11-23T10:44:{60 - lead}")
        social, hello = site.net.learner.connect(NOBODY, 443), client_hello("social.test")
        if social.send(hello).fill() and not ALERT.fullmatch(social.rest()):
            break
        site.gateway.close()  # the machine was slow, and the bell has rung
    assert social.take(len(hello)) == hello
    allowed = site.tunnel("allowed.test")
    assert social.take_rest() == b""
    # The clock begins with the second in which the gateway started; then there is a grace of a second.
    assert time.time() >= math.floor(begin) + lead + 1
    assert is_mirrored(allowed)
    allowed.close()
    line, = site.gateway.log_lines(1, host="social.test")
    assert (line["action"], line["reason"], line["end"], line["door"]) == ("block", "rule", "bell", "intercepted")


def test_the_explicit_proxy_the_pac_file_and_the_window_in_the_same_network(new_site):
    site = new_site.start(settings={"proxy.pac.host": "wpad.centre.test", "proxy.listen": [f"{GATEWAY}:{PROXY_PORT}"]})
    with site.net.learner.connect(GATEWAY, PROXY_PORT) as peer:
        assert peer.send(get("http://allowed.test/")).response().status == 200
        peer.send(connect_request("allowed.test:443"))
        assert peer.head().status == 200 and is_mirrored(peer, client_hello())
    assert all("door" not in line for line in site.gateway.log_lines(2))
    pac = site.ask("wpad.centre.test", path="/wpad.dat", to=GATEWAY)
    assert (pac.status, pac.get("content-type")) == (200, "application/x-ns-proxy-autoconfig")
    assert f"PROXY wpad.centre.test:{PROXY_PORT}" in pac.text
    assert json.loads(site.ask("allowed.test", path="/wpad.dat").body)["target"] == "/wpad.dat", "somebody else's"
    site.ask("gambling.test")
    for host, to in (("breakwater.internal", NOBODY), (GATEWAY, GATEWAY)):
        window = site.ask(host, to=to)
        assert window.status == 200 and "gambling.test" in window.text


def test_a_break_leaves_counts_alone_at_these_doors_too(new_site):
    site = new_site.start(policy=POLICY + '[log]\nprivate_use = "counts"\nprivate_periods = ["break"]\n',
                          clock="2026-11-23T10:35")
    for _ in range(3):
        assert site.ask("social.test").status == 200
    with site.tunnel("social.test"):
        pass
    assert site.ask("games.test").status == 403
    assert site.ask("social.test", client=site.net.staff).status == 200, "staff have no breaks"
    site.gateway.log_lines(1, host="social.test")
    assert site.gateway.stop() == 0
    lines = site.gateway.log_now()
    counts, = [line for line in lines if line.get("event") == "private_use"]
    assert (counts["group"], counts["period"], counts["categories"]) == ("learners", "break", {"social-media": 4})
    assert sorted((line["host"], line["client"]) for line in lines if "host" in line) == [
        ("games.test", LEARNER), ("social.test", STAFF)]


def test_who_must_sign_in_is_told_where_and_not_asked(new_site):
    asked = POLICY.replace('timetable = "learners"', 'timetable = "learners"\nsign_in = "required"', 1)
    site = new_site.start(policy=asked, files={"users": ""}, settings={
        "proxy.auth.users": "users", "proxy.auth.plain": "allow"})
    answer = site.ask("allowed.test", "Proxy-Authorization: Basic YTpi")
    assert answer.status == 403 and answer.get("proxy-authenticate") is None and "sign in" in answer.text
    assert ALERT.fullmatch(site.say(client_hello(), 443))
    assert site.ask("essential.test").status == 200
    assert [line["reason"] for line in site.gateway.log_lines(3)] == ["sign_in", "sign_in", "essential"]


def test_a_probe_for_captive_portals_finds_the_rules_to_accept(new_site):
    site = new_site.start(policy=POLICY + acceptance(more='groups = ["learners"]'), files=TEXTS)
    base = f"http://{GATEWAY}:80" if site.net.mode == "redirect" else "http://breakwater.internal"
    for host, path in (("captive.apple.com", "/hotspot-detect.html"), ("connectivitycheck.gstatic.com", "/generate_204"),
                       ("allowed.test", "/page")):
        answer = site.ask(host, path=path)
        assert answer.status == 302 and answer.get("location").startswith(f"{base}/accept"), host
    assert "http%3A%2F%2Fallowed.test%2Fpage" in answer.get("location")
    location = answer.get("location")[len(base):]
    assert site.ask(base[len("http://"):].removesuffix(":80"), path=location, to=GATEWAY).status == 200
    assert ALERT.fullmatch(site.say(client_hello(), 443))


def test_nothing_else_gets_through(site):
    """So that a browser that tries QUIC falls back at once, and none can send mail by itself."""
    with site.net.internet.inside():
        quic = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        quic.bind((WEB, 443))
        quic.setblocking(False)
    with quic, site.net.learner.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as browser:
        browser.settimeout(60)
        browser.connect((WEB, 443))
        browser.send(b"\xc0 a long header")
        with pytest.raises(ConnectionRefusedError):
            browser.recv(1)
        with pytest.raises(BlockingIOError):
            quic.recv(1)
    with pytest.raises(ConnectionRefusedError):
        site.net.learner.connect(WEB, 25)


def test_a_draining_gateway_lets_intercepted_connections_end(new_site):
    site = new_site.start(settings={"proxy.drain": "60s"})
    tunnel, waiting = site.tunnel(), site.net.learner.connect(NOBODY, 80)
    site.ask("allowed.test")
    site.gateway.child.terminate()
    site.gateway.wait_for_stderr("draining")
    assert waiting.is_closed() and is_mirrored(tunnel)
    tunnel.close()
    assert site.gateway.child.wait(60) == 0


def test_limits_per_client_hold_at_these_doors_too(new_site):
    site = new_site.start(settings={"proxy.connections_per_client": 1})
    with site.tunnel():
        assert site.say(b"", 443) == b""
        assert site.ask(client=site.net.staff).status == 200
    until(lambda: site.gateway.log_lines(2), "the tunnel to end")
    assert site.gateway.counters()["over_limit"] == 1
