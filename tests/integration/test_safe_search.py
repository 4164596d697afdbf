"""Safe search by dialling: a search engine's own safe address answers in its place; server name, Host and log keep the
name that was asked for."""

import json
import ssl
import subprocess

import pytest

from support.command import check
from support.dns import SERVFAIL
from support.hello import client_hello
from support.peer import get
from support.tunnel import connect_request, is_mirrored, mirror, mirrored_tunnel, open_tunnel, ports
from test_connect import ALERT

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
{table}
[bell]
grace = "0s"
[[group]]
name = "learners"
networks = ["127.0.0.0/16"]
{learners}
[[group]]
name = "staff"
networks = ["127.1.0.0/16"]
{staff}
"""

ORDINARY, SAFE, MODERATE, STRICT = "127.0.0.21", "127.0.0.22", "127.0.0.23", "127.0.0.24"
DIALLED = {SAFE: "forcesafesearch.google.com", MODERATE: "restrictmoderate.youtube.com", STRICT: "restrict.youtube.com"}
HOSTS = f"{ORDINARY} www.google.com google.co.uk mail.google.com www.youtube.com allowed.test\n" + "".join(
    f"{address} {name}\n" for address, name in DIALLED.items())
LEARNER, STAFF = "127.0.0.1", "127.1.0.1"


def policy(table="", learners="", staff=""):
    return POLICY.format(table=table, learners=learners, staff=staff)


class Site:
    """A gateway, and an origin on each of the addresses; all on one port."""

    def __init__(self, start_gateway, raw_origin, handler, text, **settings):
        first = raw_origin(handler(ORDINARY), address=ORDINARY)
        self.port = first.port
        self.origins = {ORDINARY: first} | {
            address: raw_origin(handler(address), address=address, port=self.port) for address in DIALLED}
        self.gateway = start_gateway(policy=text, lists={}, hosts=HOSTS, settings={**ports(first), **settings})

    def connections(self):
        return {address: origin.connections for address, origin in self.origins.items() if origin.connections}


@pytest.fixture
def site(start_gateway, raw_origin):
    def start(text, handler=lambda _: mirror, **options):
        return Site(start_gateway, raw_origin, handler, text, **options)

    return start


def named(address):
    """An HTTP origin that says which it is and what it was asked for, on kept connections."""
    def handle(peer):
        while request := peer.request():
            content = json.dumps([address, request.get("host"), peer.number]).encode()
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))

    return handle


# ---- TLS ------------------------------------------------------------------------------------------------------------


def make_certificate(folder, common_name):
    certificate, key = folder / f"{common_name}.crt", folder / f"{common_name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", f"/CN={common_name}", "-addext", "subjectAltName=DNS:www.google.com",
               "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return certificate, key


def test_the_safe_origin_answers_under_the_name_that_was_asked_for(site, tmp_path):
    seen, trusted = [], ssl.create_default_context()

    def handler(address):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key = make_certificate(tmp_path, address)
        context.load_cert_chain(certificate, key)
        context.sni_callback = lambda _, name, __: seen.append((address, name))
        trusted.load_verify_locations(certificate)

        def handle(peer):
            with context.wrap_socket(peer.socket, server_side=True) as tls:
                tls.sendall(tls.recv(100))

        return handle

    running = site(policy(), handler)
    tunnel = open_tunnel(running.gateway, running.origins[SAFE], "www.google.com")
    with trusted.wrap_socket(tunnel.socket, server_hostname="www.google.com") as tls:
        tls.sendall(b"search")
        assert tls.recv(100) == b"search"
        assert ((("commonName", SAFE),),) == tls.getpeercert()["subject"]
    assert seen == [(SAFE, "www.google.com")]
    line, = running.gateway.log_lines(1)
    assert line["host"] == line["sni"] == "www.google.com" and line["dialled"] == "forcesafesearch.google.com"
    assert (line["action"], line["reason"], line["status"]) == ("allow", "default", 200)


@pytest.mark.parametrize("name, source, address", [
    ("www.google.com", LEARNER, SAFE), ("GOOGLE.co.uk.", LEARNER, SAFE), ("www.google.com", STAFF, ORDINARY),
    ("www.youtube.com", LEARNER, STRICT), ("www.youtube.com", STAFF, MODERATE),
    ("mail.google.com", LEARNER, ORDINARY), ("allowed.test", LEARNER, ORDINARY),
])
def test_each_group_gets_its_own(site, name, source, address):
    running = site(policy("[safe_search]\nlocked = false", 'youtube = "strict"', "safe_search = false"))
    with mirrored_tunnel(running.gateway, running.origins[address], name, source=source):
        assert running.connections() == {address: 1}
    line, = running.gateway.log_lines(1)
    assert line.get("dialled") == DIALLED.get(address)


def test_a_tunnel_to_another_host_is_no_way_to_the_ordinary_address(site):
    """Both names are allowed, but the one in the hello has a safe address, which was not dialled."""
    running = site(policy())
    with open_tunnel(running.gateway, running.origins[ORDINARY], "mail.google.com") as tunnel:
        assert ALERT.fullmatch(tunnel.send(client_hello("www.google.com")).take_rest())
    with open_tunnel(running.gateway, running.origins[SAFE], "www.google.com") as tunnel:
        assert is_mirrored(tunnel, client_hello("google.co.uk"))
    refused, passed = running.gateway.log_lines(2)
    assert (refused["action"], refused["reason"], refused["sni"]) == ("block", "sni", "www.google.com")
    assert passed["dialled"] == "forcesafesearch.google.com"
    assert running.origins[ORDINARY].received == b""


def test_a_reload_that_is_stricter_ends_the_tunnels_that_it_moves(site):
    running = site(policy('[safe_search]\nsearch = false\nyoutube = "off"'))
    search = mirrored_tunnel(running.gateway, running.origins[ORDINARY], "www.google.com")
    other = mirrored_tunnel(running.gateway, running.origins[ORDINARY], "allowed.test")
    running.gateway.replace("policy.toml", policy())
    assert search.is_closed() and is_mirrored(other)
    line, = running.gateway.log_lines(1)
    assert (line["host"], line["action"], line["end"]) == ("www.google.com", "allow", "reload")
    with mirrored_tunnel(running.gateway, running.origins[SAFE], "www.google.com") as search:
        running.gateway.replace("policy.toml", policy('[safe_search]\nsearch = false'))
        running.gateway.wait_for_stderr("reload done", 2)
        assert is_mirrored(search), "what is looser takes nothing away"
    other.close()


# ---- plain HTTP -----------------------------------------------------------------------------------------------------


def test_kept_connections_are_not_shared_between_groups(site):
    running = site(policy(learners='youtube = "strict"'), named)

    def ask(name, source):
        with running.gateway.connect(source=source) as client:
            return json.loads(client.send(get(f"http://{name}:{running.port}/")).response().body)

    authority = f"www.youtube.com:{running.port}"
    for _ in range(3):
        assert ask("www.youtube.com", LEARNER) == [STRICT, authority, 1]
        assert ask("www.youtube.com", STAFF) == [MODERATE, authority, 1]
        assert ask("www.google.com", STAFF) == [SAFE, f"www.google.com:{running.port}", 1]
    assert running.connections() == {STRICT: 1, MODERATE: 1, SAFE: 1}
    lines = running.gateway.log_lines(9)
    assert [line["dialled"] for line in lines[:3]] == [DIALLED[address] for address in (STRICT, MODERATE, SAFE)]
    assert {line["url"] for line in lines[::3]} == {f"http://{authority}/"}


# ---- where the safe name has no address -----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [[], SERVFAIL])
def test_without_a_safe_address_nothing_is_dialled(site, dns, answer):
    server = dns({"www.google.com": [ORDINARY], "forcesafesearch.google.com": answer})
    running = site(policy(), **{"dns.hosts": None, "dns.servers": [server.server]})
    for request in (get(f"http://www.google.com:{running.port}/"), connect_request(f"www.google.com:{running.port}")):
        with running.gateway.connect() as client:
            response = client.send(request).response()
            assert response.status == 502 and "www.google.com" in response.text
    lines = running.gateway.log_lines(2)
    assert [(line["dialled"], line["status"]) for line in lines] == [("forcesafesearch.google.com", 502)] * 2
    assert {name for name, _ in server.asked} == {"forcesafesearch.google.com"} and running.connections() == {}


def test_the_hosts_file_wins_for_a_safe_name_too(site, dns):
    server = dns({"forcesafesearch.google.com": [ORDINARY]})
    running = site(policy(), **{"dns.servers": [server.server]})
    mirrored_tunnel(running.gateway, running.origins[SAFE], "www.google.com").close()
    assert running.connections() == {SAFE: 1} and not server.asked


# ---- told -----------------------------------------------------------------------------------------------------------


def test_check_and_explain_say_it(site):
    gateway = site(policy(learners='youtube = "strict"')).gateway
    targets = ["www.google.fr", "https://m.youtube.com/", "google.com.evil.test"]
    for source, youtube in ((LEARNER, "restrict.youtube.com"), (STAFF, "restrictmoderate.youtube.com")):
        answers = check(gateway.policy_file, *targets, address=source)
        assert [answer["dial_as"] for answer in answers] == ["forcesafesearch.google.com", youtube, None]
    assert gateway.command("check", targets[0]).endswith("; dialled as forcesafesearch.google.com\n")
    verdicts = gateway.rows("explain", targets[1])[0]["verdicts"]
    assert [verdict["dial_as"] for verdict in verdicts] == ["restrict.youtube.com", "restrictmoderate.youtube.com"]
    assert gateway.command("explain", targets[1]).count(", dialled as restrict") == 2


def test_a_group_cannot_undo_what_the_policy_locks(site):
    running = site(policy())
    text = policy(staff="safe_search = false")
    running.gateway.replace("policy.toml", text)
    line = text.split("\n").index("safe_search = false") + 1
    running.gateway.wait_for_stderr(f"policy.toml:{line}:15: error: safe_search: the policy locks safe search")
    mirrored_tunnel(running.gateway, running.origins[SAFE], "www.google.com", source=STAFF).close()
