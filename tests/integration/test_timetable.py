"""Timetables as people see them, and calendars that they take events from."""

import json

import pytest

from support.command import run, write_centre
from support.feeds import ListServer, make_certificate
from support.peer import get
from support.process import end
from support.wait import until

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[[timetable]]
name = "learners"
outside = "closed"
weeks = 2
first_week = "2026-11-16"
terms = ["2026-09-07..2026-12-18"]
  [[timetable.period]]
  name = "session"
  weeks = ["A"]
  days = ["Mon"]
  times = ["09:00-10:30"]
  [[timetable.period]]
  name = "session"
  weeks = ["B"]
  days = ["Tue"]
  times = ["09:00-10:30"]
  [[timetable.exception]]
  dates = ["2026-11-24"]
  times = ["10:00-11:00"]
  period = "exam"
  {calendar}
[[timetable]]
name = "always"
outside = "free"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
timetable = "learners"
[[group]]
name = "guests"
networks = ["10.0.0.0/8"]
timetable = "always"
[[rule]]
name = "no games"
periods = ["session", "exam"]
block = ["games"]
"""
CALENDAR = """[[timetable.calendar]]
  name = "mis"
  {source}
  period = "session"
  [timetable.calendar.events]
  "lunch" = "closed"
"""
LISTS = {"games/domains": "game.test\n"}
HOSTS = "127.0.0.1 game.test\n"


def event(summary, begin, length="PT1H", *more):
    return "\n".join(["BEGIN:VEVENT", f"UID:{summary}", f"SUMMARY:{summary}", f"DTSTART;TZID=Europe/London:{begin}",
                      f"DURATION:{length}", *more, "END:VEVENT", ""])


def calendar(*events):
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test\n" + "".join(events) + "END:VCALENDAR\n"


def draw(policy, *arguments, code=0):
    result = run("timetable", "--policy", policy, *arguments)
    assert result.returncode == code, result.stderr
    return result


# ---- the command ----------------------------------------------------------------------------------------------------


def test_a_week_is_drawn(tmp_path):
    policy = write_centre(tmp_path, POLICY.format(calendar=""), LISTS)
    drawn = draw(policy, "--group", "learners", "--week", "2026-11-25").stdout
    assert drawn == """\
learners (learners): week of Monday 23 November 2026, week B, Europe/London

         9   10  
  Mon 23 ........
  Tue 24 sssseeee
  Wed 25 ........
  Thu 26 ........
  Fri 27 ........
  Sat 28 ........
  Sun 29 ........

  . closed   e exam   s session  

  Mon 23  00:00 closed
  Tue 24  00:00 closed, 09:00 session, 10:00 exam, 11:00 closed
  Wed 25  00:00 closed
  Thu 26  00:00 closed
  Fri 27  00:00 closed
  Sat 28  00:00 closed
  Sun 29  00:00 closed

