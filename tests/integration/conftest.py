"""Fixtures of the integration tests. Nothing leaves 127.0.0.0/8 or namespaces of their own, and nothing outlives its test."""

import pathlib

import pytest

from support.dns import Dns
from support.gateway import Gateway
from support.nginx import Nginx, make_certificate
from support.origin import Origin, echo
from support.smtp import PROGRAM, MailServer


@pytest.fixture
def start_gateway(tmp_path):
    """start_gateway(settings=..., ...) gives a running Gateway with a folder of its own. See support/gateway.py."""
    started = []

    def start(**options):
        folder = tmp_path / f"gateway{len(started)}"
        folder.mkdir()
        gateway = Gateway(folder, **options)
        started.append(gateway)
        return gateway.start()

    yield start
    close_all([gateway.close for gateway in started])


@pytest.fixture
def gateway(start_gateway):
    """A gateway as most tests want it."""
    return start_gateway()


@pytest.fixture(scope="module")
def shared_gateway(tmp_path_factory):
    """One for all tests of a file: where many cases each look at no more than their own requests."""
    running = Gateway(tmp_path_factory.mktemp("gateway"))
    try:
        yield running.start()
    finally:
        running.close()


@pytest.fixture
def raw_origin():
    """raw_origin(handler) gives a running Origin; without a handler it echoes. See support/origin.py."""
    started = []

    def start(handler=echo, **options):
        started.append(Origin(handler, **options))
        return started[-1]

    yield start
    close_all([origin.stop for origin in started])


@pytest.fixture
def mail_server():
    """mail_server(...) gives a running mail server. See support/smtp.py."""
    started = []

    def start(**options):
        if not pathlib.Path(PROGRAM).exists():
            pytest.skip("there is no exim4: deploy/install-packages test")
        started.append(MailServer(**options))
        return started[-1].start()

    yield start
    close_all([server.close for server in started])


@pytest.fixture
def dns():
    """dns({name: [address, ...]}) gives a running DNS server. See support/dns.py."""
    started = []

    def start(answers, **options):
        started.append(Dns(answers, **options))
        return started[-1]

    yield start
    close_all([server.stop for server in started])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Certificate and key of the TLS origins."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def nginx(tmp_path_factory, certificate):
    server = Nginx(tmp_path_factory.mktemp("nginx"), *certificate)
    yield server
    server.stop()


def close_all(closers):
    """All are closed, also where one of them fails."""
    failures = []
    for close in closers:
        try:
            close()
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise failures[0]
