"""Names are judged in one normal form, and the addresses they lead to before any is dialled."""

import json
import os
import shutil
import subprocess

import pytest

from support.curl import curl
from support.dns import NXDOMAIN, SERVFAIL
from support.gateway import Gateway
from support.origin import reply
from support.peer import get

# Every one is 127.0.0.1.
LOOPBACK_LITERALS = ["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0X7F.0x0.0.1",
                     "0177.0.0.1", "017700000001", "127.0.0.1.", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]"]


@pytest.mark.parametrize("host", ["allowed.test", "ALLOWED.test", "Allowed.Test.", "allowed.test."])
def test_spellings_of_a_name_are_one_name(gateway, raw_origin, host):
    origin = raw_origin()
    with gateway.connect() as client:
        seen = json.loads(client.send(get(origin.url(host))).response().body)
    assert ["host", f"allowed.test:{origin.port}"] in seen["fields"]
    assert gateway.log_lines(1)[0]["host"] == "allowed.test"


@pytest.mark.parametrize("host", ["BLOCKED.TEST", "blocked.test.", "www.Blocked.test.", "a.blocked.test"])
def test_spellings_of_a_blocked_name_are_blocked(gateway, raw_origin, host):
    origin = raw_origin()
    with gateway.connect() as client:
        assert client.send(get(origin.url(host))).response().status == 403
        assert client.send(get(origin.url("notblocked.test"))).response().status == 502
    assert origin.connections == 0


@pytest.mark.parametrize("listed", ["xn--mnchen-3ya.test", "m\u00fcnchen.test"])
def test_an_internationalised_name_is_judged_as_its_a_label(start_gateway, raw_origin, listed):
    gateway = start_gateway(lists={"games/domains": listed + "\n"})
    origin = raw_origin()
    for host in ("xn--mnchen-3ya.test", "XN--MNCHEN-3YA.Test", "www.xn--mnchen-3ya.test."):
        with gateway.connect() as client:
            assert client.send(get(origin.url(host))).response().status == 403
    allowing = start_gateway(lists={})
    with allowing.connect() as client:
        seen = json.loads(client.send(get(origin.url("XN--MNCHEN-3YA.test"))).response().body)
    assert ["host", f"xn--mnchen-3ya.test:{origin.port}"] in seen["fields"]


@pytest.mark.parametrize("host", LOOPBACK_LITERALS)
def test_spellings_of_an_address_are_one_address(gateway, raw_origin, host):
    origin = raw_origin()
    with gateway.connect() as client:
        seen = json.loads(client.send(get(origin.url(host))).response().body)
    assert ["host", f"127.0.0.1:{origin.port}"] in seen["fields"]
    assert gateway.log_lines(1)[0]["host"] == "127.0.0.1"


def test_the_default_port_is_80(start_gateway, raw_origin):
    """Left out or written, it is one origin, and Host does not name it."""
    if os.getuid() != 0:
        pytest.skip("port 80 of 127.0.0.77 needs root")
    gateway = start_gateway(hosts="127.0.0.77 allowed.test\n")
    try:
        origin = raw_origin(address="127.0.0.77", port=80)
    except OSError as error:
        pytest.skip(f"port 80 of 127.0.0.77: {error}")
    with gateway.connect() as client:
        for authority in ("allowed.test", "allowed.test:80", "allowed.test:", "allowed.test:0080"):
            client.send(f"GET http://{authority}/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n")
            seen = json.loads(client.response().body)
            assert ["host", "allowed.test"] in seen["fields"] and seen["connection"] == 1


def test_ipv6_is_dialled_and_written_in_brackets(start_gateway, raw_origin):
    try:
        origin = raw_origin(address="::1")
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")
    gateway = start_gateway(settings={"dns.allow_private": ["::1"]}, hosts="::1 six.test\n")
    with gateway.connect() as client:
        for host in ("[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]"):
            seen = json.loads(client.send(get(origin.url(host))).response().body)
            assert ["host", f"[::1]:{origin.port}"] in seen["fields"] and seen["connection"] == 1
        assert client.send(get(origin.url("six.test"))).response().status == 200


# ---- destinations that may not be dialled ----------------------------------------------------------------------

REFUSED = ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
           "100.64.0.1", "0.0.0.0", "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "192.0.2.1",
           "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
           "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1",
           "::127.0.0.1", "2001:0:1:2:3:4:5:6", "fec0::1"]


