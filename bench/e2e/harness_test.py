"""What the harness makes of its runs: ratios, tables, the chart, and what is held against the recorded ratios."""

import contextlib
import io
import pathlib
import tempfile
import types
import unittest
import xml.etree.ElementTree

import chart
import harness
import ratios
import recorded
import tables
from modes import MODES, PROXIES, Bar
from process import Failed


def run(rate=1000.0, cpu=0.1, p50=50.0, p99=90.0, errors=0):
    return {"rate": rate, "cpu": cpu, "p50_us": p50, "p99_us": p99, "errors": errors, "requests_total": 1000,
            "errors_by_kind": {"timeout": errors} if errors else {}}


CPU = Bar("cpu", 0.8, ("haproxy", "squid"))
RATE = Bar("rate", 1.2, ("haproxy", "squid"))


class Ratios(unittest.TestCase):
    def test_a_ratio_is_of_one_round_and_to_the_best_peer_of_it(self):
        by_peer = {"breakwater": [run(cpu=0.1, rate=3000), run(cpu=0.3, rate=1000)],
                   "haproxy": [run(cpu=0.2, rate=1000), run(cpu=0.9, rate=500)],
                   "squid": [run(cpu=0.4, rate=2000), run(cpu=0.6, rate=250)]}
        for bar, expected in ((CPU, [0.5, 0.5]), (RATE, [1.5, 2.0])):
            with self.subTest(bar.metric):
                self.assertEqual([round(each, 6) for each in ratios.to_best(bar, by_peer, bar.peers)], expected)
        self.assertTrue(ratios.is_met(CPU, [0.5, 0.5]))
        self.assertTrue(ratios.is_met(RATE, [1.5, 2.0]))

    def test_the_best_may_be_chosen_by_another_figure(self):
        by_peer = {"breakwater": [run(cpu=0.1)], "haproxy": [run(cpu=0.2, rate=900)], "squid": [run(cpu=0.4, rate=1000)]}
        chosen = Bar("cpu", 0.6, ("haproxy", "squid"), best_by="rate")
        self.assertEqual(ratios.to_best(chosen, by_peer, chosen.peers), [0.25])

    def test_no_ratio_to_what_was_not_measured_or_answered_wrongly(self):
        table = [{"haproxy": [run()]}, {"breakwater": [run()]}, {"breakwater": [run()], "haproxy": []},
                 {"breakwater": [run()], "haproxy": [run(errors=11)]}, {"breakwater": [run(errors=11)], "haproxy": [run()]},
                 {"breakwater": [run(cpu=None)], "haproxy": [run()]}]
        for by_peer in table:
            with self.subTest(by_peer):
                self.assertEqual(ratios.to_best(CPU, by_peer, PROXIES), [])
        self.assertEqual(ratios.to_best(CPU, {"breakwater": [run()], "haproxy": [run(errors=10)]}, PROXIES), [1.0])

    def test_a_bar_is_judged_by_the_median(self):
        for bar, found, met in ((CPU, [0.1, 0.8, 9], True), (CPU, [0.1, 0.81, 9], False), (RATE, [0.1, 1.2, 9], True),
                                (RATE, [0.1, 1.19, 9], False)):
            with self.subTest(found=found):
                self.assertEqual(ratios.is_met(bar, found), met)

    def test_recorded_are_medians_of_the_figures_that_have_a_bar_but_p99(self):
        by_peer = {"breakwater": [run(cpu=0.1)] * 3, "squid": [run(cpu=0.2)] * 3}
        self.assertEqual(ratios.medians(MODES["get"], by_peer), {"cpu": 0.5, "rate": 1.0})
        self.assertEqual(ratios.medians(MODES["get-one"], by_peer), {"p50_us": 1.0})
        self.assertEqual(ratios.medians(MODES["bulk-up"], by_peer), {})


class Recorded(unittest.TestCase):
    def test_a_quarter_worse_is_a_miss(self):
        before = {"get": {"cpu": 0.4, "rate": 2.0}, "tls": {"cpu": 0.8}}
        table = [({"get": {"cpu": 0.5, "rate": 1.6}}, []),
                 ({"get": {"cpu": 0.1, "rate": 9.0}}, []),
                 ({"get": {"cpu": 0.51, "rate": 1.6}}, [("get", "cpu", 0.51, 0.4)]),
                 ({"get": {"cpu": 0.4, "rate": 1.59}}, [("get", "rate", 1.59, 2.0)]),
                 ({"blocked": {"cpu": 7.0}}, [])]
        for measured, expected in table:
            with self.subTest(measured):
                self.assertEqual(recorded.misses(before, measured), expected)
        self.assertEqual(recorded.unmeasured(before, {"get": {}}), ["tls"])

    def test_the_worst_of_several_runs_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "recorded.json"
            recorded.write(path, {"cpus": 2}, ["breakwater", "squid"], [{"get": {"cpu": 0.5, "rate": 2.0}}, {"get": {"cpu": 0.6, "rate": 1.5}},
                                               {"get": {"cpu": 0.4, "rate": 1.8}}])
            self.assertEqual(recorded.read(path, ["squid", "breakwater"]), {"get": {"cpu": 0.6, "rate": 1.5}})
            with self.assertRaises(Failed):
                recorded.read(path, ["squid", "breakwater", "nginx"])


