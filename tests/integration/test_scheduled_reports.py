"""Reports that the gateway sends by itself: each once, on working days, naming nobody, through a real mail server."""

import email
import email.policy
import re
import shutil
import subprocess

import pytest

from support.command import run
from support.peer import get
from support.smtp import certificate
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
LISTS = {"terrorism/domains": "terror.test\n"}
FRIDAY, MONDAY, THURSDAY = "2026-11-20T15:00", "2026-11-23T07:30", "2026-11-26T07:31"
SECRETS = ("terror.test", "/join", "127.0.0.1", "P-")


def recipient(role, more=""):
    return f'[[recipient]]\nname = "The {role}"\nrole = "{role}"\nemail = "{role}@example.org"\n{more}\n'


@pytest.fixture
def centre(start_gateway, mail_server):
    """centre(SCHEDULE, RECIPIENT...) gives a gateway on a Friday that has recorded an episode, and its mail server."""
    def start(schedule, *recipients, files=()):
        server = mail_server()
        gateway = start_gateway(policy=POLICY + f"[reports]\n{schedule}\n" + "".join(recipients), lists=LISTS, files=files,
                                hosts="127.0.0.1 terror.test\n", settings=server.settings(), clock=FRIDAY)
        with gateway.connect() as client:
            assert client.send(get("http://terror.test/join")).response().status == 403
        until(lambda: run("episode", "list", "--state", gateway.state).stdout, "an episode")
        return gateway, server
    return start


def go_on(gateway, clock, kill=False):
    """The gateway ends, and starts again at another time."""
    if kill:
        gateway.child.kill()
        gateway.child.wait()
    else:
        assert gateway.stop() == 0
    gateway.clock = clock
    gateway.start()


def reports(server, name):
    return [mail for mail in server.mails(name) if "report" in mail["Subject"] or "opened names" in mail["Subject"]]


def wait_for_reports(server, name, count):
    return until(lambda: len(reports(server, name)) >= count and reports(server, name), lambda: f"reports: {server.log()}")


def waiting(gateway):
    return list((gateway.state / "outbox").glob("*.letter"))


def test_each_day_has_one_and_what_was_missed_comes_with_the_next(centre):
    gateway, server = centre('daily = ["dsl"]', recipient("dsl"))
    go_on(gateway, MONDAY)
    mail, = wait_for_reports(server, "dsl", 1)
    assert mail["Subject"] == "[Breakwater] Safeguarding report, 2026-11-20 to 2026-11-22"
    text = mail.get_content().replace(" \n", " ")
    assert "there was 1 episode of attempts to reach content of concern, by 1 person" in text
    assert "- Terrorism and extremism: 1 danger" in text
    assert "breakwater report --for dsl --from 2026-11-20 --to 2026-11-22" in text
    words = text.partition("Newest signed head")[0]  # whose letters are by chance
    assert not [secret for secret in SECRETS if secret in words]
    until(lambda: not waiting(gateway), "it is known to be sent")
    go_on(gateway, "2026-11-23T12:00", kill=True)  # the same is due: it is not sent again
    go_on(gateway, THURSDAY)
    _, missed = wait_for_reports(server, "dsl", 2)
    assert missed["Subject"] == "[Breakwater] Safeguarding report, 2026-11-23 to 2026-11-25"
    assert "no attempt to reach content of concern was recorded" in missed.get_content()
    # The head in the mail proves the records that came before it.
    file = gateway.folder / "mail.eml"
    file.write_bytes(mail.as_bytes())
    assert run("verify", "--state", gateway.state, "--head", file).returncode == 0


def test_who_gets_what(centre):
    gateway, server = centre('weekly = ["it"]\nmonthly = ["governance", "dpo"]', *map(recipient, ("it", "governance", "dpo")))
    go_on(gateway, "2026-12-01T07:30")
    subjects = {name: wait_for_reports(server, name, 1)[0] for name in ("it", "governance", "dpo")}
    assert subjects["it"]["Subject"].endswith("2026-11-23 to 2026-11-29")
    assert subjects["governance"]["Subject"].endswith("2026-11-01 to 2026-11-30")
    assert "Who opened names, 2026-11-01 to 2026-11-30" in subjects["dpo"]["Subject"].replace("\n", "")
    assert "nobody opened a name" in subjects["dpo"].get_content().replace(" \n", " ")
    assert not server.mails("dsl")


def test_with_a_certificate_the_report_comes_encrypted(centre, tmp_path):
    pem, key = certificate(tmp_path, "dsl", usage="emailProtection", stem="dsl")
    gateway, server = centre('daily = ["dsl"]', recipient("dsl", 'certificate = "dsl.pem"'),
                             files={"dsl.pem": pem.read_text()})
    go_on(gateway, MONDAY)
    mail = wait_for_reports(server, "dsl", 1)[0]
    assert mail.get_content_type() == "application/pkcs7-mime"
    der = tmp_path / "mail.der"
    der.write_bytes(mail.get_payload(decode=True))
    inner = subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-in", der, "-inkey", key, "-recip", pem],
                           capture_output=True, check=True).stdout
    text, attached = email.message_from_bytes(inner, policy=email.policy.default).iter_parts()
    assert "The report is attached" in text.get_content() and "--out report.pdf" not in text.get_content()
    assert attached.get_filename() == "report-dsl-2026-11-20-to-2026-11-22.pdf"
    pdf = attached.get_content()
    assert pdf.startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        words = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        assert re.search(r"E-[0-9A-Z]{5}-[0-9A-Z]{5}", words) and "bwh1." in words
        assert "filter left no figures" in " ".join(words.split())
        assert not [secret for secret in SECRETS[:3] if secret in words]


def test_a_report_may_be_mailed_now(centre):
    gateway, server = centre("", recipient("dsl"))
    words = ("report", "--state", gateway.state, "--policy", gateway.policy_file, "--config", gateway.settings_file,
             "--from", "2026-11-20", "--to", "2026-11-20", "--mail")
    sent = run(*words, "The dsl")
    assert sent.stdout == "The dsl <dsl@example.org>: sent without the report\n", sent.stderr
    assert "Safeguarding report, 2026-11-20" in wait_for_reports(server, "dsl", 1)[0]["Subject"]
    assert 'the policy has no [[recipient]] "Nobody"' in run(*words, "Nobody").stderr
    assert "--out FILE or --mail RECIPIENT" in run(*words, "The dsl", "--out", "x.pdf").stderr


def test_what_the_gateway_did_is_recorded_at_its_end(centre):
    gateway, server = centre("", recipient("dsl"))
    server.wait_for("dsl")
    until(lambda: not waiting(gateway), "it is known to be sent")
    go_on(gateway, MONDAY)
    assert gateway.stop() == 0
    out = gateway.folder / "report.html"
    made = run("report", "--state", gateway.state, "--policy", gateway.policy_file, "--from", "2026-11-20", "--to",
               "2026-11-22", "--out", out)
    assert made.returncode == 0, made.stderr
    text = out.read_text()
    assert "The filter judged 1 request or connection and stopped 1 of them." in text
    assert "by the network alone for 100%" in text
    assert "E-mail to dsl: sent" in text
    gateway.child = None
