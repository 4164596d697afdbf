"""Ten thousand open tunnels at an edge: all are judged again at once, what is forbidden ends in time, nothing else."""

import multiprocessing
import pathlib
import resource
import select
import socket
import time

import pytest

from support.hello import client_hello
from support.pace import SLOWNESS
from support.process import descriptors
from support.tunnel import connect_request, is_mirrored

WANTED = 10_000
RESERVE = 300  # descriptors for all but the two ends of a tunnel
GRACE = 1.0  # seconds, as in the policy

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[bell]
grace = "1s"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
[[rule]]
name = "the rule"
{says} = ["games"]
"""


def echo_all(listener):
    """Sends back what comes, on all connections, in a process of its own: its descriptors are not ours."""
    peers, poll = {}, select.epoll()
    poll.register(listener, select.EPOLLIN)
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                peer, _ = listener.accept()
                peers[peer.fileno()] = peer
                poll.register(peer, select.EPOLLIN)
            elif data := peers[number].recv(4096):
                peers[number].sendall(data)
            else:
                peers.pop(number).close()


@pytest.fixture
def echo_port():
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        process = multiprocessing.get_context("fork").Process(target=echo_all, args=(listener,), daemon=True)
        process.start()
        yield listener.getsockname()[1]
        process.kill()
        process.join()


def open_tunnels(gateway, port, names):
    tunnels = [gateway.connect() for _ in names]
    for tunnel, name in zip(tunnels, names):
        tunnel.send(connect_request(f"{name}:{port}"))
    for tunnel, name in zip(tunnels, names):
        assert tunnel.head().status == 200
        tunnel.send(client_hello(name))
    for tunnel, name in zip(tunnels, names):
        tunnel.take(len(client_hello(name)))
    return tunnels


def cpu(pid):
    """Seconds that each thread has run, by its id, to the nanosecond."""
    return {task.name: int((task / "schedstat").read_text().split()[0]) / 1e9
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir()}


def test_ten_thousand_tunnels_at_an_edge(start_gateway, echo_port):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    count = min(WANTED, (limit - RESERVE) // 2) // 100 * 100
    names = [f"{kind}{number}.test" for number in range(50) for kind in ("play", "work")]
    gateway = start_gateway(
        policy=POLICY.format(says="allow"), hosts="127.0.0.1 " + " ".join(names),
        lists={"games/domains": "".join(f"{name}\n" for name in names if name.startswith("play"))},
        settings={"proxy.connections_per_client": 20_000, "proxy.connect.ports": [echo_port]})
    before = cpu(gateway.pid)
    tunnels = []
    while len(tunnels) < count:
        tunnels += open_tunnels(gateway, echo_port, names)
    assert descriptors(gateway.pid) > 2 * count
    after = cpu(gateway.pid)
    worker = max(after, key=lambda task: after[task] - before.get(task, 0))

    def judge(says):
        """Puts the policy in force; gives the moment, and the seconds that the worker ran, which is idle otherwise."""
        done = gateway.stderr().count("reload done")
        start = cpu(gateway.pid)[worker]
        gateway.replace("policy.toml", POLICY.format(says=says))
        gateway.wait_for_stderr("reload done", done + 1)
        moment = time.monotonic()
        time.sleep(0.3)
        return moment, cpu(gateway.pid)[worker] - start

    _, kept = judge("allow")
    moment, graced = judge("block")
    poll, ends = select.epoll(), {}
    by_descriptor = {tunnel.socket.fileno(): number for number, tunnel in enumerate(tunnels)}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    while len(ends) < count // 2 and time.monotonic() < moment + 60:
        for descriptor, _ in poll.poll(1):
            poll.unregister(descriptor)
            ends[by_descriptor[descriptor]] = time.monotonic() - moment
    print(f"{count} tunnels: judged and kept in {kept * 1e3:.1f} ms of CPU; half graced in {graced * 1e3:.1f} ms, "
          f"closed {min(ends.values()):.2f} to {max(ends.values()):.2f} s after the reload, grace {GRACE} s")
    assert sorted(ends) == list(range(0, count, 2)), "those to games, and no others"
    assert max(kept, graced) < 0.2 * SLOWNESS
    assert min(ends.values()) > GRACE - 0.5 and max(ends.values()) < GRACE + 1.0 * SLOWNESS
    assert all(tunnel.is_closed() for tunnel in tunnels[::2]) and all(map(is_mirrored, tunnels[1::2]))
    for tunnel in tunnels:
        tunnel.close()
