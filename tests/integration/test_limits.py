"""No client takes more than its share: heads, connections, descriptors, memory."""

import threading
import time

import pytest

from support.gateway import is_sanitized
from support.peer import get
from support.wait import until


def push(peer, pieces):
    """Sends until the other side has had enough."""
    try:
        for piece in pieces:
            peer.send(piece)
    except OSError:
        pass


@pytest.mark.parametrize("begin, piece", [
    ("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nX: ", b"a" * (1 << 16)),
    ("GET http://allowed.test/", b"a" * (1 << 16)),
    ("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n", b"X: evil\r\n" * (1 << 13)),
    ("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nConnection: ", b"a," * (1 << 15)),
], ids=["one field", "target", "many fields", "Connection"])
def test_a_head_of_10_mb_is_refused_without_being_kept(start_gateway, begin, piece):
    gateway = start_gateway()
    before = gateway.resident_kib()
    clients = [gateway.connect() for _ in range(8)]
    pieces = [begin.encode(), *[piece] * (10 << 20 >> 16)]
    senders = [threading.Thread(target=push, args=(client, pieces)) for client in clients]
    for sender in senders:
        sender.start()
    for sender, client in zip(senders, clients):
        sender.join(30)
        assert client.response().status == 431
        assert client.is_closed()
        client.close()
    assert gateway.resident_kib("VmHWM") - before < 8 << 10, "8 heads of 10 MB took more than 8 MiB"
    assert [line["status"] for line in gateway.log_lines(8)] == [431] * 8


def test_the_limits_of_a_head_are_settings(start_gateway, raw_origin):
    gateway = start_gateway(settings={"proxy.head_bytes": "1KiB", "proxy.head_fields": 8})
    origin = raw_origin()
    cases = ((["X: " + "a" * 800], 200), (["X: " + "a" * 1024], 431), (["X: 1"] * 7, 200), (["X: 1"] * 8, 431))
    for fields, status in cases:
        with gateway.connect() as client:
            assert client.send(get(origin.url(), *fields)).response().status == status, fields


def is_served(client, origin):
    return client.send(get(origin.url())).response().status == 200


def test_one_address_cannot_take_all_connections(start_gateway, raw_origin):
    """One more is closed at once, those before it go on; other addresses are not concerned; a free place is given."""
    gateway = start_gateway(settings={"proxy.connections_per_client": 5, "proxy.threads": 2})
    origin = raw_origin()
    held = [gateway.connect() for _ in range(5)]
    assert all(is_served(client, origin) for client in held)
    for _ in range(3):
        with gateway.connect() as over:
            assert over.is_closed()
    with gateway.connect(source="127.0.0.2") as other:
        assert is_served(other, origin)
    assert all(is_served(client, origin) for client in held)
    held.pop().close()

    def try_again():
        with gateway.connect() as client:
            try:
                return is_served(client, origin)
            except (OSError, EOFError):
                return False

    until(try_again, "the free place")
    for client in held:
        client.close()
    assert gateway.counters()["over_limit"] >= 3


def test_the_connections_in_all_are_limited(start_gateway, raw_origin):
    gateway = start_gateway(settings={"proxy.connections": 4, "proxy.threads": 2})
    origin = raw_origin()
    held = [gateway.connect(source=f"127.0.0.{number}") for number in range(1, 5)]
    assert all(is_served(client, origin) for client in held)
    with gateway.connect(source="127.0.0.9") as over:
        assert over.is_closed()
    assert all(is_served(client, origin) for client in held)
    for client in held:
        client.close()
    assert gateway.counters()["over_limit"] == 1


@pytest.mark.skipif(is_sanitized(), reason="UBSan's own checks open pipes and fail without descriptors")
def test_without_descriptors_the_gateway_waits_and_does_not_spin(start_gateway, raw_origin):
    limited = ["prlimit", "--nofile=64:64", "--"]
    gateway = start_gateway(wrapper=limited, settings={"proxy.connections_per_client": 1000})
    origin = raw_origin()
    clients = [gateway.connect() for _ in range(120)]
    gateway.wait_for_stderr("accept: Too many open files")
    assert gateway.descriptors() <= 64
    before, lines = gateway.cpu_seconds(), gateway.stderr().count("accept:")
    time.sleep(2)
    assert gateway.cpu_seconds() - before < 0.4
    assert gateway.stderr().count("accept:") - lines <= 20, "it fills its journal"
    assert clients[0].send(get("http://blocked.test/")).response().status == 403, "who is in is served"
    assert "reload" not in gateway.stderr(), "folders that cannot be opened have not changed"
    for client in clients:
        client.close()

    def is_served_again():
        with gateway.connect() as client:
            return is_served(client, origin)

    until(is_served_again, "connections to be accepted again")
    assert gateway.counters()["accept_errors"] > 0


def test_no_descriptor_or_memory_is_lost_over_many_connections(start_gateway, raw_origin):
    gateway = start_gateway()
    origin = raw_origin()

    def work():
        for _ in range(50):
            with gateway.connect() as client:
                client.send(get(origin.url(), "Connection: close"))
                client.take_rest()
            with gateway.connect() as client:
                client.send("GET http://allowed.test/ HTTP/1.1\r\nHo")  # and away
            with gateway.connect() as client:
                client.send(get("http://blocked.test/"))
                client.reset()

    work()
    until(lambda: gateway.descriptors() < 40, "descriptors to be given back")
    resident, open_now = gateway.resident_kib(), gateway.descriptors()
    for _ in range(3):
        work()
    until(lambda: gateway.descriptors() <= open_now + 2, "descriptors to be given back")
    most = 64 << 10 if is_sanitized() else 8 << 10  # AddressSanitizer keeps for a while what is freed
    assert gateway.resident_kib() - resident < most
