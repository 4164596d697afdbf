"""The words of a search: in the record and the access log where it was plain HTTP, nowhere where it was HTTPS."""
import subprocess

import pytest

from support.centre import centre
from support.gateway import BINARY
from support.peer import get
from support.tunnel import connect_request

SEARCH = "http://www.google.com/search?hl=en&q=how+to+%E2%80%9Cjoin%E2%80%9D%0A"
WORDS = "how to \u201cjoin\u201d"


@pytest.fixture
def gateway(start_gateway):
    whole = centre()
    whole["lists"] = {**whole["lists"], "extremism/domains": "www.google.com\n", "games/domains": "www.bing.com\n"}
    return start_gateway(**whole)


def ask(gateway, request):
    with gateway.connect() as client:
        return client.send(request).response().status


def test_a_blocked_search_is_recorded_with_its_words(gateway):
    assert ask(gateway, get(SEARCH)) == 403
    attempt, = gateway.attempts()
    assert (attempt["category"], attempt["url"], attempt["search"]) == ("extremism", SEARCH, WORDS)
    line, = gateway.log_lines(1)
    assert line["search"] == WORDS
    assert list(line).index("search") == list(line).index("url") + 1
    text = subprocess.run([BINARY, "attempts", "--state", gateway.state], capture_output=True, text=True, timeout=60)
    assert f'(searched for "{WORDS}")' in text.stdout


def test_over_connect_there_are_no_words(gateway):
    assert ask(gateway, connect_request("www.google.com:443")) == 403
    attempt, = gateway.attempts()
    assert (attempt["host"], attempt["url"], attempt["search"]) == ("www.google.com", None, None)
    line, = gateway.log_lines(1)
    assert "search" not in line


def test_no_words_stay_from_the_request_before(gateway):
    with gateway.connect() as client:
        for url in ("http://www.bing.com/search?q=chess", "http://games.test/", "http://www.bing.com/maps?q="):
            assert client.send(get(url)).response().status in (403, 502)
    assert [line.get("search") for line in gateway.log_lines(3)] == ["chess", None, None]
    assert gateway.attempts() == []
