"""Entries that hold until a day, and how soon an edit of a local list is in force."""
import time

import pytest

from support.command import check
from support.gateway import LISTS, POLICY, Gateway
from support.pace import SLOWNESS
from support.peer import get
from support.wait import until

# An hour ahead of UTC in winter: a day that ended by UTC would show.
BERLIN = POLICY.replace("Europe/London", "Europe/Berlin")
FEED = BERLIN.replace("[[group]]", '[[lists.feed]]\nname = "feed"\npath = "feed"\n[[group]]')
DATED = {"games/domains": "# games\nfair.test  # until 2026-12-18, the fair\nnext.test  # until 2026-12-19\n",
         "allow/domains": "open.test  # until 2026-12-18, lesson on games\n",
         "games/expressions": "^puzzle[0-9]+\\.test/  # until 2026-12-18\n"}
HOSTS = "127.0.0.1 fair.test next.test open.test edited.test added.test puzzle1.test early.test\n"
IN_FORCE_WITHIN = 2 * SLOWNESS  # seconds


def is_blocked(gateway, host):
    with gateway.connect() as client:
        return client.send(get(f"http://{host}:1/")).response().status == 403  # nobody listens there: else it is 502


def test_an_entry_ends_at_midnight_of_the_centre(start_gateway):
    gateway = start_gateway(policy=FEED, lists=DATED, files={"feed/games/domains": "open.test\n"}, hosts=HOSTS,
                            clock="2026-12-18T23:59:52")
    names = ("fair.test", "next.test", "open.test", "puzzle1.test")
    before = [is_blocked(gateway, host) for host in names]
    until(lambda: not is_blocked(gateway, "fair.test"), "the day to end")
    assert (before, [is_blocked(gateway, host) for host in names]) == ([True, True, False, True],
                                                                      [False, True, True, False])
    # By the gateway's own clock, which is the one that counts. The first one let through may have begun a moment before.
    first = gateway.log_lines(1, host="fair.test", action="allow")[0]["time"]
    assert "2026-12-18T22:59:59" < first < "2026-12-18T23:00:0%d" % (1 + IN_FORCE_WITHIN)
    expired = {row["list"]: (row["entries"], row["expired"]) for row in gateway.rows("lists")}
    assert expired["local/games/domains"] == (1, 1) and expired["local/allow/domains"] == (0, 1)
    gateway.stop()
    gateway.clock = "2026-12-20T09:00"
    gateway.start()
    assert [is_blocked(gateway, host) for host in names] == [False, False, True, False]


def test_a_tester_of_another_day_knows_what_holds_then(tmp_path):
    centre = Gateway(tmp_path, policy=BERLIN, lists=DATED)
    centre.command("lists", "update")
    for state in ({}, {"state": centre.state}):
        for at, expected in (("2026-12-18T23:59", "block"), ("2026-12-19T00:00", "allow")):
            assert check(centre.policy_file, "fair.test", at=at, **state)[0]["action"] == expected, (at, state)
    assert [row["expired"] for row in centre.rows("lists")] == [0] * 3  # a look changes nothing


@pytest.mark.parametrize("line, word", [
    ("early.test  # until 18/12/2026", "18/12/2026"), ("early.test # until 2026-13-01, fair", "2026-13-01,"),
    ("early.test # until 2026-02-30", "2026-02-30"), ("early.test # until", "until"),
    ("early.test # until tomorrow", "tomorrow")])
@pytest.mark.parametrize("name", ["games", "allow"])
def test_a_malformed_date_is_told_and_its_entry_does_not_count(start_gateway, line, word, name):
    gateway = start_gateway(hosts=HOSTS, lists={**LISTS, f"{name}/domains": f"blocked.test\n{line}\n"})
    assert f'{name}/domains:2:{line.index(word) + 1}: warning: "{word}" is not a date' in gateway.stderr()
    assert not is_blocked(gateway, "early.test")
    row, = [row for row in gateway.rows("lists") if row["list"] == f"local/{name}/domains"]
    assert (row["entries"], row["rejected"]) == (1, 1)



@pytest.mark.parametrize("entries", [1_000, 1_000_000])
def test_an_edit_is_in_force_within_two_seconds(start_gateway, entries):
    feed = "".join(f"host{number}.example\n" for number in range(entries))
    gateway = start_gateway(policy=FEED, hosts=HOSTS, files={"feed/games/domains": feed})

    def by_hand():
        with open(gateway.lists_folder / "games/domains", "a", encoding="utf-8") as file:
            file.write("edited.test  # by hand\n")

    def by_command():
        gateway.command("lists", "add", "games", "added.test", "--until", "2026-12-18")

    for edit, host in ((by_hand, "edited.test"), (by_command, "added.test")):
        assert not is_blocked(gateway, host)
        begin = time.monotonic()
        edit()
        until(lambda: is_blocked(gateway, host), f"{host} to be blocked")
        took = time.monotonic() - begin
        print(f"{edit.__name__} beside {entries} entries: in force after {took:.2f} s")
        assert took < IN_FORCE_WITHIN
