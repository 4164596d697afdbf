"""The acceptable-use text: whoever has not accepted it opens essential hosts alone, until they have."""

import json
import re
import stat
import urllib.parse

import pytest

from support.centre import HOSTS, LISTS, policy
from support.chromium import BINARY as CHROMIUM, Browser
from support.command import check, run
from support.portal import OWN, TEXTS, acceptance, accept, ask, hidden, page
from support.tls_proxy import NAME, SETTINGS as TLS, make_certificate, tls_connect, tls_port
from support.tunnel import connect_request, mirror, mirrored_tunnel, ports
from support.wait import until

ALLOWED = "http://allowed.test:1/x?a=b&c"  # 502 once it is allowed: nothing listens
WAY_BACK = f"{OWN}/accept?to=http%3A%2F%2Fallowed.test%3A1%2Fx%3Fa%3Db%26c"
PROBES = {
    "http://captive.apple.com/hotspot-detect.html": (200, "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n"),
    "http://www.apple.com/library/test/success.html": (200, "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n"),
    "http://connectivitycheck.gstatic.com/generate_204": (204, ""),
    "http://clients3.google.com/generate_204": (204, ""),
    "http://connectivitycheck.android.com/generate_204": (204, ""),
    "http://www.msftconnecttest.com/connecttest.txt": (200, "Microsoft Connect Test"),
    "http://www.msftconnecttest.com/redirect": (302, ""),
    "http://www.msftncsi.com/ncsi.txt": (200, "Microsoft NCSI"),
    "http://detectportal.firefox.com/canonical.html": (
        200, '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>'),
    "http://detectportal.firefox.com/success.txt?ipv4": (200, "success\n"),
}


def centre(version="2026-09", **options):
    return {"policy": policy() + acceptance(version, 'groups = ["learners"]'), "lists": LISTS, "hosts": HOSTS, "files": TEXTS,
            **options}


@pytest.fixture
def gateway(start_gateway):
    return start_gateway(**centre(settings={"proxy.threads": 2}))


def recorded(gateway):
    result = run("acceptances", "--state", gateway.state, "--json")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_nothing_but_essential_hosts_opens_before_and_everything_after(gateway):
    before = ask(gateway, ALLOWED)
    assert (before.status, before.get("location"), before.get("cache-control")) == (302, WAY_BACK, "no-store")
    assert ask(gateway, ALLOWED, method="HEAD").status == 302
    assert ask(gateway, ALLOWED, form={}).status == 403, "a form is not sent again as a GET"
    with gateway.connect() as client:
        refused = client.send(connect_request("allowed.test:443")).response()
    assert refused.status == 403 and "read the rules first" in refused.text
    assert ask(gateway, "http://essential.test:1/").status == 502
    assert ask(gateway, ALLOWED, source="127.1.0.1").status == 502, "staff are not asked"
    for _ in range(8):  # on both workers
        assert ask(gateway, ALLOWED).status == 302

    answer = accept(gateway, "/accept?" + WAY_BACK.partition("?")[2])
    assert (answer.status, answer.get("location")) == (303, "/accept?lang=en&to=http%3A%2F%2Fallowed.test%3A1%2Fx%3Fa%3Db%26c")
    for _ in range(16):
        assert ask(gateway, ALLOWED).status == 502, "in force at once on every worker"
    after = page(gateway, answer.get("location"))
    assert "You have accepted the rules" in after.text and 'href="http://allowed.test:1/x?a=b&amp;c"' in after.text
    assert ask(gateway, ALLOWED, source="127.0.0.9").status == 302, "another person has not"
    lines = gateway.log_lines(1, reason="acceptance")
    assert {(line["action"], line["status"]) for line in lines} == {("block", 302), ("block", 403)}
    assert gateway.log_lines(1, reason="portal", method="POST")[0]["status"] == 303


