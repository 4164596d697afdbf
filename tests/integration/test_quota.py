"""Quotas: what is used counts by activity, what is used up ends and returns, and the count outlives the gateway."""

import json
import signal
import subprocess
import time

import pytest

from support.centre import HOSTS, LISTS, policy
from support.gateway import BINARY
from support.origin import reply, silent
from support.peer import get
from support.tunnel import (connect_request, is_mirrored, mirror, mirrored_tunnel, ports, upgraded,
                            upgraded_connection)
from support.wait import until

KIB = 1024
ANN, BOB = "127.0.0.1", "127.0.0.2"  # two learners, each known by the address alone
AT_BREAK = "2026-11-23T10:35:00"
AT_BREAK_UNIX = 1795430100

BREAKS = """
[[quota]]
name = "social in breaks"
groups = ["learners"]
periods = ["break"]
categories = ["social-media"]
bytes = "256KiB"
per = "period"
"""
MINUTE = BREAKS.replace('bytes = "256KiB"', "minutes = 1")
DAY = """
[[quota]]
name = "social a day"
categories = ["social-media"]
bytes = "64KiB"
per = "day"
"""


def serve(peer):
    """Answers GET /N with N KiB."""
    while request := peer.request():
        peer.send(reply(b"x" * KIB * int(request.target[1:])))


def endless(peer):
    """An answer that never ends, some 100 KiB a second."""
    peer.head()
    peer.send("HTTP/1.1 200 OK\r\n\r\n")
    while True:
        peer.send(b"x" * 10 * KIB)
        time.sleep(0.1)


def fetch(gateway, origin, size, *fields, name="social.test", source=ANN):
    with gateway.connect(source=source) as peer:
        return peer.send(get(f"http://{name}:{origin.port}/{size}", *fields)).response()


def tunnel_status(gateway, origin, source=ANN):
    with gateway.connect(source=source) as peer:
        return peer.send(connect_request(f"social.test:{origin.port}")).response().status


def wait_for_block(gateway, origin, source=ANN):
    """The page, once nothing more is let through; it takes a second or two."""
    def page():
        answer = fetch(gateway, origin, 0, source=source)
        return answer if answer.status == 403 else None
    return until(page, "the quota to be used up")


@pytest.fixture
def start(start_gateway):
    def start(quota, *origins, clock=AT_BREAK, threads=1, **options):
        return start_gateway(policy=policy(rules=quota), lists=LISTS, hosts=HOSTS, clock=clock,
                             settings={**ports(*origins), "proxy.threads": threads}, **options)
    return start


def check(gateway, address, target="http://social.test/"):
    command = [BINARY, "check", "--policy", gateway.policy_file, "--state", gateway.state, "--address", address, "--at",
               AT_BREAK, "--json", target]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


def quota_of(gateway, *words):
    """What `breakwater quota` says of somebody; [] where nothing is written of them."""
    result = subprocess.run([BINARY, "quota", *words, "--state", gateway.state, "--json"], capture_output=True, text=True,
                            timeout=60)
    assert result.returncode in (0, 1), result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def kill(gateway):
    gateway.child.send_signal(signal.SIGKILL)
    gateway.child.wait(30)
    gateway.child = None


def test_what_is_used_up_is_blocked_and_nobody_else(start, raw_origin):
    origin, inside = raw_origin(serve), raw_origin(mirror)
    gateway = start(BREAKS, inside, threads=2)
    assert fetch(gateway, origin, 200).status == 200
    time.sleep(2.5)  # each worker has handed in
    assert fetch(gateway, origin, 100).status == 200
    wait_for_block(gateway, origin)
    time.sleep(1.5)  # the other one learns it too
    page = fetch(gateway, origin, 0)
    for words in ("Your allowance is used up", " of 256 KiB", "nothing", "It opens at <strong>12:30</strong>"):
        assert words in page.text
    welsh = fetch(gateway, origin, 0, "Accept-Language: cy").text
    for words in ("Mae eich lwfans wedi dod i ben", " o 256 KiB", "dim", "Bydd yn agor am <strong>12:30</strong>"):
        assert words in welsh
    assert {tunnel_status(gateway, inside) for _ in range(8)} == {403}
    assert fetch(gateway, origin, 1, source=BOB).status == 200
    assert fetch(gateway, origin, 1, name="allowed.test").status == 200
    line = gateway.log_lines(1, reason="quota")[0]
    assert (line["quota"], line["action"], line["period"]) == ("social in breaks", "block", "break")
    # The command and `check` know what is written: the gateway's own answer.
    person, = until(lambda: [each for each in quota_of(gateway, ANN) if each["quotas"][0]["bytes"] > 256 * KIB],
                    "the ledger on disk")
    assert person["person"].startswith("P-") and person["group"] == "learners"
    assert ANN not in (gateway.state / "quota/ledger.json").read_text()
    assert person["quotas"][0]["seconds"] in (15, 30) and person["quotas"][0]["of_bytes"] == 256 * KIB
    command = [BINARY, "quota", f"address:{ANN}", "--state", gateway.state]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert text.startswith(f"{person['person']}  group learners\n    social in breaks: 0.") and " of 0.2 MiB; last used " in text
    verdict = check(gateway, ANN)
    assert (verdict["action"], verdict["reason"], verdict["quota"]) == ("block", "quota", "social in breaks")
    assert verdict["until"] == "2026-11-23T10:45:00+00:00"
    assert check(gateway, BOB)["action"] == "allow"
    assert quota_of(gateway, "nobody") == []
    # More is given: open again with the reload.
    gateway.replace("policy.toml", policy(rules=BREAKS.replace("256KiB", "10MiB")))
    until(lambda: fetch(gateway, origin, 1).status == 200, "the new policy")


