"""A measured number, with its interval and what it means."""

import typing

import numpy as np

LOWER, HIGHER, NEITHER = "lower", "higher", "neither"


class Number(typing.NamedTuple):
    """One number of a report.

    Attributes:
        name: str, with the extractor in square brackets where there is one.
        value: float.
        low: float, the lower end of the interval at 95 %.
        high: float, the upper end.
        method: str, how the interval was found.
        better: `"lower"`, `"higher"`, or `"neither"` where a number is no
            score.
        protocol: str, what was compared with what, beyond the report's own
            protocol.
    """

    name: str
    value: float
    low: float
    high: float
    method: str
    better: str
    protocol: str


def finite(measured):
    """Those of some `Number`s whose value and interval are finite.

    Of few images, or of many equal ones, some metrics are nan.
    """
    return [
        number
        for number in measured
        if np.isfinite([number.value, number.low, number.high]).all()
    ]


def of_interval(name, interval, better, protocol):
    """A `Number` from a `kerasgan.metrics.Interval`."""
    return Number(
        name,
        interval.value,
        interval.low,
        interval.high,
        interval.method,
        better,
        protocol,
    )


def of_standard_error(name, value, standard_error, better, protocol):
    """A `Number` whose interval is 1.96 standard errors to either side."""
    margin = 1.96 * standard_error
    return Number(
        name,
        float(value),
        float(value - margin),
        float(value + margin),
        "normal",
        better,
        protocol,
    )
