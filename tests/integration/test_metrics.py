"""What monitoring reads: /metrics, /healthz, `breakwater status`, the dashboard and the alerts."""

import http.client
import json
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from support.centre import centre
from support.command import run
from support.disk import fill, small_disk
from support.gateway import Gateway
from support.peer import connect, get
from support.wait import until

DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
SETTINGS = {"metrics.listen": "127.0.0.1:0"}


def metrics_port(gateway):
    line = until(lambda: [line for line in (gateway.folder / "stdout").read_text().splitlines()
                          if line.startswith("metrics on ")], "the address of the metrics")
    return int(line[0].rpartition(":")[2])


def ask(port, path, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def samples(text):
    """Sample with its labels -> value."""
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}


def test_what_happens_is_counted(start_gateway, raw_origin):
    origin = raw_origin()
    gateway = start_gateway(**centre(settings={**SETTINGS, "proxy.threads": 2}))
    port = metrics_port(gateway)
    with gateway.connect() as client:
        for _ in range(3):
            assert client.send(get(origin.url())).response().status == 200
        assert client.send(get("http://terror.test/")).response().status == 403
        gateway.log_lines(4)
        status, text = ask(port, "/metrics?x")
    assert status == 200
    seen = samples(text)
    assert seen['breakwater_requests_total{verdict="allow"}'] == 3 and seen['breakwater_requests_total{verdict="block"}'] == 1
    assert seen["breakwater_records_durable_total"] == 1 and seen["breakwater_records_waiting"] == 0
    assert seen["breakwater_connections_open"] == 1 and seen["breakwater_healthy"] == 1
    assert seen["breakwater_lists_entries"] == 7 and seen["breakwater_lists_version"] == 1
    assert {name for name in seen if "worker" in name} == {f'breakwater_worker_turned_age_seconds{{worker="{i}"}}' for i in "01"}
    assert "127.0.0" not in text and "terror" not in text
    if shutil.which("promtool"):
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("text, status", [
    ("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404), ("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200),
    ("POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405), ("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n", 400),
    ("CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\n\r\n", 400), ("\x16\x03\x01\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x" * 9000, 400),
])
def test_only_what_is_there_is_answered(shared, text, status):
    with connect(metrics_port(shared)) as client:
        assert client.send(text).head().status == status


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    running = Gateway(tmp_path_factory.mktemp("gateway"), settings=SETTINGS)
    try:
        yield running.start()
    finally:
        running.close()


def test_health_tells_of_a_full_disk_and_of_the_end(start_gateway, raw_origin, tmp_path):
    with small_disk(tmp_path / "disk", size="40m") as disk:
        gateway = start_gateway(settings={**SETTINGS, "proxy.drain": "60s"}, state=disk / "state")
        port = metrics_port(gateway)
        assert ask(port, "/healthz") == (200, "workers: ok\nstore: ok\nlists: ok\nphase: ok\n")
        filler = fill(disk)
        status, text = ask(port, "/healthz")
        assert status == 503 and "store: " in text and "the disk is full" in text
        assert run("status", "--state", gateway.state).returncode == 1
        filler.unlink()
        with gateway.connect() as client:  # it keeps the gateway from its end
            client.send("GET http://allowed.test/ HTTP/1.1\r\n")
            until(lambda: samples(ask(port, "/metrics")[1])["breakwater_connections_open"] == 1, "the connection")
            gateway.child.send_signal(signal.SIGTERM)
            gateway.wait_for_stderr("draining")
            status, text = ask(port, "/healthz")
            assert status == 503 and "phase: ending" in text
        gateway.close()


def test_status_says_what_runs(start_gateway, raw_origin):
    origin = raw_origin()
    gateway = start_gateway()
    with gateway.connect() as client:
        client.send(get(origin.url())).response()
    gateway.log_lines(1)
    answer = run("status", "--state", gateway.state)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert f"127.0.0.1:{gateway.port}" in answer.stdout and "version 1: 3 entries of 3 lists" in answer.stdout
    assert len(answer.stdout.splitlines()) < 24
    value = json.loads(run("status", "--state", gateway.state, "--json").stdout)
    assert value["healthy"] and value["counters"]["allowed"] == 1 and value["listeners"] == [f"127.0.0.1:{gateway.port}"]
    gateway.replace("policy.toml", "junk")
    until(lambda: "REFUSED" in run("status", "--state", gateway.state).stdout, "the refusal")
    gateway.stop()
    answer = run("status", "--state", gateway.state)
    assert answer.returncode == 2 and "no gateway answers" in answer.stderr


def known_names(gateway):
    text = ask(metrics_port(gateway), "/metrics")[1]
    # These exist once there is a feed, a central store, and rules of nft.
    later = {"feed_fetched_timestamp_seconds", "feed_failures", "central_waiting", "central_failures_total", "central_forks_total",
             "refused_packets_total"}
    histograms = {f"{name}_bucket" for name in re.findall(r"^# TYPE (\S+) histogram", text, re.M)}
    return set(re.findall(r"^# TYPE (\S+)", text, re.M)) | histograms | {f"breakwater_{name}" for name in later}


@pytest.mark.parametrize("file", ["grafana/breakwater.json", "prometheus/breakwater.rules.yml"])
def test_dashboard_and_alerts_ask_for_what_there_is(shared, file):
    text = (DEPLOY / file).read_text()
    asked = set(re.findall(r"breakwater_[a-z_]+", text))
    assert asked and asked <= known_names(shared), asked - known_names(shared)
    if file.endswith(".json"):
        dashboard = json.loads(text)
        assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"]) > 5
    elif shutil.which("promtool"):
        subprocess.run(["promtool", "check", "rules", DEPLOY / file], check=True, capture_output=True, timeout=60)
