"""The learner's window: the gateway's own page, by the proxy and at its address."""

import json
import os
import pathlib
import re
import shutil
import stat
import subprocess

import pytest

from support.centre import centre, policy
from support.command import run
from support.curl import curl
from support.origin import reply
from support.peer import get
from support.portal import OWN, TEXTS, acceptance, ask, hidden, page
from support.tunnel import connect_request
from support.wait import until

CHROMIUM = shutil.which("chromium")


@pytest.fixture
def gateway(start_gateway):
    return start_gateway(**centre(settings={"proxy.threads": 2}))


def at_its_address(gateway, host=None, path="/", method="GET", version="1.1"):
    with gateway.connect() as client:
        client.send(f"{method} {path} HTTP/{version}\r\nHost: {host or f'127.0.0.1:{gateway.port}'}\r\n\r\n")
        return client.response(method)


def test_browsers_find_the_proxy_by_its_pac_file(start_gateway):
    gateway = start_gateway(**centre(settings={"proxy.pac.host": "proxy.example.org"}))
    for host, path in ((None, "/proxy.pac"), ("wpad.example.org", "/wpad.dat")):
        answer = at_its_address(gateway, host, path)
        assert (answer.status, answer.get("content-type")) == (200, "application/x-ns-proxy-autoconfig")
        assert answer.text == run("pac", "--config", gateway.folder / "breakwater.toml").stdout
    assert page(gateway, "/proxy.pac").status == 200
    without = start_gateway(**centre())
    assert at_its_address(without, path="/proxy.pac").status == 404


def entries(text):
    return re.findall(r'<article.*?</article>', text, re.S)


def reviews(gateway):
    result = run("reviews", "--state", gateway.state, "--json")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_window_says_what_was_stopped_also_by_https(gateway):
    ask(gateway, "http://social.test:1/a")
    ask(gateway, "http://social.test:1/b")
    with gateway.connect() as client:
        assert client.send(connect_request("gambling.test:443")).response().status == 403
    text = page(gateway).text
    gambling, social = entries(text)
    line = gateway.log_lines(1, host="gambling.test")[0]
    for words in ("gambling.test", "never open on this network", "Gambling", line["id"]):
        assert words in gambling
    for words in ("social.test", "2 times", "closed at this time", "Social media", "10:30"):
        assert words in social
    for words in ("learners", "session", "Next bell", "10:30", "Closed at this time", "Childline", "Test centre"):
        assert words in text
    assert entries(page(gateway, source="127.0.0.9").text) == [], "another person's window"
    assert "Dim ond chi" in page(gateway, "/?lang=cy").text
    assert "Dim ond chi" in ask(gateway, OWN + "/", "Accept-Language: cy").text


def test_it_is_reached_by_name_and_address_and_never_dialled(gateway):
    assert curl(gateway, OWN + "/").status == 200
    assert curl(gateway, OWN + ":1/").status == 200, "any port of it is here"
    for host in (None, "127.0.0.1", "breakwater.internal", "Breakwater.Internal.:80"):
        assert "Your window" in at_its_address(gateway, host).text
    head = at_its_address(gateway, method="HEAD")
    assert (head.status, head.body) == (200, b"") and int(head.get("content-length")) > 1000
    for field, value in (("content-security-policy", "default-src 'none'"), ("cache-control", "no-store"),
                         ("x-content-type-options", "nosniff")):
        assert value in head.get(field)
    assert at_its_address(gateway, path="/nothing").status == 404
    line, = gateway.log_lines(1, reason="portal", status=404)
    assert (line["action"], line["host"], line["method"]) == ("block", "127.0.0.1", "GET")
    assert gateway.attempts() == []


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.2", "localhost", "allowed.test", "captive.apple.com"])
def test_another_name_that_leads_here_is_refused(gateway, host):
    """DNS rebinding."""
    answer = at_its_address(gateway, host)
    assert answer.status == 400 and "Your window" not in answer.text


def test_a_tunnel_to_it_is_refused_in_words(gateway):
    with gateway.connect() as client:
        answer = client.send(connect_request("breakwater.internal:443")).response()
    assert answer.status == 403 and "without https" in answer.text
    assert gateway.log_lines(1, host="breakwater.internal")[0]["reason"] == "portal"
    assert entries(page(gateway).text) == []


def test_a_stranger_is_told_so(start_gateway):
    gateway = start_gateway(**centre(policy=policy().replace("127.0.0.0/16", "192.0.2.0/24")))
    answer = page(gateway)
    assert answer.status == 403 and "not known here" in answer.text


