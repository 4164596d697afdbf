"""Attempts in concern categories: on disk before the answer, whatever happens to the gateway, and nobody else's."""

import datetime
import json
import re
import sqlite3
import subprocess
import threading
import time

import pytest

from support.centre import centre
from support.gateway import BINARY
from support.hello import client_hello
from support.peer import get
from support.tunnel import connect_request, mirror, open_tunnel, ports
from support.wait import until

FIELDS = ["time", "id", "client", "device", "user", "group", "host", "url", "search", "method", "sni", "category", "concern",
          "list", "line", "rule",
          "period"]


@pytest.fixture
def gateway(start_gateway):
    return start_gateway(**centre())


def stored(state):
    """The references, read straight from the file, as at this moment."""
    database = sqlite3.connect(f"file:{state}/attempts.db?mode=ro", uri=True, timeout=20)
    try:
        return [row[0] for row in database.execute("SELECT reference FROM records WHERE kind = 'attempt' ORDER BY seq")]
    finally:
        database.close()


def attempts(state, *arguments):
    result = subprocess.run([BINARY, "attempts", "--state", state, *arguments], capture_output=True, text=True,
                            timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def urls_of(state):
    return [json.loads(line)["url"] for line in attempts(state, "--json")]


def told(attempt):
    """What an attempt says of the request, whenever that was."""
    return {key: attempt[key] for key in [*FIELDS, "civil", "reason"] if key not in ("time", "id")}


def ask(gateway, url, *fields, **options):
    with gateway.connect() as client:
        return client.send(get(url, *fields, **options)).response()


# ---- what is recorded -----------------------------------------------------------------------------------------------


def test_the_record_says_who_what_when_and_why(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings=ports(origin)))
    page = ask(gateway, "http://www.extremism.test/join?q=%22x%22", method="POST")
    with gateway.connect(source="127.1.0.1") as staff:
        assert staff.send(connect_request("selfharm.test:443")).response().status == 403
    with open_tunnel(gateway, origin) as tunnel:
        tunnel.send(client_hello("Terror.test")).take_rest()
    by_http, by_connect, by_sni = gateway.attempts()
    assert told(by_http) == {
        "civil": by_http["civil"], "client": "127.0.0.1", "device": None, "user": None,
        "group": "learners",
        "host": "www.extremism.test", "url": "http://www.extremism.test/join?q=%22x%22", "search": None, "method": "POST", "sni": None,
        "category": "extremism", "concern": "danger", "list": "local/extremism/domains", "line": 3, "rule": None,
        "period": "session",
        "reason": "floor"}
    assert told(by_connect) == {
        "civil": by_connect["civil"], "client": "127.1.0.1", "device": None, "user": None,
        "group": "staff",
        "host": "selfharm.test", "url": None, "search": None, "method": "CONNECT", "sni": None, "category": "self-harm",
        "concern": "warning",
        "list": "local/self-harm/domains", "line": 2, "rule": "never", "period": None, "reason": "rule"}
    assert told(by_sni) == {
        "civil": by_sni["civil"], "client": "127.0.0.1", "device": None, "user": None,
        "group": "learners",
        "host": "allowed.test", "url": None, "search": None, "method": "CONNECT", "sni": "Terror.test", "category": "terrorism",
        "concern": "danger",
        "list": "local/terrorism/domains", "line": 2, "rule": None, "period": "session", "reason": "floor"}
    assert [key for key in by_http if key in FIELDS] == FIELDS
    assert re.fullmatch(r"2026-11-23T10:0\d:\d\d\.\d{3}Z", by_http["time"])
    assert by_http["civil"][:19] == by_http["time"][:19] and by_http["civil"].endswith("+00:00")  # London in winter
    assert by_http["id"] in page.text
    assert [line["id"] for line in gateway.log_lines(3)] == [by_http["id"], by_connect["id"], by_sni["id"]]


@pytest.mark.parametrize("host, status", [
    ("gambling.test", 403), ("social.test", 403), ("games.test", 403), ("allowed.test", 502), ("essential.test", 502)])
