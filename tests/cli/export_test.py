import json

import pytest
import tensorflow as tf


def test_a_saved_model(run, tmp_path):
    code, out, err = run("export", "conditional_gan_mnist", "served")
    assert (code, err) == (0, "")
    assert out.startswith("Wrote 'served/1'.\n")
    loaded = tf.saved_model.load(str(tmp_path / "served" / "1"))
    for name in loaded.signatures:
        assert f"\n{name} " in out
    assert "seeds: int64 (n)" in out
    assert "images: uint8 (n, 28, 28, 1)" in out
    model = "conditional_gan_mnist"
    assert f"{tmp_path}/served:/models/{model} -e MODEL_NAME={model}" in out


def test_json_says_which_version_was_written(run):
    code, out, _ = run("export", "dcgan", "served", "--version=3", "--json")
    assert code == 0
    assert json.loads(out) == {
        "out": "served/3",
        "signatures": ["from_latents", "generate", "png", "serving_default"],
    }


def test_litert(run, tmp_path):
    code, out, _ = run("export", "dcgan", "small", "--format=litert")
    assert code == 0
    assert out.startswith("Wrote 'small/dcgan.tflite'.\n")
    assert "latents: float32 (1, 4)" in out
    assert "images: float32 (1, 16, 16, 3)" in out
    assert "serving_default" in out
    assert "docker" not in out
    assert (tmp_path / "small" / "dcgan.tflite").stat().st_size > 1000


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("served", "--format=litert", "--version=1"), "has versions"),
        (("served", "--version=3"), "Received: --version=3, which is in"),
        (("file",), "FOLDER must be a folder that can be written to"),
    ],
)
def test_mistakes_are_found_before_the_model_is_loaded(
    run, tmp_path, monkeypatch, arguments, message
):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "served" / "3").mkdir(parents=True)
    monkeypatch.delattr("kerasgan.zoo.saving.load")
    code, out, err = run("export", "dcgan", *arguments)
    assert (code, out) == (1, "")
    assert message in err
