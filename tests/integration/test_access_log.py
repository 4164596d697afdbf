"""The access log: a whole JSON line for each request and tunnel, whatever a client sends and whatever the disk does."""

import json
import re
import time

import pytest

from support.centre import centre
from support.disk import fill, small_disk
from support.hello import client_hello
from support.peer import get
from support.pace import SLOWNESS
from support.tunnel import connect_request, mirror, mirrored_tunnel, open_tunnel, ports
from support.wait import until

ORDER = ["time", "id", "client", "group", "user", "method", "scheme", "host", "dialled", "port", "url", "search", "sni", "alpn", "ech",
         "action", "reason", "detail",
         "categories", "list", "line", "rule", "period", "status", "bytes_up", "bytes_down", "ms_head", "ms_connect",
         "ms_total", "end"]
ALWAYS = {"time", "id", "client", "action", "reason", "categories", "bytes_up", "bytes_down", "ms_total"}


def lines_of(file):
    """Every line must be whole: one JSON object, no control character but the line's end."""
    content = file.read_bytes()
    assert content == b"" or content.endswith(b"\n")
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", content)
    return [json.loads(line) for line in content.decode("utf-8").splitlines()]


@pytest.fixture
def site(start_gateway, raw_origin):
    """A gateway, an HTTP origin, and one behind a tunnel."""
    web, tunnels = raw_origin(), raw_origin(mirror)
    return start_gateway(**centre(settings=ports(tunnels))), web, tunnels


def ask(gateway, url, **options):
    with gateway.connect() as client:
        return client.send(get(url, **options)).response()


# ---- what a line says -----------------------------------------------------------------------------------------------


def test_every_kind_of_line_has_the_documented_fields_in_order(site):
    gateway, web, tunnels = site
    url = web.url("allowed.test", "/path?q=1")
    page = ask(gateway, url)
    ask(gateway, "http://terror.test/x", method="POST", body="")
    with gateway.connect(source="127.1.0.1") as staff:
        staff.send(connect_request("social.test:1")).response()
    mirrored_tunnel(gateway, tunnels).close()
    with gateway.connect() as client:
        client.send("nonsense\r\n\r\n").response()
    lines = gateway.log_lines(5)
    for line in lines:
        assert list(line) == [key for key in ORDER if key in line]
        assert ALWAYS <= set(line)
        assert None not in line.values() and "" not in line.values()
        assert re.fullmatch(r"2026-11-23T10:0\d:\d\d\.\d{3}Z", line["time"])
        assert line["client"] in ("127.0.0.1", "127.1.0.1")
        assert line["ms_total"] >= line.get("ms_head", 0) + line.get("ms_connect", 0)
    assert len({line["id"] for line in lines}) == 5

    by_request = {(line.get("method"), line.get("host")): line for line in lines}
    allowed = by_request["GET", "allowed.test"]
    assert {key: allowed[key]
            for key in ("group", "scheme", "port", "url", "action", "reason", "categories", "period", "status")} == {
        "group": "learners", "scheme": "http", "port": web.port, "url": url, "action": "allow", "reason": "default",
                "categories": [],
        "period": "session", "status": 200}
    assert allowed["bytes_up"] == len(get(url)) and allowed["bytes_down"] > len(page.body) and "end" not in allowed
    blocked = by_request["POST", "terror.test"]
    assert (blocked["reason"], blocked["list"], blocked["line"],
            blocked["status"]) == ("floor", "local/terrorism/domains", 2, 403)
    assert "ms_connect" not in blocked
    staff = by_request["CONNECT", "social.test"]
    assert (staff["group"], staff["reason"], staff["port"]) == ("staff", "port", 1) and "period" not in staff
    tunnel = by_request["CONNECT", "allowed.test"]
    assert (tunnel["sni"], tunnel["alpn"], tunnel["end"], tunnel["scheme"]) == ("allowed.test", "h2,http/1.1",
                                                                                "client", "https")
    malformed = by_request[None, None]
    assert (malformed["action"], malformed["reason"], malformed["status"]) == ("block", "malformed",
                                                                               400) and malformed["detail"]


def test_a_tunnel_has_its_line_when_it_ends(site):
    gateway, _, tunnels = site
    with mirrored_tunnel(gateway, tunnels) as tunnel:
        time.sleep(0.3)
        assert gateway.log_now() == []
    line, = gateway.log_lines(1)
    assert 300 <= line["ms_total"] < 5_000 * SLOWNESS
    assert 0 < line["ms_connect"] < line["ms_total"]
    assert tunnel.received and line["bytes_down"] == len(tunnel.received)


def test_every_request_of_a_connection_has_its_line(site):
    gateway, web, _ = site
    with gateway.connect() as client:
        for number in range(20):
            name = ("allowed", "games", "gambling")[number % 3]
            client.send(get(web.url(f"{name}.test", f"/{number}"))).response()
    lines = gateway.log_lines(20)
    assert [line["url"].rpartition("/")[2] for line in lines] == [str(number) for number in range(20)]
    assert [line["status"] for line in lines] == [200 if number % 3 == 0 else 403 for number in range(20)]


# ---- what a client cannot do to it ----------------------------------------------------------------------------------

FORGED = '","action":"allow"}\n{"time":"forged"}'


