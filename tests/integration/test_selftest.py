"""The filter tests itself: as each group, through its own listener; a miss is told, and nobody is recorded for it."""

import json
import re

import pytest

from support import tls_proxy
from support.centre import HOSTS, LISTS, POLICY, PERIODS
from support.command import run
from support.peer import connect, get
from support.wait import until

CANARY = "{}.canary.breakwater.test"
EXTRA = '[[selftest]]\nhost = "other.test"\nexpect = "allow"\n'
RECIPIENTS = "".join(f'[[recipient]]\nname = "{role}"\nrole = "{role}"\nemail = "{role}@example.org"\n'
                     for role in ("dsl", "it", "governance"))


def policy(*, rules="", more=EXTRA):
    text = POLICY.format(periods=PERIODS, floor='"gambling", "extremism"', grace="1s", rules=rules)
    return text + more


@pytest.fixture
def start(start_gateway):
    def start(*, rules="", more=EXTRA, **options):
        return start_gateway(policy=policy(rules=rules, more=more), lists=options.pop("lists", LISTS), hosts=HOSTS, **options)
    return start


def selftest(gateway, *words, code=0):
    result = run("selftest", "--state", gateway.state, "--json", *words)
    assert result.returncode == code, result.stdout + result.stderr
    return json.loads(result.stdout)


def sheet(gateway, name="sheet.html"):
    out = gateway.folder / name
    result = run("selftest", "sheet", "--state", gateway.state, "--policy", gateway.policy_file, "--out", out)
    assert result.returncode == 0, result.stderr
    return out


def note(gateway, *words, code=0):
    result = run("selftest", "note", "--state", gateway.state, "--by", "B. Lead", "--action", "told IT", *words)
    assert result.returncode == code, result.stdout + result.stderr
    return result


def cases(gateway):
    return run("episode", "list", "--state", gateway.state, "--json").stdout.splitlines()


def test_every_group_every_way_and_nobody_is_recorded(start):
    gateway = start()
    result = selftest(gateway, "--by", "A. Tester")
    assert result["passed"] and result["recorded"] and result["by"].startswith("A. Tester (account ")
    checks = result["checks"]
    for category in ("terrorism", "child-abuse", "gambling", "extremism", "self-harm"):
        canary, = [check for check in checks if check["category"] == category and check["kind"] == "canary"]
        assert canary["host"] == CANARY.format(category) and canary["groups"] == ["learners", "staff"]
        entries = [check for check in checks if check["category"] == category and check["kind"] == "list entry"]
        assert len(entries) == (category != "child-abuse") and not any("host" in entry for entry in entries)
    assert {check["host"]: check["expect"] for check in checks if not check["category"]} == {
        "essential.test": "allow", "other.test": "allow"}
    pages = {check["host"]: check.get("gap") for check in checks if check["kind"] == "test page"}
    assert "not in force" in pages["iwf.testfiltering.com"] and "not in force" in pages["ctiru.testfiltering.com"]
    assert result["probes"] == sum(len(check["groups"]) * (2 if check["expect"] == "allow" else 3) for check in checks)
    lines = gateway.log_lines(result["probes"])
    assert {line["client"] for line in lines} == {"self-test"} and {line["group"] for line in lines} == {"learners", "staff"}
    assert gateway.attempts() == [] and cases(gateway) == []
    assert run("verify", "--state", gateway.state).returncode == 0


EVERY_DOOR = {**tls_proxy.SETTINGS, "intercept.http": ["127.0.0.1:0"], "intercept.tls": ["127.0.0.1:0"], "intercept.mark": 0}


@pytest.fixture
def start_with_every_door(start, tmp_path):
    certificate = tls_proxy.make_certificate(tmp_path)
    return lambda **options: start(settings=EVERY_DOOR, files=certificate, **options)


def test_every_door_is_asked(start_with_every_door):
    gateway = start_with_every_door()
    result = selftest(gateway)
    assert result["passed"] and result["doors"] == ["proxy", "proxy by TLS", "intercepted HTTP", "intercepted HTTPS"]
    asked = sum(len(check["groups"]) * (2 if check["expect"] == "allow" else 3) for check in result["checks"])
    names = sum(len(check["groups"]) for check in result["checks"])
    assert result["probes"] == 2 * asked + 2 * names
    lines = gateway.log_lines(result["probes"])
    assert {line["client"] for line in lines} == {"self-test"}
    assert sum(line.get("door") == "intercepted" for line in lines) == 2 * names
    status = json.loads(run("status", "--state", gateway.state, "--json").stdout)
    assert {status["counters"].get(name, 0) for name in ("requests", "intercepted", "intercept_loops")} == {0}
    assert gateway.attempts() == [] and cases(gateway) == []
    assert "proxy, proxy by TLS, intercepted HTTP, intercepted HTTPS" in sheet(gateway).read_text()