def test_what_is_no_concern_is_not_recorded(gateway, host, status):
    assert ask(gateway, f"http://{host}:1/").status == status
    with gateway.connect() as client:
        client.send(connect_request(f"{host}:443")).response()
    gateway.log_lines(2)
    assert gateway.attempts() == []


def test_an_allowed_host_in_a_concern_category_is_not_recorded(start_gateway, raw_origin):
    origin = raw_origin()
    policy = centre()["policy"].replace('block = ["self-harm"]', 'allow = ["self-harm"]')
    gateway = start_gateway(**centre(policy=policy))
    assert ask(gateway, origin.url("selfharm.test")).status == 200
    assert gateway.log_lines(1)[0]["categories"] == ["self-harm"]
    assert gateway.attempts() == []


def test_summer_time_is_in_the_civil_time(start_gateway):
    gateway = start_gateway(**centre(clock="2026-07-06T10:00"))
    ask(gateway, "http://terror.test/")
    attempt, = gateway.attempts()
    assert attempt["time"].startswith("2026-07-06T09:00:") and attempt["civil"].startswith("2026-07-06T10:00:")
    assert attempt["civil"].endswith("+01:00") and attempt["period"] == "session"


# ---- durable before visible -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["http", "connect", "sni"])
def test_the_record_is_in_the_store_when_the_answer_comes(start_gateway, raw_origin, kind):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings=ports(origin)))
    for count in range(1, 51):
        if kind == "sni":
            client = open_tunnel(gateway, origin)
            client.send(client_hello("terror.test"))
        else:
            client = gateway.connect()
            client.send(get("http://terror.test/") if kind == "http" else connect_request("terror.test:443"))
        with client:
            first = client.socket.recv(1)
            assert first and len(stored(gateway.state)) == count
    assert stored(gateway.state) == [line["id"] for line in gateway.log_lines(50)]


def test_two_gateways_on_one_state_directory_lose_nothing(start_gateway, tmp_path):
    gateways = [start_gateway(**centre(state=tmp_path / "shared")) for _ in range(2)]
    answered = []

    def insist(gateway, name):
        with gateway.connect() as client:
            for number in range(25):
                url = f"http://terror.test/{name}/{number}"
                answered.append((url, client.send(get(url)).response().status))

    clients = [threading.Thread(target=insist, args=(gateways[number % 2], number)) for number in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(60)
        assert not client.is_alive()
    urls = sorted(url for url, _ in answered)
    assert len(urls) == 8 * 25 and {status for _, status in answered} <= {403, 503}
    until(lambda: sorted(urls_of(gateways[0].state)) == urls, "every attempt to be recorded once")


# ---- the list -------------------------------------------------------------------------------------------------------


def test_attempts_since(gateway):
    ask(gateway, "http://terror.test/first")
    time.sleep(1.1)
    ask(gateway, "http://terror.test/second")
    first, second = gateway.attempts()
    time_of_second = second["time"][:-5]  # to the second
    later = (datetime.datetime.fromisoformat(time_of_second) + datetime.timedelta(seconds=5)).isoformat()
    for since, count in (("2026-11-23", 2), ("2026-11-24", 0), (f"{time_of_second}Z", 1), (f"{later}Z", 0),
                         ("2026-11-23T09:59:00Z", 2),
                         ("2026-11-23T11:59:00+02:00", 2), ("2026-11-23T13:00:00+02:00", 0)):
        assert len(attempts(gateway.state, "--since", since, "--json")) == count, since
    assert [first["url"], second["url"]] == ["http://terror.test/first", "http://terror.test/second"]


def test_attempts_as_text(gateway):
    page = ask(gateway, "http://terror.test/%1b[31m", "Accept-Language: cy")
    line, = attempts(gateway.state)
    attempt, = gateway.attempts()
    for part in (attempt["civil"], "danger", "terrorism", "http://terror.test/", "127.0.0.1", "learners in session",
                 attempt["id"]):
        assert part in line
    assert line.isprintable() and attempt["id"] in page.text


def test_a_state_directory_without_attempts_is_told(tmp_path):
    result = subprocess.run([BINARY, "attempts", "--state", tmp_path / "none"], capture_output=True, text=True,
                            timeout=60)
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r"breakwater: .*attempts\.db: unable to open database file\n", result.stderr)
