"""Checkpoints: the same bits back, whatever has happened to the files."""

import collections
import resource
import shutil

import keras
import model_cases
import numpy as np
import pytest

from kerasgan import checkpoints
from kerasgan import models


def build(name="dcgan", ema=0.9, **kwargs):
    """A compiled model: batch norm, an average, two Adams, metrics."""
    model = model_cases.build(name, ema=ema, **kwargs)
    return model_cases.compile(model, lambda: keras.optimizers.Adam(1e-3))


@pytest.fixture(scope="module")
def model():
    return build()


def variables(model):
    """All there are, found in another way than `Checkpoints` does."""
    return [
        *model.weights,
        *model.metrics_variables,
        *model.generator_optimizer.variables,
        *model.discriminator_optimizer.variables,
    ]


def values(model):
    return [np.array(variable) for variable in variables(model)]


def fill(model, seed):
    """Gives all variables random values, which are returned."""
    rng = np.random.default_rng(seed)
    for variable in variables(model):
        if "int" in variable.dtype:
            variable.assign(rng.integers(1000, size=variable.shape))
        else:
            variable.assign(rng.normal(size=variable.shape))
    return values(model)


def are_equal(ones, others):
    """Whether all have the same bits."""
    return all(
        one.dtype == other.dtype and one.tobytes() == other.tobytes()
        for one, other in zip(ones, others, strict=True)
    )


def save_two(model, folder):
    """Saves two checkpoints, and returns the values of each."""
    saver = checkpoints.Checkpoints(model, folder)
    saved = {}
    for step in (3, 6):
        saved[step] = fill(model, seed=step)
        saver.save(step)
    return saved


def restored(model, folder):
    """The values that a new object restores."""
    fill(model, seed=99)
    assert checkpoints.Checkpoints(model, folder).restore()
    return values(model)


def names(folder):
    return sorted(
        path.name
        for path in folder.iterdir()
        # A list of them, which TensorFlow may keep.
        if path.name != "checkpoint"
    )


def files_of(*steps):
    return sorted(
        f"ckpt-{step}.{suffix}"
        for step in steps
        for suffix in ("data-00000-of-00001", "index")
    )


def files(folder):
    return {path: path.read_bytes() for path in folder.iterdir()}


def test_another_model_goes_on_with_the_same_bits(model, tmp_path):
    saved = fill(model, seed=0)
    checkpoints.Checkpoints(model, tmp_path / "new" / "run").save(6)
    other = build()
    assert not are_equal(values(other), saved)
    assert checkpoints.Checkpoints(other, tmp_path / "new" / "run").restore()
    assert are_equal(values(other), saved)
    paths = " ".join(variable.path for variable in variables(model))
    for part in ("moving_variance", "iteration", "velocity", "logits/total"):
        assert part in paths


def test_without_a_checkpoint_nothing_happens(model, tmp_path):
    before = fill(model, seed=0)
    assert not checkpoints.Checkpoints(model, tmp_path / "run").restore()
    assert are_equal(values(model), before)
    assert not any(tmp_path.iterdir())


def test_standardised_pixels_are_saved(tmp_path):
    model = build("gan_cifar10", pixel_space="standardised")
    saved = fill(model, seed=0)
    checkpoints.Checkpoints(model, tmp_path).save(1)
    assert are_equal(restored(model, tmp_path), saved)
    assert len(model.pixels.variables) > 0


def test_size_is_that_of_all_variables(model, tmp_path):
    num_bytes = checkpoints.Checkpoints(model, tmp_path).num_bytes
    assert num_bytes == sum(value.nbytes for value in values(model))


def test_the_last_two_are_kept_also_after_a_restart(model, tmp_path):
    saver = checkpoints.Checkpoints(model, tmp_path)
    for step, expected in ((3, [3]), (6, [3, 6]), (10, [6, 10])):
        saver.save(step)
        assert names(tmp_path) == files_of(*expected)
    for first in (11, 21):
        saver = checkpoints.Checkpoints(model, tmp_path)
        assert saver.restore()
        for step in range(first, first + 3):
            saver.save(step)
        assert names(tmp_path) == files_of(first + 1, first + 2)


def test_steps_are_compared_as_numbers(model, tmp_path):
    saver = checkpoints.Checkpoints(model, tmp_path)
    fill(model, seed=9)
    saver.save(9)
    saved = fill(model, seed=10)
    saver.save(10)
    assert are_equal(restored(model, tmp_path), saved)


def test_a_moved_folder_is_read_and_the_old_one_left(model, tmp_path):
    saved = save_two(model, tmp_path / "old")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    assert are_equal(restored(model, tmp_path / "new"), saved[6])
    saver = checkpoints.Checkpoints(model, tmp_path / "new")
    saver.restore()
    saver.save(8)
    saver.save(9)
    assert names(tmp_path / "new") == files_of(8, 9)
    assert names(tmp_path / "old") == files_of(3, 6)