def test_what_is_open_is_cut_when_it_is_used_up(start, raw_origin):
    inside, stream = raw_origin(mirror), raw_origin(endless)
    gateway = start(BREAKS, inside)
    idle = mirrored_tunnel(gateway, inside, "allowed.test", source=ANN)
    other = mirrored_tunnel(gateway, inside, "social.test", source=BOB)
    tunnel = mirrored_tunnel(gateway, inside, "social.test", source=ANN)
    with gateway.connect(source=ANN) as answer:
        answer.send(get(f"http://social.test:{stream.port}/"))
        tunnel.send(b"x" * 150 * KIB).take(150 * KIB)
        begin = time.monotonic()
        with pytest.raises(ConnectionError):
            while answer.fill():
                pass
        assert time.monotonic() - begin < 15
    assert tunnel.is_closed()
    for line in gateway.log_lines(2, end="quota"):
        assert (line["reason"], line["quota"], line["client"]) == ("quota", "social in breaks", ANN)
    gateway.wait_for_stderr("quota: 3 judged again")
    assert "1 kept, 2 in grace, 0 cut" in gateway.stderr()
    gateway.wait_for_stderr("grace is over: 2 cut")
    for peer in (idle, other):
        assert is_mirrored(peer)
        peer.close()


def test_what_is_sent_counts_while_it_is_on_its_way(start, raw_origin):
    web, sink = raw_origin(upgraded), raw_origin(silent)
    gateway = start(BREAKS)
    other = upgraded_connection(gateway, web, "social.test")
    with gateway.connect(source=BOB) as upload:
        upload.send(get(f"http://social.test:{sink.port}/", f"Content-Length: {1 << 30}", method="POST"))
        upload.send(b"x" * 300 * KIB)
        assert upload.is_closed()
    assert is_mirrored(other, b"x" * 200 * KIB)  # it has been sent twice
    assert other.is_closed()
    ended = {(line["method"], line["client"]) for line in gateway.log_lines(2, end="quota")}
    assert ended == {("POST", BOB), ("GET", ANN)}


def test_minutes_are_of_activity(start, raw_origin):
    inside = raw_origin(mirror)
    gateway = start(MINUTE, inside)
    gateway.close()

    def person(name):
        return {"person": f"address:{name}", "group": "learners", "quotas": [
            {"quota": "social in breaks", "seconds": 45, "of_minutes": 1, "bytes": 0, "of_bytes": None, "slot_bytes": 0,
             "last": AT_BREAK_UNIX, "until": None, "slot": AT_BREAK_UNIX}]}

    folder = gateway.state / "quota"
    folder.mkdir(exist_ok=True)
    (folder / "ledger.json").write_text(json.dumps({"time": AT_BREAK_UNIX, "people": [person(ANN), person(BOB)]}))
    gateway.clock = "2026-11-23T10:35:19"
    gateway.start()
    begin = time.monotonic()
    # One is there all the time; the other's tunnel stays open, with a ping now and then.
    active, idle = (mirrored_tunnel(gateway, inside, "social.test", source=each) for each in (ANN, BOB))
    with pytest.raises((EOFError, ConnectionError)):
        while is_mirrored(active, b"x" * 2 * KIB):
            idle.send(b"ping").take(4)
            time.sleep(0.2)
    # The slot ends at 10:35:30, the grace a second later.
    assert 8 < time.monotonic() - begin < 20
    assert is_mirrored(idle)
    idle.close()
    line, = gateway.log_lines(1, end="quota")
    assert line["client"] == ANN
    assert "1 of 1 minutes" in wait_for_block(gateway, inside).text


def test_a_restart_and_a_crash_forget_nothing(start, raw_origin):
    origin = raw_origin(serve)
    gateway = start(BREAKS)
    assert fetch(gateway, origin, 300).status == 200
    used = time.monotonic()
    until(lambda: quota_of(gateway, ANN), "the ledger on disk")
    assert time.monotonic() - used < 10
    kill(gateway)
    gateway.start()
    assert wait_for_block(gateway, origin)
    assert gateway.stop() == 0
    gateway.start()
    assert wait_for_block(gateway, origin)
    assert (gateway.state / "quota" / "ledger.json").stat().st_mode & 0o777 == 0o600


def test_a_day_ends_at_midnight_of_the_centre(start, raw_origin):
    origin = raw_origin(serve)
    gateway = start(DAY, clock="2026-11-23T23:59:50")
    assert fetch(gateway, origin, 80).status == 200
    page = wait_for_block(gateway, origin)
    assert "Tue 24 Nov 00:00" in page.text
    assert fetch(gateway, origin, 0, source="127.1.0.1").status == 200  # somebody who has used nothing
    until(lambda: fetch(gateway, origin, 1).status == 200, "midnight", seconds=30)
    assert fetch(gateway, origin, 1).status == 200  # begins after midnight; the one before may only have ended there
    gateway.stop()
    lines = [line for line in gateway.log_now() if line["client"] == ANN]
    assert max(line["time"] for line in lines if line["action"] == "block") < "2026-11-24T00:00:00"
    assert lines[-1]["action"] == "allow" and lines[-1]["time"] >= "2026-11-24T00:00:00"


def test_a_damaged_ledger_is_told(start, raw_origin):
    origin = raw_origin(serve)
    gateway = start(BREAKS)
    gateway.stop()
    (gateway.state / "quota").mkdir(exist_ok=True)
    (gateway.state / "quota" / "ledger.json").write_text("{")
    gateway.start()
    gateway.wait_for_stderr("ledger.json: damaged: counting begins anew")
    assert fetch(gateway, origin, 1).status == 200
