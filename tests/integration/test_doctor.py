"""`breakwater doctor`: one broken installation a check."""

import json
import socket
import subprocess

import pytest

from support.command import run
from support.gateway import Gateway
from support.process import free_port


@pytest.fixture
def patient(tmp_path, dns):
    """A gateway's files, without a gateway; `see` gives what doctor says by check."""
    return Patient(tmp_path, dns({"www.gov.uk": ["192.0.2.1"]}))


class Patient:
    def __init__(self, folder, server):
        self.settings = {"dns.servers": [server.server], "dns.timeout": "2s", "dns.hosts": None,
                         "proxy.listen": [f"127.0.0.1:{free_port()}"]}
        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir(mode=0o700)

    def see(self, check, **settings):
        """The findings of a check, the worst of them first, and the exit code."""
        files = Gateway(self.folder, settings={**self.settings, **settings}, state=self.state)
        result = run("doctor", "--json", "--policy", files.policy_file, "--config", files.settings_file, "--state",
                     self.state)
        findings = [json.loads(line) for line in result.stdout.splitlines()]
        assert result.stderr == "" and {"settings", "clock", "modes", "disk", "gateway", "ports", "dns", "records",
                                        "backup"} <= {each["check"] for each in findings}
        assert all(each["grade"] == "ok" or each["mend"] or each["check"] == "clock" for each in findings), findings
        worst = {"ok": 0, "warning": 1, "fault": 2}
        assert result.returncode == max(worst[each["grade"]] for each in findings)
        mine = [each for each in findings if each["check"] == check]
        return sorted(mine, key=lambda each: -worst[each["grade"]])


def expect(findings, grade, text):
    assert findings and findings[0]["grade"] == grade and text in findings[0]["what"], findings


@pytest.mark.parametrize("check", ["settings", "policy", "lists", "certificate", "disk", "modes", "ports", "dns", "smtp", "central", "balancers", "feeds", "records"])
def test_what_is_well_is_said_to_be(patient, check):
    assert {each["grade"] for each in patient.see(check)} == {"ok"}


def test_a_mistake_in_the_settings(patient):
    expect(patient.see("settings", **{"proxy.threads": 1000}), "fault", "proxy.threads: 1000 is out of bounds")


def test_a_mistake_in_the_policy(patient, tmp_path):
    patient.see("policy")
    (tmp_path / "broken.toml").write_text('[centre]\nname = "x"\nnonsense = 1\n')
    result = run("doctor", "--json", "--policy", tmp_path / "broken.toml", "--state", patient.state, "--config",
                 patient.folder / "breakwater.toml")
    assert result.returncode == 2 and "nonsense" in result.stdout


def test_nobody_is_told(patient):
    expect(patient.see("recipients"), "warning", "nobody is told of an attempt")


def test_a_certificate_that_ends_soon(patient, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=x", "-days", "5", "-keyout",
                    tmp_path / "tls.key", "-out", tmp_path / "tls.pem"], check=True, capture_output=True)
    tls = {"proxy.tls.listen": [f"127.0.0.1:{free_port()}"], "proxy.tls.key": "tls.key"}
    expect(patient.see("certificate", **tls, **{"proxy.tls.certificate": "tls.pem"}), "warning", "tls.pem ends in")
    expect(patient.see("certificate", **tls, **{"proxy.tls.certificate": "none.pem"}), "fault", "no certificate can be read")


def test_files_that_others_may_read(patient):
    patient.state.chmod(0o755)
    expect(patient.see("modes"), "fault", "mode 755")
    patient.state.chmod(0o700)
    (patient.state / "keys").mkdir(mode=0o700)
    (patient.state / "keys/chain.key").write_text("x")
    (patient.state / "keys/chain.key").chmod(0o644)
    found = patient.see("modes")
    expect(found, "fault", "chain.key: mode 644")
    assert found[0]["mend"].startswith("chmod 600 ")


def test_a_port_that_somebody_else_has(patient):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        expect(patient.see("ports", **{"proxy.listen": [f"127.0.0.1:{port}"]}), "fault", f"127.0.0.1:{port}: ")


def test_a_silent_resolver(patient):
    expect(patient.see("dns", **{"dns.servers": [f"127.0.0.1:{free_port()}"], "dns.timeout": "200ms"}), "fault", "no answer of")


def test_a_mail_server(patient, mail_server):
    expect(patient.see("smtp", **{"smtp.url": f"smtp://127.0.0.1:{free_port()}", "smtp.from": "a@example.org"}), "fault", "smtp://")
    server = mail_server()
    assert patient.see("smtp", **server.settings())[0]["grade"] == "ok"
    expect(patient.see("smtp", **{**server.settings(), "smtp.ca": None}), "fault", "smtp://localhost")


def test_a_feed_that_is_old(patient):
    folder = patient.state / "feeds/ut1"
    folder.mkdir(parents=True)
    expect(patient.see("feeds"), "fault", "ut1 has never come")


def test_damaged_records(patient):
    (patient.state / "attempts.db").write_bytes(b"SQLite format 3\0" + bytes(4096))
    expect(patient.see("records"), "fault", "attempts.db")


def test_a_gateway_that_runs(start_gateway, dns):
    gateway = start_gateway(settings={"dns.servers": [dns({"www.gov.uk": ["192.0.2.1"]}).server]})
    settings = gateway.folder / "doctor.toml"
    settings.write_text(f'proxy.listen = ["127.0.0.1:{gateway.port}"]\n')
    result = run("doctor", "--policy", gateway.policy_file, "--config", settings, "--state", gateway.state)
    assert "runs and is well" in result.stdout and f"127.0.0.1:{gateway.port}: the gateway listens" in result.stdout
    gateway.stop()
    result = run("doctor", "--policy", gateway.policy_file, "--config", settings, "--state", gateway.state)
    assert "no gateway answers" in result.stdout and f"127.0.0.1:{gateway.port}: free" in result.stdout


def test_a_central_store_that_does_not_answer(patient):
    where = f"host=127.0.0.1 port={free_port()} dbname=breakwater user=gateway"
    expect(patient.see("central", **{"store.central": where}), "fault", "Connection refused")


def test_a_balancer_that_is_a_whole_network(patient):
    expect(patient.see("balancers", **{"proxy.balancers": ["192.0.2.2/32", "192.0.2.0/24"]}), "warning",
           "192.0.2.0/24: whoever is in this network may say who a client is")
