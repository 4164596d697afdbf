"""What the gateway cannot see, in a network of namespaces: each kind once, and what coverage, chain, metrics and reports say of it."""

import datetime
import json
import signal
import socket

import pytest

from support.command import run
from support.hello import client_hello, extension
from support.network import NOBODY, PROXY_PORT, WEB, network
from support.peer import get
from support.tunnel import connect_request, is_mirrored
from support.wait import until
from test_intercepted import DEVICE, GATEWAY, Internet, LEARNER, LISTS, POLICY, SSH, Site
from test_metrics import ask, metrics_port, samples

ECH = extension(0xFE0D, b"\0" + bytes(41))
COUNTERS = ("http_intercepted", "tls_intercepted", "explicit_proxy", "dns_forced", "quic_refused", "dot_refused", "doh_refused",
            "direct_allowed", "egress_refused", "gateway_refused", "intercept_port_refused", "inbound_refused", "spoofed")
RULES = "table inet breakwater {\n" + "".join(f"  counter {name} {{}}\n" for name in COUNTERS) + """
  chain forward {
    type filter hook forward priority filter - 1
    iifname $wifi udp dport 443 counter name quic_refused reject
  }
}
"""
GHOST = "da:a1:19:00:00:04"  # of its own making


@pytest.fixture(scope="module")
def net():
    with network("redirect") as running:
        running.rules(RULES)
        yield running


@pytest.fixture(scope="module")
def internet(net, certificate):
    running = Internet(net.internet, certificate)
    yield running
    running.stop()


@pytest.fixture
def site(net, internet, start_gateway):
    mac = json.loads(net.learner.run("ip", "-j", "link", "show", "eth0").stdout)[0]["address"]
    leases = f"0 {mac} {LEARNER} laptop *\n0 {GHOST} 10.20.0.77 phone *\n"
    return Site(net, internet, start_gateway).start(
        clock=None, files={"leases": leases},
        settings={"identity.dnsmasq_leases": "leases", "metrics.listen": "127.0.0.1:0"})


def coverage(gateway, *words):
    answer = run("coverage", "--state", gateway.state, "--json", *words)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def seen(value):
    """(way, sight) -> (allowed, blocked)"""
    return {(way, sight): (each["allowed"], each["blocked"]) for way, sights in value["ways"].items()
            for sight, each in sights.items() if each["allowed"] + each["blocked"]}


EACH_ONCE = {("intercepted", "name"): (2, 0), ("intercepted", "name_with_ech"): (1, 0), ("intercepted", "ech_cover"): (0, 1),
             ("intercepted", "no_sni"): (0, 1), ("intercepted", "address"): (0, 1), ("intercepted", "not_tls"): (0, 1),
             ("intercepted", "not_http"): (0, 1), ("explicit", "name"): (2, 0), ("explicit", "no_sni"): (0, 1),
             ("explicit", "address"): (0, 1)}


def do_each_once(site):
    assert site.ask().status == 200
    site.tunnel().close()
    with site.net.learner.connect(NOBODY, 443) as peer:
        assert is_mirrored(peer, client_hello("allowed.test", extensions=ECH))
    for port, data in ((443, client_hello("cloudflare-ech.com", extensions=ECH)), (443, client_hello(None)), (443, SSH),
                       (80, SSH), (80, f"GET / HTTP/1.1\r\nHost: {WEB}\r\nConnection: close\r\n\r\n".encode())):
        site.say(data, port)
    with site.net.learner.connect(GATEWAY, PROXY_PORT) as peer:  # two requests are one connection
        for _ in range(2):
            assert peer.send(get("http://allowed.test/")).response().status == 200
    with site.net.learner.connect(GATEWAY, PROXY_PORT) as peer:
        assert peer.send(connect_request("allowed.test:443")).head().status == 200
        assert is_mirrored(peer, client_hello("allowed.test"))
    with site.net.learner.connect(GATEWAY, PROXY_PORT) as peer:
        assert peer.send(connect_request("allowed.test:443")).head().status == 200
        peer.send(client_hello(None)).take_rest()
    with site.net.learner.connect(GATEWAY, PROXY_PORT) as peer:
        assert peer.send(connect_request(f"{WEB}:443")).head().status == 403
    with site.net.learner.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as quic:
        quic.sendto(b"quic", (NOBODY, 443))


