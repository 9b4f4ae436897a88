import numpy as np
import prdc
import pytest

from kerasgan.metrics import distances
from kerasgan.metrics import nearest_neighbour
from kerasgan.metrics import precision_recall


def measure(real, fake, **options):
    return precision_recall.manifold_metrics(real, fake, **options)


def features(count, seed=0, width=4):
    return np.random.default_rng(seed).normal(size=(count, width))


@pytest.mark.parametrize("precision_k, coverage_k", [(3, 5), (5, 3), (1, 1)])
@pytest.mark.parametrize("num_fake", [150, 90])
def test_agrees_with_prdc(num_fake, precision_k, coverage_k):
    real, fake = features(120), 1.2 * features(num_fake, seed=1) + 0.3
    result = measure(real, fake, precision_k=precision_k, coverage_k=coverage_k)
    first = prdc.compute_prdc(real, fake, precision_k)
    second = prdc.compute_prdc(real, fake, coverage_k)
    assert result == pytest.approx(
        {
            "precision": first["precision"],
            "recall": first["recall"],
            "density": second["density"],
            "coverage": second["coverage"],
        }
    )
    # None of them is at its end, so all have been compared.
    assert all(0.1 < value < 0.99 for value in result.values())


@pytest.mark.parametrize("kind", ["apart", "with copies", "of few values"])
def test_the_two_sample_accuracy_is_of_the_same_distances(kind, monkeypatch):
    # Small blocks, so that the nearest one may be in any.
    monkeypatch.setattr(distances, "_BLOCK", 1000)
    real, fake = features(90), 1.2 * features(90, seed=1) + 0.3
    if kind == "with copies":
        # Both of one set and of the other: equally near, which counts half.
        real[:9], fake[:9], fake[9:18] = real[9:18], real[9:18], real[20:29]
    if kind == "of few values":
        real, fake = np.round(real), np.round(fake)
    real, fake = real.astype("float32"), fake.astype("float32")
    expected = nearest_neighbour.two_sample_accuracy(real, fake)["accuracy"]
    searches = []
    nearest = distances.nearest

    def counted(*args, **kwargs):
        searches.append(args)
        return nearest(*args, **kwargs)

    monkeypatch.setattr(distances, "nearest", counted)
    result = measure(real, fake, two_sample=True)
    assert result.pop("two_sample_accuracy") == expected
    assert len(searches) == 2
    assert result == measure(real, fake)


def test_two_samples_are_of_as_many_images():
    with pytest.raises(ValueError, match=r"`two_sample`.*90 and 60"):
        measure(features(90), features(60), two_sample=True)


def test_equal_sets():
    real = features(60)
    # In its ball are an image itself and the neighbours 1 to k - 1: k.
    assert measure(real, real.copy()) == dict.fromkeys(
        ("precision", "recall", "density", "coverage"), 1
    )


def test_sets_far_apart():
    assert set(measure(features(60), features(60) + 100).values()) == {0}


def test_sets_of_one_kind():
    result = measure(features(1000), features(1000, seed=1))
    # 1 - 2^-5 = 0.969, with a standard deviation of some 0.006.
    assert result["coverage"] == pytest.approx(0.969, abs=0.025)
    # Of 1000 images, some 3 %.
    assert result["density"] == pytest.approx(1, abs=0.12)


def modes(count, num_modes, seed):
    """Round modes, 20 apart."""
    rows = features(count, seed)
    rows[:, 0] += 20 * (np.arange(count) % num_modes)
    return rows


def test_lost_modes_cost_recall_and_coverage_but_no_precision():
    result = measure(modes(400, 4, 0), modes(100, 1, 1))
    assert result["precision"] > 0.8
    assert result["recall"] <= 0.25
    assert result["coverage"] <= 0.25


def test_modes_that_do_not_exist_cost_precision_but_no_recall():
    result = measure(modes(100, 1, 0), modes(400, 4, 1))
    assert result["precision"] <= 0.25
    assert result["recall"] > 0.8
    assert result["coverage"] > 0.8


