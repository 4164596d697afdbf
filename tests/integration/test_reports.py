"""From an attempt to a decision and a report: cases are worked on, names open only with a reason that is recorded."""

import csv
import json
import shutil
import subprocess

import pytest

from support.command import run
from support.peer import get
from support.wait import until

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
[concern]
terrorism = "danger"
"""
CENTRE = {"policy": POLICY, "lists": {"terrorism/domains": "terror.test\n"}, "hosts": "127.0.0.1 terror.test\n"}
BY = ("--by", "A. Lead", "--reason", "alerted")
ADDRESS = "127.0.0.1"
SECRETS = ("terror.test", ADDRESS)
DAYS = ("--from", "2026-11-23", "--to", "2026-11-23")  # the gateway of the tests lives in it


@pytest.fixture
def gateway(start_gateway):
    gateway = start_gateway(**CENTRE)
    with gateway.connect(source=ADDRESS) as client:
        assert client.send(get("http://terror.test/join")).response().status == 403
    until(lambda: cases(gateway), "an episode")
    return gateway


def command(*words, code=0):
    result = run(*words)
    assert result.returncode == code, result.stdout + result.stderr
    return result


def episode(gateway, action, *words, code=0):
    return command("episode", action, "--state", gateway.state, *words, code=code)


def cases(gateway):
    result = episode(gateway, "list", "--json")
    return [json.loads(line) for line in result.stdout.splitlines()]


def shown(gateway, *words):
    reference = cases(gateway)[0]["reference"]
    return json.loads(episode(gateway, "show", reference, *words, "--json").stdout)


def report(gateway, name, *words, code=0, days=None):
    file = gateway.folder / name
    result = command("report", "--state", gateway.state, "--policy", gateway.policy_file, *(days or DAYS), "--out", file,
                     *words, code=code)
    return file if code == 0 else result.stderr


def test_a_case_from_new_to_closed(gateway):
    case = cases(gateway)[0]
    reference = case["reference"]
    assert (case["state"], case["held"], case["first_look"]) == ("new", False, None)
    assert "referred\" needs an outcome" in episode(gateway, "decide", reference, "referred", *BY, code=1).stderr
    episode(gateway, "decide", reference, "referred", *BY, "--outcome", "Prevent")
    assert "it is referred already" in episode(gateway, "decide", reference, "seen", *BY, code=1).stderr
    episode(gateway, "decide", reference, "no further action", *BY)
    episode(gateway, "hold", reference, *BY)
    case = shown(gateway)
    assert (case["state"], case["held"]) == ("no further action", True)
    assert [(each["state"], each["by"], each["reason"]) for each in case["decisions"]] == [
        ("referred", "A. Lead", "sealed"), ("no further action", "A. Lead", "sealed")]
    assert episode(gateway, "list", "--only", "new").stdout == ""
    assert "there is no episode" in episode(gateway, "show", "E-NONE", code=1).stderr


def test_names_open_only_with_a_reason_and_that_is_recorded(gateway):
    reference = cases(gateway)[0]["reference"]
    sealed = episode(gateway, "show", reference).stdout
    assert not any(secret in sealed for secret in SECRETS)
    assert shown(gateway)["accesses"] == []
    assert "--by and --reason" in episode(gateway, "show", reference, "--names", code=2).stderr
    case = shown(gateway, "--names", *BY)
    assert case["names"]["hosts"] == ["terror.test"]
    assert case["names"]["client"] == ADDRESS
    access, = case["accesses"]
    assert (access["by"], access["what"]) == ("A. Lead", "show")
    assert shown(gateway, "--names", *BY)["accesses"][0]["reason"] == "alerted"
    assert access["subject"] == case["episode"]["pseudonym"]
    assert case["state"] == "seen"


def test_reports_say_who_may_see_what(gateway):
    pseudonym = cases(gateway)[0]["episode"]["pseudonym"]
    for audience, has_pseudonym in (("dsl", True), ("it", True), ("governance", False)):
        for kind in ("html", "csv"):
            text = report(gateway, f"{audience}.{kind}", "--for", audience).read_text()
            assert not any(secret in text for secret in SECRETS), (audience, kind)
            assert (pseudonym in text) == has_pseudonym, (audience, kind)
    assert "only a report for dsl" in report(gateway, "it.html", "--for", "it", "--names", *BY, code=2)
    opened = report(gateway, "opened.html", "--names", *BY)
    assert all(secret in opened.read_text() for secret in SECRETS)
    assert opened.stat().st_mode & 0o777 == 0o600
    assert [each["what"] for each in shown(gateway)["accesses"]] == ["report"]
    assert shown(gateway)["state"] == "new", "a report about all is no look at one"


def test_a_report_carries_the_head_of_the_chain(gateway):
    text = report(gateway, "week.html").read_text()
    assert "bwh1." in text
    command("verify", "--state", gateway.state)


def test_a_report_as_pdf(gateway):
    file = report(gateway, "week.pdf")
    assert file.read_bytes().startswith(b"%PDF-")
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext")
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    assert "What needs you now" in text and "Test centre" in text
    assert "Tagged:          yes" in subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout


def test_an_export_leaves_sealed_or_opened(gateway):
    reference = cases(gateway)[0]["reference"]
    bundle, sheet = gateway.folder / "bundle", gateway.folder / "case.csv"
    assert "--out FILE or --csv FILE" in episode(gateway, "export", reference, *BY, code=2).stderr
    episode(gateway, "export", reference, *BY, "--out", bundle, "--csv", sheet)
    manifest, *rest = bundle.read_text().splitlines()
    assert json.loads(manifest)
    assert len(rest) >= 2
    assert not any(secret in bundle.read_text() + sheet.read_text() for secret in SECRETS)
    episode(gateway, "export", reference, *BY, "--names", "--csv", sheet)
    row, = csv.DictReader(sheet.open(newline=""))
    assert (row["reference"], row["severity"], row["hosts"]) == (reference, "danger", "terror.test")
    assert [each["what"] for each in shown(gateway)["accesses"]] == ["export", "export"]


def test_what_cannot_be_asked_for(gateway):
    assert "--for is one of" in report(gateway, "x.pdf", "--for", "press", code=2)
    assert "--format is one of" in report(gateway, "x.doc", code=2)
    assert "are two days" in report(gateway, "x.pdf", days=("--from", "2026-02-28", "--to", "2026-02-30"), code=2)
    result = command("episode", "show", "E-1", "--names", *BY, "--state", gateway.folder / "none", code=2)
    assert "nothing was recorded here" in result.stderr
