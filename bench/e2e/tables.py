"""Runs in, tables out. A ratio is taken inside one round, where both sides met the same machine; then the median."""

import statistics

COLUMNS = ["peer", "{unit}", "p50 us", "p99 us", "CPU s per {cpu_unit}", "{unit}: x squid", "CPU: x squid",
           "{unit}: x direct", "errors"]


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


def cpu(value):
    return f"{value:.4f}"


def ratios(runs, reference, key):
    """This peer to the reference, round by round."""
    pairs = zip((run[key] for run in runs), (run[key] for run in reference or []))
    return [mine / theirs for mine, theirs in pairs if mine and theirs]


def table(mode, by_peer):
    """`by_peer`: name -> the run of each round. Lines of Markdown."""
    units = {"unit": mode.unit, "cpu_unit": mode.cpu_unit}
    rows = [[column.format(**units) for column in COLUMNS]]
    for name, runs in by_peer.items():
        is_squid, is_direct = name == "squid", name == "direct"
        row = [name, spread([run["rate"] for run in runs], count)]
        for key in ("p50_us", "p99_us"):
            row.append("-" if mode.streams else spread([run[key] for run in runs], count))
        row.append(spread([run["cpu"] for run in runs], cpu))
        for key, other, own in (("rate", "squid", is_squid), ("cpu", "squid", is_squid), ("rate", "direct", is_direct)):
            row.append("-" if own else spread(ratios(runs, by_peer.get(other), key), ratio))
        row.append(errors(runs))
        rows.append(row)
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return lines


def errors(runs):
    kinds = {}
    for run in runs:
        for kind, number in run["errors_by_kind"].items():
            kinds[kind] = kinds.get(kind, 0) + number
    return ", ".join(f"{number:,} {kind}" for kind, number in kinds.items()) or "0"
