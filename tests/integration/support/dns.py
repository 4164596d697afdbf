"""A small DNS server on UDP, scripted by the test (RFC 1035)."""

import ipaddress
import socket
import struct
import threading

A, AAAA = 1, 28
NXDOMAIN, SERVFAIL = 3, 2


class Dns:
    """`answers` maps a name to its addresses, to a response code, or to None for silence; each address has `ttl`.
    `records` maps (name, type) to the data of one more record."""

    def __init__(self, answers, ttl=60, records=None, address="127.0.0.1", port=0):
        self.answers = answers
        self.records = records or {}
        self.ttl = ttl
        self.asked = []  # (name, type)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.address, self.port = self.socket.getsockname()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    @property
    def server(self):
        return f"{self.address}:{self.port}"

    def serve(self):
        while True:
            question, client = self.socket.recvfrom(4096)
            if not question:
                return
            answer = self.answer(question)
            if answer:
                self.socket.sendto(answer, client)

    def answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode("latin-1").lower())
            at += 1 + question[at]
        kind = struct.unpack_from(">H", question, at + 1)[0]
        name = ".".join(labels)
        self.asked.append((name, kind))
        answer = self.answers.get(name, NXDOMAIN)
        if answer is None:
            return None
        code, texts = (answer, []) if isinstance(answer, int) else (0, answer)
        addresses = map(ipaddress.ip_address, texts)
        records = [address.packed for address in addresses if {4: A, 6: AAAA}[address.version] == kind]
        records += [data for key, data in self.records.items() if key == (name, kind)]
        head = question[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        return head + question[12 : at + 5] + b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, self.ttl, len(packed)) + packed for packed in records)

    def stop(self):
        self.socket.sendto(b"", (self.address, self.port))
        self.thread.join(10)
        self.socket.close()
