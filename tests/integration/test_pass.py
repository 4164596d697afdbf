"""Lesson passes: granted to a running gateway, in force on every worker within a second, gone with the bell."""

import json
import math
import os
import re
import stat
import time

import pytest

from support.centre import HOSTS, LISTS, centre, policy
from support.command import check
from support.gateway import Gateway
from support.pace import SANITIZED, SLOWNESS
from support.passes import control, events, grant, pass_command, passes
from support.peer import get
from support.tunnel import connect_request, is_mirrored, mirror, mirrored_tunnel, ports
from support.wait import until

SESSION = "2026-11-23T10:00"
BELL = "2026-11-23T10:30:00+00:00"
LEAD = 10 if SANITIZED else 6  # seconds between the start of a gateway and the bell


@pytest.fixture
def start(start_gateway):
    def run(**options):
        return start_gateway(**centre(**{"clock": SESSION, **options}))
    return run


def status(gateway, host="social.test", **options):
    with gateway.connect(**options) as client:
        return client.send(get(f"http://{host}:1/")).response().status


def statuses(gateway, host="social.test", count=24):
    """Of many connections, which the kernel spreads over the workers. 502: allowed, and nothing listens."""
    return {status(gateway, host) for _ in range(count)}


def test_a_pass_is_in_force_on_every_worker_within_a_second(start):
    gateway = start(settings={"proxy.threads": 2})
    assert statuses(gateway) == {403}
    granted = grant(gateway, "--category", "social-media")
    since = time.monotonic()
    until(lambda: statuses(gateway) == {502}, "the pass on both workers", 1 * SLOWNESS)
    print(f"both workers {time.monotonic() - since:.3f} s after the answer")
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", granted["id"])
    assert {key: granted[key] for key in ("group", "category", "until", "by", "reason")} == {
        "group": "learners", "category": "social-media", "until": BELL, "by": "a tutor", "reason": "a lesson"}
    assert status(gateway, "games.test") == 403

    line = gateway.log_lines(1, reason="pass")[-1]
    assert (line["action"], line["pass"], line["list"], line["line"]) == (
        "allow", granted["id"], "local/social-media/domains", 3)
    answer, = check(gateway.policy_file, "http://social.test:1/", state=gateway.state, at=granted["from"][:19],
                    group="learners")
    assert (answer["action"], answer["reason"], answer["pass"], answer["until"]) == (
        "allow", "pass", granted["id"], BELL)
    assert check(gateway.policy_file, "http://social.test:1/", at=SESSION)[0]["action"] == "block"

    pass_command(gateway, "revoke", granted["id"], "--by", "another")
    until(lambda: statuses(gateway) == {403}, "the end of the pass on both workers", 1 * SLOWNESS)
    assert passes(gateway) == []


def test_every_step_is_recorded(start):
    gateway = start()
    first = grant(gateway, "--category", "social-media")["id"]
    for source in ("127.0.0.1", "127.0.0.1", "127.0.0.2"):
        until(lambda: status(gateway, source=source) == 502, "the pass")
    used = until(lambda: [each for each in passes(gateway) if each["uses"] >= 3], "the uses to be counted")
    assert used[0]["clients"] == 2
    second = grant(gateway, "--host", "Games.Test.", until="10:20")
    assert (second["host"], second["until"]) == ("games.test", "2026-11-23T10:20:00+00:00")
    pass_command(gateway, "revoke", first, "--by", "another")
    seen = events(gateway)
    assert [(each["event"], each["pass"]) for each in seen] == [
        ("grant", first), ("use", first), ("use", first), ("grant", second["id"]), ("revoke", first)]
    assert seen[0].items() >= {"group": "learners", "category": "social-media", "until": "2026-11-23T10:30:00Z",
                               "by": "a tutor", "reason": "a lesson", "uid": os.getuid(), "gid": os.getgid()}.items()
    people = {each["client"] for each in events(gateway, "use")}
    assert len(people) == 2 and all(each.startswith("P-") for each in people)
    assert seen[-1].items() >= {"by": "another", "uses": used[0]["uses"], "clients": 2, "uid": os.getuid()}.items()


@pytest.mark.parametrize("what, message", [
    (("--category", "gambling"), '"gambling" is in the floor, which no pass lifts'),
    (("--category", "terrorism"), '"terrorism" is in the floor, which no pass lifts'),
    (("--host", "www.terror.test"), '"www.terror.test" is in the floor, which no pass lifts'),
    (("--category", "gamse"), 'there is no category "gamse"; did you mean "games"?'),
    (("--category", "games", "--group", "learner"), 'there is no group "learner"; did you mean "learners"?'),
    (("--category", "games", "--reason", " "), "a pass needs a reason"),
    (("--category", "games", "--until", "2026-11-25T10:00"), "a pass lasts 24 hours at most"),
    (("--category", "games", "--until", "09:00"), '"09:00" is past'),
    (("--category", "games", "--group", "staff"), 'no bell rings for "staff" within 24 hours: give a time'),
    ((), "a pass is for a category or for a host"),
])
def test_what_is_refused(refusing, what, message):
    words = {"--group": "learners", "--until": "bell", "--by": "a tutor", "--reason": "a lesson",
             **dict(zip(what[::2], what[1::2]))}
    said = pass_command(refusing, "grant", *(word for pair in words.items() for word in pair), code=1)
    assert said == f"breakwater: {message}\n"
    assert passes(refusing) == [] and not (refusing.state / "passes.log").exists()


