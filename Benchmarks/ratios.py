"""How Tessera's medians compare with the faster of two peers.

÷: Tessera's median over that of the faster peer; below 1 Tessera is faster. target: what the first should be at most;
the second at most 1.
"""

import contenders
import report
import suites


def ratios(rows):
    """One row for each network, batch and number of threads that Tessera ran."""
    result = []
    medians = {(row["network"], row["batch"], row["threads"], row["contender"]): row["median_ms"]
               for row in rows if "median_ms" in row}
    for (*key, contender), own in medians.items():
        if contender != contenders.OWN.name:
            continue
        row = {"network": key[0], "batch": key[1], "threads": key[2], "median_ms": own,
               "target": suites.NETWORKS[key[0]].target}
        for group, names in suites.RIVALS.items():
            best = min((medians[*key, name] for name in names if (*key, name) in medians), default=None)
            row[group] = own / best if best else None
        result.append(row)
    return result


def table(rows):
    header = ["network", "batch", "threads", "Tessera ms", *(f"÷ faster of {group}" for group in suites.RIVALS), "target"]
    return report.table(header, [
        [row["network"], str(row["batch"]), str(row["threads"]), f"{row['median_ms']:.2f}",
         *(f"{row[group]:.2f}" if row[group] else "" for group in suites.RIVALS),
         f"{row['target']:.2f}" if row["target"] else ""]
        for row in rows])
