"""What an export writes: versions, whole or not at all, and what is in them."""

import hashlib
import subprocess
import sys

import grpc_double
import keras
import model_cases
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from kerasgan import export
from kerasgan.export import warmup


@pytest.fixture(scope="module")
def model():
    return model_cases.build("own_networks")


def digests(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file()
    }


# Versions.


def test_versions_count_up(model, tmp_path):
    folder = tmp_path / "new" / "model"
    assert export.export(model, folder) == folder / "1"
    assert export.export(model, str(folder), version=7) == folder / "7"
    (folder / "notes").mkdir()
    assert export.export(model, folder) == folder / "8"
    assert {path.name for path in folder.iterdir()} == {"1", "7", "8", "notes"}


@pytest.mark.parametrize("name", ["3", "003"])
def test_an_existing_version_is_refused_before_any_work(
    model, tmp_path, name, monkeypatch
):
    (tmp_path / name).mkdir()
    (tmp_path / name / "saved_model.pb").write_bytes(b"old")
    before = digests(tmp_path)
    monkeypatch.setattr(model, "sample", None)
    with pytest.raises(ValueError, match=r"version=3, .*Leave it out .* 4"):
        export.export(model, tmp_path, version=3)
    assert digests(tmp_path) == before


@pytest.mark.parametrize("version", [0, -1, 1.0, "1", True])
def test_a_version_is_a_positive_integer(model, tmp_path, version):
    with pytest.raises(ValueError, match="`version` must be an integer"):
        export.export(model, tmp_path, version=version)
    assert not list(tmp_path.iterdir())


def test_a_failing_export_leaves_what_was_there(model, tmp_path, monkeypatch):
    export.export(model, tmp_path)
    before = digests(tmp_path)

    def fail(functions, folder):
        assert (folder / "saved_model.pb").is_file()
        raise OSError("No space left on device")

    monkeypatch.setattr(warmup, "write", fail)
    with pytest.raises(OSError, match="No space left"):
        export.export(model, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
    assert digests(tmp_path) == before


@pytest.mark.parametrize("version", [None, 1])
def test_of_two_at_once_the_second_comes_after(
    version, model, tmp_path, monkeypatch
):
    def others_first(functions, folder):
        (tmp_path / "1").mkdir()
        (tmp_path / "1" / "saved_model.pb").write_bytes(b"theirs")

    monkeypatch.setattr(warmup, "write", others_first)
    if version:
        with pytest.raises(ValueError, match=r"version=1, .*Leave it out .* 2"):
            export.export(model, tmp_path, version)
    else:
        assert export.export(model, tmp_path) == tmp_path / "2"
    expected = {"1"} if version else {"1", "2"}
    assert {path.name for path in tmp_path.iterdir()} == expected
    assert (tmp_path / "1" / "saved_model.pb").read_bytes() == b"theirs"


# Models that are refused.


def test_a_level_alone_is_refused(tmp_path):
    level = model_cases.build("lapgan").levels[0]
    with pytest.raises(ValueError, match="export the whole LAPGAN"):
        export.export(level, tmp_path)


def test_a_model_that_is_not_adapted_is_refused(tmp_path):
    unadapted = model_cases.CASES["cclapgan_paper"].build()
    with pytest.raises(ValueError, match=r"Call `model\.adapt"):
        export.export(unadapted, tmp_path)


def test_another_precision_is_refused(tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        mixed = model_cases.build("lapgan")
    finally:
        keras.config.set_dtype_policy("float32")
    with pytest.raises(ValueError, match=r"float32. Received: .*bfloat16"):
        export.export(mixed, tmp_path)
    assert not list(tmp_path.iterdir())


# What is in it.


@pytest.mark.parametrize("name", ["gan_mnist", "cclapgan"])
def test_it_holds_the_weights_of_one_generator_only(exported, name):
    model, path = exported(name)
    saved = tf.train.list_variables(str(path / "variables" / "variables"))
    shapes = [shape for key, shape in saved if "VARIABLE_VALUE" in key]
    expected = [
        list(variable.shape)
        for part in model.generator_parts().values()
        for variable in part.variables
    ]
    assert sorted(shapes) == sorted(expected)


def test_others_may_read_it(exported):
    _, path = exported("gan_mnist")
    for each in [path, *path.rglob("*")]:
        assert each.stat().st_mode & 0o044 == 0o044


@pytest.mark.parametrize("name", ["own_networks", "gan_mnist", "cclapgan"])
def test_warm_up_requests_are_answered(exported, served, name):
    _, path = exported(name)
    records = tf.data.TFRecordDataset(str(path / warmup.PATH))
    logs = [
        prediction_log_pb2.PredictionLog.FromString(record.numpy())
        for record in records
    ]
    answered = set()
    for log in logs:
        request = log.predict_log.request
        signature_name = request.model_spec.signature_name
        inputs = grpc_double.inputs_of(request)
        outputs = served(name)(signature_name, **inputs)
        answered.add(signature_name)
        # What a server needs that batches requests.
        assert {len(value) for value in inputs.values()} == {1}
        assert {len(value) for value in outputs.values()} == {1}
    assert answered == set(served(name).signatures) - {"generate"}


def test_saved_model_cli_scans_it(exported):
    _, path = exported("cclapgan")
    command = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli"]
    done = subprocess.run(
        [*command, "scan", "--dir", str(path)], capture_output=True, text=True
    )
    assert "does not contain the default denylisted ops" in done.stdout


def test_it_answers_in_tensorflow_2_too(exported):
    model, path = exported("gan_mnist")
    loaded = tf.saved_model.load(str(path))
    outputs = loaded.signatures["generate"](
        count=tf.constant(3, tf.int64), seed=tf.constant(1, tf.int64)
    )
    expected = (model.generate(3, seed=1) + 1) * 127.5
    # Half a grey value of rounding.
    np.testing.assert_allclose(outputs["images"], expected, atol=0.501)
