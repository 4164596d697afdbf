"""`breakwater lists`, its history and rollback, and `breakwater explain`: what is in force, since when, and why."""
import time

import pytest

from support.command import check, run
from support.gateway import Gateway
from support.pace import SLOWNESS
from support.peer import get
from support.wait import until

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
exceptions = "exceptions.txt"
[[lists.feed]]
name = "feed"
path = "feed"
licence = "CC BY-SA 4.0"
[[lists.feed]]
name = "ads"
path = "ads.txt"
category = "malware"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
timetable = "learners"
default = "allow"
[[group]]
name = "staff"
networks = ["10.0.0.0/8"]
default = "allow"
[[timetable]]
name = "learners"
outside = "closed"
  [[timetable.period]]
  name = "session"
  days = ["Mon"]
  times = ["09:00-10:30"]
  [[timetable.period]]
  name = "break"
  days = ["Mon"]
  times = ["10:30-10:45"]
[floor]
categories = ["gambling"]
[essential]
hosts = ["essential.test"]
[concern]
violence = "warning"
[[rule]]
name = "always"
block = ["malware", "adult", "violence"]
[[rule]]
name = "work"
groups = ["learners"]
periods = ["session"]
block = ["games", "sport"]
"""
PERIODS = {("learners", "session"): "2026-11-23T10:00", ("learners", "break"): "2026-11-23T10:35",
           ("learners", "closed"): "2026-11-23T20:00", ("staff", ""): "2026-11-23T10:00"}
GAMES = "feed/games/domains"
LISTS = {"sport/domains": "# sport\nball.test  # until 2030-01-01, cup\n",
         "allow/domains": "chess.test  # lesson\nbet.roulette.test\n",
         "recategorise/news/domains": "moved.test\ncasino.test\n"}
FILES = {
    GAMES: "# games\nplay.test\n\nchess.test\nmoved.test\n",
    "feed/adult/urls": "pics.test/rude\n",
    "feed/violence/expressions": "# x\n(^|[./])fight[0-9]+\\.\n",
    "feed/gambling/keywords": "roulette\n",
    "feed/gambling/domains": "\ncasino.test\n",
    "ads.txt": "! ads\n||ads.test^\n@@||good.ads.test^\nads.test##.banner\n",
    "exceptions.txt": "# helpers\nhelp.play.test\n",
}
HOSTS = "127.0.0.1 play.test chess.test moved.test ball.test one.test two.test\n"
OPTIONS = {"policy": POLICY, "lists": LISTS, "files": FILES, "hosts": HOSTS}
LIVE_WITHIN = 2 * SLOWNESS  # seconds


@pytest.fixture
def centre(tmp_path):
    """Its files alone: no gateway runs."""
    return Gateway(tmp_path, **OPTIONS)


@pytest.fixture
def running(start_gateway):
    return start_gateway(**OPTIONS)


def is_blocked(gateway, host):
    with gateway.connect() as client:
        return client.send(get(f"http://{host}:1/")).response().status == 403  # nobody listens there: else it is 502


def row_of(gateway, name):
    row, = [each for each in gateway.rows("lists") if each["list"] == name]
    return row


# ---- lists ----------------------------------------------------------------------------------------------------------


def test_each_list_with_all_that_is_known_of_it(centre):
    assert centre.command("lists") == "No lists are in force here yet: breakwater serve puts them in force when it starts.\n"
    centre.command("lists", "update")
    row = row_of(centre, GAMES)
    assert 0 <= row.pop("age") < 60 and row.pop("changed").endswith("Z")
    assert row == {"list": GAMES, "category": "games", "role": "feed", "source": "feed", "licence": "CC BY-SA 4.0",
                   "format": "domains", "entries": 3, "added": 3, "removed": 0, "rejected": 0, "not_applicable": 0,
                   "expired": 0, "checked": None, "hits": None, "error": None}
    assert [(row["list"], row["role"], row["category"], row["format"], row["entries"], row["not_applicable"])
            for row in centre.rows("lists")] == [
        ("feed/adult/urls", "feed", "adult", "urls", 1, 0),
        ("feed/gambling/domains", "feed", "gambling", "domains", 1, 0),
        ("feed/gambling/keywords", "feed", "gambling", "keywords", 1, 0),
        (GAMES, "feed", "games", "domains", 3, 0),
        ("feed/violence/expressions", "feed", "violence", "expressions", 1, 0),
        ("ads/ads.txt", "feed", "malware", "adblock", 2, 1),
        ("local/allow/domains", "allow", None, "domains", 2, 0),
        ("local/recategorise/news/domains", "recategorise", "news", "domains", 2, 0),
        ("local/sport/domains", "local", "sport", "domains", 1, 0),
        ("exceptions/exceptions.txt", "exception", None, "domains", 1, 0)]
    text = centre.command("lists")
    assert "\nversion 1 of " in text and ": 15 entries in 10 lists\n" in text
    centre.replace(GAMES, FILES[GAMES].replace("play.test\n", "") + "one.test\ntwo.test\ncom\n")
    centre.command("lists", "update")
    row = row_of(centre, GAMES)
    assert [row[key] for key in ("entries", "added", "removed", "rejected")] == [4, 2, 1, 1]
    assert row_of(centre, "feed/adult/urls")["added"] == 1  # as of its own last change


def test_hits_are_requests_that_a_list_decided(running):
    for host in ("play.test", "play.test", "ball.test", "chess.test"):
        assert is_blocked(running, host) == (host != "chess.test")
    running.stop()  # it writes them every five seconds, and at its end
    hits = {row["list"]: row["hits"] for row in running.rows("lists") if row["hits"]}
    assert hits == {GAMES: 2, "local/sport/domains": 1, "local/allow/domains": 1}
    assert "hits: requests that a list decided since 2026-11-23T10:0" in running.command("lists")


# ---- history and rollback -------------------------------------------------------------------------------------------


def add(gateway, *hosts, to=GAMES, text=FILES[GAMES]):
    gateway.replace(to, text + "".join(f"{host}\n" for host in hosts))
    gateway.reload()


def rollback(gateway, *to):
    """Until it is live. Told by what the gateway says: requests would be recent visits, which the rehearsal counts."""
    before = gateway.stderr().count("reload done")
    told = gateway.command("lists", "rollback", *to)
    until(lambda: gateway.stderr().count("reload done") > before, "the rollback to be live", LIVE_WITHIN)
    return told


def blocked(gateway):
    return [name for name in ("play", "one", "two") if is_blocked(gateway, f"{name}.test")]


def wrong(gateway, *to):
    result = run("lists", "rollback", *to, "--policy", gateway.policy_file, "--state", gateway.state)
    assert result.returncode == 1
    return result.stderr


def test_back_and_forth(running):
    assert "no earlier version is kept" in wrong(running)
    add(running, "one.test")
    add(running, "one.test", "two.test")
    assert rollback(running).startswith("in force: version 4, with the lists of version 2.")
    assert blocked(running) == ["play", "one"]
    assert row_of(running, GAMES)["error"] == "held at an earlier version by a rollback"
    rollback(running)
    assert blocked(running) == ["play"]
    rollback(running, "--to", 3)
    assert blocked(running) == ["play", "one", "two"]
    assert row_of(running, GAMES)["error"] is None
    assert [(row["version"], row["why"]) for row in running.rows("lists", "history")] == [
        (6, "rollback to 3"), (5, "rollback to 1"), (4, "rollback to 2"), (3, "SIGHUP"), (2, "SIGHUP"), (1, "start")]
    assert "there is no version 99 to go back to" in wrong(running, "--to", 99)


def test_what_a_rollback_holds(running):
    add(running, "one.test")
    rollback(running)
    # Another list is none of its business.
    add(running, "two.test", to="lists/sport/domains", text=LISTS["sport/domains"])
    assert blocked(running) == ["play", "two"]
    running.stop()
    running.start()
    assert blocked(running) == ["play", "two"]
    entry, = running.rows("explain", "play.test")[0]["entries"]
    assert (entry["list"], entry["text"]) == (GAMES, "(another version is on disk)")
    # An edit of the list itself counts again.
    add(running, "one.test", "last.test")
    assert blocked(running) == ["play", "one", "two"] and row_of(running, GAMES)["error"] is None


def test_ten_versions_are_kept(centre):
    for number in range(13):
        centre.replace(GAMES, FILES[GAMES] + f"number{number}.test\n")
        centre.command("lists", "update")
    assert [row["version"] for row in centre.rows("lists", "history")] == list(range(13, 3, -1))
    assert len(list((centre.state / "lists/versions").iterdir())) == 10
    parts = len(list((centre.state / "lists/cache").glob("*.part")))
    assert parts <= len(FILES) + len(LISTS) + 9  # what no version needs is gone
    centre.command("lists", "rollback", "--to", 4)
    assert [target["action"] for target in check(centre.policy_file, "number0.test", "number12.test", state=centre.state,
                                                 at=PERIODS["learners", "session"])] == ["allow", "allow"]
    assert check(centre.policy_file, "number3.test", state=centre.state,
                 at=PERIODS["learners", "session"])[0]["action"] == "block"


def test_a_step_back_of_many_entries_is_quick(start_gateway):
    many = "".join(f"host{number}.example\n" for number in range(300_000))
    gateway = start_gateway(**{**OPTIONS, "files": {**FILES, GAMES: many}})
    add(gateway, "one.test", text=many)
    begin = time.monotonic()
    gateway.command("lists", "rollback")
    assert time.monotonic() - begin < 2 * SLOWNESS
    until(lambda: not is_blocked(gateway, "one.test"), "the step to be live", LIVE_WITHIN + 2)
    print(f"a step back, live after {time.monotonic() - begin:.2f} s")


# ---- explain --------------------------------------------------------------------------------------------------------

#  target: its entries (list:line, role, category, kind, text), and what becomes of it in PERIODS.
EXPLAINED = {
    "http://www.play.test/": ([(GAMES + ":2", "feed", "games", "domain", "play.test")],
                              "block rule, allow default, allow default, allow default"),
    "ball.test": ([("local/sport/domains:2", "local", "sport", "domain", "ball.test  # until 2030-01-01, cup")],
                  "block rule, allow default, allow default, allow default"),
    "chess.test": ([(GAMES + ":4", "feed", "games", "domain", "chess.test"),
                    ("local/allow/domains:1", "allow", None, "domain", "chess.test  # lesson")],
                   ", ".join(["allow allow_list"] * 4)),
    "help.play.test": ([("exceptions/exceptions.txt:2", "exception", None, "domain", "help.play.test"),
                        (GAMES + ":2", "feed", "games", "domain", "play.test")], ", ".join(["allow default"] * 4)),
    "moved.test": ([(GAMES + ":5", "feed", "games", "domain", "moved.test"),
                    ("local/recategorise/news/domains:1", "recategorise", "news", "domain", "moved.test")],
                   ", ".join(["allow default"] * 4)),
    "casino.test": ([("feed/gambling/domains:2", "feed", "gambling", "domain", "casino.test"),
                     ("local/recategorise/news/domains:2", "recategorise", "news", "domain", "casino.test")],
                    ", ".join(["block floor"] * 4)),
    "good.ads.test": ([("ads/ads.txt:3", "exception", "malware", "domain", "@@||good.ads.test^"),
                       ("ads/ads.txt:2", "feed", "malware", "domain", "||ads.test^")],
                      ", ".join(["allow default"] * 4)),
    "https://bad.ads.test/": ([("ads/ads.txt:2", "feed", "malware", "domain", "||ads.test^")],
                              ", ".join(["block rule"] * 4)),
    "http://pics.test/rude/1": ([("feed/adult/urls:1", "feed", "adult", "url", "pics.test/rude")],
                                ", ".join(["block rule"] * 4)),
    "https://pics.test/rude/1": ([], ", ".join(["allow default"] * 4)),  # of HTTPS only the host is seen
    "http://fight3.test/": ([("feed/violence/expressions:2", "feed", "violence", "expression",
                              "(^|[./])fight[0-9]+\\.")], ", ".join(["block rule"] * 4)),
    "bet.roulette.test": ([("local/allow/domains:2", "allow", None, "domain", "bet.roulette.test"),
                           ("feed/gambling/keywords:1", "feed", "gambling", "keyword", "roulette")],
                          ", ".join(["block floor"] * 4)),
    "essential.test": ([], ", ".join(["allow essential"] * 4)),
}


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    return Gateway(tmp_path_factory.mktemp("explain"), **OPTIONS)


@pytest.mark.parametrize("target", EXPLAINED)
def test_explain(explained, target):
    entries, verdicts = EXPLAINED[target]
    answer, = explained.rows("explain", target)
    found = [(f'{entry["list"]}:{entry["line"]}', *(entry[key] for key in ("role", "category", "kind", "text")))
             for entry in answer["entries"]]
    assert sorted(found, key=str) == sorted(entries, key=str)
    assert answer["essential"] == (target == "essential.test")
    told = {(verdict["group"], verdict["period"]): verdict for verdict in answer["verdicts"]}
    assert ", ".join(f'{told[key]["action"]} {told[key]["reason"]}' for key in PERIODS) == verdicts
    # A tester that can disagree with the gateway is a defect.
    for (group, period), at in PERIODS.items():
        judged, = check(explained.policy_file, target, group=group, at=at)
        assert (judged["period"] or "") == period
        assert {key: judged[key] for key in ("action", "reason", "rule")} == {
            key: told[group, period][key] for key in ("action", "reason", "rule")}
    text = explained.command("explain", target).splitlines()
    assert text[0] == target and len(text) == 1 + (len(entries) or 1) + len(told) + answer["essential"]
    for where, _, category, _, line in entries:
        assert [each for each in text if each.startswith(f"  {where}  {category or ''}") and each.endswith(f"  {line}")]


def test_explain_of_what_is_no_target(explained):
    answer, other = explained.rows("explain", "a b", "play.test", code=1)
    assert answer == {"target": "a b", "error": "is neither a URL nor a host"} and len(other["entries"]) == 1


def test_recategorise_moves_a_host_but_never_out_of_the_floor(start_gateway):
    gateway = start_gateway(**{**OPTIONS, "hosts": HOSTS + "127.0.0.1 casino.test\n"})
    assert [is_blocked(gateway, host) for host in ("moved.test", "casino.test", "play.test")] == [False, True, True]
    gateway.replace("lists/recategorise/news/domains", "casino.test\n")
    gateway.reload()
    assert is_blocked(gateway, "moved.test") and is_blocked(gateway, "casino.test")
    # And into what is blocked.
    gateway.replace("lists/recategorise/games/domains", "one.test\n")
    gateway.reload()
    assert is_blocked(gateway, "one.test")
