"""The real curl through the gateway."""

import subprocess
from dataclasses import dataclass


@dataclass
class Curled:
    code: int  # curl's exit code
    status: int
    connect_status: int  # of the answer to CONNECT
    connections: int  # that curl opened
    uploaded: int
    head: str
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


def curl(gateway, *arguments, folder=None, limit=60, wrapper=()):
    """Runs curl once. Of several URLs, the members tell of the last one."""
    folder = folder or gateway.folder
    body, head = folder / "curl.body", folder / "curl.head"
    for file in (body, head):
        file.unlink(missing_ok=True)
    write = "\n%{http_code} %{http_connect} %{num_connects} %{size_upload}\n"
    command = [*wrapper, "curl", "-q", "-sS", "--proxy", gateway.proxy, "--noproxy", "", "--max-time", str(limit),
               "-o", body, "-D", head, "-w", write, *arguments]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=limit + 10)
    told = [[int(number) for number in line.split()] for line in result.stdout.splitlines() if line]
    status, connect_status, _, uploaded = told[-1]
    connections = sum(each[2] for each in told)
    heads = head.read_text(errors="replace") if head.exists() else ""
    content = body.read_bytes() if body.exists() else b""
    return Curled(result.returncode, status, connect_status, connections, uploaded, heads, content)
