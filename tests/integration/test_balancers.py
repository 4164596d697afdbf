"""Behind a balancer: the client is who the PROXY header says, from named balancers alone."""

import socket
import ssl

import pytest

from support.centre import centre, policy
from support.command import run
from support.hello import client_hello
from support.peer import Peer, get
from support.proxy_header import LOCAL, SIGNATURE, binary, line
from support.tls_proxy import SETTINGS as TLS, make_certificate, tls_port
from support.tunnel import connect_request, is_mirrored, mirror, ports
from support.wait import PATIENCE

BALANCER = "127.9.0.1"
LEARNER, STAFF, LEARNER6, STRANGER = "10.20.0.7", "127.1.0.8", "fd00:20::7", "192.0.2.200"
POLICY6 = policy().replace('"10.20.0.0/16"', '"10.20.0.0/16", "fd00:20::/64"')
GAME = get("http://games.test/")


@pytest.fixture
def start(start_gateway):
    def start(settings=None, **options):
        return start_gateway(**centre(settings={"proxy.balancers": [f"{BALANCER}/32"], **(settings or {})},
                                      **{"policy": POLICY6, **options}))
    return start


def passed_on(gateway, first, then=b"", **options):
    """A connection of the balancer that begins with those bytes."""
    return gateway.connect(source=BALANCER, **options).send(first + (then if isinstance(then, bytes) else then.encode()))


@pytest.mark.parametrize("header", [line, binary])
def test_the_client_is_who_the_header_says(start, raw_origin, header):
    origin = raw_origin()
    gateway = start()
    for client, group, status in ((LEARNER, "learners", 403), (STAFF, "staff", 502), (LEARNER6, "learners", 403)):
        with passed_on(gateway, header(client), get("http://games.test:9/")) as peer:
            assert peer.response().status == status, client
        logged, = gateway.log_lines(1, client=client)
        assert logged["group"] == group
    with passed_on(gateway, header(STRANGER), get(origin.url("other.test"))) as peer:
        assert peer.response().status == 403
    assert gateway.log_lines(1, client=STRANGER)[0]["reason"] == "unknown_client"
    with passed_on(gateway, header(LEARNER), get(origin.url("other.test"))) as peer:  # all requests of a connection
        assert peer.response().status == 200
        assert peer.send(GAME).response().status == 403
    assert LEARNER.encode() not in origin.received
    with passed_on(gateway, header(LEARNER), get("http://terror.test/")) as peer:
        assert peer.response().status == 403
    assert [attempt["client"] for attempt in gateway.attempts()] == [LEARNER]
    counters = gateway.counters()
    assert counters["proxy_headers"] == 6 and counters.get("proxy_headers_refused", 0) == 0


@pytest.mark.parametrize("header", [line(LEARNER6), binary(LEARNER, b"\x04\0\x02xx")])
def test_a_header_in_pieces(start, header):
    gateway = start()
    with gateway.connect(source=BALANCER) as peer:
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(header)):
            peer.send(header[at : at + 1])
        assert peer.send(GAME).response().status == 403
    assert gateway.log_lines(1)[0]["group"] == "learners"


def test_only_a_balancer_may_say_it(start):
    gateway = start()
    for header in (line(STAFF), binary(STAFF)):
        with gateway.connect() as peer:
            assert peer.send(header + GAME.encode()).response().status == 400
    assert {(each["client"], each["reason"]) for each in gateway.log_lines(2)} == {("127.0.0.1", "malformed")}
    assert gateway.counters().get("proxy_headers", 0) == 0


def test_a_balancer_must_say_it(start):
    gateway = start({"proxy.deadline.head": "500ms"})
    for first, fault in ((GAME.encode(), "no PROXY header"), (client_hello("games.test"), "no PROXY header"),
                         (b"PROXY TCP4 10.20.0.7\r\n" + GAME.encode(), "a PROXY line with a wrong address"),
                         (SIGNATURE + b"\x21\x31\0\xd8" + bytes(216), "a PROXY header that names no TCP client"),
                         (line(LEARNER)[:20], "a PROXY header that does not end")):
        with passed_on(gateway, first) as peer:
            assert peer.is_closed() or not peer.rest(), fault
        assert gateway.log_lines(1, detail=fault)[0]["client"] == BALANCER
    with passed_on(gateway, b"") as silent, gateway.connect() as other:  # a look whether the port is open
        assert other.send(GAME).response().status == 403
        assert silent.is_closed()
    counters = gateway.counters()
    assert (counters["proxy_headers_refused"], counters["deadline_hits"]) == (5, 2)
    assert len([each for each in gateway.log_now() if each["client"] == BALANCER]) == 5


def test_a_health_check_is_the_balancers_own(start):
    gateway = start()
    for header in (LOCAL, b"PROXY UNKNOWN\r\n"):
        with passed_on(gateway, header) as peer:
            peer.finish()
            assert peer.is_closed()
        with passed_on(gateway, header, GAME) as peer:
            assert peer.response().status == 403
    assert {(each["client"], each["reason"]) for each in gateway.log_lines(2)} == {(BALANCER, "unknown_client")}
    assert gateway.counters()["proxy_headers"] == 4


def test_limits_count_the_client_not_the_balancer(start):
    gateway = start({"proxy.connections_per_client": 2})
    held = [passed_on(gateway, line(client), GAME) for client in (LEARNER, LEARNER, LEARNER6)]
    assert [peer.response().status for peer in held] == [403] * 3
    with passed_on(gateway, line(LEARNER)) as third:
        assert third.is_closed()
    assert len(gateway.log_lines(3)) == 3
    for peer in held:
        peer.close()
    assert gateway.counters()["over_limit"] == 1


def test_before_tls_too(start, tmp_path, raw_origin):
    origin = raw_origin(mirror)
    gateway = start({**TLS, **ports(origin)}, files=make_certificate(tmp_path))
    def secured(header, source=BALANCER):
        plain = socket.create_connection(("127.0.0.1", tls_port(gateway)), PATIENCE, (source, 0))
        plain.sendall(header)
        return Peer(ssl.create_default_context(cafile=tmp_path / "proxy.crt").wrap_socket(plain, server_hostname="proxy.test"))
    for header in (line(LEARNER), binary(LEARNER)):
        with secured(header) as peer:
            assert peer.send(GAME).response().status == 403
        with secured(header) as peer:
            assert peer.send(connect_request(f"other.test:{origin.port}")).head().status == 200
            assert is_mirrored(peer, client_hello("other.test"))
    assert {each["client"] for each in gateway.log_lines(4)} == {LEARNER}
    for header, source in ((b"", BALANCER), (line(LEARNER), "127.0.0.1")):
        with pytest.raises(OSError):
            secured(header, source)
    counters = gateway.counters()
    assert (counters["proxy_headers_refused"], counters["tls_failures"]) == (1, 1)


def test_the_self_test_needs_no_header_and_nobody_can_claim_to_be_it(start):
    """A balancer on the gateway's own machine comes from the addresses that the self-test comes from."""
    gateway = start({"proxy.balancers": ["127.0.0.0/8"]})
    result = run("selftest", "--state", gateway.state, "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    with gateway.connect() as peer:
        assert peer.send(line("127.0.0.1") + GAME.encode()).response().status == 403
    assert gateway.log_lines(1, host="games.test", client="127.0.0.1")