def test_images_without_variety_cost_recall_and_noisy_ones_precision():
    real, fake = features(300), features(300, seed=1)
    timid, wild = measure(real, 0.5 * fake), measure(real, 2 * fake)
    assert timid["precision"] > 0.95 > 0.6 > timid["recall"]
    assert wild["precision"] < 0.6 < 0.9 < wild["recall"]


def test_one_image_again_and_again():
    real = features(60)
    result = measure(real, np.tile(real[:1], (60, 1)))
    # It is a real one; its own ball is a point, which holds no image.
    assert result["precision"] == 1
    assert result["recall"] == 0
    # Covered are the real images that have it among their 4 nearest, and it.
    assert result["coverage"] < 0.25


def test_repeated_images_of_good_models_cost_recall_only():
    # Four times each: all balls of the third neighbour are points.
    real, fake = features(100), features(100, seed=1)
    once, repeated = measure(real, fake), measure(real, np.repeat(fake, 4, 0))
    assert repeated["recall"] == 0
    for name in ("precision", "density", "coverage"):
        assert repeated[name] == pytest.approx(once[name])


def test_an_outlier_among_real_images_fools_precision_not_density():
    # Its ball holds generated images in the empty space near it.
    real = features(100)
    outlier = np.concatenate([real, [[50.0, 0, 0, 0]]])
    empty = 0.1 * features(100, seed=1) + [20, 0, 0, 0]
    assert measure(real, empty)["precision"] == 0
    result = measure(outlier, empty)
    assert result["precision"] == 1
    # Inside one ball of k = 5.
    assert result["density"] == pytest.approx(1 / 5)
    assert result["coverage"] == pytest.approx(1 / 101)


def test_generated_outliers_fool_recall_not_coverage():
    # Four generated images far off: their balls reach over most real images.
    real = features(100)
    collapsed = np.tile(real[:1], (100, 1))
    far = 100 * np.eye(4)
    assert measure(real, collapsed)["recall"] == 0
    with_far = measure(real, np.concatenate([collapsed, far]))
    assert with_far["recall"] > 0.5
    assert with_far["coverage"] == measure(real, collapsed)["coverage"]


def test_order_and_place_do_not_matter():
    real, fake = features(100), 1.2 * features(90, seed=1)
    expected = measure(real, fake)
    rng = np.random.default_rng(0)
    assert measure(rng.permutation(real), rng.permutation(fake)) == expected
    rotation, _ = np.linalg.qr(features(4, seed=2))
    moved = [1e4 + rows @ rotation for rows in (real, fake)]
    assert measure(*moved) == expected


def test_blocks_do_not_matter(monkeypatch):
    real, fake = features(100), features(90, seed=1)
    expected = measure(real, fake)
    monkeypatch.setattr(precision_recall.distances, "_BLOCK", 500)
    assert measure(real, fake) == expected


def test_float32_modes_of_small_spread_far_apart():
    # A float32 product would drown a spread of 1e-3 at a distance of 1000.
    def spread(seed):
        rows = 1e-3 * features(200, seed)
        rows[:, 0] += 1000 * (np.arange(200) % 2)
        return rows.astype("float32")

    real, fake = spread(0), spread(1)
    expected = prdc.compute_prdc(
        real.astype("float64"), fake.astype("float64"), 3
    )
    assert measure(real, fake, coverage_k=3) == pytest.approx(expected)


@pytest.mark.parametrize(
    "real, fake, options, message",
    [
        (features(9), features(4), {}, "`coverage_k`.*at most 3.*coverage_k=5"),
        (features(9), features(9), {"precision_k": 0}, "`precision_k`"),
        (features(9), features(9, width=3), {}, r"\(9, 4\) and \(9, 3\)"),
        (features(9), np.full((9, 4), np.inf), {}, "`fake_features`.*finite"),
        (features(1), features(9), {}, "`real_features`.*at least 2"),
    ],
)
def test_what_does_not_fit_is_refused(real, fake, options, message):
    with pytest.raises(ValueError, match=message):
        measure(real, fake, **options)
