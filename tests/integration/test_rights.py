"""How long things are kept, who has looked at whom, and what somebody is told about their own data."""

import json
import os
import re
import sqlite3
import subprocess

import pytest

from support.centre import centre
from support.gateway import BINARY
from support.passes import grant
from support.peer import get
from support.portal import TEXTS, accept, acceptance
from support.wait import until

BREAK = "2026-11-23T10:35"
BY = ("--by", "A. Lead", "--reason", "she asked")
PASSPHRASE = "correct horse battery staple"


def run(*words, code=0, give=None):
    result = subprocess.run([str(word) for word in (BINARY, *words)], input=give, capture_output=True, text=True,
                            timeout=120)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout if code == 0 else result.stderr


def status(gateway, request, **options):
    with gateway.connect(**options) as client:
        return client.send(request).response().status


def rows(gateway, *words):
    return [json.loads(line) for line in run(*words, "--state", gateway.state, "--json").splitlines()]


def deletions(gateway):
    return {each["why"]: each["count"] for each in rows(gateway, "accesses") if each["what"] == "deletion"}


# ---- retention ------------------------------------------------------------------------------------------------------


def test_what_the_policy_sets_no_time_for_is_told(start_gateway):
    made = centre()
    gateway = start_gateway(**made)
    assert "[retention] of the policy sets no time for: names, attempts, episodes, access_log, acceptances, reviews, " \
           "passes, identity" in gateway.stderr()
    gateway = start_gateway(**{**made, "policy": made["policy"] + '[retention]\nnames = "9d"\naccess_log = "9d"\n'})
    assert "sets no time for: attempts, episodes, acceptances, reviews, passes, identity;" in gateway.stderr()


def test_files_go_when_they_are_old_and_leave_receipts(start_gateway):
    made = centre()
    policy = made["policy"] + acceptance()
    gateway = start_gateway(**{**made, "policy": policy, "files": {**made.get("files", {}), **TEXTS},
                               "clock": "2026-01-12T10:00"})
    accept(gateway)
    assert status(gateway, get("http://social.test/")) == 403
    grant(gateway, "--category", "social-media")
    assert gateway.stop() == 0
    (gateway.state / "identity").mkdir(exist_ok=True)
    (gateway.state / "identity/now.json").write_text("{}")
    os.utime(gateway.state / "identity/now.json", (1, 1))
    assert len(rows(gateway, "acceptances")) == 1 and (gateway.state / "passes.log").read_text()
    times = '[retention]\naccess_log = "30d"\nacceptances = "30d"\npasses = "30d"\nreviews = "30d"\nidentity = "30d"\n'
    gateway.policy_file.write_text(policy + times)
    gateway.clock = "2026-01-20T10:00"
    gateway.start()
    until(lambda: "retention: identity after 30d" in deletions(gateway), "what is left of identities to go")
    assert len(rows(gateway, "acceptances")) == 1, "eight days are not thirty"
    assert gateway.log_now() == [], "a log of eight days is a file of its own"
    assert (gateway.state / "access.log.1").exists()
    assert gateway.stop() == 0
    gateway.clock = "2026-03-02T10:00"
    gateway.start()
    gone = {f"retention: {name} after 30d" for name in ("access_log", "acceptances", "passes", "identity")}
    until(lambda: set(deletions(gateway)) == gone, lambda: f"all receipts: {deletions(gateway)}")
    assert rows(gateway, "acceptances") == [] and not (gateway.state / "access.log.1").exists()
    assert (gateway.state / "passes.log").read_text() == "" and not (gateway.state / "identity/now.json").exists()
    assert "every record is as it was written" in run("verify", "--state", gateway.state)


# ---- private use ----------------------------------------------------------------------------------------------------


@pytest.fixture
def counting(start_gateway):
    made = centre()
    return start_gateway(**{**made, "clock": BREAK, "policy": made["policy"] +
                            '[log]\nprivate_use = "counts"\nprivate_periods = ["break"]\n'})


