"""A whole Wi-Fi: the gateway, and in front of it what `breakwater deploy` makes for nftables, Unbound and DHCP, each in the
program that it is for. Clients of learners and of staff look for ways to the internet behind it."""

import contextlib
import itertools
import os
import pathlib
import re
import shutil
import socket
import ssl
import struct
import subprocess
import time

import pytest

from support.centre import LISTS, NAMES, policy
from support.dns import Dns
from support.gateway import BINARY, SETTINGS, Gateway
from support.network import DEVICE, NOBODY, NOBODY6, SECURE, WEB, WEB6, network
from support.origin import Origin, echo
from support.packets import ask, counters, serving
from support.passes import grant
from support.process import end
from support.wait import PATIENCE, until

MAIN = "gateway.centre.test"
PROXY = ("-x", f"http://{MAIN}:3128")
DOH, DOH6 = DEVICE, "2a00:60::53"
ADDRESSES = {"learner": ("10.20.0.2", "fd00:20::2"), "staff": ("10.30.0.2", "fd00:30::2")}
ANSWERS = {**{f"{name}.test": [WEB, WEB6] for name in NAMES}, "secure.test": [SECURE, WEB6], "www.google.com": [WEB],
           "forcesafesearch.google.com": [WEB, WEB6], "use-application-dns.net": [WEB], "mask.icloud.com": [WEB]}
POLICY = policy().replace('"10.20.0.0/16"', '"10.20.0.0/16", "fd00:20::/64"').replace(
    '"127.1.0.0/16"', '"10.30.0.0/16", "fd00:30::/64"')
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
UNBOUND = """
server:
  do-daemonize: no
  use-syslog: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  local-zone: "test." nodefault  # RFC 6761 6.2
forward-zone:
  name: "."
  forward-addr: {upstream}@53
remote-control:
  control-enable: no
include: "{folder}/unbound/breakwater.conf"
"""
DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
BROWSER = shutil.which("chromium")


class Wifi:
    """Everything in its namespace; `gateway` runs behind the rules that are made from its own settings."""

    def __init__(self, net, folder, mode):
        self.net, self.folder = net, folder
        self.gateway = Gateway(folder, policy=POLICY, listen="0.0.0.0:3128", arguments=("--listen", "[::]:3128"),
                               lists={**LISTS, "circumvention/doh/domains": f"{DOH}\n{DOH6}\n"}, settings={
            **SETTINGS, "dns.servers": ["127.0.0.1:53"], "dns.hosts": None, "dns.allow_private": [],
            "proxy.listen": ["0.0.0.0:3128", "[::]:3128"], "proxy.pac.host": MAIN,
            "identity.neighbours": True, "intercept.mode": mode, "intercept.mark": 0, "intercept.http": ["0.0.0.0:3129", "[::]:3129"], "intercept.tls": ["0.0.0.0:3130", "[::]:3130"],
            "deploy.interfaces": ["learners", "staff"],
            "deploy.addresses": ["10.20.0.1", "fd00:20::1", "10.30.0.1", "fd00:30::1"]})
        self.files = ("--policy", self.gateway.policy_file, "--config", self.gateway.settings_file)
        (folder / "resolv.conf").write_text("nameserver 10.20.0.1\n")

    def breakwater(self, *words):
        return self.net.gateway.run(BINARY, *map(str, words)).stdout

    def run(self, client, *command, **options):
        """In the namespace of a client, with the resolver that DHCP names there."""
        resolving = ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"',
                     self.folder / "resolv.conf")
        return getattr(self.net, client).run(*map(str, (*resolving, *command)), **options)

    def fetch(self, client, url, *options):
        """The status of the answer, "alert" where TLS is refused."""
        ran = self.run(client, "curl", "-q", "-sS", "-k", "-m", str(PATIENCE), "-o", os.devnull, "-w", "%{http_code} %{http_connect}",
                       *options, url, check=False)
        status, connected = map(int, ran.stdout.split())
        return "alert" if ran.returncode == 35 else status or connected  # CURLE_SSL_CONNECT_ERROR

    def dig(self, client, name, *options, server="10.20.0.1"):
        said = getattr(self.net, client).run("dig", f"@{server}", "+time=20", "+tries=2", "+noall", "+comments", "+answer", *options,
                                             name).stdout
        return re.search(r"status: (\w+)", said)[1], [line.split(None, 4)[4] for line in said.splitlines() if line[:1] not in ("", ";")]

    def browse(self, client, url, *options):
        """What a browser shows of it."""
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--disable-dev-shm-usage", f"--user-data-dir={self.folder}/profile", "--timeout=20000", "--dump-dom")
        return self.run(client, BROWSER, *flags, *options, url, env={**os.environ, "HOME": str(self.folder)}, timeout=120).stdout

    def counted(self, name, action):
        """What `action` gives, and how much that counter has grown by it."""
        before = counters(self.net.gateway)[name]
        return action(), counters(self.net.gateway)[name] - before


