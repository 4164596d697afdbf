"""`breakwater lists add|remove|find` on the local lists of a policy, and a gateway that takes them up."""
import json
import subprocess

import pytest

from support.command import check, run, write_centre
from support.gateway import BINARY, LISTS, POLICY
from support.peer import get
from support.wait import until


@pytest.fixture
def policy(tmp_path):
    return write_centre(tmp_path, POLICY, LISTS)


def lists(policy, *arguments, code=0):
    result = run("lists", *arguments, "--policy", policy)
    assert result.returncode == code, result.stderr
    return (result.stderr if code else result.stdout).rstrip("\n").replace(f"{policy.parent}/", "")


def test_an_entry_comes_changes_and_goes(policy):
    file = policy.parent / "lists/games/domains"
    assert lists(policy, "add", "games", "new.test") == "added lists/games/domains:2: new.test"
    assert check(policy, "http://www.new.test/")[0]["action"] == "block"
    assert lists(policy, "add", "games", "NEW.test") == "already there: lists/games/domains:2: new.test"
    assert lists(policy, "add", "games", "new.test", "--reason", "noise") == (
        "changed lists/games/domains:2: new.test  # noise")
    assert lists(policy, "find", "a.new.test") == "lists/games/domains:2: new.test  # noise"
    assert lists(policy, "add", "allow", "new.test", "--until", "2030-12-18", "--reason", "lesson on media") == (
        "added lists/allow/domains:1: new.test  # until 2030-12-18, lesson on media")
    found = run("lists", "find", "--json", "http://new.test/", "--policy", policy)
    assert [json.loads(line) for line in found.stdout.splitlines()] == [
        {"file": f"{policy.parent}/lists/allow/domains", "line": 1,
         "text": "new.test  # until 2030-12-18, lesson on media"},
        {"file": str(file), "line": 2, "text": "new.test  # noise"}]
    assert lists(policy, "remove", "games", "new.test") == "removed lists/games/domains:2: new.test  # noise"
    assert file.read_text() == LISTS["games/domains"]


def test_kinds_of_entries(policy):
    lists(policy, "add", "games", "example.test/play")
    lists(policy, "add", "games", "--expression", "(chess|go)[0-9]+")
    lists(policy, "add", "games", "--keyword", "Łamigłówka logiczna")
    assert [target["list"] for target in check(
        policy, "http://example.test/play/1", "http://x.test/chess7",
        "http://x.test/a/%C5%81amig%C5%82%c3%b3wka-logiczna.html")] == [
            "local/games/urls", "local/games/expressions", "local/games/keywords"]


@pytest.mark.parametrize("arguments, code, message", [
    (("add", "games", "com"), 1, "would cover a whole"),
    (("add", "gamse", "x.test"), 1, 'no category "gamse"; did you mean "games"? (--new-category makes one)'),
    (("add", "../games", "x.test"), 1, "is not the name of a category"),
    (("add", "games", "x.test", "--until", "18/12/2026"), 2, '--until "18/12/2026" is no date, as 2026-12-18'),
    (("add", "games", "x.test", "--reason", "a\nb"), 1, "the reason has a control character"),
    (("remove", "games", "bloked.test"), 1, '"bloked.test" is not in games; near it: blocked.test'),
    (("find", "nowhere.test"), 1, 'no local list has "nowhere.test"'),
    (("find", "a b"), 2, "is no host and no URL"),
])
def test_what_is_refused_changes_nothing(policy, arguments, code, message):
    assert message in lists(policy, *arguments, code=code)
    assert {name: (policy.parent / "lists" / name).read_text() for name in LISTS} == LISTS


def test_a_policy_without_local_lists(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.replace('local = "lists"', ""))
    assert "[lists] local names no folder" in lists(policy, "add", "games", "x.test", code=2)
    assert "no such file" in lists(tmp_path / "none.toml", "add", "games", "x.test", code=2).lower()


def test_many_at_once_lose_nothing(policy):
    commands = [[BINARY, "lists", "add", "games", f"n{number}.test", "--policy", policy] for number in range(12)]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    assert [each.wait(60) for each in running] == [0] * 12
    lines = (policy.parent / "lists/games/domains").read_text().splitlines()
    assert sorted(lines[1:]) == sorted(f"n{number}.test" for number in range(12))


def test_a_running_gateway_takes_an_edit_up(gateway):
    def status():
        with gateway.connect() as client:
            return client.send(get("http://www.allowed.test:1/")).response().status
    assert status() == 502
    assert run("lists", "add", "games", "allowed.test", "--policy", gateway.policy_file).returncode == 0
    until(lambda: status() == 403, "the edit to be in force")
    assert run("lists", "remove", "games", "allowed.test", "--policy", gateway.policy_file).returncode == 0
    until(lambda: status() == 502, "the edit to be taken back")