@pytest.mark.parametrize("request_bytes", [
    b"GET http://games.test/" + FORGED.replace("\n", "%0a").encode() + b" HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GET http://games.test/" + FORGED.encode() + b" HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GET http://games.test/\"\\\\\" HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GET http://games.test/\x01\x1b[31m\x7f HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GET http://games.test/\xc2\x85\xe2\x80\xa8\xff\xfe HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GET http://games.test/\r{\"time\":\"forged\"} HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GE\"T http://games.test/ HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GET\x0b http://games.test/ HTTP/1.1\r\nHost: games.test\r\n\r\n",
    b"GET http://games.test/ HTTP/1.1\r\nHost: games.test\",\"x\":\"\r\n\r\n",
    b"GET http://games.test\"/ HTTP/1.1\r\nHost: games.test\"\r\n\r\n",
    b"CONNECT games.test\",\"x\":\"y:443 HTTP/1.1\r\n\r\n",
    b"GET http://games.test/" + b"\"" * 20_000 + b" HTTP/1.1\r\nHost: games.test\r\n\r\n",
], ids=["encoded", "line-feed", "quotes", "escape", "utf-8-controls", "carriage-return", "method", "method-control",
        "host", "authority",
        "connect", "long"])
def test_hostile_bytes_of_a_request_cannot_forge_a_line(site, request_bytes):
    gateway, _, _ = site
    with gateway.connect() as client:
        assert client.send(request_bytes).response().status in (400, 403)
    ask(gateway, "http://games.test/after")
    gateway.log_lines(2)
    hostile, after = lines_of(gateway.state / "access.log")
    assert hostile["action"] == "block" and hostile["client"] == "127.0.0.1" and set(hostile) <= set(ORDER)
    assert after["url"] == "http://games.test/after"


@pytest.mark.parametrize("name",
                         [FORGED, "\r\n\r\n", "a\0b", "\x1b[31mred", '"\\', "é\u2028", b"\xff\xfe", "x" * 9_000])
def test_hostile_bytes_of_a_server_name_cannot_forge_a_line(site, name):
    gateway, _, tunnels = site
    hello = client_hello(name, alpn=("h2", 'x","y":"\n'))
    with open_tunnel(gateway, tunnels) as tunnel:
        tunnel.send(hello).take_rest()
    gateway.log_lines(1)
    line, = lines_of(gateway.state / "access.log")
    assert (line["action"], line["reason"], line["host"]) == ("block", "sni",
                                                              "allowed.test") and set(line) <= set(ORDER)
    if isinstance(name, str) and len(name) < 1000:
        assert line["sni"] == name
    assert len(line["sni"]) <= 4200


# ---- files ----------------------------------------------------------------------------------------------------------


def test_the_log_is_rotated_and_no_line_is_torn(start_gateway):
    gateway = start_gateway(**centre(settings={"log.rotate_bytes": 4096, "log.keep": 3}))
    log = gateway.state / "access.log"
    with gateway.connect() as client:
        for number in range(100):
            assert client.send(get(f"http://games.test/{number}")).response().status == 403
    assert gateway.stop() == 0
    files = sorted(gateway.state.glob("access.log*"))
    assert files == [log, *(log.with_name(f"access.log.{number}") for number in (1, 2, 3))]
    assert all(file.stat().st_size <= 4096 for file in files)
    numbers = [int(line["url"].rpartition("/")[2]) for file in (*reversed(files[1:]), log) for line in lines_of(file)]
    assert numbers == list(range(numbers[0], 100)) and len(numbers) > 25


def test_the_log_goes_on_where_it_was(start_gateway):
    gateway = start_gateway(**centre())
    ask(gateway, "http://games.test/first")
    assert gateway.stop() == 0
    gateway.start()
    ask(gateway, "http://games.test/second")
    assert [line["url"] for line in gateway.log_lines(2)] == ["http://games.test/first", "http://games.test/second"]
    assert (gateway.state / "access.log").stat().st_mode & 0o007 == 0


def test_the_log_can_go_to_standard_output(start_gateway):
    gateway = start_gateway(**centre(arguments=("--log", "-")))
    ask(gateway, "http://games.test/one")
    ask(gateway, "http://games.test/two")
    assert gateway.stop() == 0
    listening, *lines = (gateway.folder / "stdout").read_text().splitlines()
    assert listening == f"listening on 127.0.0.1:{gateway.port}"
    assert [json.loads(line)["url"] for line in lines] == ["http://games.test/one", "http://games.test/two"]
    assert not (gateway.state / "access.log").exists()


def test_the_settings_name_the_file_and_the_command_line_wins(start_gateway, tmp_path):
    by_settings = start_gateway(**centre(settings={"log.file": "by-settings.log"}))
    ask(by_settings, "http://games.test/")
    until(lambda: lines_of(by_settings.folder / "by-settings.log"), "the line")
    by_command = start_gateway(**centre(settings={"log.file": "by-settings.log"},
                                        arguments=("--log", tmp_path / "new" / "log")))
    ask(by_command, "http://games.test/")
    until(lambda: lines_of(tmp_path / "new" / "log"), "the line")
    assert not (by_command.folder / "by-settings.log").exists()


def test_a_full_disk_stops_neither_the_gateway_nor_the_log_for_good(start_gateway, raw_origin, tmp_path):
    web = raw_origin()
    with small_disk(tmp_path / "disk", "512k") as disk:
        gateway = start_gateway(**centre(arguments=("--log", disk / "access.log")))
        filler = fill(disk)
        urls = [web.url("allowed.test", f"/{number}/" + "x" * 1000) for number in range(100)]
        with gateway.connect() as client:
            for url in urls:
                assert client.send(get(url)).response().status == 200
        assert ask(gateway, "http://terror.test/").status == 403  # the store is elsewhere
        gateway.wait_for_stderr("access log")
        assert "No space left on device" in gateway.stderr()
        filler.unlink()
        until(lambda: (disk / "access.log").read_bytes().count(b"\n") == 101, "the log to go on")
        assert [line["url"] for line in lines_of(disk / "access.log")] == [*urls, "http://terror.test/"]
        assert gateway.stop() == 0
