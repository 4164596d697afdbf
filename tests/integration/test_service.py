"""Under a service manager: what the gateway tells it, and the sockets that it is given."""

import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from support.centre import centre
from support.peer import connect, get
from support.systemd import ServiceManager
from support.tunnel import is_mirrored, mirror, mirrored_tunnel, ports
from support.wait import until

DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
RESTARTS = 5


@pytest.fixture
def manager(tmp_path):
    with ServiceManager(tmp_path) as running:
        yield running


def test_it_says_what_it_does(start_gateway, manager):
    gateway = start_gateway(**manager.options)
    manager.wait_for("READY=1")
    assert any(line.startswith("STATUS=3 entries of 3 lists") for line in manager.heard)
    manager.wait_for("WATCHDOG=1", 2)
    gateway.reload()
    manager.wait_for("RELOADING=1")
    manager.wait_for("READY=1", 2)
    gateway.replace("policy.toml", "junk")
    manager.wait_for("READY=1", 3)
    until(lambda: any(line.endswith("the last change was refused") for line in manager.heard), "the refusal")
    gateway.stop()
    manager.wait_for("STOPPING=1")
    assert any(line.startswith("EXTEND_TIMEOUT_USEC=") for line in manager.heard)


def test_a_worker_that_hangs_stops_the_watchdog(start_gateway, manager):
    """Stopped, nothing of it turns: what systemd kills. Continued, it is heard again."""
    gateway = start_gateway(**manager.options)
    manager.wait_for("WATCHDOG=1")
    gateway.child.send_signal(signal.SIGSTOP)
    until(lambda: pathlib.Path(f"/proc/{gateway.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T", "the stop")
    heard = manager.heard.count("WATCHDOG=1")
    gateway.child.send_signal(signal.SIGCONT)
    manager.wait_for("WATCHDOG=1", heard + 1)


def test_restarts_under_load_refuse_nobody(start_gateway, raw_origin, manager, tmp_path):
    """Each client connects anew for each request. A tunnel that was open goes on, and nobody waits for it: the gateway
    serves until it has ended."""
    origin, echo = raw_origin(), raw_origin(mirror)
    options = centre(settings={**ports(echo), "proxy.drain": "60s", "proxy.threads": 2}, **manager.options)
    options["state"] = tmp_path / "state"
    answered, failures, ended = [], [], threading.Event()

    def ask():
        while not ended.is_set():
            begin = time.monotonic()
            try:
                with connect(manager.port) as client:
                    status = client.send(get(origin.url())).response().status
                    answered.append((status, time.monotonic() - begin))
            except Exception as failure:
                failures.append(repr(failure))

    def some_more():
        before = len(answered)
        until(lambda: len(answered) > before + 50 or failures, "requests to be answered")

    gateway = start_gateway(**options)
    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        for _ in range(RESTARTS):
            some_more()
            tunnel = mirrored_tunnel(gateway, echo)
            gateway.child.send_signal(signal.SIGTERM)
            gateway.wait_for_stderr("draining")
            some_more()
            assert is_mirrored(tunnel) and gateway.child.poll() is None
            tunnel.close()
            assert gateway.child.wait(60) == 0
            gateway = start_gateway(**options)
        some_more()
    finally:
        ended.set()
        for client in clients:
            client.join()
    assert failures == [] and {status for status, _ in answered} == {200}
    print(f"{RESTARTS} restarts, {len(answered)} requests: the longest took {max(seconds for _, seconds in answered):.2f} s")


def test_what_stays_open_ends_after_the_drain(start_gateway, raw_origin, manager):
    echo = raw_origin(mirror)
    options = centre(settings={**ports(echo), "proxy.drain": "300ms"}, **manager.options)
    gateway = start_gateway(**options)
    tunnel = mirrored_tunnel(gateway, echo)
    gateway.child.send_signal(signal.SIGTERM)
    gateway.wait_for_stderr("draining")
    assert gateway.child.wait(60) == 0
    assert tunnel.is_closed()


def test_a_socket_that_no_setting_names_is_told(start_gateway, manager):
    gateway = start_gateway(**{**manager.options, "listen": "127.0.0.1:0"})
    assert gateway.port != manager.port
    gateway.wait_for_stderr(f"127.0.0.1:{manager.port}: the service manager listens there, but no setting names it")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze: deploy/install-packages test")
@pytest.mark.parametrize("drop_ins", [[], ["interception.conf"]])
def test_the_unit_is_hardened(tmp_path, drop_ins):
    unit = tmp_path / "breakwater.service"
    shutil.copy(DEPLOY / "systemd/breakwater.service", unit)
    text = unit.read_text() + "".join((DEPLOY / "systemd" / name).read_text() for name in drop_ins)
    unit.write_text(text)
    result = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit], capture_output=True,
                            text=True, timeout=60)
    overall = re.search(r"Overall exposure level[^:]*: ([0-9.]+)", result.stdout)
    assert overall, result.stdout + result.stderr
    assert float(overall[1]) < 2.0
