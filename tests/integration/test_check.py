"""`breakwater check`: the verdict with its reason, at any time, for any group; and the live gateway agrees."""

import time

import pytest

from support.centre import LISTS, centre, policy
from support.command import check, run, write_centre
from support.pace import SLOWNESS
from support.peer import get
from support.process import closed_port
from support.tunnel import connect_request

KEYS = ["target", "action", "reason", "categories", "list", "line", "rule", "period", "group", "until", "dial_as"]
SESSION, BREAK, EVENING, SATURDAY = "2026-11-23T10:00", "2026-11-23T10:35", "2026-11-23T20:00", "2026-11-28T10:00"
SOCIAL = ["local/social-media/domains", 3]
AT_WORK = ["block", "rule", ["social-media"], *SOCIAL, "work in sessions", "session", "learners"]
STAFF = ["allow", "default", ["social-media"], None, None, None, None, "staff", None]


def free_in(period):
    return ["allow", "rule", ["social-media"], *SOCIAL, "breaks are yours", period, "learners"]


@pytest.fixture
def policy_file(tmp_path):
    return write_centre(tmp_path, policy(), LISTS)


@pytest.mark.parametrize("target, options, expected", [
    ("social.test", {"at": SESSION}, [*AT_WORK, "2026-11-23T10:30:00+00:00"]),
    ("social.test", {"at": "2026-11-23T10:29:59"}, [*AT_WORK, "2026-11-23T10:30:00+00:00"]),
    ("social.test", {"at": "2026-11-23T10:30:00"}, [*free_in("break"), "2026-11-23T10:45:00+00:00"]),
    ("social.test", {"at": BREAK}, [*free_in("break"), "2026-11-23T10:45:00+00:00"]),
    ("social.test", {"at": EVENING}, [*free_in("closed"), "2026-11-24T09:00:00+00:00"]),
    ("social.test", {"at": SATURDAY}, [*free_in("closed"), "2026-11-30T09:00:00+00:00"]),
    ("social.test", {"at": "2026-07-06T09:30"}, [*AT_WORK, "2026-07-06T10:30:00+01:00"]),
    ("social.test", {"at": SESSION, "address": "10.20.3.4"}, [*AT_WORK, "2026-11-23T10:30:00+00:00"]),
    ("social.test", {"at": SESSION, "address": "127.1.2.3"}, STAFF),
    ("social.test", {"at": SESSION, "group": "staff"}, STAFF),
    ("social.test", {"at": SESSION, "address": "192.0.2.1"},
     ["block", "unknown_client", ["social-media"], None, None, None, None, None, None]),
    ("allowed.test", {"at": SESSION},
     ["allow", "default", [], None, None, None, "session", "learners", "2026-11-23T10:30:00+00:00"]),
    ("gambling.test", {"at": BREAK},
     ["block", "floor", ["gambling"], "local/gambling/domains", 4, None, "break", "learners", None]),
    ("terror.test", {"at": BREAK, "group": "staff"},
     ["block", "floor", ["terrorism"], "local/terrorism/domains", 2, None, None, "staff", None]),
    ("essential.test", {"at": SESSION}, ["allow", "essential", [], None, None, None, "session", "learners", None]),
    ("192.0.2.1", {"at": SESSION}, ["block", "address_literal", [], None, None, None, "session", "learners", None]),
    ("http://127.0.0.1/", {"at": SESSION},
     ["block", "private_destination", [], None, None, None, "session", "learners", None]),
    ("https://allowed.test:8443/", {"at": SESSION},
     ["block", "port", [], None, None, None, "session", "learners", None]),
    ("http://bad host/", {"at": SESSION}, ["block", "malformed", [], None, None, None, "session", "learners", None]),
])
def test_the_verdict(policy_file, target, options, expected):
    answer, = check(policy_file, target, **options)
    assert list(answer) == KEYS
    assert answer == dict(zip(KEYS, [target, *expected, None]))


@pytest.mark.parametrize("target", [
    "SOCIAL.Test", "social.test.", "www.social.test", "deep.down.social.test", "https://social.test",
    "https://user@social.test/", "http://social.test/path?query#fragment", "HTTP://SOCIAL.TEST:8080/",
    "social.test:443", "social.test/path"])
