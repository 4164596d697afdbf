"""Attempts that belong together are one episode, whatever happens to the gateway; what is watched is recorded too."""

import json
import sqlite3

from support.hello import client_hello
from support.peer import get
from support.tunnel import connect_request, is_mirrored, mirror, open_tunnel, ports
from support.wait import until

LISTS = {"terrorism/domains": "terror.test\n", "drugs/domains": "drugs.test\n", "cults/domains": "cult.test\nhelp.test\n"}
HOSTS = "".join(f"127.0.0.1 {name}.test www.{name}.test\n" for name in ("allowed", "terror", "drugs", "cult", "help"))
POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
[[rule]]
name = "no drugs"
block = ["drugs"]
[essential]
hosts = ["help.test"]
[concern]
terrorism = "danger"
drugs = "notice"
cults = "warning"
[safeguarding]
monitor = ["cults"]
"""
CENTRE = {"policy": POLICY, "lists": LISTS, "hosts": HOSTS}
TYPED = "Accept: text/html,application/xhtml+xml"


def records(gateway, kind="episode"):
    """(seq, reference, body, bytes that are sealed) from the file, as at this moment."""
    database = sqlite3.connect(f"file:{gateway.state}/attempts.db?mode=ro", uri=True, timeout=20)
    try:
        rows = database.execute("SELECT seq, reference, body, length(sealed) FROM records WHERE kind = ? ORDER BY seq", (kind,))
        return [(seq, reference, json.loads(body), size) for seq, reference, body, size in rows]
    finally:
        database.close()


def stages(gateway):
    return [(body["stage"], body["attempts"]) for _, _, body, _ in records(gateway)]


def wait_for_stages(gateway, *expected):
    until(lambda: stages(gateway) == list(expected), lambda: f"{expected}: {stages(gateway)} {gateway.stderr()}")


def ask(gateway, url, *fields, status=403, source="127.0.0.1"):
    with gateway.connect(source=source) as client:
        assert client.send(get(url, *fields)).response().status == status


def start_again(gateway, clock):
    gateway.child.kill()
    gateway.child.wait()
    gateway.clock = clock
    gateway.start()


def test_fifty_one_attempts_in_twelve_minutes_are_one_episode(start_gateway):
    gateway = start_gateway(**CENTRE)
    for i in range(26):
        ask(gateway, f"http://terror.test/{i}", TYPED)
    told = [("opened", 1), ("grown", 2), ("grown", 4), ("grown", 8), ("grown", 16)]
    wait_for_stages(gateway, *told)
    start_again(gateway, "2026-11-23T10:13")  # killed between
    for i in range(25):
        ask(gateway, f"http://www.terror.test/{i}", TYPED)
    until(lambda: len(records(gateway, "attempt")) == 51, "all attempts")
    told.append(("grown", 32))
    wait_for_stages(gateway, *told)  # nothing is told again
    start_again(gateway, "2026-11-23T11:00")
    told.append(("closed", 51))
    wait_for_stages(gateway, *told)
    start_again(gateway, "2026-11-23T11:10")
    ask(gateway, "http://terror.test/")
    wait_for_stages(gateway, *told, ("opened", 1))

    found = records(gateway)
    first_attempt = records(gateway, "attempt")[0]
    assert {reference for _, reference, _, _ in found[:len(told)]} == {f"E-{first_attempt[1]}"}
    closed = found[len(told) - 1][2]
    assert closed["pseudonym"] == first_attempt[2]["pseudonym"]
    assert (closed["theme"], closed["severity"], closed["group"]) == ("terrorism and extremism", "danger", "learners")
    assert (closed["origin"], closed["distinct_hosts"], closed["categories"]) == ("person", 2, ["terrorism"])
    assert closed["grade"]["known"].startswith("51 requests for 2 sites in the lists for terrorism. All were stopped")
    assert closed["last"] - closed["first"] >= 12 * 60 * 1000
    clear = json.dumps([body for _, _, body, _ in found])
    assert "terror.test" not in clear and "127.0.0.1" not in clear


def test_a_lesser_theme_needs_several_and_people_are_apart(start_gateway):
    gateway = start_gateway(**CENTRE)
    for source in ("127.0.0.1", "127.0.0.2", "127.0.0.1"):
        ask(gateway, "http://drugs.test/", source=source)
    ask(gateway, "http://terror.test/")
    wait_for_stages(gateway, ("opened", 1))  # by danger at once, and by two of a notice not
    ask(gateway, "http://drugs.test/")
    wait_for_stages(gateway, ("opened", 1), ("opened", 3))
    assert [body["theme"] for _, _, body, _ in records(gateway)] == ["terrorism and extremism", "drugs"]


def test_another_policy_holds_from_then_on(start_gateway):
    gateway = start_gateway(**CENTRE)
    gateway.policy_file.write_text(POLICY + '[[theme]]\nname = "drugs"\nthreshold = 1\n')
    gateway.reload()
    ask(gateway, "http://drugs.test/")
    wait_for_stages(gateway, ("opened", 1))


def test_what_is_watched_is_recorded_and_not_delayed(start_gateway, raw_origin):
    origin, tunnelled = raw_origin(), raw_origin(mirror)
    gateway = start_gateway(settings=ports(tunnelled), **CENTRE)
    ask(gateway, f"http://cult.test:{origin.port}/a?b", TYPED, "Referer: http://allowed.test/x", status=200)
    with open_tunnel(gateway, tunnelled, "www.cult.test") as tunnel:
        assert is_mirrored(tunnel, client_hello("www.cult.test"))
    ask(gateway, f"http://help.test:{origin.port}/", status=200)  # essential
    ask(gateway, f"http://allowed.test:{origin.port}/", status=200)
    until(lambda: len(gateway.attempts()) >= 2, "what is watched")
    plain, tunnel = gateway.attempts()
    assert (plain["host"], plain["action"], plain["theme"], plain["concern"]) == (
        "cult.test", "allow", "cults and false information", "warning")
    assert (plain["referrer"], plain["url"]) == ("allowed.test", f"http://cult.test:{origin.port}/a?b")
    assert (tunnel["host"], tunnel["action"], tunnel["sni"]) == ("www.cult.test", "allow", "www.cult.test")
    assert [body["approach"] for _, _, body, _ in records(gateway, "attempt")[:1]] == ["link"]

    # Where the store fails nobody waits for it.
    gateway.policy_file.write_text(POLICY + "monitor_essential = true\n")
    gateway.reload()
    database = sqlite3.connect(gateway.state / "attempts.db")
    database.execute("BEGIN IMMEDIATE")
    ask(gateway, f"http://help.test:{origin.port}/", status=200)
    database.rollback()
    database.close()
    until(lambda: len(gateway.attempts()) == 3, "the essential host, now that it is watched")
    wait_for_stages(gateway, ("opened", 3))
    body = records(gateway)[0][2]
    assert (body["allowed"], body["severity"]) == (3, "warning")


def test_the_context_is_sealed_in_the_record(start_gateway):
    gateway = start_gateway(**CENTRE)
    ask(gateway, "http://terror.test/", source="127.0.0.2")
    visited = [f"{letter * 60}.allowed.test" for letter in "abcde"]
    for host in visited:
        ask(gateway, f"http://{host}/", status=502)  # asked for, though there is no such host
    with gateway.connect() as client:
        assert client.send(connect_request("terror.test:443")).response().status == 403
    until(lambda: len(records(gateway)) == 2, "two episodes")
    alone, with_context = (size for _, _, _, size in records(gateway))
    assert with_context > alone + sum(map(len, visited))
    content = b"".join(file.read_bytes() for file in gateway.state.glob("attempts.db*"))
    assert not any(host.encode() in content for host in visited)
