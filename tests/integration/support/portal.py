"""The gateway's own pages, as a person who can read HTML uses them."""

import html
import re
import urllib.parse

from support.peer import get

OWN = "http://breakwater.internal"

ACCEPTANCE = '\n[acceptance]\nversion = "{version}"\nenglish = "en.txt"\nwelsh = "cy.txt"\n{more}\n'
TEXTS = {"en.txt": "Be kind.\n\nThis network is for your course.\n", "cy.txt": "Byddwch yn garedig.\n"}


def acceptance(version="2026-09", more=""):
    """To be put behind a policy; TEXTS are its files."""
    return ACCEPTANCE.format(version=version, more=more)


def ask(gateway, url, *fields, method="GET", form=None, **options):
    """One request by the proxy."""
    body = urllib.parse.urlencode(form) if form is not None else ""
    if form is not None:
        method = "POST"
        fields += ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
    with gateway.connect(**options) as client:
        return client.send(get(url, *fields, method=method, body=body)).response(method)


def page(gateway, path="/", **options):
    return ask(gateway, OWN + path, **options)


def hidden(text):
    """The hidden fields of the first form with a token."""
    form = next(each for each in re.findall(r"<form.*?</form>", text, re.S) if 'name="token"' in each)
    pairs = re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in pairs}


def accept(gateway, path="/accept", **options):
    """Reads the text, ticks the box, sends the form."""
    text = page(gateway, path, **options).text
    action = re.search(r'action="([^"]*)"', text)[1]
    return page(gateway, action, form={**hidden(text), "agree": "yes"}, **options)
