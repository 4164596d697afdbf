"""The tree is what ARCHITECTURE.md says: arrows between folders hold, files it names exist, generated tables are fresh."""
import pathlib
import re
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
BINARY = sys.argv.pop() if len(sys.argv) > 1 else None

# folder -> folders whose headers it may include (itself always)
ARROWS = {
    "categories": set(),
    "rules": {"categories"},
    "proxy/wire": set(),
    "proxy/tls": {"categories", "proxy/wire"},
    "proxy/http": {"proxy/wire", "categories"},
    "proxy/circumvention": {"categories", "rules", "proxy/wire", "proxy/tls"},
    "proxy/pages": {"proxy/wire", "categories"},
    "proxy/telemetry": {"categories", "proxy/wire"},
    "proxy/safeguarding": {"categories", "rules", "proxy/wire"},
    "proxy/reports": {"categories", "rules", "proxy/wire", "proxy/safeguarding"},
    "proxy/alerts": {"categories", "rules", "proxy/safeguarding"},
    "proxy/net": {"categories", "proxy/wire"},
    "proxy/dns": {"categories", "proxy/net"},
    "proxy/feeds": {"categories", "rules"},
    "proxy/lists": {"categories", "rules"},
    "proxy/identity": {"categories", "rules", "proxy/wire", "proxy/net"},
    "proxy/auth": {"categories", "rules", "proxy/wire", "proxy/identity"},
    "proxy/quota": {"categories", "rules"},
    "proxy/deploy": {"categories", "rules"},
    "proxy/snapshot": {"categories", "rules", "proxy/wire", "proxy/net", "proxy/deploy", "proxy/dns", "proxy/feeds", "proxy/lists", "proxy/alerts", "proxy/safeguarding"},
    "proxy/admin": {"categories", "rules", "proxy/net", "proxy/telemetry"},
    "proxy/operations": {"categories", "proxy/http", "proxy/net", "proxy/telemetry"},
    "proxy/backup": {"categories", "rules", "proxy/safeguarding"},
    "proxy/doctor": {"categories", "rules", "proxy/admin", "proxy/alerts", "proxy/backup", "proxy/dns", "proxy/feeds", "proxy/net", "proxy/operations",
                     "proxy/safeguarding", "proxy/snapshot"},
    "proxy/selftest": {"categories", "rules", "proxy/net", "proxy/safeguarding"},
    "proxy/portal": {"categories", "rules", "proxy/wire", "proxy/pages", "proxy/admin"},
    "proxy/cli": {"categories", "rules", "proxy/admin", "proxy/alerts", "proxy/auth", "proxy/backup", "proxy/doctor", "proxy/deploy", "proxy/feeds", "proxy/identity", "proxy/lists", "proxy/portal",
                  "proxy/quota", "proxy/reports", "proxy/selftest", "proxy/snapshot", "proxy/safeguarding", "proxy/telemetry"},
    "proxy/app": {"categories", "rules", "proxy/wire", "proxy/tls", "proxy/http", "proxy/circumvention", "proxy/pages", "proxy/telemetry",
                  "proxy/safeguarding", "proxy/alerts", "proxy/net", "proxy/admin", "proxy/auth", "proxy/deploy", "proxy/dns", "proxy/feeds", "proxy/identity", "proxy/lists",
                  "proxy/operations", "proxy/portal", "proxy/quota", "proxy/reports", "proxy/selftest", "proxy/snapshot"},
    "proxy/commands": {"proxy/app", "proxy/cli", "proxy/snapshot"},
    "proxy": {"proxy/commands"},
}


def sources(folder):
    for path in sorted((TOP / folder).glob("*")):
        if path.suffix in (".h", ".cpp"):
            yield path


class Structure(unittest.TestCase):
    def test_includes_follow_the_arrows(self):
        wrong = []
        for folder, allowed in ARROWS.items():
            for path in sources(folder):
                for include in re.findall(r'^#include "([^"]+)"', path.read_text(), re.M):
                    target = str(pathlib.PurePosixPath(include).parent)
                    if target != folder and target not in allowed:
                        wrong.append(f"{path.relative_to(TOP)} includes {include}")
        self.assertEqual(wrong, [])

    def test_every_source_folder_has_its_arrows(self):
        folders = {str(path.parent.relative_to(TOP)) for top in ("categories", "rules", "proxy")
                   for path in (TOP / top).rglob("*.cpp")}
        self.assertEqual(folders - set(ARROWS), set())

    def test_every_source_is_built(self):
        for folder in ARROWS:
            listed = (TOP / folder / "CMakeLists.txt").read_text()
            for path in sources(folder):
                if path.suffix == ".cpp":
                    self.assertIn(path.name, listed, f"{path.relative_to(TOP)} is in no target")

    def test_no_function_that_cannot_be_called_safely(self):
        # The names of clang's analyzer (security.insecureAPI), whose engine takes half of tidy's time for them.
        unsafe = re.compile(r"(?<![\w.>:])(?:std::|::)?(strcpy|strcat|sprintf|vsprintf|gets|rand|mktemp|vfork|getpw|bcmp|bcopy|bzero)\(")
        found = [f"{path.relative_to(TOP)}: {match[1]}" for folder in ARROWS for path in sources(folder)
                 for match in unsafe.finditer(path.read_text())]
        self.assertEqual(found, [])

    def test_no_name_that_belongs_to_the_compiler(self):
        # bugprone-reserved-identifier ([lex.name] 3), which takes a sixth of tidy's time.
        known = {"__asm__", "__builtin_prefetch", "__builtin_unreachable", "__extension__", "__int128"}
        reserved = re.compile(r"\b(_[A-Z]\w*|[A-Za-z0-9]*__\w+)\b")
        found = {f"{path.relative_to(TOP)}: {match[1]}" for folder in ARROWS for path in sources(folder)
                 for match in reserved.finditer(path.read_text()) if match[1] not in known}
        self.assertEqual(found, set())

    def test_documents_name_files_that_exist(self):
        missing = []
        for document in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", *(
                str(path.relative_to(TOP)) for path in TOP.glob("*/README.md"))):
            for name in re.findall(r"`([\w./-]+/[\w./-]*)`", (TOP / document).read_text()):
                if name.split("/")[0] in {"categories", "rules", "proxy", "bench", "tests", "deploy", ".ci"}:
                    if not (TOP / name).exists():
                        missing.append(f"{document}: {name}")
        self.assertEqual(missing, [])

    def test_architecture_is_short(self):
        self.assertLess(len((TOP / "ARCHITECTURE.md").read_text().splitlines()), 200)

    def test_settings_document_is_the_table(self):
        if BINARY is None:
            self.skipTest("no binary given")
        printed = subprocess.run([BINARY, "settings"], capture_output=True, text=True, check=True).stdout
        self.assertIn(printed, (TOP / "deploy/settings.md").read_text(),
                      "deploy/settings.md is not what `breakwater settings` prints")


if __name__ == "__main__":
    unittest.main()