"""
    rows = [json.loads(line) for line in draw(policy, "--group", "learners", "--week", "2026-11-24", "--json").stdout.splitlines()]
    assert [(row["period"], row["from"]) for row in rows] == [
        ("closed", "2026-11-16T10:30:00+00:00"), ("session", "2026-11-24T09:00:00+00:00"),
        ("exam", "2026-11-24T10:00:00+00:00"), ("closed", "2026-11-24T11:00:00+00:00")]
    assert [row["until"] for row in rows][:-1] == [row["from"] for row in rows][1:]


@pytest.mark.parametrize("week, group, remark", [
    ("2026-11-23", "guests", '"free" never ends: no bell within a year'),
    ("2026-08-10", "learners", 'empty: nothing but "closed" in this week'),
    ("2026-10-22", "learners", "the clocks go back on Sun 25"),
    ("2027-03-28", "learners", "the clocks go forward on Sun 28"),
])
def test_what_somebody_may_not_have_meant(tmp_path, week, group, remark):
    policy = write_centre(tmp_path, POLICY.format(calendar=""), LISTS)
    assert f"\n  {remark}\n" in draw(policy, "--group", group, "--week", week).stdout


def test_what_cannot_be_drawn(tmp_path):
    policy = write_centre(tmp_path, POLICY.format(calendar=""), LISTS)
    assert 'there is no group "staff"' in draw(policy, "--group", "staff", code=2).stderr
    assert "is no date" in draw(policy, "--week", "monday", code=2).stderr
    overlap = POLICY.format(calendar='[[timetable.period]]\nname = "b"\nweeks = ["A"]\ndays = ["Mon"]\ntimes = ["10:00-11:00"]')
    assert '"10:00-11:00" of "b" overlaps "09:00-10:30" of "session" on Mon' in draw(
        write_centre(tmp_path, overlap, LISTS), code=1).stderr


# ---- calendars ------------------------------------------------------------------------------------------------------


def is_blocked(gateway):
    with gateway.connect() as client:  # nobody listens there: what is allowed is answered by 502
        return client.send(get("http://game.test:1/")).response().status == 403


def test_a_calendar_on_disk(start_gateway):
    policy = POLICY.format(calendar=CALENDAR.format(source='path = "term.ics"'))
    lesson = event("Maths", "20261125T140000", "PT2H")
    gateway = start_gateway(policy=policy, lists=LISTS, hosts=HOSTS, clock="2026-11-25T14:30",
                            files={"term.ics": calendar(lesson)})
    assert is_blocked(gateway)
    drawn = draw(gateway.policy_file, "--group", "learners", "--week", "2026-11-25").stdout
    assert "  Wed 25  00:00 closed, 14:00 session, 16:00 closed\n" in drawn

    gateway.replace("term.ics", calendar(lesson, event("Lunch", "20261125T142000")))
    until(lambda: not is_blocked(gateway), "the event to count", 5)
    result = draw(gateway.policy_file, "--group", "learners", "--week", "2026-11-25")
    assert "14:00 session, 14:20 closed, 15:20 session, 16:00 closed\n" in result.stdout
    assert 'term.ics: warning: "Lunch" overlaps "Maths" on 2026-11-25T14:20: the shorter one shows' in result.stderr
    gateway.replace("term.ics", "<html>")
    gateway.wait_for_stderr("term.ics: error: is no iCalendar file")
    assert not is_blocked(gateway)  # what was in force stays


@pytest.fixture
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calendars")
    started = ListServer(tmp_path_factory.mktemp("nginx"), *make_certificate(folder))
    yield started
    end(started.child)


def test_a_subscription(start_gateway, server):
    source = f'url = "{server.url("term.ics")}"\n  ca = "{server.ca}"\n  every = "never"'
    gateway = start_gateway(policy=POLICY.format(calendar=CALENDAR.format(source=source)), lists=LISTS, hosts=HOSTS,
                            clock="2026-11-25T14:30")
    gateway.wait_for_stderr('warning: the calendar "mis" has not been downloaded so far: it has no events')
    assert not is_blocked(gateway)
    (server.www / "term.ics").write_text(calendar(event("Maths", "20260909T140000", "PT2H", "RRULE:FREQ=WEEKLY")))
    assert [row["result"] for row in gateway.rows("lists", "update", "--feed", "mis") if row["what"] == "mis"] == [
        "updated"]
    until(lambda: is_blocked(gateway), "the calendar to be in force", 5)
    assert "14:00 session" in draw(gateway.policy_file, "--state", gateway.state, "--week", "2026-11-25").stdout

    (server.www / "term.ics").write_text("BEGIN:VEVENT\nEND:VEVENT\n")
    row, = [row for row in gateway.rows("lists", "update", "--feed", "mis", code=1) if row["what"] == "mis"]
    assert row["result"] == "refused"
    gateway.stop()
    gateway.start()
    assert is_blocked(gateway)