def test_a_miss_names_the_doors(start_with_every_door):
    gateway = start_with_every_door(rules=LET_THROUGH)
    for check in selftest(gateway, code=1)["checks"]:
        assert check["passed"] or [miss["ways"] for miss in check["misses"]] == [
            "HTTP, HTTPS, HTTPS by its server name, HTTP within TLS, HTTPS within TLS, HTTPS by its server name within TLS, "
            "intercepted HTTP, intercepted HTTPS"]


def test_no_client_of_an_intercepted_door_can_pass_for_a_self_test(start_with_every_door):
    """It is on this machine, as the self-test is, and was on its way to nobody: a loop."""
    gateway = start_with_every_door()
    stdout = (gateway.folder / "stdout").read_text()
    port = int(re.search(r"listening on 127\.0\.0\.1:(\d+) for intercepted HTTP", stdout)[1])
    with connect(port) as client:
        client.send("GET / HTTP/1.1\r\nHost: essential.test\r\nSelf-Test: staff\r\n\r\n")
        assert client.take_rest() == b""
    assert [line["reason"] for line in gateway.log_lines(client="127.0.0.1")] == ["loop"]


def test_what_is_watched_is_recorded_of_people_alone(start_gateway):
    watched = policy(more='[safeguarding]\nmonitor = ["games"]\n').replace('self-harm = "warning"', 'self-harm = "warning"\ngames = "notice"')
    gateway = start_gateway(policy=watched, lists=LISTS, hosts=HOSTS)
    games = [check for check in selftest(gateway)["checks"] if check["category"] == "games"]
    assert {check["seen"] for check in games} == {"let through for some"}
    with gateway.connect() as client:
        assert client.send(get("http://terror.test/")).response().status == 403
    until(gateway.attempts, "an attempt is recorded")
    assert len(gateway.attempts()) == 1


def test_one_group_alone_and_one_that_is_not_there(start):
    gateway = start()
    assert {group for check in selftest(gateway, "--group", "staff")["checks"] for group in check["groups"]} == {"staff"}
    assert 'there is no group "nobody"' in run("selftest", "--state", gateway.state, "--group", "nobody").stderr


def test_nothing_is_dialled_for_what_is_allowed(start_gateway, dns):
    server = dns({"essential.test": ["127.0.0.1"]})
    gateway = start_gateway(policy=policy(), lists=LISTS, hosts="", settings={"dns.servers": [server.server]})
    assert selftest(gateway)["passed"]
    assert {line["status"] for line in gateway.log_lines(host="essential.test", method="GET")} == {204}
    assert server.asked == []
    with gateway.connect() as client:
        client.send(get("http://essential.test/")).response()
    assert server.asked, "a client's request asks for the name"


LET_THROUGH = '[[rule]]\nname = "opened by mistake"\ngroups = ["staff"]\nallow = ["self-harm"]\n'


def test_a_miss_is_told_once_to_those_who_must_know(start, mail_server):
    server = mail_server()
    gateway = start(rules=LET_THROUGH, more=EXTRA + RECIPIENTS, settings=server.settings())
    result = selftest(gateway, code=1)
    missed = [check for check in result["checks"] if not check["passed"]]
    assert {check["category"] for check in missed} == {"self-harm"} and len(missed) == 2  # canary, and the list's entry
    for check in missed:
        only, = check["misses"]
        assert only["group"] == "staff" and only["why"].startswith('LET THROUGH (rule "opened by mistake"')
        assert 'Change the rule "opened by mistake" for staff' in only["action"]
    gateway.wait_for_stderr("self-harm, canary: staff: LET THROUGH")
    for role in ("dsl", "it"):
        mail, = server.wait_for(role)
        assert "THE FILTER HAS FAILED A TEST" in mail["Subject"] and result["run"] in mail["Subject"]
        text = mail.get_content()
        assert "self-harm, canary" in text and "selfharm.test" not in text
    until(lambda: not list((gateway.state / "outbox").glob("*.letter")), "all is sent")
    assert server.mails("governance") == [] and gateway.attempts() == []

    shown = run("selftest", "--state", gateway.state)
    assert shown.returncode == 1 and "What to do: Change the rule" in shown.stdout
    text = sheet(gateway).read_text()
    assert "None is written down" in text and "LET THROUGH" in text
    note(gateway)
    note(gateway, "--run", result["run"])
    text = sheet(gateway).read_text()
    assert text.count("told IT (B. Lead)") == 2 and "None is written down" not in text


OWN_TIME = '[log]\nprivate_use = "counts"\nprivate_periods = ["break"]\n'
WATCHED = '[safeguarding]\nmonitor = ["self-harm"]\n'


def test_what_it_asks_for_counts_for_nobody(start):
    """Also where the policy watches what it lets through, and counts what people do in their breaks."""
    gateway = start(clock="2026-11-23T10:35", rules=LET_THROUGH, more=EXTRA + OWN_TIME + WATCHED)
    gateway.log_lines(selftest(gateway)["probes"])
    status = json.loads(run("status", "--state", gateway.state, "--json").stdout)
    counted = {name: status["counters"].get(name, 0) for name in ("requests", "allowed", "blocked", "of_accounts")}
    assert set(counted.values()) == {0}, counted
    assert status["lists"]["lists"] == len(LISTS)
    assert gateway.stop() == 0
    assert gateway.attempts() == [] and cases(gateway) == []
    assert [line for line in gateway.log_now() if "event" in line] == []


