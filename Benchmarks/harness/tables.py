"""Small figures for tables."""
import statistics


def median(values):
    values = list(values)
    return statistics.median(values) if values else float("nan")


def spread(values, form):
    """`median [least-most]`."""
    values = list(values)
    if not values:
        return "-"
    return f"{form.format(median(values))} [{form.format(min(values))}-{form.format(max(values))}]"


def quantile(values, share):
    """The least value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
