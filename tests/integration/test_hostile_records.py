"""What a learner, a clock or a list of names may try to do to the records: nothing lost, nothing shown as what it is not."""

import json
import subprocess
import threading

from support.centre import centre
from support.gateway import BINARY
from support.peer import get

AGAIN = 400  # attempts at one host: more than have records of their own


def ask(gateway, url, *fields):
    with gateway.connect() as client:
        return client.send(get(url, *fields)).response()


def breakwater(*words):
    done = subprocess.run([str(word) for word in (BINARY, *words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def counted(gateway):
    return sum(attempt.get("count", 1) for attempt in gateway.attempts())


def insist(gateway, times):
    """Asks for one host again and again; gives how often the page came, until the end or until the gateway is gone."""
    answered = 0
    try:
        with gateway.connect() as client:
            for number in range(times):
                answered += client.send(get(f"http://terror.test/{number}")).response().status == 403
                client.forget()
    except (OSError, EOFError):
        pass
    return answered


def test_who_asks_without_end_is_counted_and_fills_no_disk(start_gateway):
    gateway = start_gateway(**centre())
    assert insist(gateway, AGAIN) == AGAIN
    assert len(gateway.attempts()) < AGAIN / 2
    assert gateway.stop() == 0
    assert counted(gateway) == AGAIN
    *_, sheet = gateway.attempts()
    assert (sheet["host"], sheet["client"], sheet["url"]) == ("terror.test", "127.0.0.1", None)
    assert sheet["count"] > 1 and sheet["time"] <= sheet["until"]
    assert f"{sheet['count']} times until {sheet['until']}" in breakwater("attempts", "--state", gateway.state)
    assert "every record is as it was written" in breakwater("verify", "--state", gateway.state)


def test_what_was_counted_survives_kill_9(start_gateway):
    gateway = start_gateway(**centre())
    answered = insist(gateway, AGAIN)
    last = []
    client = threading.Thread(target=lambda: last.append(insist(gateway, 100_000)))
    client.start()
    gateway.child.kill()
    gateway.child.wait()
    client.join()
    gateway.start()
    assert ask(gateway, "http://terror.test/after").status == 403  # what was left became records before
    answered += last[0]
    assert answered + 1 <= counted(gateway) <= answered + 2  # one may have been written and not answered
    assert "every record is as it was written" in breakwater("verify", "--state", gateway.state)


def test_a_clock_that_goes_back_loses_nothing(start_gateway):
    gateway = start_gateway(**centre())
    clocks = ["2026-11-23T10:00", "2026-11-21T10:00", "2026-11-22T10:00"]
    for number, clock in enumerate(clocks):
        gateway.clock = clock
        assert gateway.stop() == 0
        gateway.start()
        assert ask(gateway, f"http://terror.test/{number}").status == 403
    attempts = gateway.attempts()
    assert [(attempt["time"][:10], attempt["url"]) for attempt in attempts] == [
        (clock[:10], f"http://terror.test/{number}") for number, clock in enumerate(clocks)]  # the order of the chain
    assert {file.name[:10] for file in (gateway.state / "keys/days").glob("*.json")} == {clock[:10] for clock in clocks}
    assert gateway.stop() == 0
    verified = breakwater("verify", "--state", gateway.state)
    assert "every record is as it was written" in verified and "the clock was set back before " in verified
    for episode in map(json.loads, breakwater("episode", "list", "--state", gateway.state, "--json").splitlines()):
        assert episode["episode"]["first"] <= episode["episode"]["last"], episode
    assert len((gateway.state / "heads.jsonl").read_text().splitlines()) >= len(clocks)


TRICKS = ["%E2%80%AE", "%E2%81%A6", "%E2%80%8B", "%EF%BB%BF", "%C2%9B31m", "%1B%5B31m", "%0D%0ABcc:%20x", "%00", "%C0%AF",
          "%ED%A0%80", "%E2%80%A8", "e" + "%CC%81" * 300, "%D0%B0pple", "=HYPERLINK(1)", "<script>", "%22%27%5C", "%F3%A0%81%81"]


def test_names_with_every_trick_break_no_line(start_gateway):
    gateway = start_gateway(**centre())
    for trick in TRICKS:
        answer = ask(gateway, f"http://terror.test/search?q={trick}", "Referer: http://\xe2\x80\xaeexample.test/")
        assert answer.status in (400, 403)
        if answer.status == 403:
            assert "<script>" not in answer.text
    attempts = gateway.attempts()
    text = breakwater("attempts", "--state", gateway.state).splitlines()
    assert len(text) == len(attempts) > len(TRICKS) / 2
    # Marks that are piled up and letters that look alike are text; all else that is not seen is shown as \u{...}.
    assert all(line.isprintable() for line in text)
    for attempt in attempts:
        for value in attempt.values():
            assert value is None or isinstance(value, int) or value.isprintable(), attempt
    gateway.stop()
    assert all(line.isprintable() for line in gateway.stderr().splitlines())
    for line in gateway.log_now():
        assert json.dumps(line)
