"""One command from a checkout to a gateway that shows what it does."""

import pathlib
import re
import subprocess

import pytest

from support.gateway import BINARY

SOURCE = pathlib.Path(__file__).parents[2]
QUICKSTART = SOURCE / "deploy" / "quickstart"


def test_the_demonstration_does_what_it_promises(tmp_path):
    if BINARY.resolve() != (SOURCE / "build" / "release" / "breakwater").resolve():
        pytest.skip("the quickstart builds and shows the release, and this is another build")
    result = subprocess.run([QUICKSTART, "--demo", "--data", tmp_path / "data"], capture_output=True, text=True,
                            timeout=280, stdin=subprocess.DEVNULL)
    print(result.stdout, result.stderr)
    assert result.returncode == 0
    seen = [(what, status) for what, status in re.findall(r"^(\S.*?) {2,}https?://\S+ +(\d+)$", result.stdout, re.M)]
    assert [status for _, status in seen] == ["200", "200", "403", "403", "403", "200", "403"]
    for heading in ("in session", "at break", "The access log", "The safeguarding records", "Everything as expected"):
        assert re.search(rf"^== .*{heading}", result.stdout, re.M)
    assert '"host":"www.bet365.com"' in result.stdout and "terrorism.canary.breakwater.test" in result.stdout
    assert (tmp_path / "data" / "access.log").is_file()


@pytest.mark.parametrize("arguments, code, message", [
    (["--help"], 0, "--demo"),
    (["--nonsense"], 2, 'unknown option "--nonsense"'),
    (["--data"], 1, "--data needs a directory"),
])
def test_its_options(arguments, code, message):
    result = subprocess.run([QUICKSTART, *arguments], capture_output=True, text=True, timeout=60,
                            stdin=subprocess.DEVNULL)
    assert result.returncode == code
    assert message in result.stdout + result.stderr
