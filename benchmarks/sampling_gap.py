"""What a LAPGAN loses where its levels are fed by each other.

    python -m benchmarks.sampling_gap --model=cclapgan_cifar10 --data_dir=DIR

Each level was trained on real coarse images. Here the levels above a rung
refine real training images of that rung; the last line is sampling as a user
does it. Printed are Frechet distances to the test images, in the features of
the data's own classifier, for several seeds of the noise (mean, least and
largest). Images and labels are those of `kerasgan evaluate`. 2 minutes.
"""

from absl import app
from absl import flags

from benchmarks import arguments

_MODEL = flags.DEFINE_string("model", "cclapgan_cifar10", "A LAPGAN.")
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Of the prepared data sets.")
_IMAGES = flags.DEFINE_integer("images", 10000, "To measure with.", 100)
_SEEDS = flags.DEFINE_integer("seeds", 3, "Of the noise.", 1)


def main(argv):
    arguments.refuse(argv)
    import kerasgan
    from kerasgan.evaluation import setting as settings
    from kerasgan.evaluation import sources

    model = kerasgan.zoo.load(_MODEL.value)
    if not isinstance(model, kerasgan.models.LAPGAN):
        raise ValueError(
            "Only a LAPGAN has levels. Received: "
            f"--model={_MODEL.value}, a {type(model).__name__}. `kerasgan "
            "list` shows the families."
        )
    setting = settings.choose(
        _MODEL.value, num_images=_IMAGES.value, data_dir=_DATA_DIR.value
    )

    def gaussian(images):
        features = setting.extractor.extract(images).features
        return kerasgan.metrics.gaussian(features)

    test, labels = setting.reference()
    reference = gaussian(test)
    train = sources.open_source(f"split:{setting.train_split}", setting)
    images = train.images(_IMAGES.value, labels, setting.seed)
    if not model.num_classes:
        labels = None

    def report(name, generate, seeds):
        values = [
            kerasgan.metrics.frechet_distance_of(
                reference, gaussian(generate(seed))
            )
            for seed in range(seeds)
        ]
        spread = f" ({min(values):.2f} to {max(values):.2f})" * (seeds > 1)
        mean = sum(values) / seeds
        print(f"| {name} | {mean:.2f}{spread} |", flush=True)

    print(f"| {_MODEL.value}, refined from | Frechet distance |\n|---|---|")
    report("training images themselves", lambda seed: images, 1)
    rung = images
    for size in model.image_sizes[1:]:
        rung = kerasgan.layers.downsample(rung, size, model.filter).numpy()
        report(
            f"real {size[0]}x{size[1]} images",
            lambda seed, rung=rung: model.refine(rung, labels, seed),
            _SEEDS.value,
        )
    report(
        f"generated {size[0]}x{size[1]} images",
        lambda seed: model.generate(len(images), labels, seed),
        _SEEDS.value,
    )


if __name__ == "__main__":
    app.run(main)
