"""SIGHUP and changed files: a good change is swapped in whole, a bad one refused whole, and nobody else notices."""

import os
import threading
import time

import pytest

from support.centre import HOSTS, LISTS, centre, policy
from support.hello import client_hello
from support.origin import reply
from support.pace import SLOWNESS
from support.peer import get
from support.tunnel import is_mirrored, mirror, mirrored_tunnel, open_tunnel, ports, upgraded, upgraded_connection
from support.wait import PATIENCE, until

WATCHED_WITHIN = 2 * SLOWNESS  # seconds from a change to its effect
SOCIAL_IS_FINE = '[[rule]]\nname = "fine"\nallow = ["social-media"]\n'
SOCIAL_NEVER = '[[rule]]\nname = "no more"\nblock = ["social-media"]\n'
SOCIAL_IN_THE_FLOOR = ("gambling", "extremism", "social-media")
BREAK = "2026-11-23T10:31"


def status(gateway, url):
    with gateway.connect() as client:
        return client.send(get(url)).response().status


CHANGES = {
    "policy": ("social.test", 403, 200, lambda gateway: gateway.policy_file.write_text(policy(rules=SOCIAL_IS_FINE))),
    "list": ("allowed.test", 200, 403, lambda gateway: gateway.write_list("gambling/domains", "allowed.test\n")),
    "new-list": ("allowed.test", 200, 403, lambda gateway: gateway.write_list("games/urls", "allowed.test/\n")),
    "hosts": ("new.test", 502, 200, lambda gateway: gateway.hosts_file.write_text(HOSTS + "127.0.0.1 new.test\n")),
}


@pytest.mark.parametrize("name, before, after, change", CHANGES.values(), ids=CHANGES)
def test_sighup_takes_what_is_on_disk(start_gateway, raw_origin, dns, name, before, after, change):
    origin = raw_origin()
    gateway = start_gateway(**centre(settings={"dns.servers": [dns({}).server]}))
    assert status(gateway, origin.url(name)) == before
    change(gateway)
    gateway.reload()
    assert status(gateway, origin.url(name)) == after


@pytest.mark.parametrize("what, connection", [("list", 1), ("policy", 1), ("hosts", 2)])
def test_connections_to_origins_stay_unless_their_addresses_may_have_changed(start_gateway, raw_origin, what, connection):
    origin = raw_origin()
    gateway = start_gateway(**centre())
    with gateway.connect() as client:
        assert client.send(get(origin.url("other.test"))).response().status == 200
        CHANGES[what][-1](gateway)
        gateway.reload()
        assert client.send(get(origin.url("other.test"))).response().status == 200
    assert origin.connections == connection


@pytest.mark.parametrize("what, connection", [("list", 1), ("hosts", 2)])
def test_nor_is_a_connection_kept_that_was_in_use_then(start_gateway, raw_origin, what, connection):
    def handle(peer):
        while peer.request():
            asked.set()
            assert reloaded.wait(PATIENCE)
            peer.send(reply(b"ok"))

    asked, reloaded = threading.Event(), threading.Event()
    origin = raw_origin(handle)
    gateway = start_gateway(**centre())
    with gateway.connect() as client:
        client.send(get(origin.url("other.test")))
        assert asked.wait(PATIENCE)
        CHANGES[what][-1](gateway)
        gateway.reload()
        reloaded.set()
        assert client.response().status == 200
        assert client.send(get(origin.url("other.test"))).response().status == 200
    assert origin.connections == connection


