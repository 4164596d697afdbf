"""Runs in, Markdown out."""

import statistics

import ratios
from modes import Bar

METRICS = {"rate": "rate", "cpu": "CPU", "p50_us": "p50", "p99_us": "p99"}


def spread(values, form):
    """Median (min to max), or a dash for nothing."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    middle = form(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({form(min(values))} to {form(max(values))})"


def count(value):
    return f"{value:,.0f}"


def ratio(value):
    return f"{value:.2f}"


def milli(value):
    return f"{1000 * value:,.1f}"


def markdown(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return lines


def values(runs, metric):
    return [run[metric] for run in runs]


def mode_table(mode, by_peer):
    """Every peer's figures, and Breakwater's to them."""
    rows = [["peer", mode.unit, "p50 us", "p99 us", f"CPU ms per {mode.cpu_unit}", f"Breakwater's {mode.unit} to its",
             "Breakwater's CPU to its", "wrong answers"]]
    for name, runs in by_peer.items():
        compared = [spread([] if name == "breakwater" else ratios.to_best(Bar(metric, 0, ()), by_peer, (name,)), ratio)
                    for metric in ("rate", "cpu")]
        latency = [spread([] if mode.streams else values(runs, metric), count) for metric in ("p50_us", "p99_us")]
        rows.append([name, spread(values(runs, "rate"), count), *latency, spread(values(runs, "cpu"), milli), *compared,
                     wrong_answers(runs)])
    return markdown(rows)


def wrong_answers(runs):
    kinds = {}
    for run in runs:
        for kind, number in run["errors_by_kind"].items():
            kinds[kind] = kinds.get(kind, 0) + number
    return ", ".join(f"{number:,} {kind}" for kind, number in kinds.items()) or "0"


def bar_table(modes, results):
    """One row for each bar of the modes that were measured; beside those of its peers that were."""
    rows = [["work", "figure", "Breakwater", "to the best of", "ratio", "bar", ""]]
    for mode in modes:
        by_peer = results.get(mode.name, {})
        for bar in mode.bars if "breakwater" in by_peer else ():
            beside = [name for name in bar.peers if name in by_peer]
            found = ratios.to_best(bar, by_peer, beside)
            unit, form = {"rate": (mode.unit, count), "cpu": (f"CPU ms per {mode.cpu_unit}", milli)}.get(
                bar.metric, (f"{METRICS[bar.metric]} us", count))
            ours = values(by_peer["breakwater"], bar.metric)
            rows.append([f"`{mode.name}`", unit, "-" if None in ours else form(statistics.median(ours)),
                         ", ".join(beside) if len(beside) < 3 else f"{len(beside)} proxies", spread(found, ratio),
                         f"{'from' if bar.is_rate else 'to'} {bar.limit}", verdict(bar, beside, found)])
    return markdown(rows) if len(rows) > 1 else []


def verdict(bar, beside, found):
    """What is met beside some of its peers may be missed beside the others."""
    if not found:
        return "not measured"
    if not ratios.is_met(bar, found):
        return "missed"
    return "met" if len(beside) == len(bar.peers) else "met beside these"