def test_every_way_to_write_a_host(policy_file, target):
    answer, = check(policy_file, target, at=SESSION)
    expected = ("block", "malformed", []) if "@" in target else ("block", "rule", ["social-media"])
    assert (answer["action"], answer["reason"], answer["categories"]) == expected


@pytest.mark.parametrize("target",
                         ["notsocial.test", "social.test.example", "social", "test", "http://allowed.test/social.test"])
def test_what_only_looks_like_it(policy_file, target):
    assert check(policy_file, target, at=SESSION)[0]["categories"] == []


def test_the_text_says_the_same(policy_file):
    result = run("check", "--policy", policy_file, "--at", SESSION, "social.test", "allowed.test")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        'block  social.test: rule "work in sessions"; social-media; local/social-media/domains:3; '
        "learners in session until 2026-11-23T10:30:00+00:00",
        "allow  allowed.test: default; learners in session until 2026-11-23T10:30:00+00:00"]


def test_targets_from_standard_input(policy_file):
    answers = check(policy_file, "allowed.test", "-", "games.test",
                    text="social.test\r\n\ngambling.test\n\xe9\nlast.test", at=SESSION)
    assert [(answer["target"], answer["action"]) for answer in answers] == [
        ("allowed.test", "allow"), ("social.test", "block"), ("gambling.test", "block"),
        ("\xe9", answers[3]["action"]), ("last.test", "allow"),
        ("games.test", "block")]


def test_a_hundred_thousand_targets_in_a_few_seconds(policy_file):
    targets = [f"host{number}.{('allowed', 'social', 'gambling')[number % 3]}.test" for number in range(100_000)]
    begin = time.monotonic()
    answers = check(policy_file, "-", text="\n".join(targets), at=SESSION)
    spent = time.monotonic() - begin
    print(f"100,000 targets in {spent:.1f} s")
    assert [answer["target"] for answer in answers] == targets
    assert [answer["action"] for answer in answers[:3]] == ["allow", "block", "block"]
    assert spent < 10 * SLOWNESS


@pytest.mark.parametrize("arguments, message", [
    (["--at", "now"], '--at "now" is no civil time'), (["--at", "2026-11-23"], "is no civil time"),
    (["--at", "2026-02-30T10:00"], "is no civil time"),
    (["--group", "nobody"], 'no group "nobody"; the policy has: learners staff'),
    (["--address", "300.1.1.1"], '"300.1.1.1" is no IP address')])
def test_what_cannot_be_asked(policy_file, arguments, message):
    result = run("check", "--policy", policy_file, *arguments, "allowed.test")
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr and result.stderr.count("\n") == 1


# ---- the live gateway agrees ----------------------------------------------------------------------------------------

HOSTS_ASKED = ("allowed.test", "www.social.test", "GAMES.test.", "gambling.test", "terror.test", "selfharm.test",
               "essential.test", "extremism.test",
               "127.0.0.9", "10.1.2.3", "[::1]")
MEMBERS = ("action", "reason", "categories", "list", "line", "rule", "period", "group")


@pytest.mark.parametrize("source", ["127.0.0.1", "127.1.0.1", "127.9.0.1"])
@pytest.mark.parametrize("at", [SESSION, BREAK, EVENING, SATURDAY, "2026-07-06T10:40"])
def test_the_live_gateway_agrees_with_check(start_gateway, at, source):
    with closed_port() as port:  # what is allowed is answered 502
        gateway = start_gateway(**centre(clock=at, settings={"proxy.connect.ports": [443, port]}))
        targets, lines, statuses = [], [], []
        for host in HOSTS_ASKED:
            for target, request in ((f"http://{host}:{port}/path", get(f"http://{host}:{port}/path")),
                                    (f"https://{host}:{port}", connect_request(f"{host}:{port}")),
                                    (f"https://{host}:22", connect_request(f"{host}:22"))):
                with gateway.connect(source=source) as client:
                    statuses.append(client.send(request).response().status)
                    lines += gateway.log_lines(len(targets) + 1)[len(targets):]  # of two at once in any order
                targets.append(target)
        answers = check(gateway.policy_file, *targets, config=gateway.folder / "breakwater.toml", address=source, at=at)
        for answer, line, status in zip(answers, lines, statuses, strict=True):
            assert {key: answer[key] for key in MEMBERS} == {key: line.get(key) for key in MEMBERS}, answer["target"]
            assert status == (403 if answer["action"] == "block" else 502), answer["target"]