def test_a_break_leaves_counts_alone(counting):
    gateway = counting
    for _ in range(4):
        assert status(gateway, get("http://social.test:1/")) == 502
    assert status(gateway, get("http://other.test:1/")) == 502
    assert status(gateway, get("http://games.test/")) == 403, "what is blocked has its line"
    assert status(gateway, get("http://terror.test/")) == 403
    assert status(gateway, get("http://social.test:1/"), source="127.1.0.1") == 502, "staff have no breaks"
    gateway.log_lines(3)
    assert gateway.stop() == 0
    lines = gateway.log_now()
    counts = [line for line in lines if line.get("event") == "private_use"]
    assert [(each["group"], each["period"], each["categories"]) for each in counts] == [
        ("learners", "break", {"social-media": 4, "uncategorised": "<3"})]
    assert [(line["host"], line["action"]) for line in lines if "host" in line] == [
        ("games.test", "block"), ("terror.test", "block"), ("social.test", "allow")]
    assert "other.test" not in (gateway.state / "access.log").read_text()


def test_a_session_has_its_lines(counting):
    gateway = counting
    assert gateway.stop() == 0
    gateway.clock = "2026-11-23T10:00"
    gateway.start()
    assert status(gateway, get("http://allowed.test:1/")) == 502
    assert gateway.log_lines(1, host="allowed.test")[0]["period"] == "session"


def test_an_episode_in_a_break_knows_the_hour_around_it(counting):
    """The ring in memory has it; nothing else does until there is an episode, and then for its recipients alone."""
    gateway = counting
    assert status(gateway, get("http://social.test:1/")) == 502
    assert status(gateway, get("http://terror.test/")) == 403
    until(lambda: rows(gateway, "episode", "list"), "the episode")
    reference = rows(gateway, "episode", "list")[0]["reference"]

    def hosts():
        shown, = [json.loads(line) for line in run("episode", "show", reference, "--state", gateway.state, "--json",
                                                   "--names", *BY).splitlines()]
        return {visit["host"] for visit in shown["names"]["context"]}
    assert "social.test" in until(hosts, "the hosts around it")
    assert "social.test" not in (gateway.state / "access.log").read_text()


# ---- names at rest --------------------------------------------------------------------------------------------------


def test_files_of_an_earlier_version_lose_their_names_once(start_gateway):
    made = centre()
    gateway = start_gateway(**{**made, "policy": made["policy"] + acceptance(),
                               "files": {**made.get("files", {}), **TEXTS}})
    assert gateway.stop() == 0
    old = {"time": "2026-11-23T09:00:00Z", "person": "address:127.0.0.1", "version": "2026-09", "address": "127.0.0.1",
           "device": "", "user": "", "group": "learners", "language": "cy"}
    review = {"time": "2026-11-23T09:00:00Z", "kind": "review", "reference": "R", "person": "user:ann",
              "address": "127.0.0.1", "device": "Laptop 7", "group": "learners", "host": "a.test", "text": "please"}
    use = {"time": "2026-11-23T09:00:00Z", "event": "use", "pass": "P", "client": "127.0.0.1"}
    files = {"portal/acceptances.log": old, "portal/reviews.log": review, "passes.log": use}
    for name, line in files.items():
        (gateway.state / name).write_text("junk\n" + json.dumps(line) + "\n")
    gateway.start()
    for name in files:
        text = (gateway.state / name).read_text()
        assert text.startswith("junk\n") and not re.search(r"127\.0\.0\.1|user:ann|Laptop", text), text
        assert f"{name}: 1 lines name nobody any more" in gateway.stderr()
    assert status(gateway, get("http://allowed.test:1/")) == 502, "the acceptance still counts"
    assert gateway.stop() == 0
    before = {name: (gateway.state / name).read_bytes() for name in files}
    gateway.start()
    assert before == {name: (gateway.state / name).read_bytes() for name in files}


# ---- who looked -----------------------------------------------------------------------------------------------------


@pytest.fixture
def with_episode(start_gateway, tmp_path):
    """A gateway with an episode that is sealed to a lead's key: the gateway, the reference, and what opens names."""
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    run("keys", "new", "--out", tmp_path / "lead.key", "--name", "Jane Doe", "--passphrase-file", tmp_path / "passphrase")
    made = centre()
    policy = made["policy"] + '[[recipient]]\nname = "Jane Doe"\nrole = "dsl"\nemail = "d@centre.test"\nkey = "lead.pub"\n'
    gateway = start_gateway(**{**made, "policy": policy, "files": {
        **made.get("files", {}), "lead.pub": (tmp_path / "lead.key.pub").read_text()}})
    assert status(gateway, get("http://terror.test/SecretPath")) == 403
    until(lambda: rows(gateway, "episode", "list"), "the episode")
    reference = rows(gateway, "episode", "list")[0]["reference"]
    return gateway, reference, ("--key", tmp_path / "lead.key", "--passphrase-file", tmp_path / "passphrase")