def test_what_takes_a_canary_out_is_a_miss(start):
    lists = {**LISTS, "allow/domains": CANARY.format("self-harm") + "\n"}
    gateway = start(lists=lists)
    result = selftest(gateway, code=1)
    check, = [check for check in result["checks"] if not check["passed"]]
    assert (check["kind"], check["category"]) == ("canary", "self-harm")
    assert {miss["group"] for miss in check["misses"]} == {"learners", "staff"}
    assert "breakwater lists find " + CANARY.format("self-harm") in check["misses"][0]["action"]


def test_the_policy_may_want_otherwise(start):
    wanted = '[[selftest]]\ncategory = "self-harm"\nexpect = "allow"\ngroups = ["staff"]\n'
    gateway = start(rules=LET_THROUGH, more=wanted)
    result = selftest(gateway)
    assert {tuple(check["groups"]): check["expect"] for check in result["checks"]
            if (check["kind"], check["category"]) == ("canary", "self-harm")} == {("learners",): "block", ("staff",): "allow"}


def test_an_essential_host_that_does_not_open_is_a_miss(start):
    gateway = start(more='[[selftest]]\nhost = "games.test"\nexpect = "allow"\ngroups = ["learners"]\n')
    check, = [check for check in selftest(gateway, code=1)["checks"] if not check["passed"]]
    assert check["host"] == "games.test" and check["misses"][0]["why"].startswith('BLOCKED (rule "work in sessions"')


@pytest.mark.parametrize("clock, runs", [("2026-11-23T07:29:57", True), ("2026-11-28T07:29:57", False)])
def test_the_schedule_keeps_to_working_days(start, clock, runs):
    gateway = start(clock=clock, settings={"selftest.at": None})
    if runs:
        gateway.wait_for_stderr("self-test S-")
        until(lambda: "the filter itself, as scheduled" in sheet(gateway).read_text(), "it is on record")
    else:
        with gateway.connect() as client:  # a Saturday; the clock has gone by when this bell has rung
            until(lambda: time_of(gateway, client) >= "07:30:02", "the time has come and gone")
        assert "self-test S-" not in gateway.stderr()


def test_a_schedule_that_was_missed_is_made_up_once(start):
    gateway = start(clock="2026-11-23T07:00:00", settings={"selftest.at": None})
    for clock, seen in (("2026-11-23T09:00:00", 1), ("2026-11-23T10:00:00", 1), ("2026-11-24T09:00:00", 2)):
        assert gateway.stop() == 0
        gateway.clock = clock
        gateway.start()
        selftest(gateway, "--group", "staff")  # comes after the one that is made up
        assert gateway.stderr().count("while no gateway ran is made up") == seen, clock
        assert sheet(gateway).read_text().count("since it was off at the scheduled time") >= seen


def test_a_new_gateway_has_missed_nothing(start):
    gateway = start(clock="2026-11-23T09:00:00", settings={"selftest.at": None})
    selftest(gateway, "--group", "staff")
    assert "made up" not in gateway.stderr()


def time_of(gateway, client):
    count = len(gateway.log_now())
    client.send(get("http://gambling.test/")).response()
    return gateway.log_lines(count + 1)[-1]["time"][11:19]


def test_a_change_of_the_policy_is_tested(start):
    gateway = start(settings={"selftest.after_change": "100ms"})
    gateway.reload()
    gateway.replace("policy.toml", policy(rules=LET_THROUGH))
    gateway.wait_for_stderr("2 MISSED")
    assert "the filter itself, after a change of lists or policy" in sheet(gateway).read_text()


def test_no_client_can_pass_for_a_self_test(start):
    gateway = start()
    with gateway.connect() as client:
        assert client.send(get("http://terror.test/", "Self-Test: staff", "User-Agent: self-test")).response().status == 403
    until(lambda: len(gateway.attempts()) == 1, "it is an attempt as any other")
    assert gateway.log_lines()[0]["client"] == "127.0.0.1"


def test_clients_are_themselves_while_the_test_runs(start):
    gateway = start()
    begun = 0
    with gateway.connect() as client:
        for _ in range(20):
            result = selftest(gateway)
            assert result["passed"]
            assert client.send(get("http://terror.test/")).response().status == 403
            begun += 1
    until(lambda: len(gateway.attempts()) == begun, "each is an attempt")


def test_without_a_gateway_it_says_so(start):
    gateway = start()
    gateway.stop()
    result = run("selftest", "--state", gateway.state)
    assert result.returncode == 3 and "could not be done: no gateway answers" in result.stderr
    assert "could not be done" in sheet(gateway).read_text()
    gateway.child = None
    note(gateway, "--run", "S-00000-00000", code=1)


def test_the_sheet_is_a_pdf(start):
    gateway = start()
    selftest(gateway)
    assert sheet(gateway, "sheet.pdf").read_bytes().startswith(b"%PDF-")