@pytest.fixture(scope="module")
def refusing(tmp_path_factory):
    running = Gateway(tmp_path_factory.mktemp("refusing"), **centre(clock=SESSION))
    try:
        yield running.start()
    finally:
        running.close()


def test_without_a_gateway(tmp_path, start):
    class Nowhere:
        state = tmp_path
    said = pass_command(Nowhere, "list", code=2)
    assert said == f"breakwater: no gateway answers at {tmp_path}/control: No such file or directory\n"
    gateway = start()
    gateway.stop()
    assert "Connection refused" in pass_command(gateway, "list", code=2)


def test_a_pass_ends_with_the_bell_and_what_it_let_through_is_cut(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    # In the break social media are allowed and games are not, in the session neither.
    begin = time.time()
    gateway = start_gateway(policy=policy(), lists=LISTS, hosts=HOSTS, settings=ports(origin),
                            clock=f"2026-11-23T10:44:{60 - LEAD}")
    bell = math.floor(time.time()) + LEAD
    granted = grant(gateway, "--category", "games")
    assert granted["until"] == "2026-11-23T10:45:00+00:00"
    until(lambda: status(gateway, "games.test") == 502, "the pass")
    cut = mirrored_tunnel(gateway, origin, "games.test")
    kept = mirrored_tunnel(gateway, origin, "allowed.test")
    assert time.time() < math.floor(begin) + LEAD, "the machine is too slow for this test"
    assert cut.take_rest() == b""
    assert math.floor(begin) + LEAD + 1 <= time.time() <= bell + 1 + 1 + 3  # the grace is a second
    assert status(gateway, "games.test") == 403 and is_mirrored(kept)
    end, = until(lambda: events(gateway, "end"), "the end to be recorded")
    assert end.items() >= {"pass": granted["id"], "why": "time", "clients": 1}.items()
    assert gateway.log_lines(1, end="bell")[0]["reason"] == "rule"
    assert passes(gateway) == []
    kept.close()
    cut.close()


def test_a_revoked_pass_cuts_its_tunnels_after_the_grace(start, raw_origin):
    origin = raw_origin(mirror)
    gateway = start(settings={"proxy.threads": 2, **ports(origin)})
    granted = grant(gateway, "--host", "games.test")
    until(lambda: statuses(gateway, "games.test") == {502}, "the pass")
    tunnels = [mirrored_tunnel(gateway, origin, "games.test") for _ in range(4)]
    kept = mirrored_tunnel(gateway, origin, "allowed.test")
    grant(gateway, "--category", "social-media")  # a swap that changes nothing for them
    assert all(is_mirrored(tunnel) for tunnel in tunnels)
    pass_command(gateway, "revoke", granted["id"], "--by", "another")
    since = time.monotonic()
    assert all(tunnel.take_rest() == b"" for tunnel in tunnels)
    assert 0.5 <= time.monotonic() - since <= 3 * SLOWNESS
    assert is_mirrored(kept)
    assert {line["end"] for line in gateway.log_lines(4, host="games.test", action="block")} == {"pass"}
    for peer in (*tunnels, kept):
        peer.close()


def test_passes_survive_a_reload_and_a_restart(start):
    gateway = start()
    games, social = grant(gateway, "--category", "games"), grant(gateway, "--category", "social-media")
    until(lambda: status(gateway) == 502, "the pass")
    until(lambda: events(gateway, "use"), "the use to be recorded")
    gateway.reload()
    assert status(gateway) == 502 and status(gateway, "games.test") == 502
    # A new policy has games in its floor.
    gateway.replace("policy.toml", policy(floor=("gambling", "extremism", "games")))
    until(lambda: len(passes(gateway)) == 1, "the reload")
    assert status(gateway, "games.test") == 403
    gateway.wait_for_stderr(f'pass {games["id"]} ends: "games" is in the floor')
    gateway.stop()
    gateway.start()  # its clock begins at the same time again, maybe before the grant
    until(lambda: status(gateway) == 502, "the pass to be in force again")
    listed, = passes(gateway)
    assert listed["id"] == social["id"] and listed["uses"] >= 1
    assert {each["pass"] for each in events(gateway, "use")} == {games["id"], social["id"]}
    assert len(events(gateway, "use")) == 2  # the restart did not forget who has used it
    assert [each["pass"] for each in events(gateway, "end")] == [games["id"]]


def test_the_files_are_the_owners(start):
    gateway = start()
    grant(gateway, "--category", "games")
    assert {name: stat.S_IMODE((gateway.state / name).stat().st_mode)
            for name in ("control", "passes.json", "passes.log")} == {
        "control": 0o660, "passes.json": 0o600, "passes.log": 0o600}


def test_junk_at_the_socket(start):
    gateway = start()
    before = gateway.descriptors()
    junk = [b"", b"\n", b"{}\n", b"\0" * 5000, b"{" * 4000 + b"\n", b'{"command":"pass list"', b"\xff\xfe\n"]
    peers = []
    for number in range(100):
        peer = control(gateway)
        peer.send(junk[number % len(junk)])
        peers.append(peer)
    since = time.monotonic()
    grant(gateway, "--category", "social-media")
    assert status(gateway) == 502
    assert time.monotonic() - since < 2 * SLOWNESS
    for number, peer in enumerate(peers):
        answer = b""
        try:
            while piece := peer.recv(4096):
                answer += piece
        except ConnectionResetError:
            pass  # it was answered before all of its bytes were read
        assert answer == b"" or "error" in json.loads(answer), number
        peer.close()
    until(lambda: gateway.descriptors() <= before + 2, "the connections to be closed")
    assert len(passes(gateway)) == 1