@contextlib.contextmanager
def program(space, folder, *command):
    """A server in the gateway's namespace."""
    if not shutil.which(command[0], path=PATH):
        pytest.skip(f"there is no {command[0]}: deploy/install-packages test")
    with open(folder / f"{command[0]}.log", "wb") as log, space.inside():
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 env={"PATH": PATH, "PYTHONPATH": "/usr/lib/python3/dist-packages"})
    try:
        yield
    finally:
        end(child)


@contextlib.contextmanager
def internet(net, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def echo_by_tls(peer):
        peer.socket = context.wrap_socket(peer.socket, server_side=True)
        echo(peer)

    net.address(net.internet, "eth0", DOH6)
    with net.internet.inside():
        servers = [Dns(ANSWERS, address=WEB, port=53), Origin(echo, WEB, 80), Origin(echo, WEB6, 80),
                   Origin(echo_by_tls, SECURE, 443), Origin(echo_by_tls, WEB6, 443)]
    try:
        with serving(net.internet, "internet", (WEB, WEB6, DOH, DOH6), udp=[443, 853], tcp=[25, 853, 8080]), \
                serving(net.internet, "internet", (DOH, DOH6), tcp=[443]):
            yield
    finally:
        for server in servers:
            server.stop()


def route_what_is_marked(net):
    """As the unit does, where the kernel has tproxy."""
    net.rules("table inet probe {\n chain probe {\n  type filter hook prerouting priority 0\n"
              "  meta nfproto ipv4 tcp dport 1 tproxy ip to :1\n }\n}\ndelete table inet probe\n")
    for line in (DEPLOY / "systemd/breakwater-tproxy.service").read_text().splitlines():
        if line.startswith("ExecStart="):
            net.gateway.run(*line.removeprefix("ExecStart=").split())


@pytest.fixture(scope="module", params=["redirect", "tproxy"])
def wifi(request, tmp_path_factory, certificate):
    folder = tmp_path_factory.mktemp("wifi")
    with network("none") as net, internet(net, certificate), contextlib.ExitStack() as programs:
        site = Wifi(net, folder, request.param)
        if request.param == "tproxy":
            route_what_is_marked(net)
        net.gateway.run("sysctl", "-p", DEPLOY / "nftables/breakwater.sysctl")
        site.breakwater("deploy", "unbound", *site.files, "--out", folder / "unbound")
        (folder / "unbound.conf").write_text(UNBOUND.format(folder=folder, upstream=WEB))
        options = site.breakwater("deploy", "dhcp", "--config", site.gateway.settings_file)
        (folder / "dhcp.conf").write_text(options + "port=0\ninterface=learners\ndhcp-range=10.20.0.100,10.20.0.200\n")
        programs.enter_context(program(net.gateway, folder, "unbound", "-d", "-c", str(folder / "unbound.conf")))
        programs.enter_context(program(net.gateway, folder, "dnsmasq", "--no-daemon", "--user=root", "--pid-file=",
                                       f"--dhcp-leasefile={folder}/leases", f"--conf-file={folder}/dhcp.conf"))
        programs.callback(site.gateway.close)
        with net.gateway.inside():
            site.gateway.start()
        site.breakwater("deploy", "nftables", *site.files, "--state", site.gateway.state, "--apply")
        up = ("dig", "@10.20.0.1", "+time=1", "+tries=1", "allowed.test")
        until(lambda: "NOERROR" in net.learner.run(*up, check=False).stdout, lambda: (folder / "unbound.log").read_text())
        yield site


# ---- through the gateway -------------------------------------------------------------------------------------------


def test_a_name_is_judged_alike_by_every_way(wifi):
    for client, four_or_six, options, scheme in itertools.product(ADDRESSES, (0, 1), (PROXY, ()), ("http", "https")):
        address, way = ADDRESSES[client][four_or_six], (("-4", "-6")[four_or_six], *options)
        door = None if options else "intercepted"
        what = (client, scheme, *way)
        assert wifi.fetch(client, f"{scheme}://{'allowed' if scheme == 'http' else 'secure'}.test/", *way) == 200, what
        refused = "alert" if scheme == "https" and not options else 403
        assert wifi.fetch(client, f"{scheme}://gambling.test/", *way) == refused, what
        line = wifi.gateway.log_lines(client=address, host="gambling.test", scheme=scheme, door=door)[-1]
        assert (line["action"], line["reason"], line["categories"]) == ("block", "floor", ["gambling"]), what


def test_the_timetable_a_pass_and_the_window(wifi):
    for way in (PROXY, ()):
        assert wifi.fetch("learner", "http://social.test/", *way) == 403
        assert wifi.fetch("staff", "http://social.test/", *way) == 200
    grant(wifi.gateway, "--host", "social.test")
    until(lambda: wifi.fetch("learner", "http://social.test/") == 200, "the pass to be in force")
    assert wifi.fetch("learner", "http://games.test/") == 403
    window = wifi.run("learner", "curl", "-q", "-sS", "http://breakwater.internal/").stdout
    assert "games.test" in window and "Test centre" in window


def test_an_attempt_is_recorded_whichever_way_it_came(wifi):
    assert wifi.fetch("learner", "http://terror.test/", "-4", *PROXY) == 403
    assert wifi.fetch("staff", "http://terror.test/", "-4") == 403
    assert wifi.fetch("staff", "https://terror.test/", "-6") == "alert"
    attempts = wifi.gateway.attempts()
    assert [(each["client"], each["host"], each["category"], each["action"]) for each in attempts] == [
        (client, "terror.test", "terrorism", "block") for client in ("10.20.0.2", "10.30.0.2", "fd00:30::2")]


# ---- WPAD ----------------------------------------------------------------------------------------------------------


def dhcp_options(space):
    """What a client that has its address asks for and is told (RFC 2131 3.4, DHCPINFORM), by option."""
    head = struct.pack(">BBBBIHH4s12x6s202x", 1, 1, 6, 0, 0x42, 0, 0, socket.inet_aton("10.20.0.2"), b"\2\0\0\0\0\1")
    asked = head + b"\x63\x82\x53\x63" + b"\x35\1\x08" + b"\x37\4\x03\x06\x72\xfc" + b"\xff"
    with space.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("10.20.0.2", 68))
        made.settimeout(1)

        def told():
            made.sendto(asked, ("10.20.0.1", 67))
            with contextlib.suppress(TimeoutError, ConnectionRefusedError):
                return made.recv(2000)

        answer = until(told, "an answer of the DHCP server")
    options, at = {}, 240
    while answer[at] != 255:
        options[answer[at]] = answer[at + 2 : at + 2 + answer[at + 1]]
        at += 2 + answer[at + 1]
    return options