@pytest.mark.parametrize("suffix", ["data-00000-of-00001", "index"])
def test_before_a_truncated_one_comes_the_one_before(
    suffix, model, tmp_path, capsys
):
    saved = save_two(model, tmp_path)
    path = tmp_path / f"ckpt-6.{suffix}"
    whole = files(tmp_path)
    size = len(whole[path])
    for length in (0, 1, size // 2, size - 1):
        for other, content in whole.items():
            other.write_bytes(content)
        path.write_bytes(whole[path][:length])
        assert are_equal(restored(model, tmp_path), saved[3])
        said = capsys.readouterr().out
        assert said.startswith(f"{tmp_path / 'ckpt-6'} cannot be read;")
        assert said.endswith("; trying the one before.\n")


def test_one_wrong_bit_is_never_read(model, tmp_path, capsys):
    saved = save_two(model, tmp_path)
    whole = files(tmp_path)
    data = tmp_path / "ckpt-6.data-00000-of-00001"
    index = tmp_path / "ckpt-6.index"
    size = len(whole[index])
    # The last 48 bytes of the index are not checksummed: where its parts are,
    # then padding, then a constant.
    places = [
        *((data, byte) for byte in np.linspace(0, len(whole[data]) - 1, 14)),
        *((index, byte) for byte in np.linspace(0, size - 49, 14)),
        *((index, byte) for byte in range(size - 48, size - 36)),
        *((index, byte) for byte in range(size - 8, size)),
    ]
    read = collections.Counter()
    for number, (path, byte) in enumerate(places):
        for other, content in whole.items():
            other.write_bytes(content)
        damaged = bytearray(whole[path])
        # All the bits of a byte in turn; and 6, which makes sizes large.
        bit = 6 if size - 48 <= byte < size - 36 else number % 8
        damaged[int(byte)] ^= 1 << bit
        path.write_bytes(damaged)
        now = restored(model, tmp_path)
        falls_back = "cannot be read" in capsys.readouterr().out
        assert are_equal(now, saved[3 if falls_back else 6]), (path, byte)
        read[path.suffix, falls_back] += 1
    # Every bit of the data counts, and of the index most.
    assert read[data.suffix, True] == 14
    assert read[".index", True] > 2 * read[".index", False]


def test_after_a_fall_back_both_are_whole_again(model, tmp_path):
    saved = save_two(model, tmp_path)
    (tmp_path / "ckpt-6.data-00000-of-00001").write_bytes(b"")
    saver = checkpoints.Checkpoints(model, tmp_path)
    assert saver.restore()
    # Stopped before it came as far as the damaged one.
    saved[5] = fill(model, seed=5)
    saver.save(5)
    assert names(tmp_path) == files_of(3, 5)
    assert are_equal(restored(model, tmp_path), saved[5])
    (tmp_path / "ckpt-5.data-00000-of-00001").write_bytes(b"")
    assert are_equal(restored(model, tmp_path), saved[3])


def test_all_damaged(model, tmp_path):
    save_two(model, tmp_path)
    for path in tmp_path.glob("ckpt-*.index"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OSError) as error:
        checkpoints.Checkpoints(model, tmp_path).restore()
    assert str(error.value) == (
        f"One of the checkpoints in '{tmp_path}' must be readable. Received: "
        "['ckpt-6', 'ckpt-3'], all damaged. Begin anew with --restart, which "
        "deletes nothing."
    )
    assert names(tmp_path) == files_of(3, 6)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\x00\x1f{", b'model_checkpoint_path: "x"\n', None]
)
def test_a_damaged_list_of_checkpoints_does_not_matter(
    content, model, tmp_path
):
    saved = save_two(model, tmp_path)
    path = tmp_path / "checkpoint"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
    saver = checkpoints.Checkpoints(model, tmp_path)
    fill(model, seed=99)
    assert saver.restore()
    assert are_equal(values(model), saved[6])
    saver.save(7)
    saver.save(8)
    assert names(tmp_path) == files_of(7, 8)


def test_what_a_killed_writer_has_left_is_removed(model, tmp_path):
    saved = save_two(model, tmp_path)
    # Killed as it wrote the data; before it wrote the index; as it deleted.
    part = tmp_path / "ckpt-9_temp" / "part-00000-of-00001.data-00000-of-00001"
    part.parent.mkdir()
    part.write_bytes(b"abc")
    (tmp_path / "ckpt-8.data-00000-of-00001").write_bytes(b"abc")
    (tmp_path / "ckpt-2.data-00000-of-00001").write_bytes(b"abc")
    (tmp_path / "notes.txt").write_text("A person's own.")
    assert are_equal(restored(model, tmp_path), saved[6])
    assert names(tmp_path) == [*files_of(3, 6), "notes.txt"]


def test_killed_before_the_first_was_whole(model, tmp_path):
    (tmp_path / "ckpt-3_temp").mkdir()
    (tmp_path / "ckpt-3.data-00000-of-00001").write_bytes(b"abc")
    assert not checkpoints.Checkpoints(model, tmp_path).restore()
    assert names(tmp_path) == []


def test_a_further_worker_reads_and_leaves_no_file(model, tmp_path):
    saved = save_two(model, tmp_path)
    (tmp_path / "ckpt-9_temp").mkdir()
    before = names(tmp_path)
    worker = checkpoints.Checkpoints(model, tmp_path, is_chief=False)
    fill(model, seed=99)
    assert worker.restore()
    assert are_equal(values(model), saved[6])
    worker.save(7)
    assert names(tmp_path) == before


def _other_size():
    other = models.DCGAN(
        image_shape=(16, 16, 3), filters=3, latent_dim=4, ema=0.9
    )
    return model_cases.compile(other, lambda: keras.optimizers.Adam(1e-3))


@pytest.mark.parametrize(
    "build_other",
    [
        lambda: build("own_networks"),
        _other_size,
        lambda: build(ema=None),
        lambda: model_cases.compile(model_cases.build("dcgan", ema=0.9)),
    ],
    ids=["family", "size", "average", "optimizer"],
)
def test_a_checkpoint_of_another_model_is_refused(build_other, model, tmp_path):
    # Both ways: the one that has more and the one that has less.
    other = build_other()
    for saved, read in ((model, other), (other, model)):
        folder = tmp_path / saved.name
        save_two(saved, folder)
        with pytest.raises(ValueError) as error:
            checkpoints.Checkpoints(read, folder).restore()
        assert str(error.value) == (
            "A checkpoint must be of the model that is trained on. Received: "
            f"'{folder / 'ckpt-6'}', of another. Give --restart, or another "
            "--workdir."
        )
        assert names(folder) == files_of(3, 6)


@pytest.mark.parametrize(
    "network", ["generator", "averaged_generator", "discriminator"]
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_not_finite_is_not_saved(
    network, value, model, tmp_path
):
    saved = save_two(model, tmp_path)
    weight = getattr(model, network).weights[-1]
    wrong = np.array(weight)
    wrong.flat[-1] = value
    weight.assign(wrong)
    with pytest.raises(FloatingPointError) as error:
        checkpoints.Checkpoints(model, tmp_path).save(9)
    assert str(error.value) == (
        "All weights must be finite. Received: nan or inf in "
        f"'{weight.path}' of the {network} after step 9. The checkpoint "
        "before is kept. Lower the learning rates and begin anew with "
        "--restart."
    )
    assert names(tmp_path) == files_of(3, 6)
    assert are_equal(restored(model, tmp_path), saved[6])


def test_a_counter_in_a_network_is_saved(tmp_path):
    class Counter(keras.layers.Layer):
        def build(self, input_shape):
            self.calls = self.add_weight(
                initializer="ones", dtype="int32", trainable=False
            )

        def call(self, inputs):
            return inputs

    generator, discriminator = (
        keras.Sequential(
            [
                keras.Input(shape),
                Counter(),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
                keras.layers.Reshape(output),
            ]
        )
        for shape, output in (((2,), (1, 1, 1)), ((1, 1, 1), (1,)))
    )
    model = model_cases.compile(models.GAN((generator, discriminator)))
    checkpoints.Checkpoints(model, tmp_path).save(3)
    (counter,) = [each for each in generator.weights if each.dtype == "int32"]
    counter.assign(5)
    assert checkpoints.Checkpoints(model, tmp_path).restore()
    assert int(counter) == 1


def test_too_little_space_is_noticed_before_writing(
    model, tmp_path, monkeypatch
):
    saved = save_two(model, tmp_path)
    saver = checkpoints.Checkpoints(model, tmp_path)
    usage = collections.namedtuple("Usage", "total used free")
    free = saver.num_bytes - 1
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, free))
        with pytest.raises(
            OSError, match=r"^The checkpoint of step 9 .*MiB free"
        ):
            saver.save(9)
    assert names(tmp_path) == files_of(3, 6)
    assert are_equal(restored(model, tmp_path), saved[6])


def test_a_full_disk_leaves_the_one_before(model, tmp_path):
    saved = save_two(model, tmp_path)
    fill(model, seed=9)
    saver = checkpoints.Checkpoints(model, tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in (saver.num_bytes // 2, 0):
        # Stands for a full disk: either way, writing ends within a file.
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            with pytest.raises(OSError) as error:
                saver.save(9)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        text = str(error.value)
        assert text.startswith(
            f"The checkpoint of step 9 must be written to '{tmp_path}'. "
            "Received: "
        )
        assert text.endswith(
            ". The one before is kept: make room, and the same command goes on "
            "from there."
        )
    assert are_equal(restored(model, tmp_path), saved[6])
    assert names(tmp_path) == files_of(3, 6)
    saver.save(9)
    assert names(tmp_path) == files_of(6, 9)