def test_an_acceptance_is_recorded_and_survives_a_kill(gateway, start_gateway):
    accept(gateway, "/accept?lang=cy")
    row, = recorded(gateway)
    assert row == {"time": row["time"], "person": row["person"], "version": "2026-09", "group": "learners", "language": "cy",
                   "known_by": "address"}
    assert row["person"].startswith("P-")
    assert row["time"].startswith("2026-11-23T10:0")
    assert f"version 2026-09  {row['person']}  learners" in run("acceptances", "--state", gateway.state).stdout
    for person, lines in (("address:127.0.0.1", 1), ("127.0.0.1", 1), ("127.0.0.2", 0), ("user:127.0.0.1", 0)):
        assert run("acceptances", "--state", gateway.state, "--person", person).stdout.count("\n") == lines, person
    file = gateway.state / "portal/acceptances.log"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    gateway.child.kill()
    gateway.child.wait()
    gateway.child = None
    again = start_gateway(**centre(state=gateway.state))
    assert ask(again, ALLOWED).status == 502
    accept_page = page(again, "/accept").text
    assert "You have accepted" in accept_page and len(recorded(again)) == 1


def test_a_new_version_asks_again_and_ends_what_is_open(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**centre(settings=ports(origin)))
    accept(gateway)
    with mirrored_tunnel(gateway, origin) as tunnel:
        gateway.replace("policy.toml", centre("2026-10")["policy"])
        until(lambda: ask(gateway, ALLOWED).status == 302, "the new version")
        assert tunnel.is_closed(), "after the grace of a second"
    line, = gateway.log_lines(1, method="CONNECT")
    assert (line["reason"], line["end"]) == ("acceptance", "reload")
    accept(gateway)
    assert ask(gateway, ALLOWED).status == 502
    gateway.replace("en.txt", "Be kind, always.\n")
    gateway.wait_for_stderr("reload done", 2)
    assert ask(gateway, ALLOWED).status == 502, "the same version"
    assert "always" in page(gateway, "/accept", source="127.0.0.9").text


@pytest.mark.parametrize("name, text, message", [
    ("en.txt", b"", "is empty"), ("en.txt", b"x" * 65537, "is larger than 64 KiB"), ("cy.txt", b"\xff", "is not UTF-8")])
def test_a_text_that_cannot_be_shown_is_refused(gateway, name, text, message):
    gateway.replace(name, text)
    gateway.wait_for_stderr("reload refused")
    assert f"{name}: error: the acceptable-use text {message}" in gateway.stderr()
    assert "Be kind." in page(gateway, "/accept").text, "what was in force stays"


def test_the_floor_stays_and_is_recorded_while_acceptance_is_not(gateway):
    assert ask(gateway, "http://terror.test/").status == 403
    assert ask(gateway, "http://selfharm.test/").status == 403
    assert ask(gateway, ALLOWED).status == 302
    assert [attempt["host"] for attempt in gateway.attempts()] == ["terror.test", "selfharm.test"]