def metrics(site):
    with site.net.gateway.inside():
        return samples(ask(metrics_port(site.gateway), "/metrics")[1])


def connections(values):
    return sum(value for name, value in values.items() if name.startswith("breakwater_sight_connections_total"))


def test_each_kind_is_told_by_records_metrics_and_report(site):
    gateway = site.gateway
    until(lambda: 'breakwater_refused_packets_total{counter="quic_refused"}' in metrics(site), "the counters of nft")
    do_each_once(site)
    until(lambda: connections(metrics(site)) == 12, lambda: f"all to be counted: {metrics(site)}")
    values = metrics(site)
    for (way, sight), counts in EACH_ONCE.items():
        for verdict, count in zip(("allowed", "blocked"), counts):
            name = f'breakwater_sight_connections_total{{way="{way}",sight="{sight}",verdict="{verdict}"}}'
            assert values[name] == count, name
    assert values["breakwater_tunnel_seconds_count"] == 3 and values["breakwater_first_byte_seconds_count"] == 3
    assert coverage(gateway)["records"] == 0, "memory is not what is told"

    gateway.stop()
    value = coverage(gateway)
    assert seen(value) == EACH_ONCE
    assert (value["records"], value["packets"]["quic_refused"], value["packets"]["dot_refused"]) == (1, 1, 0)
    assert value["nameless"]["allowed"] == 0 and value["nameless"]["blocked"] == 7
    assert value["ways"]["explicit"]["name"]["bytes_up"] > 0 < value["ways"]["intercepted"]["name"]["bytes_down"]
    assert value["devices"]["listed"] == 2 and len(value["devices"]["quiet"]) == 1
    assert GHOST not in json.dumps(value) and LEARNER not in json.dumps(value)
    text = run("coverage", "--state", gateway.state).stdout
    assert "saw the site’s name in 41 (5 of 12)" in text and "All of them were stopped" in text
    assert "1  quic_refused" in text and "(an address of its own making)" in text

    # The sum over a restart is that of the records.
    with site.net.gateway.inside():
        gateway.start()
    assert site.ask().status == 200
    gateway.stop()
    value = coverage(gateway)
    assert value["records"] == 2 and seen(value) == {**EACH_ONCE, ("intercepted", "name"): (3, 0)}
    assert coverage(gateway, "--since", "2099-01-01", "--until", "2099-01-02")["records"] == 0

    today = datetime.datetime.now(datetime.timezone.utc).date()
    span = ("--from", str(today - datetime.timedelta(days=1)), "--to", str(today + datetime.timedelta(days=1)))
    for audience in ("dsl", "it", "governance"):
        out = gateway.folder / f"{audience}.html"
        made = run("report", "--state", gateway.state, "--policy", gateway.policy_file, "--for", audience, *span, "--out", out)
        assert made.returncode == 0, made.stderr
        page = out.read_text()
        assert ("What the filter could not see" in page) == (audience != "governance")
        if audience == "governance":
            continue
        assert "the filter saw the site’s name in 46 (6 of 13)" in page and "QUIC" in page
        assert "Of 2 devices on the network, 1 sent nothing through the filter" in page
        assert (value["devices"]["quiet"][0] in page) == (audience == "it")
        assert GHOST not in page


def test_a_long_tunnel_counts_as_it_goes_and_a_kill_loses_the_running_hour(site):
    gateway = site.gateway
    name = 'breakwater_sight_{}{{way="intercepted",sight="name",{}}}'
    with site.tunnel() as peer:
        sent = 200_000
        peer.send(b"x" * sent)
        peer.take(sent)
        values = until(lambda: (found := metrics(site))[name.format("bytes_total", 'direction="up"')] >= sent and found,
                       "the bytes of the open tunnel")
        assert values[name.format("bytes_total", 'direction="down"')] >= sent
        assert values[name.format("connections_total", 'verdict="allowed"')] == 1
        gateway.child.send_signal(signal.SIGKILL)
        gateway.child.wait()
        gateway.child = None  # its end was no good one
    assert coverage(gateway)["records"] == 0
