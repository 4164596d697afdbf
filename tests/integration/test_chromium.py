"""A real browser behind the gateway: what a learner sees."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

BINARY = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-extensions",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--ignore-certificate-errors", "--window-size=1000,900",
         "--timeout=20000"]

pytestmark = pytest.mark.skipif(not BINARY, reason="chromium is not there")


def browse(gateway, url, *arguments, language="en-GB"):
    """Opens the page once; its document as text."""
    profile = gateway.folder / "profile"
    command = [BINARY, *FLAGS, f"--proxy-server={gateway.proxy}", f"--user-data-dir={profile}",
               f"--accept-lang={language}", *arguments, url]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120,
                            env={**os.environ, "HOME": str(gateway.folder)})
    return re.sub(r"<style.*?</style>|<[^>]+>", " ", result.stdout, flags=re.DOTALL)


def screenshot(gateway, url, name):
    """A picture of the page; kept where BREAKWATER_SCREENSHOTS names a folder."""
    picture = gateway.folder / f"{name}.png"
    browse(gateway, url, f"--screenshot={picture}")
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG") and len(data) > 5000, "an empty page"
    folder = os.environ.get("BREAKWATER_SCREENSHOTS")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, folder)


@pytest.fixture
def gateway(start_gateway, nginx):
    return start_gateway(settings={"proxy.connect.ports": [nginx.tls_port], "proxy.threads": 2})


def lines_of(gateway, host, count=1):
    """A browser asks for more than a test does: only what concerns `host` counts."""
    return gateway.log_lines(count, host=host)


def test_an_allowed_page_is_shown(gateway, nginx):
    assert "Hello from nginx" in browse(gateway, nginx.url(host="www.allowed.test"), "--dump-dom")
    line = lines_of(gateway, "www.allowed.test")[0]
    assert (line["action"], line["status"]) == ("allow", 200)


def test_an_allowed_page_is_shown_by_https(gateway, nginx):
    assert "Hello from nginx" in browse(gateway, nginx.tls_url(host="www.allowed.test"), "--dump-dom")
    line = lines_of(gateway, "www.allowed.test")[0]
    assert (line["action"], line["method"], line["sni"]) == ("allow", "CONNECT", "www.allowed.test")


def test_a_blocked_page_shows_the_block_page(gateway, nginx):
    text = browse(gateway, nginx.url(host="www.blocked.test"), "--dump-dom")
    line = lines_of(gateway, "www.blocked.test")[0]
    assert (line["action"], line["status"]) == ("block", 403)
    for words in (line["id"], "www.blocked.test", "no games", "Test centre"):
        assert words in text
    assert "Hello from nginx" not in text


def test_the_block_page_follows_the_browsers_language(gateway, nginx):
    english = browse(gateway, nginx.url(host="www.blocked.test"), "--dump-dom")
    welsh = browse(gateway, nginx.url(host="www.blocked.test"), "--dump-dom", language="cy")
    assert "Cyfeirnod" in welsh and "Cyfeirnod" not in english


def test_a_blocked_https_page_is_not_shown(gateway, nginx):
    text = browse(gateway, nginx.tls_url(host="www.blocked.test"), "--dump-dom")
    assert "Hello from nginx" not in text
    line = lines_of(gateway, "www.blocked.test")[0]
    assert (line["action"], line["method"], line["status"]) == ("block", "CONNECT", 403)


def test_screenshots_of_an_allowed_and_a_blocked_page(gateway, nginx):
    screenshot(gateway, nginx.url(host="www.allowed.test"), "allowed")
    screenshot(gateway, nginx.url(host="www.blocked.test"), "blocked")
