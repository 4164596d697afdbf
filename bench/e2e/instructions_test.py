"""Profiles of callgrind are read right, and what has grown is told: without callgrind."""

import contextlib
import importlib.machinery
import importlib.util
import io
import pathlib
import sys
import tempfile
import unittest

import callgrind
from process import Failed

sys.dont_write_bytecode = True  # beside a script without a suffix
PATH = pathlib.Path(__file__).resolve().parents[1] / "instructions"
PROFILE = """# callgrind format
events: Ir

fl=a.cpp
fn=main()
16 400
cfi=b.cpp
cfn=a::work(int)
calls=3 7
17 300
cfn=a::work(int, int)
calls=1 9
18 50
cfn=a::worker(int)
calls=5 9
18 5000
cfn=a::page[abi:cxx11](int)
calls=2 4
19 30

totals: 5780
"""


def program():
    loader = importlib.machinery.SourceFileLoader("instructions", str(PATH))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("instructions", loader))
    loader.exec_module(module)
    return module


class Instructions(unittest.TestCase):
    def test_profile(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(PROFILE)
            file.flush()
            self.assertEqual(callgrind.total(file.name), 5780)
            self.assertEqual(callgrind.each_call(file.name, "a::work"), 350 / 4)  # both of that name, no other
            self.assertEqual(callgrind.each_call(file.name, "a::page"), 15)
            with self.assertRaisesRegex(Failed, "a::wor"):
                callgrind.each_call(file.name, "a::wor")

    def test_compare(self):
        recorded = {"grown": 1000, "as much": 1000, "less": 1000, "gone": 1}
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            wrong = program().compare({"grown": 1051, "as much": 1049, "less": 900, "new": 5}, recorded)
        self.assertEqual(wrong, ["gone is recorded, and not counted any more", "grown takes 5.1% more than is recorded",
                                 "new is not recorded"])
        self.assertIn("-10.0%: record it", out.getvalue())


if __name__ == "__main__":
    unittest.main()