def test_probes_open_the_sheet_and_close_it(gateway):
    for url in PROBES:
        answer = ask(gateway, url)
        assert (answer.status, answer.get("location")) == (302, f"{OWN}/accept"), url
    host, path = "captive.apple.com", "/hotspot-detect.html"
    with gateway.connect() as client:  # as a gateway in the way gets it
        answer = client.send(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").response()
    assert (answer.status, answer.get("location")) == (302, f"http://127.0.0.1:{gateway.port}/accept")
    accept(gateway)
    for url, (status, body) in PROBES.items():
        answer = ask(gateway, url)
        assert (answer.status, answer.text) == (status, body), url
    with gateway.connect() as client:
        assert client.send(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").response().status == 200
    assert ask(gateway, "http://captive.apple.com/hotspot-detect.html", source="127.1.0.1").status == 502, "staff: as any site"


def test_a_form_from_elsewhere_counts_for_nothing(gateway):
    form = {**hidden(page(gateway, "/accept").text), "agree": "yes"}
    url = OWN + "/accept"
    for field in ("Origin: http://evil.test", "Origin: null", "Sec-Fetch-Site: cross-site"):
        assert ask(gateway, url, field, form=form).status == 403
    assert ask(gateway, url, form={**form, "token": "1.a"}).status == 403
    assert ask(gateway, url, form=form, source="127.0.0.9").status == 403, "another person's form"
    assert ask(gateway, ALLOWED).status == 302 and recorded(gateway) == []
    assert ask(gateway, url, f"Origin: {OWN}", "Sec-Fetch-Site: same-origin", form=form).status == 303


def test_what_cannot_be_stored_is_not_accepted(gateway):
    file = gateway.state / "portal/acceptances.log"
    file.unlink()
    file.mkdir()
    answer = accept(gateway)
    assert answer.status == 503 and "your acceptance was not kept" in answer.text
    assert ask(gateway, ALLOWED).status == 302
    assert gateway.counters()["portal_failures"] == 1


def test_check_agrees_with_the_gateway(gateway):
    def judged(**options):
        answer, = check(gateway.policy_file, "http://allowed.test/", at="2026-11-23T10:00", **options)
        return answer["reason"]
    assert judged() == judged(group="learners") == "default"
    assert judged(state=gateway.state, address="127.0.0.1") == "acceptance"
    accept(gateway)
    assert judged(state=gateway.state, address="127.0.0.1") == "default"
    assert judged(state=gateway.state, address="127.0.0.9") == "acceptance"
    assert judged(state=gateway.state, address="127.1.0.1") == "default"


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not there")
def test_a_person_with_a_browser_accepts_and_goes_on(gateway, nginx):
    url = nginx.url(host="www.allowed.test")
    with Browser(gateway.folder, f"--proxy-server={gateway.proxy}", "--proxy-bypass-list=<-loopback>") as browser:
        browser.open(url)
        assert "Be kind." in browser.text() and browser.run("location.host") == "breakwater.internal"
        browser.press(".switch a")
        assert "Byddwch yn garedig." in browser.text()
        browser.run("document.querySelector('input[type=checkbox]').click()")
        browser.press("button")
        assert "Rydych wedi derbyn" in browser.text(), "the form came from the page itself"
        browser.press("main p.ask a")
        assert "Hello from nginx" in browser.text() and browser.run("location.href") == url
        browser.open(nginx.url(host="social.test"))
        browser.open(OWN)
        browser.press("article summary + form button")
        assert "Thank you" in browser.text()
    assert [row["language"] for row in recorded(gateway)] == ["cy"]


def test_systems_that_ask_by_tls_are_told_where_to_accept(start_gateway, tmp_path):
    """RFC 8908: DHCP says where to ask, and the answer leads to the page by the name of the certificate."""
    options = centre()
    gateway = start_gateway(**{**options, "files": {**TEXTS, **make_certificate(tmp_path)},
                               "settings": {**TLS, "proxy.pac.host": NAME}})

    def by_tls(path, *fields, form=None):
        body = urllib.parse.urlencode(form) if form else ""
        head = "\r\n".join((f"{'POST' if form else 'GET'} {path} HTTP/1.1", f"Host: {NAME}:{tls_port(gateway)}",
                            f"Content-Length: {len(body)}", *fields))
        with tls_connect(gateway) as peer:
            return peer.send(f"{head}\r\n\r\n{body}").response()

    base = f"https://{NAME}:{tls_port(gateway)}"
    for captive in (True, False):
        asked = by_tls("/captive-portal")
        assert (asked.status, asked.get("content-type"), asked.get("cache-control")) == (
            200, "application/captive+json", "private, no-store")
        assert json.loads(asked.body) == {"captive": captive, "user-portal-url": f"{base}/accept", "venue-info-url": f"{base}/"}
        if captive:
            terms = by_tls("/accept").text
            given = by_tls(re.search(r'action="([^"]*)"', terms)[1], f"Origin: {base}", form={**hidden(terms), "agree": "yes"})
            assert given.status == 303
    assert page(gateway, "/captive-portal").status == 404, "by TLS alone (RFC 8908 4.1)"
