"""A model against real images: every metric, one report."""

import numpy as np

from kerasgan import figures
from kerasgan import models
from kerasgan.evaluation import likelihoods
from kerasgan.evaluation import measuring
from kerasgan.evaluation import numbers
from kerasgan.evaluation import observing
from kerasgan.evaluation import reports
from kerasgan.evaluation import scratch
from kerasgan.evaluation import setting as settings
from kerasgan.evaluation import sources

_SAMPLES = 64
_WITH_NEIGHBOURS = 12
# Published data sets have some images twice.
_MOST_OVERLAP = 0.05


def evaluate(
    name,
    data=None,
    split="test",
    num_images=10_000,
    extractor=None,
    seed=0,
    data_dir=None,
    parzen=False,
    progress=None,
):
    """Measures a model against real images.

    Each number of the report has its interval at 95 % and what it compares;
    all have one protocol: the extractor and its hash, the numbers of images,
    the reference split, the seed. The intervals are about other images of this
    model, not about another training.

    Args:
        name: A model, see `kerasgan.zoo.find`; `"folder:PATH"`, pictures made
            elsewhere; `"split:train"`, real images of another split, the floor
            of distances; `"noise"`, the other end.
        data: Name of the data set, see `kerasgan.datasets.load`; that of the
            model where left out.
        split: Of the reference images; not what the model was trained on.
        num_images: int, at least 100: how many generated and how many reference
            images, the first of the split.
        extractor: See `kerasgan.extractors.load`; the classifier of the data
            in the zoo where left out.
        seed: int in `[0, 2**31 - 1]`. Where labels are judged, the global seeds
            of Python, NumPy and TensorFlow are set to it, too.
        data_dir: Folder of the prepared data sets; None for that of tfds.
        parzen: bool, whether Parzen-window log-likelihoods are computed, too:
            they take longer, and judge samples poorly.
        progress: Function of (number of stages done, of all, name of the next
            one), called before each stage.

    Returns:
        A `Report`.

    Raises:
        ValueError: If an argument is out of its range, there is no such model
            or data, or too few images.
        OSError: If a file cannot be read.

    Example:

    ```python
    report = kerasgan.evaluation.evaluate("lapgan_cifar10", data_dir="...")
    print(report["frechet_distance"])
    report.write("runs/lapgan_cifar10_evaluation")
    ```
    """
    setting = settings.choose(
        name, data, split, num_images, extractor, seed, data_dir
    )
    source = sources.open_source(name, setting)
    stage = _Stages(8 + parzen, progress)

    stage("reference images")
    real = observing.real(setting)
    # Before the training images, of which there are the most.
    stage("generation")
    fake = observing.generated(setting, source, real.labels)
    stage("training images")
    train = observing.training(setting)
    measured = measuring.scores(setting, real, fake)
    stage("distances")
    measured = measuring.distances(setting, real, fake) + measured
    stage("diversity")
    measured += measuring.diversity(setting, real, fake)
    if source.model is not None:
        measured += measuring.path_length(setting, source.model, fake.labels)
    stage("neighbours")
    measured += measuring.neighbours(setting, real, fake)
    stage("training on generated images")
    measured += scratch.trained_on_generated(setting, train, real, fake)
    stage("memorisation")
    copies, nearest = measuring.memorisation(setting, train, real, fake)
    # Distances to training images say nothing where the reference images are
    # among these.
    overlap = measuring.overlap(train, real)
    if overlap <= _MOST_OVERLAP:
        measured += copies
    if parzen:
        stage("Parzen")
        measured += likelihoods.likelihoods(setting, source, train, real, fake)
    protocol = {"of": source.identity, **setting.protocol()}
    protocol["training images compared"] = len(train.images)
    protocol["reference images among them"] = f"{overlap:.2%}"
    protocol["labels"] = (
        "those of the reference images"
        if fake.labels is not None
        else "not given"
    )
    report = reports.Report(source.name, protocol, numbers.finite(measured), {})
    report.pictures.update(_pictures(setting, source, train, fake, nearest))
    report.pictures["precision_recall"] = _precision_recall(report)
    return report


class _Stages:
    def __init__(self, total, progress):
        self._done = 0
        self._total = total
        self._progress = progress

    def __call__(self, name):
        if self._progress is not None:
            self._progress(self._done, self._total, name)
        self._done += 1


def _pictures(setting, source, train, fake, nearest):
    if fake.labels is None:
        samples = figures.grid(fake.images[:_SAMPLES], columns=8)
    else:
        samples = figures.class_grid(
            *_ten_of_each(fake), setting.class_names() or None
        )
    rows = np.argsort(nearest.distances)[:_WITH_NEIGHBOURS]
    drawn = {
        "samples": samples,
        "nearest_to_training": figures.neighbours(
            fake.images[rows],
            train.images[nearest.nearest[rows]][:, None],
            nearest.distances[rows][:, None],
            columns=4,
        ),
    }
    if isinstance(source.model, models.LAPGAN):
        labels = None if fake.labels is None else fake.labels[:10]
        chain = source.model.generate(
            10, labels, setting.seed, return_pyramid=True
        )
        drawn["pyramid"] = figures.pyramid_chain(chain, source.model.filter)
    return drawn


def _precision_recall(report):
    shown = {"name": report.name}
    for name in ("precision", "recall"):
        number = report[name]
        shown[name] = number.value
        shown[f"{name}_interval"] = (number.low, number.high)
    return figures.precision_recall_plot([shown])


def _ten_of_each(fake):
    rows = np.concatenate(
        [
            np.flatnonzero(fake.labels == label)[:10]
            for label in np.unique(fake.labels)[:10]
        ]
    )
    return fake.images[rows], fake.labels[rows]