def test_reviews_and_accidents_reach_the_state_directory(gateway):
    ask(gateway, "http://social.test/")
    ask(gateway, "http://selfharm.test/")
    text = page(gateway).text
    accident, review = entries(text)
    assert "That was an accident" in accident and "accident" not in review
    for part, more in ((review, {"text": "for unit 3 <b>\r\nplease"}), (accident, {})):
        answer = page(gateway, "/review", form={**hidden(part), **more})
        assert answer.status == 200 and "Thank you" in answer.text
    first, second = reviews(gateway)
    assert first == {"time": first["time"], "kind": "review", "reference": gateway.log_lines(1, host="social.test")[0]["id"],
                     "person": first["person"], "group": "learners",
                     "host": "social.test", "category": "social-media", "concern": "none", "reason": "rule",
                     "text": "for unit 3 <b>  please"}
    assert first["person"].startswith("P-") and second["person"] == first["person"]
    assert (second["kind"], second["host"], second["concern"]) == ("accident", "selfharm.test", "warning")
    file = gateway.state / "portal/reviews.log"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "accident" in run("reviews", "--state", gateway.state).stdout
    for _ in range(3):
        assert page(gateway, "/review", form=hidden(review)).status == 200
    assert len(reviews(gateway)) == 2, "said once is enough"
    for i in range(12):
        ask(gateway, f"http://a{i}.social.test/")
    statuses = [page(gateway, "/review", form=hidden(each)).status for each in entries(page(gateway).text)[:12]]
    assert statuses == [200] * 8 + [429] * 4


def test_forms_are_bounded(gateway):
    with gateway.connect() as client:
        assert client.send(get(OWN + "/review", "Content-Length: 8193", method="POST")).response().status == 413
    with gateway.connect() as client:
        assert client.send(get(OWN + "/review", "Transfer-Encoding: chunked", method="POST")).response().status == 411
    assert ask(gateway, OWN + "/review", form={"text": "x" * 8000}).status == 403
    with gateway.connect() as client:  # the connection goes on after a form
        for _ in range(2):
            client.send(get(OWN + "/review", "Content-Length: 3", method="POST", body="a=b"))
            assert client.response().status == 403


def test_the_window_is_gone_at_the_end_of_the_day(start_gateway):
    gateway = start_gateway(**centre(clock="2026-11-23T23:59:52"))
    ask(gateway, "http://gambling.test/")
    assert len(entries(page(gateway).text)) == 1
    until(lambda: not entries(page(gateway).text), "midnight", 20)


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not there")
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_browser_shows_the_pages(start_gateway, width, language):
    """The pictures are for people to look at: BREAKWATER_SCREENSHOTS names a folder for them."""
    gateway = start_gateway(**centre(policy=policy() + acceptance(), files=TEXTS))
    for url in ("http://social.test/", "http://terror.test/"):
        ask(gateway, url)
    kept = os.environ.get("BREAKWATER_SCREENSHOTS")
    for name, path in (("window", "/"), ("accept", "/accept")):
        picture = gateway.folder / f"{name}-{language}-{width}.png"
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
                   f"--proxy-server={gateway.proxy}", f"--user-data-dir={gateway.folder / 'profile'}", "--timeout=20000",
                   f"--window-size={width},2200", f"--screenshot={picture}", f"{OWN}{path}?lang={language}"]
        subprocess.run(command, capture_output=True, timeout=120, env={**os.environ, "HOME": str(gateway.folder)})
        assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 15_000
        if kept:
            pathlib.Path(kept).mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, kept)


def test_what_is_left_of_a_quota_is_shown(start_gateway, raw_origin):
    origin = raw_origin(lambda peer: peer.request() and peer.send(reply(b"x" * 40 * 1024)))
    quota = '\n[[quota]]\nname = "social a day"\ncategories = ["social-media"]\nminutes = 20\nbytes = "64KiB"\nper = "day"\n'
    gateway = start_gateway(**centre(policy=policy() + quota, clock="2026-11-23T10:35"))
    assert "social a day</dt><dd><bdi>20 minutes, 64 KiB" in page(gateway).text
    assert ask(gateway, f"http://social.test:{origin.port}/").status == 200
    until(lambda: re.search(r"social a day</dt><dd><bdi>\d+ minutes, 2\d KiB", page(gateway).text), "the use to be counted")
    assert "64 KiB" in page(gateway, source="127.0.0.9").text, "another person's"
