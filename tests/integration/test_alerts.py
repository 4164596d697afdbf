"""E-mail about episodes, through a real mail server: one an episode, without a name, whatever happens on the way."""

import json
import re
import subprocess
import time

import pytest

from support.centre import LISTS, centre, policy
from support.disk import small_disk
from support.gateway import BINARY
from support.peer import get
from support.process import closed_port
from support.smtp import certificate
from support.wait import until

SECRETS = ("extremism.test", "/join", "127.0.0.1")


def recipient(role="dsl", email=None, more=""):
    email = email or f"{role}@example.org"
    return f'[[recipient]]\nname = "{role} {email}"\nrole = "{role}"\nemail = "{email}"\n{more}\n'


def told(*recipients):
    return policy(floor=("gambling", "extremism", "malware")).replace('self-harm = "warning"', 'self-harm = "warning"\nmalware = "notice"') + "".join(recipients)


@pytest.fixture
def start(start_gateway, mail_server):
    """start(RECIPIENT...) gives a gateway and its mail server."""
    def start(*recipients, server=None, settings=None, files=(), state=None, **options):
        server = server or mail_server(**options)
        lists = {**LISTS, "malware/domains": "# malware\ninfected.test\n"}
        hosts = centre()["hosts"] + "127.0.0.1 infected.test\n"
        chosen = {**server.settings(), **(settings or {})}
        return start_gateway(policy=told(*(recipients or [recipient()])), lists=lists, hosts=hosts, settings=chosen,
                             files=files, state=state), server
    return start


def ask(gateway, host="extremism.test", path="/join"):
    with gateway.connect() as client:
        return client.send(get(f"http://{host}{path}")).response().status


def test_fifty_one_attempts_are_one_message_that_names_nobody(start):
    gateway, server = start()
    for number in range(51):
        assert ask(gateway, path=f"/join{number}") == 403
    mail = server.wait_for("dsl")[0]
    text = mail.get_content()
    assert re.fullmatch(r"\[Breakwater\] DANGER: terrorism and extremism \(E-[0-9A-Z]{5}-[0-9A-Z]{5}\)", mail["Subject"])
    assert "Who: P-" in text and "What is not known: " in text and "breakwater episode show E-" in text
    for secret in SECRETS:
        assert secret not in text and secret not in mail["Subject"]
    # The end and a new beginning, and more attempts of the same person: still one.
    until(lambda: not waiting(gateway), "it is known to be sent")
    gateway.child.kill()
    gateway.child.wait()
    gateway.start()
    assert ask(gateway) == 403
    time.sleep(2)
    assert len(server.mails("dsl")) == 1
    assert not waiting(gateway)


def waiting(gateway):
    return list((gateway.state / "outbox").glob("*.letter"))


def test_mail_that_waits_survives_an_outage_and_a_kill(start):
    gateway, server = start(settings={"smtp.timeout": "1s"})
    server.stop()
    assert ask(gateway) == 403
    gateway.wait_for_stderr("was not sent (try 1)")
    row = rows(gateway)[0]
    assert row["recipient"] == "dsl dsl@example.org" and row["severity"] == "danger" and row["error"]
    gateway.child.kill()
    gateway.child.wait()
    server.start()
    gateway.start()
    assert len(server.wait_for("dsl")) == 1
    time.sleep(1)
    assert len(server.mails("dsl")) == 1 and not rows(gateway)


def test_what_was_recorded_and_not_told_before_an_end_is_told_after_it(start_gateway, start):
    gateway = start_gateway(policy=told(), lists=LISTS)
    assert ask(gateway) == 403
    until(lambda: cases(gateway), "an episode is recorded")
    gateway.child.kill()
    gateway.child.wait()
    gateway.child = None
    _, server = start(state=gateway.state)
    mail = server.wait_for("dsl")[0]
    assert cases(gateway)[0]["reference"] in mail["Subject"]


def cases(gateway):
    return listed(gateway, "episode")


def rows(gateway):
    return listed(gateway, "alerts")