class Held(unittest.TestCase):
    """hold_to_recorded(): what misses is measured once more."""

    def held(self, again):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "recorded.json"
            recorded.write(path, {}, ["breakwater", "squid"], [{"blocked": {"cpu": 0.5}}])
            options = types.SimpleNamespace(recorded=path, modes=["blocked"], rounds=1)
            peers = [types.SimpleNamespace(name=name) for name in ("breakwater", "squid")]
            results = {"blocked": {"breakwater": [run(cpu=0.9)], "squid": [run(cpu=1.0)]}}
            with contextlib.redirect_stderr(io.StringIO()):
                return harness.hold_to_recorded(options, peers, results, lambda modes, rounds: {"blocked": again})

    def test_a_miss_that_does_not_come_again_is_none(self):
        self.assertTrue(self.held({"breakwater": [run(cpu=0.5)], "squid": [run(cpu=1.0)]}))
        self.assertFalse(self.held({"breakwater": [run(cpu=0.9)], "squid": [run(cpu=1.0)]}))

    def test_what_cannot_be_measured_again_stays_a_miss(self):
        self.assertFalse(self.held({"breakwater": [run(cpu=0.5, errors=500)], "squid": [run(cpu=1.0)]}))
        self.assertFalse(self.held({"breakwater": [run(cpu=0.5)]}))


class Shown(unittest.TestCase):
    RESULTS = {"get": {"direct": [run(cpu=None)], "breakwater": [run(cpu=0.1)] * 2, "haproxy": [run(cpu=0.2), run(cpu=0.4, errors=2)]},
               "blocked": {"breakwater": [run(cpu=0.3)], "haproxy": [run(cpu=0.2)]}}

    def test_every_row_has_every_column(self):
        for lines in (tables.mode_table(MODES["get"], self.RESULTS["get"]), tables.bar_table(MODES.values(), self.RESULTS)):
            self.assertEqual(len({line.count("|") for line in lines}), 1, lines)

    def test_a_mode_s_table_shows_spread_ratios_and_wrong_answers(self):
        text = "\n".join(tables.mode_table(MODES["get"], self.RESULTS["get"]))
        for words in ("300.0 (200.0 to 400.0)", "0.38 (0.25 to 0.50)", "2 timeout"):
            self.assertIn(words, text)

    def test_bars_are_met_or_missed(self):
        rows = {tuple(cell.strip() for cell in (line.split("|")[1], line.split("|")[-2]))
                for line in tables.bar_table(MODES.values(), self.RESULTS)[2:]}
        self.assertEqual(rows, {("`get`", "met"), ("`get`", "missed"), ("`blocked`", "missed")})
        self.assertEqual(tables.bar_table(MODES.values(), {"get": {"haproxy": [run()]}}), [])

    def test_a_bar_is_met_only_beside_all_its_peers(self):
        some = {"breakwater": [run(cpu=0.1)], "haproxy": [run(cpu=0.2)]}
        table = [(some, "met beside these"), ({**some, "trafficserver": [run(cpu=0.2)]}, "met"),
                 ({**some, "trafficserver": [run(cpu=0.1)]}, "missed"), ({"breakwater": [run()]}, "not measured")]
        for by_peer, verdict in table:
            with self.subTest(verdict):
                self.assertIn(f" {verdict} ", tables.bar_table([MODES["get-new"]], {"get-new": by_peer})[2])

    def test_the_chart_leaves_out_what_was_answered_wrongly(self):
        text = chart.draw({"blocked": {"breakwater": [run(cpu=None)], "haproxy": [run(errors=500)]}}, "", [])
        self.assertNotIn("haproxy", text)

    def test_the_chart_is_xml_with_a_bar_for_each_proxy(self):
        root = xml.etree.ElementTree.fromstring(chart.draw(self.RESULTS, "a < b", ["c & d", "e"]))
        bars = [each.get("class") for each in root.iter("{http://www.w3.org/2000/svg}rect")]
        self.assertEqual(sorted(bars), ["other", "other", "ours", "ours", "page"])


if __name__ == "__main__":
    unittest.main()