@pytest.mark.parametrize("name, before, after, change", CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_noticed_by_itself(start_gateway, raw_origin, dns, name, before, after, change):
    origin = raw_origin()
    gateway = start_gateway(**centre(settings={"dns.servers": [dns({}).server]}))
    assert status(gateway, origin.url(name)) == before
    change(gateway)

    def counts():
        try:
            return status(gateway, origin.url(name)) == after
        except ConnectionError:
            return False  # it was open when the change came, and was cut
    until(counts, "the change to count", WATCHED_WITHIN)
    assert "reload: a watched file has changed" in gateway.stderr()


def test_a_file_from_the_future_is_read_once(start_gateway, raw_origin):
    gateway = start_gateway(**centre())
    gateway.write_list("gambling/domains", "allowed.test\n")
    tomorrow = time.time() + 86400
    os.utime(gateway.lists_folder / "gambling/domains", (tomorrow, tomorrow))
    gateway.wait_for_stderr("reload done")
    time.sleep(1.6)  # three looks
    assert gateway.stderr().count("reload done") == 1


# ---- what is wrong changes nothing ----------------------------------------------------------------------------------

BAD_POLICY = policy(rules='[[rule]]\nname = "x"\nblok = ["games"]\n')
BAD_POLICY = BAD_POLICY.replace('"Europe/London"', '"Europe/Lundon"').replace('"13:15-16:30"', '"13:15-16:75"')


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


def spoil_policy(gateway):
    gateway.policy_file.write_text(BAD_POLICY)
    return [f'policy.toml:{line_of(BAD_POLICY, "Lundon")}:12: error: unknown time zone "Europe/Lundon"; did you mean',
            f'policy.toml:{line_of(BAD_POLICY, "16:75")}:',
            f'policy.toml:{line_of(BAD_POLICY, "blok")}:1: error: unknown key "blok"']


def spoil_list(gateway):
    gateway.write_list("games/domains", "<!DOCTYPE html>\n<html><body>404</body></html>\n")
    gateway.write_list("gambling/domains", "<html>\n")
    return ["games/domains: error: an HTML or XML page", "gambling/domains: error: an HTML or XML page"]


def spoil_hosts(gateway):
    gateway.hosts_file.unlink()
    return ["hosts: error: cannot be read: No such file or directory"]


def spoil_names(gateway):
    text = policy(floor=("gambling", "gamblin"), rules='[[rule]]\nname = "x"\nblock = ["social-medai"]\n')
    gateway.policy_file.write_text(text)
    return [f'policy.toml:{line_of(text, "gamblin" + chr(34) + "]")}:',
            f'policy.toml:{line_of(text, "social-medai")}:', "did you mean"]


@pytest.mark.parametrize("spoil, how", [
    (spoil_policy, "sighup"), (spoil_policy, "watched"), (spoil_names, "sighup"), (spoil_list, "sighup"),
    (spoil_list, "watched"),
    (spoil_hosts, "sighup"), (spoil_hosts, "watched")])
def test_what_is_wrong_is_told_and_the_old_stays_in_force(start_gateway, raw_origin, spoil, how):
    origin = raw_origin(mirror)
    web = raw_origin()
    gateway = start_gateway(**centre(settings=ports(origin)))
    with mirrored_tunnel(gateway, origin) as tunnel:
        expected = spoil(gateway)
        if how == "sighup":
            gateway.reload("reload refused")
        else:
            gateway.wait_for_stderr("reload refused; what was in force stays in force")
        for part in expected:
            assert part in gateway.stderr()
        for name, answer in (("allowed.test", 200), ("gambling.test", 403), ("games.test", 403), ("terror.test", 403)):
            assert status(gateway, web.url(name)) == answer
        assert is_mirrored(tunnel)
        # And it goes on from there.
        gateway.policy_file.write_text(policy(rules=SOCIAL_IS_FINE))
        gateway.hosts_file.write_text(HOSTS)
        for name, text in LISTS.items():
            gateway.write_list(name, text)
        gateway.reload()
        assert status(gateway, web.url("social.test")) == 200
        assert is_mirrored(tunnel)


# ---- nobody is disturbed --------------------------------------------------------------------------------------------


def test_two_hundred_requests_during_twenty_reloads_all_succeed(start_gateway, raw_origin):
    origin = raw_origin()
    gateway = start_gateway(**centre(settings={"proxy.threads": 2}))
    answers, stop = [], threading.Event()

    def one_connection():
        with gateway.connect() as client:
            while not stop.is_set():
                answers.append(client.send(get(origin.url("allowed.test"))).response().status)

    def a_connection_each():
        while not stop.is_set():
            answers.append(status(gateway, origin.url("other.test")))

    clients = [threading.Thread(target=target) for target in (one_connection, one_connection, a_connection_each)]
    for client in clients:
        client.start()
    for turn in range(20):
        gateway.policy_file.write_text(policy(rules=SOCIAL_IS_FINE if turn % 2 else ""))
        gateway.write_list("games/domains", f"games.test\ngame{turn}.test\n")
        gateway.reload()
    until(lambda: len(answers) >= 200, "two hundred answers")
    stop.set()
    for client in clients:
        client.join(20)
        assert not client.is_alive()
    assert set(answers) == {200}
    assert status(gateway, origin.url("game19.test")) == 403


def test_a_new_entry_counts_for_the_next_request_of_an_open_connection(start_gateway, raw_origin):
    origin = raw_origin()
    gateway = start_gateway(**centre())
    with gateway.connect() as client:
        assert client.send(get(origin.url("allowed.test"))).response().status == 200
        gateway.write_list("terrorism/domains", "terror.test\nallowed.test\n")
        gateway.reload()
        assert client.send(get(origin.url("allowed.test"))).response().status == 403
        line = gateway.log_lines(1, status=403)[0]
        assert (line["list"], line["line"]) == ("local/terrorism/domains", 2)
        assert [attempt["id"] for attempt in gateway.attempts()] == [line["id"]]


def test_a_download_under_way_is_not_disturbed(start_gateway, raw_origin):
    go_on = threading.Event()

    def slowly(peer):
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
        go_on.wait(20)
        peer.send(b" last")

    origin = raw_origin(slowly)
    gateway = start_gateway(**centre())
    with gateway.connect() as client:
        client.send(get(origin.url("allowed.test")))
        head = client.head()
        assert client.take(5) == b"first"
        gateway.write_list("games/domains", "allowed.test\n")
        gateway.reload()
        go_on.set()
        assert head.status == 200 and client.take(5) == b" last"


# ---- open tunnels are judged again ----------------------------------------------------------------------------------


def test_the_floor_ends_a_tunnel_at_once(start_gateway, raw_origin):
    origin, web = raw_origin(mirror), raw_origin(upgraded)
    gateway = start_gateway(**centre(policy=policy(grace="60s"), settings=ports(origin), clock=BREAK))
    inside = open_tunnel(gateway, origin, "allowed.test")
    hello = client_hello("social.test")
    assert inside.send(hello).take(len(hello)) == hello
    go = [inside, mirrored_tunnel(gateway, origin, "social.test"), upgraded_connection(gateway, web, "social.test")]
    stay = [mirrored_tunnel(gateway, origin, "allowed.test"), upgraded_connection(gateway, web, "allowed.test")]
    gateway.policy_file.write_text(policy(grace="60s", floor=SOCIAL_IN_THE_FLOOR))
    gateway.reload()
    assert all(peer.is_closed() for peer in go)
    assert all(is_mirrored(peer) for peer in stay)
    for line in gateway.log_lines(3, end="reload"):
        assert (line["action"], line["reason"], line["categories"]) == ("block", "floor", ["social-media"])
    for peer in go + stay:
        peer.close()


def test_a_rule_ends_a_tunnel_after_the_grace(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings=ports(origin), clock=BREAK))
    with mirrored_tunnel(gateway, origin, "social.test") as go, mirrored_tunnel(gateway, origin,
                                                                                "essential.test") as stay:
        gateway.policy_file.write_text(policy(rules=SOCIAL_NEVER))
        begin = time.monotonic()
        gateway.reload()
        assert is_mirrored(go)
        assert go.is_closed()
        assert 1 <= time.monotonic() - begin < 1 + 2 * SLOWNESS
        assert is_mirrored(stay)
    line, = gateway.log_lines(1, end="reload")
    assert (line["action"], line["reason"], line["rule"]) == ("block", "rule", "no more")


