"""A ratio is taken inside one round, where both sides met the same machine; then the median of the rounds.

`by_peer` is everywhere: name -> the run of each round; a run: rate, cpu, p50_us, p99_us, errors and requests_total.
"""

import statistics

from modes import PROXIES

MAX_WRONG = 0.01  # share of wrong answers above which a run says nothing


def is_sound(run, metric):
    return bool(run[metric]) and run["errors"] <= MAX_WRONG * max(run["requests_total"], 1)


def to_best(bar, by_peer, peers):
    """Breakwater's figure to that of the best of `peers`, round by round; a round without either is left out."""
    by = bar.best_by or bar.metric
    best = max if by == "rate" else min
    found = []
    for number, ours in enumerate(by_peer.get("breakwater", [])):
        theirs = [by_peer[name][number] for name in peers if number < len(by_peer.get(name, []))]
        theirs = [run for run in theirs if is_sound(run, by) and is_sound(run, bar.metric)]
        if theirs and is_sound(ours, bar.metric):
            found.append(ours[bar.metric] / best(theirs, key=lambda run: run[by])[bar.metric])
    return found


def is_met(bar, found):
    middle = statistics.median(found)
    return middle >= bar.limit if bar.is_rate else middle <= bar.limit


def medians(mode, by_peer):
    """metric -> the median ratio to the best of all other proxies that were measured: what is recorded. Without p99, which
    in a run of a second says more of who else is on the machine."""
    found = {bar.metric: to_best(bar, by_peer, PROXIES) for bar in mode.bars if bar.metric != "p99_us"}
    return {metric: statistics.median(values) for metric, values in found.items() if values}
