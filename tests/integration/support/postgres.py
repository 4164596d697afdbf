"""A real PostgreSQL server from Debian's packages, with all that it has in a folder of its own."""

import pathlib
import pwd
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from support.process import free_port
from support.wait import PATIENCE, until

PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
PASSWORD = "a pass word"


class Postgres:
    """It trusts whoever comes by its socket, and asks for PASSWORD at 127.0.0.1, with or without TLS (`tls` is its
    certificate and key). It keeps its port and its data when it is stopped and started again."""

    def __init__(self, *, tls):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-postgres."))
        self.port = free_port()
        self.child = None
        self.user = pwd.getpwnam("nobody") if os.getuid() == 0 else None  # initdb refuses root
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.run("initdb", "-D", self.data, "-U", "postgres", "--no-sync", "--encoding=UTF8", "--locale=C")
        (self.data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        for file, name in zip(tls, ("server.pem", "server.key")):
            shutil.copy(file, self.data / name)
            (self.data / name).chmod(0o600)
            if self.user:
                os.chown(self.data / name, self.user.pw_uid, self.user.pw_gid)
        options = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder,
                   "fsync": "on", "max_connections": 20, "shared_buffers": "16MB",
                   "ssl": "on", "ssl_cert_file": "server.pem", "ssl_key_file": "server.key"}
        with open(self.data / "postgresql.conf", "a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in options.items())

    def command(self, program, *words):
        """As another user where this is root."""
        command = [PROGRAMS[-1].parent / program, *words]
        if self.user:
            command = ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups", *command]
        return [str(word) for word in command]

    def run(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self):
        if self.child and self.child.poll() is None:
            return self
        with open(self.folder / "log", "ab") as log:
            self.child = subprocess.Popen(self.command("postgres", "-D", self.data), stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, cwd=self.folder)
        until(self.is_up, lambda: "the database: " + (self.folder / "log").read_text(errors="replace"))
        return self

    def make(self):
        """An empty database, and no role but its owner."""
        self.sql("DROP DATABASE IF EXISTS breakwater WITH (FORCE)", database="postgres")
        roles = self.sql("SELECT rolname FROM pg_roles WHERE oid >= 16384", database="postgres")
        self.sql("".join(f"DROP ROLE {role};" for role in roles) + f"CREATE ROLE gateway LOGIN PASSWORD '{PASSWORD}'",
                 database="postgres")
        self.sql("CREATE DATABASE breakwater OWNER gateway", database="postgres")
        return self

    def is_up(self):
        assert self.child.poll() is None, (self.folder / "log").read_text(errors="replace")
        return self.psql("SELECT 1", "postgres").returncode == 0

    def psql(self, text, database, user="postgres"):
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p",
                               str(self.port), "-U", user, "-d", database, "-f", "-"],
                              input=text, capture_output=True, text=True, timeout=PATIENCE)

    def sql(self, text, database="breakwater", user="postgres"):
        """The rows of the answer, their columns divided by |."""
        done = self.psql(text, database, user)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def address(self, role="gateway", port=None):
        return f"host=127.0.0.1 port={port or self.port} dbname=breakwater user={role}"

    def stop(self, how=signal.SIGINT):
        """SIGINT: in good order, connections are cut. SIGQUIT: at once, as after a crash."""
        if self.child and self.child.poll() is None:
            self.child.send_signal(how)
            self.child.wait(PATIENCE)

    def close(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Cutter:
    """Stands between a client and the server without TLS, and cuts the connection once, when the server has carried out
    a COMMIT and the client has not heard of it."""

    def __init__(self, server):
        self.server = server
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server.port))
            for pump in (self.pump_up, self.pump_down):
                threading.Thread(target=pump, args=(client, server), daemon=True).start()

    @staticmethod
    def pump(source, sink, is_last):
        try:
            while data := source.recv(65536):
                if is_last(data):
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def pump_up(self, client, server):
        self.pump(client, server, lambda data: False)

    def pump_down(self, client, server):
        def is_last(data):
            if self.cuts or b"C\0\0\0\x0bCOMMIT\0" not in data:  # CommandComplete
                return False
            self.cuts += 1
            return True
        self.pump(server, client, is_last)

    def close(self):
        self.listener.close()