def test_what_is_allowed_again_within_the_grace_stays(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings=ports(origin), clock=BREAK))
    with mirrored_tunnel(gateway, origin, "social.test") as tunnel:
        gateway.policy_file.write_text(policy(rules=SOCIAL_NEVER))
        gateway.reload()
        gateway.policy_file.write_text(policy())
        gateway.reload()
        time.sleep(1.5)  # the grace, and some
        assert is_mirrored(tunnel)


def test_a_reload_that_changes_nothing_disturbs_no_tunnel(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(policy=policy(grace="10ms"), settings=ports(origin), clock=BREAK))
    tunnels = [mirrored_tunnel(gateway, origin, name) for name in ("social.test", "allowed.test", "essential.test")]
    for _ in range(3):
        gateway.reload()
    time.sleep(0.3)
    for tunnel in tunnels:
        assert is_mirrored(tunnel)
        tunnel.close()
    assert {line["end"] for line in gateway.log_lines(3)} == {"client"}


# ---- the compiled lists that are kept -------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [
    lambda image: b"", lambda image: image[: len(image) // 2], lambda image: bytes(len(image)),
    lambda image: image[:300] + bytes([image[300] ^ 1]) + image[301:], lambda image: image + b"more",
], ids=["empty", "cut", "zeros", "one-bit", "longer"])
def test_compiled_lists_that_were_damaged_are_made_again(start_gateway, raw_origin, damage):
    origin = raw_origin()
    gateway = start_gateway(**centre())
    image = gateway.state / "lists/catalogue"
    whole = image.read_bytes()
    gateway.stop()
    image.write_bytes(damage(whole))
    gateway.start()
    for name, answer in (("gambling.test", 403), ("games.test", 403), ("allowed.test", 200)):
        assert status(gateway, origin.url(name)) == answer
    assert len(image.read_bytes()) == len(whole)


def test_lists_that_changed_while_the_gateway_was_down_count(start_gateway, raw_origin):
    origin = raw_origin()
    gateway = start_gateway(**centre())
    gateway.stop()
    gateway.write_list("gambling/domains", "# gambling\n\n\nother.test\n")
    gateway.start()
    assert [status(gateway, origin.url(name)) for name in ("gambling.test", "other.test")] == [200, 403]