def test_browsers_find_the_proxy_by_themselves(wifi):
    told = dhcp_options(wifi.net.learner)
    assert {told[3], told[6][:4]} == {socket.inet_aton("10.20.0.1")}
    url = told[252].decode().rstrip("\0")
    text = wifi.breakwater("pac", "--config", wifi.gateway.settings_file)
    for place in (url, "http://wpad/wpad.dat", "http://wpad.centre.test/wpad.dat", f"http://{MAIN}:3128/proxy.pac"):
        assert wifi.run("learner", "curl", "-q", "-sS", place).stdout == text, place
    if not BROWSER:
        pytest.skip("chromium is not there")
    for options in ((f"--proxy-pac-url={url}",), ("--proxy-auto-detect",)):
        def asks_the_proxy():  # A browser gives WPAD by name a second, and then goes without.
            count = len(wifi.gateway.log_now())
            assert "Test centre" in wifi.browse("staff", "http://gambling.test/", *options)
            line, *_ = until(lambda: [each for each in wifi.gateway.log_now()[count:] if each["host"] == "gambling.test"], "its line")
            assert (line["group"], line["action"], line["reason"]) == ("staff", "block", "floor")
            return "door" not in line
        until(asks_the_proxy, f"a browser with {options} to use the proxy")
    assert "allowed.test" in wifi.browse("staff", "http://allowed.test/", f"--proxy-pac-url={url}")


