import numpy as np
import pytest

from kerasgan import errors


def test_choice_is_returned():
    assert errors.check_choice("loss", "hinge", ["minimax", "hinge"]) == "hinge"
    # The keys of a dictionary are choices too.
    assert errors.check_choice("loss", "hinge", {"hinge": 1}) == "hinge"


def test_message_of_an_unknown_choice():
    with pytest.raises(ValueError) as error:
        errors.check_choice("loss", "hinges", ["minimax", "hinge"])
    assert str(error.value) == (
        "`loss` must be one of ['minimax', 'hinge']. Received: loss='hinges'. "
        "Did you mean 'hinge'?"
    )


@pytest.mark.parametrize("value", ["xyz", None, 3])
def test_message_where_nothing_is_close(value):
    with pytest.raises(ValueError) as error:
        errors.check_choice("loss", value, ["minimax", "hinge"])
    assert str(error.value) == (
        "`loss` must be one of ['minimax', 'hinge']. Received: "
        f"loss={value!r}. Choose one of them."
    )


@pytest.mark.parametrize("value", [1, 5, np.int64(3), np.uint8(5)])
def test_integer_within_the_bounds_is_returned(value):
    number = errors.check_integer("pieces", value, minimum=1, maximum=5)
    assert number == value
    assert type(number) is int


@pytest.mark.parametrize("value", [0, 6, -1, 3.0, "3", None, True, np.nan])
def test_other_integers_are_refused(value):
    with pytest.raises(ValueError) as error:
        errors.check_integer("pieces", value, minimum=1, maximum=5)
    assert str(error.value) == (
        "`pieces` must be an integer, at least 1 and at most 5. Received: "
        f"pieces={value!r}. Give such a number."
    )


def test_integer_without_a_maximum():
    assert errors.check_integer("pieces", 10**12, minimum=1) == 10**12
    with pytest.raises(ValueError, match=r"at least 1\. Received: pieces=0\."):
        errors.check_integer("pieces", 0, minimum=1)


@pytest.mark.parametrize("value", [0, 0.0, 0.5, 0.999, np.float32(0.25)])
def test_fraction_is_returned(value):
    fraction = errors.check_fraction("rate", value)
    assert fraction == value
    assert type(fraction) is float


@pytest.mark.parametrize(
    "value", [-0.001, 1, 1.0, 2, "0.5", None, True, False, np.nan, np.inf]
)
def test_other_fractions_are_refused(value):
    with pytest.raises(ValueError) as error:
        errors.check_fraction("rate", value)
    assert str(error.value) == (
        "`rate` must be a number of at least 0 and under 1. Received: "
        f"rate={value!r}. Give such a number, for example 0.5."
    )
