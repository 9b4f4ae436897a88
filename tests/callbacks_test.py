import math
import types

import tensorflow as tf

from kerasgan import callbacks


def logged(path, first_epoch, *epochs):
    log = callbacks.Log(path, first_epoch)
    log.on_train_begin()
    for i, logs in enumerate(epochs):
        log.on_epoch_end(first_epoch + i, logs)
    return path.read_text().splitlines()


def test_a_line_an_epoch(tmp_path):
    path = tmp_path / "log.csv"
    assert logged(path, 0, {"loss": 0.5}, {"loss": 0.25}) == [
        "epoch,loss",
        "1,0.5",
        "2,0.25",
    ]


def test_a_resumed_run_goes_on_below_its_checkpoint(tmp_path):
    path = tmp_path / "log.csv"
    logged(path, 0, {"loss": 0.5}, {"loss": 0.25}, {"loss": 0.2})
    assert logged(path, 2, {"loss": 0.125}) == [
        "epoch,loss",
        "1,0.5",
        "2,0.25",
        "3,0.125",
    ]


def test_a_score_of_another_name_has_a_column_of_its_own(tmp_path):
    path = tmp_path / "log.csv"
    logged(path, 0, {"loss": 0.5, "old": 3.0})
    lines = logged(path, 1, {"loss": 0.25, "new": math.nan}, {"new": 2.0})
    assert lines == [
        "epoch,loss,old,new",
        "1,0.5,3.0,nan",
        "2,0.25,nan,nan",
        "3,nan,nan,2.0",
    ]


def test_measurements_are_in_every_line_of_the_log():
    writer = tf.summary.create_noop_writer()
    measure = callbacks.Measurements(lambda: {"a": 2.0}, ["a"], writer, 2)
    measure.set_model(types.SimpleNamespace(steps_taken=1))
    measure.set_params({"epochs": 9})
    lines = [{}, {}]
    for epoch, logs in enumerate(lines):
        measure.on_epoch_end(epoch, logs)
    assert math.isnan(lines[0]["a"])
    assert lines[1] == {"a": 2.0}
