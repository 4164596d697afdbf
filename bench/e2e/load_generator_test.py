"""The load generator against its own origin and against liars: right answers pass, every kind of wrong one is counted.

usage: load_generator_test.py BINARY
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

BINARY = sys.argv.pop(1) if len(sys.argv) > 1 else ""
QUICK = ["--duration", "0.25", "--warmup", "0", "--connections", "4", "--json"]


def generate(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30)
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else done.stderr


class Liar:
    """A server that answers the first bytes of every connection with `reply` and, unless told otherwise, closes."""

    def __init__(self, reply, close=True):
        self.reply, self.close = reply, close

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.held = []
        threading.Thread(target=self.serve, daemon=True).start()
        return "127.0.0.1:%d" % self.listener.getsockname()[1]

    def __exit__(self, *_):
        self.listener.close()
        for connection in self.held:
            connection.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.held.append(connection)
                connection.recv(65536)
                connection.sendall(self.reply)
                if self.close:
                    self.held.pop().close()


class LoadGenerator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.hosts = os.path.join(cls.folder.name, "hosts")
        with open(cls.hosts, "w") as file:
            file.write("a.example\nb.example\n")
        cls.origin = subprocess.Popen([BINARY, "origin", "--body", "700", "--threads", "2"], stdout=subprocess.PIPE,
                                      text=True)
        cls.address = cls.origin.stdout.readline().split()[-1]

    @classmethod
    def tearDownClass(cls):
        cls.origin.kill()
        cls.origin.wait()
        cls.origin.stdout.close()
        cls.folder.cleanup()

    def run_mode(self, mode, target, *more):
        return generate(mode, "--target", target, "--hosts", self.hosts, *QUICK, *more)

    def test_right_answers(self):
        for mode, more in (("get", ["--body", "700"]), ("get-new", ["--body", "700", "--spread"]), ("connect", [])):
            with self.subTest(mode):
                code, report = self.run_mode(mode, self.address, "--direct", *more)
                self.assertEqual((code, report["errors"]), (0, 0), report)
                self.assertGreater(report["requests"], 4)
                self.assertLessEqual(report["p50_us"], report["p99_us"])
                self.assertLessEqual(report["p99_us"], report["max_us"])
                opened = report["connections_opened"]
                self.assertEqual(opened == 4, mode == "get", report)

    def test_so_many_requests(self):
        for mode in ("get", "get-new", "connect"):
            with self.subTest(mode):
                code, report = self.run_mode(mode, self.address, "--direct", "--requests", "7", "--connections", "1", "--duration", "30")
                self.assertEqual((code, report["requests_total"]), (0, 7), report)

    def test_streams_both_ways(self):
        for direction in ("down", "up"):
            with self.subTest(direction):
                code, report = self.run_mode("bulk", self.address, "--direct", "--direction", direction)
                self.assertEqual((code, report["errors"]), (0, 0), report)
                self.assertGreater(report["mib_per_second"], 1)

    def test_wrong_answers(self):
        ok = b"HTTP/1.1 200 OK\r\n"
        table = [
            ("get", b"", "closed_early"),
            ("get", ok + b"Content-Length: 5\r\n\r\nfour", "closed_early"),
            ("get", ok + b"Content-Length: 4\r\n\r\nfour", "wrong_length"),
            ("get", ok + b"Content-Length: 5\r\n\r\nfive!more", "malformed"),
            ("get", ok + b"Content-Length: five\r\n\r\nfive!", "malformed"),
            ("get", ok + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", "malformed"),
            ("get", ok + b"Transfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n", "closed_early"),
            ("get", b"SSH-2.0-x\r\n\r\n", "malformed"),
            ("get", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nfive!", "wrong_status"),
            ("blocked", ok + b"Content-Length: 5\r\n\r\nfive!", "wrong_status"),
            ("connect", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "wrong_status"),
            ("connect", ok + b"\r\nearly", "wrong_answer"),
            ("bulk", ok + b"\r\n", "closed_early reset"),  # whether the hello was on its way when the liar closed
        ]
        for mode, reply, kinds in table:
            with self.subTest(mode=mode, reply=reply), Liar(reply) as address:
                code, report = self.run_mode(mode, address, "--body", "5")
                self.assertEqual(code, 1, report)
                self.assertTrue(set(kinds.split()) & set(report["errors_by_kind"]), report)
                self.assertEqual(report["requests"], 0)

    def test_good_framings(self):
        table = [
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfive!",
            b"HTTP/1.0 200 OK\r\n\r\nfive!",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfive!",
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nfi\r\n3\r\nve!\r\n"
            b"0\r\nTrailer: 1\r\n\r\n",
        ]
        for reply in table:
            with self.subTest(reply=reply), Liar(reply) as address:
                code, report = self.run_mode("get", address, "--body", "5")
                self.assertEqual((code, report["errors"]), (0, 0), report)
                self.assertGreater(report["requests"], 0)

    def test_silence_is_a_timeout(self):
        with Liar(b"HTTP/1.1 200 OK\r\n", close=False) as address:
            code, report = self.run_mode("get", address, "--timeout", "0.1")
        self.assertEqual(code, 1)
        self.assertIn("timeout", report["errors_by_kind"])

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = "127.0.0.1:%d" % listener.getsockname()[1]
        code, report = self.run_mode("get", address)
        self.assertEqual((code, list(report["errors_by_kind"])), (1, ["connect"]))

    def test_refuses(self):
        good = ["get", "--target", self.address, "--hosts", self.hosts]
        table = [
            ([], "mode is missing"),
            (["fetch"], "cannot be fetch"),
            (["get", "--hosts", self.hosts], "--target is missing"),
            (["get", "--target", self.address], "--hosts is missing"),
            (["get", "--target", "10.0.0.1:80", "--hosts", self.hosts], "127.0.0.0/8"),
            (["get", "--target", "128.0.0.1:80", "--hosts", self.hosts], "127.0.0.0/8"),
            (["get", "--target", "localhost:80", "--hosts", self.hosts], "127.0.0.0/8"),
            (["get", "--target", "127.0.0.1:0", "--hosts", self.hosts], "127.0.0.0/8"),
            (good + ["--duration", "60.5"], "--duration"),
            (good + ["--warmup", "nan"], "--warmup"),
            (good + ["--connections", "4097"], "--connections"),
            (good + ["--frobnicate"], "--frobnicate"),
            (good + ["more"], "unexpected more"),
            (good + ["--hosts", "/nonexistent"], "cannot read /nonexistent"),
            (good + ["--hosts", BINARY], "not a lower-case host name"),
        ]
        for arguments, message in table:
            with self.subTest(arguments):
                code, text = generate(*arguments)
                self.assertEqual(code, 2)
                self.assertIn(message, text)


if __name__ == "__main__":
    unittest.main()