def test_every_command_that_opens_names_records_it_first(with_episode, tmp_path):
    gateway, reference, key = with_episode
    policy, state = ("--policy", gateway.policy_file), ("--state", gateway.state)
    commands = {
        "attempts": (("attempts", *state), ("--names", *key)),
        "show": (("episode", "show", reference, *state), ("--names", *key)),
        "export": (("episode", "export", reference, *state, "--csv", tmp_path / "e.csv"), ("--names", *key)),
        "report": (("report", *policy, *state, "--from", "2026-11-23", "--to", "2026-11-23", "--out", tmp_path / "r.html"),
                   ("--names", *key)),
        "accesses": (("accesses", *state), ("--names", *key)),
        "subject access export": (("subject", "export", *policy, *state, "--address", "127.0.0.1", "--out", tmp_path / "s"),
                                  key),
    }
    for what, (command, names) in commands.items():
        before = [each for each in rows(gateway, "accesses") if each["what"] == what]
        assert "--by and --reason" in run(*command, *names, code=2), what
        assert [each for each in rows(gateway, "accesses") if each["what"] == what] == before, "nothing was opened"
        run(*command, *names, *BY)
        after = [each for each in rows(gateway, "accesses") if each["what"] == what]
        assert len(after) == len(before) + 1, what
        assert (after[-1]["by"], after[-1]["why"]) == ("A. Lead", "sealed")
        # Where that cannot be recorded, nothing is opened.
        database = sqlite3.connect(gateway.state / "attempts.db", isolation_level=None, timeout=20)
        database.execute("BEGIN IMMEDIATE")
        try:
            assert "SecretPath" not in run(*command, *names, *BY, code=2), what
        finally:
            database.execute("ROLLBACK")
            database.close()
    # Every command that can open names is one of these, or needs a bundle whose export was recorded.
    helps = {name: run(*name.split(), "--help") for name in (
        "attempts", "episode list", "episode show", "episode decide", "episode hold", "episode export", "report", "verify",
        "accesses", "alerts list", "acceptances", "reviews", "quota", "who", "subject export", "subject erase", "unseal")}
    assert {name for name, text in helps.items() if re.search(r"--(names|key)\b", text)} == {
        "accesses", "attempts", "episode show", "episode export", "report", "subject export", "unseal"}


def test_a_machine_that_opens_names_itself_records_that_too(start_gateway):
    gateway = start_gateway(**centre())
    assert status(gateway, get("http://terror.test/")) == 403
    attempt, = gateway.attempts()
    assert attempt["host"] == "terror.test"
    look, = [each for each in rows(gateway, "accesses") if each["what"] == "attempts"]
    assert look["by"] == f"local account {os.getuid()}"
    database = sqlite3.connect(gateway.state / "attempts.db", isolation_level=None, timeout=20)
    database.execute("BEGIN IMMEDIATE")
    try:
        attempt, = gateway.attempts(complaint="the access cannot be recorded, so no name is opened\n")
        assert attempt["host"] is None
    finally:
        database.execute("ROLLBACK")
        database.close()


def test_words_of_decisions_are_sealed(with_episode):
    gateway, reference, key = with_episode
    run("episode", "decide", reference, "referred", "--outcome", "SecretOutcome", "--by", "A. Lead", "--reason",
        "SecretWords", "--state", gateway.state)
    kept = b"".join(file.read_bytes() for file in gateway.state.glob("attempts.db*"))
    assert b"SecretWords" not in kept and b"SecretOutcome" not in kept
    closed = run("episode", "show", reference, "--state", gateway.state)
    assert "Secret" not in closed and re.search(r"reason\s+sealed", closed)
    opened = run("episode", "show", reference, "--state", gateway.state, "--names", *key, *BY)
    assert "SecretWords" in opened and "SecretOutcome" in opened


