"""A real mail server: Debian's exim4, with all that it has in a folder of its own, on a port of its own."""

import email
import email.policy
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile

from support.process import end, free_port
from support.wait import until

PROGRAM = "/usr/sbin/exim4"
USER, PASSWORD = "gateway", "a pass word"

CONFIG = """
primary_hostname = localhost
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
deliver_drop_privilege
host_lookup =
keep_environment =
rfc1413_query_timeout = 0s
smtp_accept_max = 20
acl_smtp_rcpt = rcpt
acl_smtp_connect = connect
{tls}
begin acl
connect:
  accept {delay}
rcpt:
  deny local_parts = refused
       message = no such person here
  defer local_parts = busy
        message = mailbox is busy
{auth}
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = {folder}/inbox
  envelope_to_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
"""


CA = """[ca]
default_ca = self
[self]
database = {folder}/index
rand_serial = yes
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = extensions
[any]
commonName = supplied
[extensions]
subjectAltName = DNS:{name}
extendedKeyUsage = {usage}
basicConstraints = CA:TRUE
"""


def certificate(folder, name="localhost", *, key="rsa:2048", usage="serverAuth", stem="server"):
    """A self-signed one, STEM.pem, and its key STEM.key. It holds whatever date a test gives the gateway: `req -x509` makes
    none that begins in the past."""
    pem, secret = folder / f"{stem}.pem", folder / f"{stem}.key"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "index").touch()
        (scratch / "ca.conf").write_text(CA.format(folder=scratch, name=name, usage=usage))
        for command in (["req", "-new", "-nodes", "-newkey", key, "-subj", f"/CN={name}", "-keyout", secret, "-out", scratch / "request"],
                        ["ca", "-batch", "-selfsign", "-config", scratch / "ca.conf", "-keyfile", secret, "-in", scratch / "request",
                         "-out", pem, "-notext", "-startdate", "20200101000000Z", "-enddate", "20491231235959Z"]):
            subprocess.run(["openssl", *command], check=True, capture_output=True)
    return pem, secret


class MailServer:
    """`delay`: seconds before it greets. It keeps its port and its mail when it is stopped and started again."""

    def __init__(self, *, tls=True, auth=True, delay=0):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-mail."))
        self.port = free_port()
        self.child = None
        for name in ("spool", "log"):
            (self.folder / name).mkdir()
        self.ca, key = certificate(self.folder)
        offered = f"tls_advertise_hosts = *\ntls_certificate = {self.ca}\ntls_privatekey = {key}"
        rules = "  accept authenticated = *\n  deny message = who are you?" if auth else "  accept"
        self.config = self.folder / "exim.conf"
        self.write(tls=offered if tls else "tls_advertise_hosts =", auth=rules, delay=delay)

    def write(self, *, tls, auth, delay):
        self.config.write_text(CONFIG.format(folder=self.folder, port=self.port, tls=tls, auth=auth, user=USER,
                                             password=PASSWORD, delay=f"delay = {delay}s" if delay else ""))

    def start(self):
        user = {}
        if os.getuid() == 0:  # exim does not deliver as root
            account = pwd.getpwnam("Debian-exim")
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)
            user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.child = subprocess.Popen([PROGRAM, "-bdf", "-C", self.config], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, **user)
        until(self.listens, lambda: f"exim to listen: {self.log()}")
        return self

    def listens(self):
        assert self.child.poll() is None, f"exim ended: {self.log()}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        return "".join(file.read_text(errors="replace") for file in (self.folder / "log").glob("*log"))

    def settings(self, **more):
        """For the gateway."""
        password = self.folder / "password"
        password.write_text(PASSWORD + "\n")
        return {"smtp.url": f"smtp://localhost:{self.port}", "smtp.from": "gateway@example.org", "smtp.user": USER,
                "smtp.password_file": str(password), "smtp.ca": str(self.ca), "smtp.retry": "200ms", "smtp.timeout": "5s",
                **more}

    def mails(self, name):
        """What NAME@... has got, the oldest first. One that exim still writes is none yet: it logs what it has written."""
        written = self.log().count(" => ")
        file = self.folder / "inbox"
        text = file.read_bytes() if file.exists() else b""
        mails = [email.message_from_bytes(part.split(b"\n", 1)[1], policy=email.policy.default)
                 for part in (b"\n" + text).split(b"\nFrom ")[1:written + 1]]
        return [mail for mail in mails if mail["Envelope-to"].startswith(f"{name}@")]

    def wait_for(self, name, count=1):
        return until(lambda: len(self.mails(name)) >= count and self.mails(name), lambda: f"mail for {name}: {self.log()}")

    def stop(self):
        if self.child:
            end(self.child)
        self.child = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