@pytest.fixture(scope="module")
def refusing(tmp_path_factory):
    """A gateway without allow_private, and a name for each address."""
    hosts = "".join(f"{address} name{number}.test\n" for number, address in enumerate(REFUSED))
    running = Gateway(tmp_path_factory.mktemp("refusing"), hosts=hosts, settings={
        "dns.allow_private": None, "proxy.connect.address_literal": "allow", "proxy.deadline.connect": "2s"})
    try:
        yield running.start()
    finally:
        running.close()


def ask(gateway, method, host):
    with gateway.connect() as client:
        if method == "CONNECT":
            client.send(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n")
        else:
            client.send(get(f"http://{host}/", method=method))
        return client.response()


@pytest.mark.parametrize("method", ["GET", "POST", "CONNECT"])
@pytest.mark.parametrize("manner", ["literal", "name"])
@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(refusing, address, manner, method):
    literal = f"[{address}]" if ":" in address else address
    host = literal if manner == "literal" else f"name{REFUSED.index(address)}.test"
    before = len(refusing.log_now())
    assert ask(refusing, method, host).status == 403
    line = refusing.log_lines(before + 1)[-1]
    assert (line["action"], line["reason"], line["status"]) == ("block", "private_destination", 403)


@pytest.mark.parametrize("host", LOOPBACK_LITERALS)
def test_no_spelling_of_loopback_gets_through(refusing, host):
    assert ask(refusing, "GET", host).status == 403


def test_the_gateways_own_addresses_are_refused_though_they_are_public(start_gateway):
    """In a network namespace where the machine has a public address."""
    if os.getuid() != 0 or not all(map(shutil.which, ("ip", "unshare", "nsenter"))):
        pytest.skip("a network namespace needs root, ip, unshare and nsenter")
    if subprocess.run(["unshare", "--net", "true"]).returncode != 0:
        pytest.skip("network namespaces are not allowed here")
    prepare = 'ip link set lo up && ip address add 9.9.9.9/32 dev lo && exec "$0" "$@"'
    hosts = "9.9.9.9 own.test\n8.8.8.8 other.test\n"
    gateway = start_gateway(wrapper=["unshare", "--net", "sh", "-c", prepare], hosts=hosts)
    inside = ["nsenter", "--net", f"--target={gateway.pid}"]
    for host, status in (("9.9.9.9", 403), ("own.test", 403), ("8.8.8.8", 502), ("other.test", 502)):
        result = curl(gateway, f"http://{host}:{gateway.port}/", wrapper=inside)
        assert result.status == status, host
    assert [line["reason"] for line in gateway.log_lines(4)] == ["private_destination"] * 2 + ["default"] * 2


def test_what_allow_private_names_is_dialled_and_nothing_else(start_gateway, raw_origin):
    origin = raw_origin(address="127.0.0.5")
    gateway = start_gateway(hosts="127.0.0.5 five.test\n127.0.0.6 six.test\n",
                            settings={"dns.allow_private": ["127.0.0.5/32"], "proxy.connect.ports": [origin.port]})
    with gateway.connect() as client:
        assert client.send(get(origin.url("five.test"))).response().status == 200
        assert client.send(get(origin.url("127.0.0.5"))).response().status == 200
        assert client.send(get(origin.url("six.test"))).response().status == 403
        assert client.send(get(origin.url("127.0.0.6"))).response().status == 403
        assert client.send(f"CONNECT five.test:{origin.port} HTTP/1.1\r\nHost: five.test\r\n\r\n").head().status == 200


# ---- answers of a real DNS server ------------------------------------------------------------------------------


@pytest.fixture
def by_dns(start_gateway, dns):
    """by_dns(answers) gives a gateway without a hosts file and the server that it asks."""
    def start(answers, settings=None, **options):
        server = dns(answers, **options)
        own = {"dns.hosts": None, "dns.servers": [server.server], "dns.timeout": "3s"}
        return start_gateway(settings={**own, **(settings or {})}), server

    return start


def test_names_are_resolved_and_their_answers_kept(by_dns, raw_origin):
    origin = raw_origin()
    gateway, server = by_dns({"new.test": ["127.0.0.1"]})
    with gateway.connect() as client:
        for host in ("new.test", "NEW.test.", "new.test"):
            assert client.send(get(origin.url(host), method="POST")).response().status == 200
    assert sorted(server.asked) == [("new.test", 1), ("new.test", 28)], "asked once for each family, in the normal form"


def test_ipv6_addresses_are_tried_and_then_the_others(by_dns, raw_origin):
    origin = raw_origin()
    gateway, _ = by_dns({"both.test": ["::1", "127.0.0.1"]}, {"dns.allow_private": ["::1", "127.0.0.1"]})
    with gateway.connect() as client:
        assert client.send(get(origin.url("both.test"))).response().status == 200  # nothing listens on ::1


@pytest.mark.parametrize("answer, detail", [
    (NXDOMAIN, "no such name"), ([], "no such name"), (SERVFAIL, "name lookup failed"),
])
def test_a_name_that_has_no_address_gives_502(by_dns, answer, detail):
    gateway, server = by_dns({"gone.test": answer})
    for method in ("GET", "CONNECT"):
        response = ask(gateway, method, "gone.test")
        assert response.status == 502 and detail in response.text
    lines = [(line["action"], line["status"], line["detail"]) for line in gateway.log_lines(2)]
    assert lines == [("allow", 502, detail)] * 2
    assert gateway.counters()["dns_failures"] == 2
    assert server.asked


def test_a_server_that_is_silent_gives_504_within_the_setting(by_dns):
    gateway, server = by_dns({"slow.test": None}, {"dns.timeout": "600ms"})
    response = ask(gateway, "GET", "slow.test")
    assert response.status == 504 and "name lookup timed out" in response.text
    line = gateway.log_lines(1)[0]
    assert (line["status"], line["detail"]) == (504, "name lookup timed out") and 300 < line["ms_total"] < 5000
    assert len(server.asked) >= 2, "asked again before it gives up"


@pytest.mark.parametrize("addresses", [
    ["127.0.0.66", "127.0.0.1"], ["127.0.0.1", "127.0.0.66"], ["fd00::1", "127.0.0.1"],
])
def test_of_several_addresses_only_the_allowed_are_dialled(by_dns, raw_origin, addresses):
    origin = raw_origin()
    inside = raw_origin(address="127.0.0.66", port=origin.port)
    gateway, _ = by_dns({"mixed.test": addresses}, {"dns.allow_private": ["127.0.0.1/32"]})
    with gateway.connect() as client:
        for _ in range(3):
            assert client.send(get(origin.url("mixed.test"), method="POST")).response().status == 200
    assert (origin.connections, inside.connections) == (3, 0)


@pytest.mark.parametrize("addresses", [
    ["10.0.0.1"], ["10.0.0.1", "192.168.0.1", "fd00::1"], ["169.254.169.254"], ["::ffff:10.0.0.1"],
])
def test_a_name_with_private_addresses_only_is_refused(by_dns, addresses):
    gateway, _ = by_dns({"inside.test": addresses})
    for method in ("GET", "CONNECT"):
        assert ask(gateway, method, "inside.test").status == 403
    assert [line["reason"] for line in gateway.log_lines(2)] == ["private_destination"] * 2
    assert gateway.counters()["private_destinations_refused"] == 2


def test_rebinding_does_not_get_past_the_check(by_dns, raw_origin):
    """TTL 0: first an address that may be dialled, then one that may not. The first is kept for a moment; what comes
    after is judged anew."""
    def handle(peer):
        peer.request()
        peer.send(reply(b"ok", "Connection: close"))

    origin = raw_origin(handle)
    gateway, server = by_dns({"rebind.test": ["127.0.0.1"]}, ttl=0)
    with gateway.connect() as client:
        assert client.send(get(origin.url("rebind.test"))).response().status == 200
        server.answers["rebind.test"] = ["10.0.0.1"]
        assert client.send(get(origin.url("rebind.test"))).response().status == 200
        assert len(server.asked) == 2
        gateway.reload()
        assert client.send(get(origin.url("rebind.test"))).response().status == 403
    assert len(server.asked) == 4 and origin.connections == 2
    assert gateway.log_lines(3)[2]["reason"] == "private_destination"


def test_the_hosts_file_wins_over_the_servers(start_gateway, dns, raw_origin):
    origin = raw_origin()
    server = dns({"allowed.test": ["127.0.0.99"]})
    gateway = start_gateway(settings={"dns.servers": [server.server]})
    with gateway.connect() as client:
        assert client.send(get(origin.url())).response().status == 200
    assert not server.asked


def test_a_blocked_name_is_not_even_asked_for(start_gateway, dns):
    server = dns({})
    gateway = start_gateway(settings={"dns.servers": [server.server], "dns.hosts": None})
    for method in ("GET", "CONNECT"):
        assert ask(gateway, method, "blocked.test").status == 403
    assert not server.asked


def test_many_questions_at_once_are_one_question(by_dns, raw_origin):
    origin = raw_origin()
    gateway, server = by_dns({"once.test": ["127.0.0.1"]})
    clients = [gateway.connect() for _ in range(30)]
    for client in clients:
        client.send(get(origin.url("once.test")))
    assert [client.response().status for client in clients] == [200] * 30
    assert len(server.asked) == 2
    for client in clients:
        client.close()