# ---- past the gateway ----------------------------------------------------------------------------------------------


def test_there_is_no_way_past_the_gateway(wifi):
    for client, (kind, addresses, port, counter) in itertools.product(ADDRESSES, (
            ("udp", (WEB, WEB6), 443, "quic_refused"),
            ("tcp", (WEB, WEB6), 853, "dot_refused"),
            ("udp", (WEB, WEB6), 853, "dot_refused"),
            ("tcp", (DOH, DOH6), 443, "doh_refused"),
            ("tcp", (WEB, WEB6), 25, "egress_refused"),
            ("tcp", (WEB, WEB6), 8080, "egress_refused"))):
        for address in addresses:
            said, counted = wifi.counted(counter, lambda: ask(getattr(wifi.net, client), kind, address, port))
            assert said == "refused" and counted > 0, (client, kind, address, port)


def test_a_browser_that_tries_quic_is_told_at_once(wifi):
    for address in (WEB, WEB6):
        took = []
        for _ in range(30):  # more than Linux tells a client about unless it is asked to
            begin = time.monotonic()
            assert ask(wifi.net.learner, "udp", address, 443) == "refused"
            took.append(time.monotonic() - begin)
        print(f"QUIC to {address} refused after {1e3 * min(took):.2f} ms at best, {1e3 * max(took):.2f} at worst")
        assert min(took) < 0.1


def test_questions_to_another_resolver_are_answered_by_ours(wifi):
    google = ("NOERROR", ["forcesafesearch.google.com.", WEB])
    for client, server, transport in itertools.product(ADDRESSES, (NOBODY, NOBODY6), ("+notcp", "+tcp")):
        (safe, answered) = wifi.counted("dns_forced", lambda: wifi.dig(client, "www.google.com", transport, server=server))
        assert safe == google and answered == 1, (client, server, transport)
        for name in ("use-application-dns.net", "mask.icloud.com"):
            assert wifi.dig(client, name, transport, server=server) == ("NXDOMAIN", []), (client, server, name)
        assert wifi.dig(client, "terror.test", transport, server=server)[0] == "NOERROR", "so that the gateway sees the attempt"


def test_counters_show_what_goes_through(wifi):
    for way, scheme, counter in ((PROXY, "http", "explicit_proxy"), ((), "http", "http_intercepted"), ((), "https", "tls_intercepted")):
        for four_or_six in ("-4", "-6"):
            _, counted = wifi.counted(counter, lambda: wifi.fetch("learner", f"{scheme}://allowed.test/", four_or_six, *way))
            assert counted == 1, (way, scheme, four_or_six)