def test_reasons_of_looks_and_of_holds_are_sealed(with_episode):
    gateway, reference, key = with_episode
    secret = ("--by", "A. Lead", "--reason", "SecretReason")
    run("episode", "hold", reference, *secret, "--state", gateway.state)
    run("episode", "show", reference, "--state", gateway.state, "--names", *key, *secret)
    run("subject", "erase", "--address", "127.0.0.9", *secret, "--state", gateway.state)
    kept = b"".join(file.read_bytes() for file in gateway.state.glob("attempts.db*"))
    assert b"SecretReason" not in kept
    assert {each["why"] for each in rows(gateway, "accesses") if each["by"]} == {"sealed"}
    opened = rows(gateway, "accesses", "--names", *key, *BY)
    assert [each["why"] for each in opened if each["by"]][:2] == ["SecretReason", "SecretReason"]
    assert "SecretReason" not in run("episode", "show", reference, "--state", gateway.state)
    assert "SecretReason" in run("episode", "show", reference, "--state", gateway.state, "--names", *key, *BY)


def test_accesses_are_shown_and_written(with_episode, tmp_path):
    gateway, reference, key = with_episode
    run("episode", "show", reference, "--state", gateway.state, "--names", *key, *BY)
    look, = [each for each in rows(gateway, "accesses") if each["what"] == "show"]
    assert look["reference"] == reference and look["subject"].startswith("P-")
    assert rows(gateway, "accesses", "--until", "2020-01-01") == []
    assert rows(gateway, "accesses", "--since", "1h")[-1] == look
    assert "are times" in run("accesses", "--state", gateway.state, "--since", "soon", code=2)
    for name, mark in (("a.html", b"<html"), ("a.pdf", b"%PDF-"), ("a.csv", b"record,time,what")):
        run("accesses", "--state", gateway.state, "--out", tmp_path / name, "--timezone", "Europe/London", "--names", *key, *BY)
        content = (tmp_path / name).read_bytes()
        assert mark in content[:200] and b"127.0.0.1" not in content
        assert name == "a.pdf" or (reference.encode() in content and b"she asked" in content)


# ---- subject access -------------------------------------------------------------------------------------------------


def test_somebody_is_told_what_is_held_of_them(with_episode, tmp_path):
    gateway, reference, key = with_episode
    assert status(gateway, get("http://games.test/")) == 403
    assert status(gateway, get("http://games.test/"), source="127.0.0.2") == 403
    gateway.log_lines(2, host="games.test")
    run("episode", "decide", reference, "under review", "--by", "A. Lead", "--reason", "Bob said so", "--state", gateway.state)
    command = ("subject", "export", "--policy", gateway.policy_file, "--state", gateway.state, "--address", "127.0.0.1")
    run(*command, "--out", tmp_path / "closed", *BY)
    run(*command, "--out", tmp_path / "open", *BY, *key)
    held = {}
    for name in ("closed", "open"):
        text = (tmp_path / name / "subject.json").read_text()
        assert "127.0.0.2" not in text and "Bob" not in text and "A. Lead" not in text and "Jane" not in text
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700
        held[name] = {each["what"]: each for each in json.loads(text)["held"]}
        page = (tmp_path / name / "subject.html").read_text()
        for title, each in held[name].items():
            assert title in page and each["purpose"] and each["kept"]
    assert "SecretPath" not in (tmp_path / "closed/subject.json").read_text()
    attempt, = held["open"]["Recorded attempts"]["items"]
    assert attempt["names"]["url"] == "http://terror.test/SecretPath"
    assert held["closed"]["Recorded attempts"]["items"][0]["sealed"] == "sealed to other keys than this one"
    assert [each["host"] for each in held["open"]["Access log"]["items"]] == ["(withheld)", "games.test"]
    assert {each["kind"] for each in held["open"]["Episodes and what was done about them"]["items"]} >= {
        "episode", "decision"}
    run(*command, "--device", "Laptop 7", "--out", tmp_path / "two", *BY, code=2)
    run("subject", "export", "--policy", gateway.policy_file, "--state", gateway.state, "--out", tmp_path / "x", *BY, code=2)
    assert not (tmp_path / "two").exists()


