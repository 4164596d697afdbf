"""`breakwater precheck`: what of a lesson would fail, and which pass would open it."""

import json

import pytest

from support.centre import LISTS, policy
from support.command import check, run, write_centre

SESSION = "2026-11-23T10:00"
BOTH = {**LISTS, "chat/domains": "both.test\n", "games/domains": "games.test\nboth.test\nalso.games.example\n"}
RULES = '[[rule]]\nname = "no chat"\nblock = ["chat"]\n'


@pytest.fixture
def policy_file(tmp_path):
    return write_centre(tmp_path, policy(rules=RULES), BOTH)


def precheck(policy_file, text, *words, at=SESSION, code=1, json_lines=True,
             group="learners"):
    lesson = policy_file.parent / "lesson"
    lesson.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = run("precheck", "--policy", policy_file, "--group", group, "--at", at,
                 *(["--json"] if json_lines else []), *words, lesson)
    assert result.returncode == code, result.stdout + result.stderr
    if code == 2:
        return result.stderr.replace(str(lesson), "LESSON")
    return [json.loads(line) for line in result.stdout.splitlines()] if json_lines else result.stdout


@pytest.mark.parametrize("target, ok, opens", [
    ("allowed.test", True, None), ("essential.test", True, None),
    ("social.test", False, {"category": "social-media"}), ("https://www.games.test/x", False, {"category": "games"}),
    ("http://games.test/x", False, {"category": "games"}),
    ("both.test", False, {"host": "both.test"}),  # one category alone is not enough
    ("gambling.test", False, None), ("terror.test", False, None), ("selfharm.test", False, {"category": "self-harm"}),
    ("192.0.2.1", False, None), ("allowed.test:8443", False, None), ("bad host", False, None)])
def test_each_site_and_the_pass_that_opens_it(policy_file, target, ok, opens):
    answer, = precheck(policy_file, f"# the lesson\n\n  {target}\r\n", code=0 if ok else 1)
    assert (answer["target"], answer["ok"], answer.get("pass")) == (target, ok, opens)
    told, = check(policy_file, target, at=SESSION, group="learners")
    assert {key: answer[key] for key in ("action", "reason", "categories", "rule", "period")} == {
        key: told[key] for key in ("action", "reason", "categories", "rule", "period")}


def test_the_bell_at_which_the_answer_changes(policy_file):
    lesson = "social.test\nallowed.test\n"
    social, allowed = precheck(policy_file, lesson, "--until", "2026-11-23T11:00")
    assert [(each["at"], each["action"]) for each in social["changes"]] == [
        ("2026-11-23T10:30:00+00:00", "allow"), ("2026-11-23T10:45:00+00:00", "block")]
    assert (social["action"], social["ok"], allowed["ok"], allowed["changes"]) == ("block", False, True, [])
    # It opens with the break, and a lesson within it is well.
    assert precheck(policy_file, lesson, "--until", "2026-11-23T10:45", at="2026-11-23T10:30", code=0)[0]["ok"]
    late, _ = precheck(policy_file, lesson, "--until", "2026-11-23T10:46", at="2026-11-23T10:30")
    assert (late["action"], late["ok"], late["pass"]) == ("allow", False, {"category": "social-media"})


def test_the_text_says_the_same(policy_file):
    assert precheck(policy_file, "allowed.test\nsocial.test\ngambling.test\n", "--until", "2026-11-23T10:35",
                    json_lines=False).splitlines() == [
        "allow  allowed.test: default",
        'block  social.test: rule "work in sessions"; social-media; from 2026-11-23T10:30:00+00:00 allow: '
        'rule "breaks are yours"; social-media; a pass would open it: --category social-media',
        "block  gambling.test: floor; gambling; no pass opens it",
        "2 of 3 would fail"]


def entry(url, kind=None, mime="text/html"):
    value = {"request": {"url": url, "headers": [{"name": "url", "value": "http://not-this.test/"}]},
             "response": {"content": {"mimeType": mime, "text": '{"url":"http://nor-this.test/"}'}}}
    return {**value, "_resourceType": kind} if kind else value


def har(*entries):
    return json.dumps({"log": {"version": "1.2", "pages": [{"request": {"url": "http://no.test/"}}],
                               "entries": entries}})


def test_the_hosts_of_a_har_file(policy_file):
    answers = precheck(policy_file, har(
        entry("https://allowed.test/", "document"), entry("https://allowed.test/app.js", "script"),
        entry("https://SOCIAL.test/like.png", mime="image/png"), entry("data:text/html,hello"),
        entry("wss://games.test/live"), entry("https://allowed.test/again.js", "script"),
        entry("https://social.test/code", "<made up>", mime="text/javascript; charset=utf-8"),
        entry("http://bad host/")))
    assert [(each["target"], each["requests"], each["as"], each["ok"]) for each in answers] == [
        ("allowed.test", 3, ["document", "script"], True), ("social.test", 2, ["image", "script"], False),
        ("games.test", 1, ["document"], False), ("http://bad host/", 1, ["document"], False)]


@pytest.mark.parametrize("text, message", [
    ("", "LESSON names no site"), ("# nothing\n", "LESSON names no site"), (har(), "LESSON names no site"),
    ("{}", "LESSON is JSON without log.entries, so no HAR file"), ("{", "LESSON is no JSON from byte 2 on"),
    (har(entry("http://a.test/"))[:-3], "LESSON is no JSON from byte "),
    ('{"log":' + "[" * 100 + "]" * 100 + "}", "LESSON is nested deeper than 64 levels"),
    ('{"log":' + '{"a":' * 1_000_000, "LESSON is nested deeper than 64 levels"),
    ("".join(f"host{number}.test\n" for number in range(10_001)), "LESSON names more than 10000 sites"),
    (b" " * (64 << 20) + b"x", "LESSON is larger than 64 MiB")], ids=range(10))
def test_what_is_no_lesson(policy_file, text, message):
    assert precheck(policy_file, text, code=2).startswith(f"breakwater: {message}")


def test_what_cannot_be_asked(policy_file):
    assert 'no group "nobody"' in precheck(policy_file, "a.test", group="nobody", code=2)
    assert '--at "now" is no civil time' in precheck(policy_file, "a.test", at="now", code=2)
    assert "--until is not after --at" in precheck(policy_file, "a.test", "--until", SESSION, code=2)
    result = run("precheck", "--policy", policy_file, "--group", "learners", "--at", SESSION, "/no/such/file")
    assert (result.returncode, result.stderr) == (2, "breakwater: /no/such/file: cannot be read\n")


def test_standard_input(policy_file):
    result = run("precheck", "--policy", policy_file, "--group", "staff", "--at", SESSION, "-", text="social.test\n")
    assert (result.returncode, result.stdout) == (0, "allow  social.test: default; social-media\n0 of 1 would fail\n")
