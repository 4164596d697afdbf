"""Nothing goes live unrehearsed: lists that look wrong are refused, the last good version stays, and somebody may take
them all the same, but not away from the floor."""
import time

import pytest

from support.pace import SLOWNESS
from support.peer import get
from support.wait import until

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
hosts = ["centre.test"]
[lists]
local = "lists"
[[lists.feed]]
name = "feed"
path = "feed"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[floor]
categories = ["gambling"]
[essential]
hosts = ["essential.test"]
[[rule]]
name = "work"
block = ["games", "phishing", "news"]
"""
VISITED = ("a.test", "b.test", "c.test")
HOSTS = "".join(f"127.0.0.1 {name}\n" for name in (*VISITED, "game0.test", "bet0.test", "phish.test", "new.test",
                                                   "centre.test", "www.essential.test", "essential.test"))
GAMES, GAMBLING, PHISHING = (f"feed/{name}/domains" for name in ("games", "gambling", "phishing"))


def entries(kind, number):
    return "".join(f"{kind}{each}.test\n" for each in range(number))


FILES = {GAMES: entries("game", 200), GAMBLING: entries("bet", 150), PHISHING: "phish.test\n"}
LIVE_WITHIN = 2 * SLOWNESS  # seconds


@pytest.fixture
def start(start_gateway):
    return lambda **more: start_gateway(policy=POLICY, hosts=HOSTS, lists={"news/domains": "news.test\n"},
                                        files={**FILES, **more})


def is_blocked(gateway, host):
    with gateway.connect() as client:
        return client.send(get(f"http://{host}:1/")).response().status == 403  # nobody listens there: else it is 502


def is_last_good(gateway):
    return all(is_blocked(gateway, host) for host in ("game0.test", "bet0.test", "phish.test")) and not any(
        is_blocked(gateway, host) for host in ("new.test", *VISITED))


def visit(gateway, *hosts):
    before = len(gateway.log_now())
    assert not any([is_blocked(gateway, host) for host in hosts])
    gateway.log_lines(before + len(hosts))


#  What is put in the place of which file (None: it goes), the kind of the objection, and its words.
REFUSED = {
    "shrinks": (GAMES, entries("game", 139), "shrunk",
                "feed/games/domains shrinks from 200 to 139 entries, more than 30 %"),
    "grows": (GAMES, entries("game", 601), "grown", "feed/games/domains grows from 200 to 601 entries, more than 200 %"),
    "list-goes": (GAMES, None, "shrunk", "feed/games/domains shrinks from 200 to 0 entries, more than 30 %"),
    "suffix": (PHISHING, "phish.test\ngithub.io\n", "public_suffix",
               "github.io in phishing (feed/phishing/domains:2) is a public suffix: it covers the sites of all its"),
    "essential": (GAMES, FILES[GAMES] + "essential.test\n", "essential",
                  "essential.test, which is essential, is listed in games (feed/games/domains:201)"),
    "own-host": (PHISHING, "phish.test\ncentre.test\n", "own_host",
                 "centre.test, which is the centre's own, is listed in phishing (feed/phishing/domains:2)"),
    "category-goes": (PHISHING, None, "category_gone", "the category phishing has lost its last entry"),
    "floor-goes": (GAMBLING, None, "floor", "the category gambling of the floor has lost its last entry"),
}


def put(gateway, name, content):
    if content is None:
        (gateway.folder / name).unlink()
    else:
        gateway.replace(name, content)


@pytest.mark.parametrize("name, content, kind, message", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_the_last_good_version(start, name, content, kind, message):
    gateway = start()
    put(gateway, name, content)
    gateway.wait_for_stderr("breakwater lists update --accept REASON")
    assert f"policy.toml: error: the lists are refused: {message}" in gateway.stderr()
    assert "reload refused; what was in force stays in force" in gateway.stderr()
    assert is_last_good(gateway)
    shown = gateway.command("lists")
    assert "version 1 of " in shown and "(a watched file has changed), so that the version above stays" in shown
    assert message in shown and "breakwater lists update --accept REASON" in shown

    # A look at it changes nothing.
    row, = gateway.rows("lists", "update", "--dry-run", code=1)
    assert (row["what"], row["result"]) == ("lists", "refused")
    assert kind in [each["kind"] for each in row["objections"]]
    assert any(each["message"].startswith(message) for each in row["objections"])
    assert [each["version"] for each in gateway.rows("lists", "history")] == [1]

    # Neither does a start.
    gateway.stop()
    gateway.start()
    assert "the lists on disk cannot be used; those that were in force before are" in gateway.stderr()
    assert is_last_good(gateway)

    if kind == "floor":
        assert "The floor cannot be given away: mend the lists." in gateway.command(
            "lists", "update", "--accept", "I want to", code=1)
        assert len(gateway.rows("lists", "history")) == 1 and is_last_good(gateway)
    # What is mended is live by itself.
    gateway.replace(name, FILES[name] + "new.test\n")
    gateway.wait_for_stderr("reload done")  # not by requests: many for one host would be recent visits to it
    assert is_blocked(gateway, "new.test")
    assert [each["accepted"] for each in gateway.rows("lists", "history")] == [None, None]
    assert "refused" not in gateway.command("lists")


ACCEPTED = {
    "shrinks": (GAMES, entries("fame", 100), "game0.test", False),
    "grows": (GAMES, entries("x", 700) + "new.test\n", "new.test", True),
    "essential": (GAMES, FILES[GAMES] + "essential.test\nnew.test\n", "new.test", True),
    "suffix": (PHISHING, "github.io\nnew.test\n", "new.test", True),
    "category-goes": (PHISHING, None, "phish.test", False),
}


@pytest.mark.parametrize("name, content, host, blocked", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_accepted_is_live_and_on_record(start, name, content, host, blocked):
    gateway = start()
    put(gateway, name, content)
    gateway.reload("reload refused")
    assert is_last_good(gateway)
    row, = gateway.rows("lists", "update", "--accept", "checked by hand")
    begin = time.monotonic()
    assert (row["result"], row["version"]) == ("updated", 2)
    until(lambda: is_blocked(gateway, host) == blocked, "what was accepted to be in force", LIVE_WITHIN)
    assert not is_blocked(gateway, "www.essential.test")
    print(f"live after {time.monotonic() - begin:.2f} s")
    newest, first = gateway.rows("lists", "history")
    assert (newest["version"], newest["accepted"], first["accepted"]) == (2, "checked by hand", None)
    assert newest["rehearsal"][-1] == row["objections"][-1]["message"]
    assert "        accepted: checked by hand\n" in gateway.command("lists", "history")
    gateway.stop()
    gateway.start()  # it does not ask again
    assert is_blocked(gateway, host) == blocked


FINE = {
    "at-its-limit-down": (GAMES, entries("game", 139) + "new.test\n"),
    "at-its-limit-up": (GAMES, entries("game", 599) + "new.test\n"),
    "small": (PHISHING, "phish.test\nnew.test\n" + entries("p", 90)),
    "essential-is-no-feeds-business": ("lists/games/domains", "new.test\nessential.test\n"),
    "suffix-by-hand": ("lists/phishing/domains", "new.test\ngithub.io\n"),
    "essential-in-what-is-allowed": ("feed/music/domains", "essential.test\n"),
}


@pytest.mark.parametrize("name, content", FINE.values(), ids=FINE)
def test_what_is_taken(start, name, content):
    gateway = start()
    gateway.replace(name, content)
    gateway.reload()
    assert is_blocked(gateway, "new.test") == ("new.test" in content)
    assert not is_blocked(gateway, "essential.test")


@pytest.mark.parametrize("visits, added, refused, line", [
    ((47, 2, 1), "b.test\nc.test\n", False, "newly blocks 2 hosts in 3 visits; newly allows 0 hosts (of 50 recent visits)"),
    ((45, 5, 0), "b.test\n", False, "newly blocks 1 host in 5 visits; newly allows 0 hosts (of 50 recent visits)"),
    ((44, 5, 1), "b.test\nc.test\n", True,
     "newly blocks 2 hosts in 6 visits; newly allows 0 hosts (of 50 recent visits)"),
    ((0, 48, 1), "b.test\n", False, "newly blocks 1 host in 48 visits; newly allows 0 hosts (of 49 recent visits)"),
])
def test_recent_visits_are_judged(start, visits, added, refused, line):
    gateway = start()
    visit(gateway, *(host for host, number in zip(VISITED, visits, strict=True) for _ in range(number)))
    gateway.replace(PHISHING, FILES[PHISHING] + added)
    gateway.reload("reload refused" if refused else "reload done")
    told = gateway.command("lists", *([] if refused else ["history"]))
    assert line in told and "blocks b.test: phishing (feed/phishing/domains:2)" in told
    if refused:
        message = "feeds would newly block 6 of 50 recent visits, more than 10 %"
        assert f"the lists are refused: {message}" in gateway.stderr() and message in told
        assert gateway.rows("lists", "update", "--accept", "yes")[0]["rehearsal"][0] == line
        until(lambda: is_blocked(gateway, "b.test"), "what was accepted to be in force", LIVE_WITHIN)
    else:
        assert f"lists: {line}" in gateway.stderr() and is_blocked(gateway, "b.test")


def test_what_people_decide_is_told_and_never_refused(start):
    """The gate on visits is for feeds: whoever edits a local list knows what it is for."""
    gateway = start()
    visit(gateway, *["a.test"] * 60)
    gateway.replace("lists/news/domains", "news.test\na.test\n")
    gateway.wait_for_stderr("lists: newly blocks 1 host in 60 visits; newly allows 0 hosts (of 60 recent visits)")
    gateway.wait_for_stderr("reload done")
    assert is_blocked(gateway, "a.test")
    gateway.replace("lists/news/domains", "news.test\n")
    # The visit that was just blocked is one of them.
    gateway.wait_for_stderr("lists: newly blocks 0 hosts; newly allows 1 host in 61 visits (of 61 recent visits)")
