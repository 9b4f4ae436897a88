"""Tables as text."""

import csv
import io
import math

import pytest

from kerasgan.turing import tables


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula(first):
    text = tables.csv_text(["a"], [[f"{first}1+1"]])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["a"],
        [f"'{first}1+1"],
    ]


def test_a_heading_is_no_formula_either():
    assert tables.csv_text(["=a"], []) == "'=a\r\n"


def test_values():
    row = [-1, -0.5, True, False, None, math.nan, 'a "b", c', 1 / 3]
    assert tables.csv_text(["x"] * 8, [row]).splitlines()[1] == (
        '-1,-0.5,true,false,,,"a ""b"", c",0.333333'
    )


def test_markdown_stays_in_its_cell():
    lines = tables.markdown_table(["a", "b"], [["x|y\nz", "<b>_[c](d)`"]])
    assert lines == [
        "| a | b |",
        "| --- | --- |",
        r"| x\|y z | \<b\>\_\[c\](d)\` |",
    ]
