"""Checks of arguments, with errors that say what is expected and what came."""

import difflib
import numbers

# Of all seeds; the largest int32.
MAX_SEED = 2**31 - 1


def check_choice(argument, value, choices):
    """Returns `value` if it is one of `choices`.

    Raises:
        ValueError: Otherwise; it names the closest choice.
    """
    choices = list(choices)
    if value in choices:
        return value
    close = difflib.get_close_matches(str(value), choices, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    raise ValueError(
        f"`{argument}` must be one of {choices}. "
        f"Received: {argument}={value!r}.{hint or ' Choose one of them.'}"
    )


def check_integer(argument, value, minimum, maximum=None):
    """Returns `value` as an int if it is one within the bounds, inclusive.

    Raises:
        ValueError: Otherwise.
    """
    valid = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if valid and value >= minimum and (maximum is None or value <= maximum):
        return int(value)
    bounds = f"at least {minimum}"
    if maximum is not None:
        bounds += f" and at most {maximum}"
    raise ValueError(
        f"`{argument}` must be an integer, {bounds}. Received: "
        f"{argument}={value!r}. Give such a number."
    )


def check_fraction(argument, value):
    """Returns `value` as a float if it is in `[0, 1)`.

    Raises:
        ValueError: Otherwise.
    """
    valid = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if valid and 0 <= value < 1:
        return float(value)
    raise ValueError(
        f"`{argument}` must be a number of at least 0 and under 1. Received: "
        f"{argument}={value!r}. Give such a number, for example 0.5."
    )