def listed(gateway, what):
    command = [BINARY, what, "list", "--state", gateway.state, "--json"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return [json.loads(line) for line in out.splitlines()]


def test_a_clock_that_goes_back_sends_no_second_message(start):
    gateway, server = start()
    assert ask(gateway) == 403
    assert len(server.wait_for("dsl")) == 1
    until(lambda: not waiting(gateway), "it is known to be sent")
    assert gateway.stop() == 0
    gateway.clock = "2026-11-21T10:00"
    gateway.start()
    for number in range(3):
        assert ask(gateway, path=f"/back{number}") == 403
    until(lambda: cases(gateway)[0]["episode"]["attempts"] >= 4, lambda: f"the same episode: {cases(gateway)}")
    case, = cases(gateway)
    assert case["episode"]["first"] < case["episode"]["last"]
    assert len(server.mails("dsl")) == 1 and not waiting(gateway)


def test_one_that_is_refused_does_not_hold_up_the_others(start):
    gateway, server = start(recipient(email="refused@example.org"), recipient(email="busy@example.org"), recipient())
    assert ask(gateway) == 403
    assert server.wait_for("dsl")
    gateway.wait_for_stderr("e-mail to dsl refused@example.org about E-")
    gateway.wait_for_stderr("is given up: RCPT failed: 550")
    assert [row["to"] for row in rows(gateway)] == ["busy@example.org"]


def test_a_slow_server_slows_nobody_else(start):
    gateway, server = start(settings={"smtp.timeout": "3s", "smtp.retry": "10s"}, delay=5)
    begin = time.monotonic()
    assert ask(gateway) == 403
    assert time.monotonic() - begin < 3
    gateway.wait_for_stderr("was not sent (try 1)")
    server.stop()
    assert not server.mails("dsl")


def test_without_starttls_nothing_is_sent_unless_that_is_said(start, start_gateway, mail_server):
    server = mail_server(tls=False, auth=False)
    no_user = {"smtp.user": "", "smtp.password_file": ""}
    gateway, _ = start(server=server, settings=no_user)
    assert ask(gateway) == 403
    gateway.wait_for_stderr("the server offers no STARTTLS")
    assert not server.mails("dsl")
    gateway, _ = start(server=server, settings={**no_user, "smtp.tls": "none"})
    assert ask(gateway) == 403
    assert server.wait_for("dsl")


def test_with_a_certificate_the_whole_report_comes_encrypted(start, tmp_path):
    pem, key = certificate(tmp_path, "dsl", usage="emailProtection", stem="dsl")
    gateway, server = start(recipient(more='certificate = "dsl.pem"'), files={"dsl.pem": pem.read_text()})
    assert ask(gateway) == 403
    mail = server.wait_for("dsl")[0]
    assert mail.get_content_type() == "application/pkcs7-mime"
    der = tmp_path / "mail.der"
    der.write_bytes(mail.get_payload(decode=True))
    text = subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-in", der, "-inkey", key, "-recip", pem],
                          capture_output=True, text=True, check=True).stdout
    assert "extremism.test" in text and "/join" in text and "Address: 127.0.0.1" in text


def test_a_certificate_that_cannot_be_used_is_told_and_the_plain_message_comes(start, tmp_path):
    pem, _ = certificate(tmp_path, "dsl", key="rsa:1024", usage="emailProtection", stem="dsl")
    gateway, server = start(recipient(more='certificate = "dsl.pem"'), files={"dsl.pem": pem.read_text()})
    gateway.wait_for_stderr("is not used: its key is too weak (1024 bits); messages come plain and without names")
    assert ask(gateway) == 403
    assert "extremism.test" not in server.wait_for("dsl")[0].get_content()


def test_an_incident_goes_to_its_posts_and_is_acknowledged(start):
    gateway, server = start(recipient(), recipient("governance"), recipient("it"),
                            settings={"alerts.least": "notice"})
    assert ask(gateway, "infected.test") == 403
    mail = server.wait_for("governance")[0]
    assert "SECURITY INCIDENT E-" in mail["Subject"] and "60 min left" in mail["Subject"].replace("\n", "")
    assert server.wait_for("it") and not server.mails("dsl")
    reference = re.search(r"E-[0-9A-Z]{5}-[0-9A-Z]{5}", mail["Subject"])[0]

    def acknowledge(what):
        command = [BINARY, "alerts", "acknowledge", what, "--by", "Ann", "--state", gateway.state]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert acknowledge(reference).returncode == 0
    wrong = acknowledge("E-00000-00000")
    assert wrong.returncode == 1 and 'there is no episode "E-00000-00000"' in wrong.stderr


def test_the_test_message_says_what_failed(start):
    gateway, server = start(recipient(), recipient("deputy", "refused@example.org"))

    def test(**settings):
        changed = gateway.settings_file.read_text()
        for name, value in settings.items():
            changed = re.sub(rf"(?m)^smtp\.{name} = .*$", f"smtp.{name} = {json.dumps(value)}", changed)
        file = gateway.folder / "other.toml"
        file.write_text(changed)
        command = [BINARY, "alerts", "test", "--policy", gateway.policy_file, "--config", file]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert result.returncode == 1
        return result.stdout + result.stderr

    text = test()
    assert "dsl dsl@example.org <dsl@example.org>: sent\n" in text
    assert "<refused@example.org>: not sent: RCPT failed: 550" in text
    assert "Test message" in server.wait_for("dsl")[0]["Subject"]
    assert "see smtp.user" in test(user="somebody")
    assert "smtp.ca the authority" in test(ca="/etc/ssl/certs/ca-certificates.crt")
    assert "cannot be read" in test(password_file="/nowhere")
    assert "smtp.url names no mail server" in test(url="")
    with closed_port() as port:
        assert "see smtp.url" in test(url=f"smtp://localhost:{port}")


def test_passwords_are_in_no_output(start):
    gateway, server = start(settings={"smtp.user": "somebody"})
    assert ask(gateway) == 403
    gateway.wait_for_stderr("(see smtp.user and smtp.password_file)")
    assert "a pass word" not in gateway.stderr()


def test_a_disk_that_fills_is_told_to_it_once(start, tmp_path):
    with small_disk(tmp_path / "disk", "8m") as disk:
        gateway, server = start(recipient(), recipient("it"), state=disk / "state")
        try:
            mail, = server.wait_for("it")
            assert mail["Subject"] == "[Breakwater] The disk of the web filter is almost full"
            assert re.search(r"Left on its disk: [0-7] MiB\.", mail.get_content())
            until(lambda: not waiting(gateway), "it is known to be sent")
            assert gateway.stop() == 0
            gateway.start()
            assert ask(gateway) == 403 and "DANGER" in server.wait_for("dsl")[0]["Subject"]
            assert len(server.mails("it")) == 1
        finally:
            gateway.stop()