def test_what_is_no_evidence_can_be_erased(start_gateway):
    made = centre()
    gateway = start_gateway(**{**made, "policy": made["policy"] + acceptance(),
                               "files": {**made.get("files", {}), **TEXTS}})
    accept(gateway)
    accept(gateway, source="127.0.0.2")
    assert status(gateway, get("http://terror.test/")) == 403
    erase = ("subject", "erase", "--state", gateway.state, "--address", "127.0.0.1")
    assert "--by and --reason" in run(*erase, code=2)
    told = run(*erase, *BY)
    assert "acceptances: 1 lines deleted" in told and "Kept: attempts, episodes" in told
    with gateway.connect() as client:
        assert client.send(get("http://allowed.test:1/")).response().status == 302, "the acceptance counts no longer"
    left, = rows(gateway, "acceptances")
    assert rows(gateway, "acceptances", "--person", "127.0.0.2") == [left]
    asked, receipt, of_log = [each for each in rows(gateway, "accesses") if "erasure" in each["what"] + each["why"]]
    assert of_log["why"].startswith("erasure: access log of ")
    assert (asked["by"], asked["what"]) == ("A. Lead", "erasure")
    assert receipt["why"] == f"erasure: acceptances of {asked['subject']}" and receipt["count"] == 1
    assert len(gateway.attempts()) == 1
    assert "every record is as it was written" in run("verify", "--state", gateway.state)


def log_files(gateway):
    return {file.name: file.read_bytes().splitlines() for file in gateway.state.glob("access.log*")}


def test_lines_of_the_access_log_are_erased_beside_the_gateway(start_gateway):
    gateway = start_gateway(**centre())
    for _ in range(3):
        for source in ("127.0.0.1", "127.0.0.2"):
            assert status(gateway, get("http://games.test/"), source=source) == 403
    gateway.log_lines(6)
    others = [line for line in log_files(gateway)["access.log"] if b'"client":"127.0.0.2"' in line]
    erase = ("subject", "erase", "--state", gateway.state, "--address", "127.0.0.1", *BY)
    assert "access log: 3 lines deleted" in run(*erase)
    assert log_files(gateway) == {"access.log": [], "access.log.1": others}, "the others are byte for byte as they were"
    receipt, = [each for each in rows(gateway, "accesses") if "access log of" in each["why"]]
    assert receipt["count"] == 3 and receipt["why"].startswith("erasure: access log of P-")
    assert status(gateway, get("http://games.test/"), source="127.0.0.1") == 403
    gateway.log_lines(1, client="127.0.0.1")
    assert gateway.stop() == 0
    assert "access log: 1 lines deleted" in run(*erase), "where no gateway writes, its last file is rewritten itself"
    assert sum(log_files(gateway).values(), []) == others
    gateway.start()
    assert status(gateway, get("http://games.test/"), source="127.0.0.2") == 403
    gateway.log_lines(1, client="127.0.0.2")


def test_lines_of_whom_an_episode_is_held_stay(with_episode):
    gateway, reference, _ = with_episode
    assert status(gateway, get("http://games.test/")) == 403
    gateway.log_lines(1, host="games.test")
    erase = ("subject", "erase", "--state", gateway.state, "--address", "127.0.0.1", *BY)
    run("episode", "hold", reference, *BY, "--state", gateway.state)
    assert f"access log: kept, since episode {reference} is held as evidence" in run(*erase)
    assert any(line["client"] == "127.0.0.1" for line in map(json.loads, sum(log_files(gateway).values(), [])))
    run("episode", "hold", reference, "--off", *BY, "--state", gateway.state)
    assert re.search("access log: [12] lines deleted", run(*erase))


def test_a_log_that_cannot_be_set_aside_is_told(start_gateway):
    """The gateway cannot be asked, and writes to the file: its lines are not taken away under its hands."""
    gateway = start_gateway(**centre())
    assert status(gateway, get("http://games.test/")) == 403
    gateway.log_lines(1)
    (gateway.state / "control").unlink()
    told = run("subject", "erase", "--state", gateway.state, "--address", "127.0.0.1", *BY, code=2)
    assert "a gateway writes to it, and has not set it aside" in told
    assert len(log_files(gateway)["access.log"]) == 1
