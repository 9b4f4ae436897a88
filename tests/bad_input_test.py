"""Bad input gets an error of three parts before any work is done."""

import itertools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import callbacks
from kerasgan import datasets
from kerasgan import evaluation
from kerasgan import figures
from kerasgan import layers
from kerasgan import losses
from kerasgan import metrics
from kerasgan import models
from kerasgan import optimizers
from kerasgan import watch
from kerasgan import zoo


def sgd(**kwargs):
    return keras.optimizers.SGD(0.1, **kwargs)


def built(optimizer):
    optimizer.build([keras.Variable(0.0)])
    return optimizer


def gan(**kwargs):
    return models.GAN("mnist", units=2, maxout_units=2, **kwargs)


def conditional():
    return models.ConditionalGAN(units=2, label_units=2, latent_units=2)


def fit(model, x, y=None, **kwargs):
    model.compile(sgd(), sgd())
    model.fit(x, y, shuffle=False, verbose=0, **kwargs)


def fit_classifier(x, y=None, **kwargs):
    classifier = models.Classifier((28, 28, 1), num_classes=2, filters=2)
    classifier.compile(sgd())
    classifier.fit(x, y, verbose=0, **kwargs)


def images(*shape, low=-1.0, high=1.0):
    return np.linspace(low, high, int(np.prod(shape)), dtype="float32").reshape(
        shape
    )


def dataset(array):
    return tf.data.Dataset.from_tensor_slices(array).batch(2)


def weighted(array):
    """A data set of triples, of which the last is how much an image counts."""
    count = len(array)
    return dataset((array, np.zeros(count, "int32"), np.ones(count)))


def generator_of(size):
    return keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(size * size),
            keras.layers.Reshape((size, size, 1)),
        ]
    )


def discriminator_of(size, logits=1):
    return keras.Sequential(
        [
            keras.Input((size, size, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(logits),
        ]
    )


def watched(model):
    collapse = watch.CollapseWatch()
    collapse.set_model(model)
    collapse.on_train_begin()


def gan_of(layer):
    """Of own networks, of which the discriminator has a layer more."""
    discriminator = discriminator_of(8)
    discriminator = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.Sequential([layer]), discriminator]
    )
    return models.GAN((generator_of(8), discriminator))


def conditional_pair(num_classes=3):
    pair = models.ConditionalGAN(num_classes=num_classes)
    return pair.generator, pair.discriminator


def swapped_pair():
    generator, discriminator = conditional_pair()
    return (
        keras.Model(generator.inputs[::-1], generator.outputs),
        discriminator,
    )


def lapgan(**kwargs):
    return models.LAPGAN((16, 8), filters=2, **kwargs)


def adapted(low):
    model = lapgan(networks="paper", coarsest_options={"units": 2})
    model.adapt(images(4, 16, 16, 3, low=low))
    return model


def half_precision_classifier():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return models.Classifier((8, 8, 1), num_classes=2, filters=2)
    finally:
        keras.config.set_dtype_policy("float32")


def same_optimizer():
    optimizer = sgd()
    gan().compile(optimizer, optimizer)


# What is done, and what the message must say: argument and received value.
CASES = {
    "images of another shape": (
        lambda: fit(gan(), images(4, 32, 32, 3)),
        "takes float images of shape (batch, 28, 28, 1). Received: shape "
        "(4, 32, 32, 3)",
    ),
    "validation data": (
        lambda: fit(gan(), images(4, 28, 28, 1), validation_split=0.5),
        "takes no `validation_split`. Received: validation_split=0.5",
    ),
    "weights of images": (
        lambda: fit(gan(), images(4, 28, 28, 1), sample_weight=np.zeros(4)),
        "takes no `sample_weight`. Received: sample_weight=array([0.",
    ),
    "weights of images in a dataset": (
        lambda: fit(gan(), weighted(images(4, 28, 28, 1))),
        "pairs (images, labels). Received: batches with weights",
    ),
    "weights of images of a classifier in a dataset": (
        lambda: fit_classifier(weighted(images(4, 28, 28, 1))),
        "pairs (images, labels). Received: batches with weights",
    ),
    "weights of classes of a classifier": (
        lambda: fit_classifier(
            images(4, 28, 28, 1), np.zeros(4, int), class_weight={0: 2.0}
        ),
        "`fit` of a classifier takes no `class_weight`. Received: class_weight"
        "={0: 2.0}",
    ),
    "a third optimizer": (
        lambda: gan().compile(sgd(), sgd(), optimizer="adam"),
        "`compile` of a GAN takes no `optimizer`. Received: optimizer='adam'. "
        "Give one for each network",
    ),
    "a third optimizer of a pyramid": (
        lambda: lapgan().compile(sgd(), sgd(), optimizer="adam"),
        "takes no `optimizer`. Received: optimizer='adam'",
    ),
    "a metric of Keras": (
        lambda: gan().compile(sgd(), sgd(), metrics=["accuracy"]),
        "takes no `metrics`. Received: metrics=['accuracy']",
    ),
    "no labels in a call": (
        lambda: conditional().images_from_latents(tf.zeros((2, 100))),
        "is class-conditional and needs `labels`. Received: none",
    ),
    "nothing to adapt to": (
        lambda: gan().adapt([]),
        "`adapt` needs at least one image. Received: none",
    ),
    "images in 0..255 to adapt to": (
        lambda: gan().adapt(images(4, 28, 28, 1, low=0, high=255)),
        "must be in [-1, 1]. Received: values in [0, 255]",
    ),
    "integer images to adapt to": (
        lambda: models.DCGAN(
            image_shape=(8, 8, 3), filters=2, pixel_space="standardised"
        ).adapt([np.zeros((4, 8, 8, 3), "uint8")]),
        "dtype uint8",
    ),
    "images of another size to adapt to": (
        lambda: lapgan(networks="paper", coarsest_options={"units": 2}).adapt(
            images(4, 8, 8, 3)
        ),
        "takes float images of shape (batch, 16, 16, 3). Received: shape "
        "(4, 8, 8, 3)",
    ),
    "sizes that are one": (
        lambda: models.LAPGAN(image_sizes=32),
        "`image_sizes` must hold sizes from fine to coarse. Received: "
        "image_sizes=32",
    ),
    "a shape without channels": (
        lambda: models.DCGAN(image_shape=(32, 32)),
        "must be (height, width, channels). Received: image_shape=(32, 32)",
    ),
    "no image to judge": (
        lambda: gan().judge(images(0, 28, 28, 1)),
        "There must be an image at least. Received: shape (0, 28, 28, 1)",
    ),
    "images to judge in a list": (
        lambda: gan().judge([images(32, 32, 3)]),
        "takes float images of shape (batch, 28, 28, 1). Received: shape "
        "(1, 32, 32, 3)",
    ),
    "a grid of no image": (
        lambda: figures.grid(images(0, 8, 8, 3)),
        "A grid needs at least one image. Received: images of shape (0, 8",
    ),
    "images without channels": (
        lambda: fit(gan(), images(4, 28, 28)),
        "Received: shape (4, 28, 28)",
    ),
    "images in 0..255": (
        lambda: fit(gan(), images(4, 28, 28, 1, low=0, high=255)),
        "must be in [-1, 1]. Received: values in [0, 255]",
    ),
    "images in 0..255 of a dataset": (
        lambda: fit(gan(), dataset(images(4, 28, 28, 1, low=0, high=255))),
        "must be in [-1, 1]. Received: values in [0,",
    ),
    "integer images": (
        lambda: fit(gan(), np.zeros((4, 28, 28, 1), "uint8")),
        "dtype uint8",
    ),
    "images that are not a number": (
        lambda: fit(gan(), np.full((4, 28, 28, 1), np.nan, "float32")),
        "Received: values in [nan, nan]",
    ),
    "no images": (
        lambda: fit(gan(), np.zeros((0, 28, 28, 1), "float32")),
        "at least one batch of images. Received: an array of shape (0, 28",
    ),
    "an empty dataset": (
        lambda: fit(gan(), dataset(images(4, 28, 28, 1)).take(0)),
        "at least one batch of images",
    ),
    "a list of images": (
        lambda: fit(gan(), [1, 2]),
        "`x` must be an array of images, a tf.data.Dataset or a "
        "keras.utils.PyDataset. Received: list",
    ),
    "no labels": (
        lambda: fit(conditional(), images(4, 28, 28, 1)),
        "class-conditional and takes pairs (images, labels). Received: "
        "images only",
    ),
    "labels above the classes": (
        lambda: fit(conditional(), images(2, 28, 28, 1), np.array([0, 10])),
        "[0, 9]. Received: shape (2,), dtype int64, values 0..10",
    ),
    "one-hot labels": (
        lambda: fit(conditional(), images(2, 28, 28, 1), np.eye(10)[:2]),
        "Received: shape (2, 10)",
    ),
    "pixel statistics missing": (
        lambda: fit(
            models.GAN("cifar10", units=2, maxout_units=2), images(2, 32, 32, 3)
        ),
        "Call `model.adapt(images)` first",
    ),
    "labels to generate without classes": (
        lambda: gan().generate(2, labels=[1, 2]),
        "`labels` needs a class-conditional model",
    ),
    "too few labels to generate": (
        lambda: conditional().generate(3, labels=[1, 2]),
        "`labels` must be 3 integers",
    ),
    "negative labels": (
        lambda: conditional().generate(1, labels=-1),
        "values -1..-1",
    ),
    "no images to generate": (
        lambda: gan().generate(0),
        "`num_images` must be an integer, at least 1. Received: num_images=0",
    ),
    "half an image to generate": (
        lambda: gan().generate(1.5),
        "Received: num_images=1.5",
    ),
    "a batch of none": (
        lambda: gan().generate(1, batch_size=0),
        "Received: batch_size=0",
    ),
    "a negative seed": (
        lambda: gan().generate(1, seed=-1),
        "`seed` must be an integer, at least 0 and at most 2147483647. "
        "Received: seed=-1",
    ),
    "a seed of a model that is no number": (
        lambda: gan(seed="a"),
        "Received: seed='a'",
    ),
    "unknown networks": (
        lambda: models.GAN("mnits"),
        "Received: networks='mnits'. Did you mean 'mnist'?",
    ),
    "unknown option": (
        lambda: models.GAN("mnist", unit=3),
        "Did you mean 'units'?",
    ),
    "classes of an unconditional family": (
        lambda: models.GAN("mnist", num_classes=10),
        "These networks take no labels. Received: num_classes=10",
    ),
    "no classes": (
        lambda: models.ConditionalGAN(num_classes=0),
        "Received: num_classes=0",
    ),
    "networks that are none": (
        lambda: models.GAN(("generator", "discriminator")),
        "a pair (generator, discriminator) of functional or sequential Keras",
    ),
    "a discriminator of two logits": (
        lambda: models.GAN((generator_of(8), discriminator_of(8, logits=2))),
        "must give logits of shape (batch, 1). Received: a discriminator of "
        "output shape (None, 2)",
    ),
    "networks that do not fit": (
        lambda: models.GAN((generator_of(8), discriminator_of(7))),
        "gives (None, 8, 8, 1), a discriminator of inputs [(None, 7, 7, 1)]",
    ),
    "networks of other classes": (
        lambda: models.GAN(
            (conditional_pair()[0], conditional_pair(4)[1]), num_classes=3
        ),
        "a discriminator of inputs [(None, 28, 28, 1), (None, 4)]",
    ),
    "networks of a level in a plain GAN": (
        lambda: models.GAN(
            (lapgan().levels[0].generator, lapgan().levels[0].discriminator)
        ),
        "must take what its model gives it: ['latents']. Received: a generator "
        "of inputs [(None, None, None, 2), (None, None, None, 3)]",
    ),
    "networks of a plain GAN in a level": (
        lambda: models.LAPGANLevel(
            0, (16, 8), (generator_of(16), discriminator_of(16))
        ),
        "must take what its model gives it: ['latents', 'coarse']",
    ),
    "labels that are not the last input": (
        lambda: models.GAN(swapped_pair(), num_classes=3),
        "(batch, 3) as last input. Received: num_classes=3 and a generator of "
        "inputs [(None, 3), (None, 100)]",
    ),
    "own networks that take no labels": (
        lambda: models.GAN(
            (generator_of(8), discriminator_of(8)), num_classes=3
        ),
        "networks that take one-hot labels (batch, 3) as last input",
    ),
    "own networks that take labels of no classes": (
        lambda: models.GAN(conditional_pair()),
        "Pass `num_classes=3`",
    ),
    "the authors' networks at a level that is too small": (
        lambda: models.LAPGAN((8, 4), networks="paper"),
        "at least 9 pixels a side at every level but the coarsest. Received: a "
        "level of (8, 8)",
    ),
    "options of own networks": (
        lambda: models.GAN((generator_of(8), discriminator_of(8)), units=3),
        "Own networks have no options. Received: networks and ['units']",
    ),
    "judging without a discriminator": (
        lambda: gan(discriminator=False).judge(images(2, 28, 28, 1)),
        "Judging needs a discriminator",
    ),
    "refining to an odd size": (
        lambda: models.LAPGAN((24, 16), filters=2).refine(images(1, 22, 22, 3)),
        "would become (33, 33)",
    ),
    "levels of other statistics": (
        lambda: models.LAPGAN(
            levels=[
                adapted(level).levels[number]
                for number, level in enumerate((0.0, 0.5))
            ]
        ).generate(1),
        "'level_1' with others than the finest level's",
    ),
    "units that are no map": (
        lambda: models.GAN("cifar10_conv", units=150),
        "`units` must be a multiple of 100",
    ),
    "a conditional GAN of no classes": (
        lambda: models.ConditionalGAN(num_classes=None),
        "Received: num_classes=None",
    ),
    "generating before the pixel statistics are known": (
        lambda: models.GAN("cifar10", units=2, maxout_units=2).generate(1),
        "Call `model.adapt(images)` first",
    ),
    "refining nothing": (
        lambda: lapgan().refine(images(0, 8, 8, 3)),
        "Received: shape (0, 8, 8, 3)",
    ),
    "refining nothing, of drawn classes": (
        lambda: lapgan(num_classes=2).refine(images(0, 8, 8, 3)),
        "Received: shape (0, 8, 8, 3)",
    ),
    "refining a number": (
        lambda: lapgan(num_classes=2).refine(0.5),
        "Received: shape ()",
    ),
    "unknown latent distribution": (
        lambda: gan(latent_distribution="gauss"),
        "Received: latent_distribution='gauss'",
    ),
    "unknown pixel space": (
        lambda: gan(pixel_space="units"),
        "Received: pixel_space='units'. Did you mean 'unit'?",
    ),
    "an average that never moves": (
        lambda: gan(ema=1.0),
        "`ema` must be a number of at least 0 and under 1. Received: ema=1.0",
    ),
    "unknown loss": (
        lambda: gan().compile(sgd(), sgd(), loss="hing"),
        "Did you mean 'hinge'?",
    ),
    "a step every two batches": (
        lambda: gan().compile(sgd(), sgd(gradient_accumulation_steps=2)),
        "`discriminator_optimizer` must take a step with each batch. Received: "
        "gradient_accumulation_steps=2",
    ),
    "a step of a classifier every two batches": (
        lambda: models.Classifier((8, 8, 1), num_classes=2, filters=2).compile(
            sgd(gradient_accumulation_steps=2)
        ),
        "`optimizer` must take a step with each batch",
    ),
    "an epoch of no steps": (
        lambda: optimizers.goodfellow_sgd(0.1, 0),
        "`steps_per_epoch` must be an integer, at least 1",
    ),
    "a decay that makes the learning rate grow": (
        lambda: optimizers.goodfellow_sgd(0.1, 100, decay=0),
        "`decay` must be at least 1",
    ),
    "a cosine over no steps": (
        lambda: optimizers.cosine_adam(1e-3, 0),
        "`steps` must be an integer, at least 1",
    ),
    "cosines over one number of steps": (
        lambda: optimizers.cosine_adams(1e-3, 3e-3, 5),
        "`steps` must hold a number for each level",
    ),
    "watching a classifier for collapse": (
        lambda: watched(models.Classifier((8, 8, 1), num_classes=2, filters=2)),
        "`CollapseWatch` watches a GAN. Received: 'classifier",
    ),
    "the best by a score that nobody logs": (
        lambda: callbacks.BestModel("distance", print).on_epoch_end(
            0, {"loss": 1.0}
        ),
        "Received: name='distance', with ['loss']",
    ),
    "a loss that is one function": (
        lambda: gan().compile(sgd(), sgd(), loss=losses.hinge_generator_loss),
        "`loss` must be a name or a pair",
    ),
    "a loss that is no pair": (
        lambda: losses.get((losses.hinge_generator_loss,)),
        "`loss` must be a name or a pair",
    ),
    "unknown update": (
        lambda: gan().compile(sgd(), sgd(), update="alternate"),
        "Did you mean 'alternating'?",
    ),
    "several steps at once": (
        lambda: gan().compile(sgd(), sgd(), discriminator_steps=2),
        "Received: discriminator_steps=2 with update='simultaneous'",
    ),
    "an optimizer that scales the loss": (
        lambda: gan().compile(
            sgd(), keras.optimizers.SGD(loss_scale_factor=128.0)
        ),
        "`discriminator_optimizer` must not scale the loss",
    ),
    "training in float16": (
        lambda: gan_of(
            keras.layers.ReLU(dtype="mixed_float16", name="culprit")
        ).compile(sgd(), sgd()),
        "as the training steps do not scale the loss. Received: 'culprit', "
        "which computes in it",
    ),
    "a classifier in float16": (
        lambda: half_precision_classifier().compile(sgd()),
        "must not be trained in float16",
    ),
    "a regulariser of what a layer gives": (
        lambda: gan_of(
            keras.layers.ActivityRegularization(l2=0.1, name="culprit")
        ).compile(sgd(), sgd()),
        "as the discriminator is called twice a step. Received: 'culprit'",
    ),
    "no optimizer": (
        lambda: gan().compile("sgd", sgd()),
        "`generator_optimizer` must be a keras.optimizers.Optimizer. "
        "Received: generator_optimizer='sgd'",
    ),
    "one optimizer for both": (same_optimizer, "the same object twice"),
    "an optimizer in use": (
        lambda: gan().compile(built(sgd()), sgd()),
        "`generator_optimizer` must be new",
    ),
    "an optimizer too few": (
        lambda: lapgan().compile([sgd()], sgd()),
        "`generator_optimizer` must be one optimizer or one a level. "
        "Received: 1 for 2 levels",
    ),
    "a pyramid of one size": (
        lambda: models.LAPGAN((32,)),
        "A pyramid has at least two sizes. Received: image_sizes=(32,)",
    ),
    "a pyramid upside down": (
        lambda: models.LAPGAN((8, 16)),
        "each smaller than the one before. Received: image_sizes=(8, 16)",
    ),
    "a pyramid of size 0": (
        lambda: models.LAPGAN((8, 0)),
        "`image_sizes` must be an integer, at least 1. Received: image_sizes=0",
    ),
    "a level that is not there": (
        lambda: models.LAPGANLevel(2, (32, 16, 8)),
        "`level` must be an integer, at least 0 and at most 1. Received: "
        "level=2",
    ),
    "levels of two pixel spaces": (
        lambda: models.LAPGAN(
            levels=[
                lapgan().levels[0],
                models.LAPGANCoarsest((16, 8), "paper", units=2),
            ]
        ),
        "Received: pixel space of ['signed', 'standardised']",
    ),
    "options for levels that are built": (
        lambda: models.LAPGAN(levels=lapgan().levels, filters=3),
        "Received: levels and ['filters']",
    ),
    "arguments of a pyramid for levels that are built": (
        lambda: models.LAPGAN(
            (64, 32),
            "paper",
            levels=lapgan().levels,
            num_classes=10,
            channels=1,
            filter="binomial",
        ),
        "Received: levels and ['image_sizes', 'networks', 'num_classes', "
        "'channels', 'filter']. Leave these out.",
    ),
    "one size of a coarsest level": (
        lambda: models.LAPGANCoarsest(32),
        "`image_sizes` must hold sizes from fine to coarse. Received: "
        "image_sizes=32",
    ),
    "one pair of networks for all levels": (
        lambda: models.LAPGAN(networks=(None, None)),
        "`networks` must be one of ['light', 'economical', 'paper']",
    ),
    "levels of two pyramids": (
        lambda: models.LAPGAN(
            levels=[lapgan().levels[0], models.LAPGAN((32, 16)).levels[1]]
        ),
        "`levels` must be the levels of one pyramid, finest first",
    ),
    "levels in the wrong order": (
        lambda: models.LAPGAN(levels=lapgan().levels[::-1]),
        "the last a `LAPGANCoarsest`. Received: ['LAPGANCoarsest', "
        "'LAPGANLevel']",
    ),
    "a level asked for images": (
        lambda: lapgan().levels[0].generate(1),
        "A level above the coarsest refines a given image",
    ),
    "refining images of other channels": (
        lambda: lapgan().refine(images(1, 8, 8, 1)),
        "`images` must have the shape (n, height, width, 3). Received: shape "
        "(1, 8, 8, 1)",
    ),
    "refining images in 0..255": (
        lambda: lapgan().refine(images(1, 8, 8, 3, low=0, high=255)),
        "Images must be in [-1, 1]. Received: values in [0, 255]",
    ),
    "refining at a size that the networks do not take": (
        lambda: (
            models.LAPGAN((16, 8), "paper", num_classes=2, filters=2)
            .levels[0]
            .refine(images(1, 9, 9, 3))
        ),
        "generator is made for images of (8, 8). Received: images of (9, 9)",
    ),
    "a DCGAN of an odd size": (
        lambda: models.DCGAN(image_shape=(33, 33, 3)),
        "a multiple of that power. Received: image_shape=(33, 33, 3)",
    ),
    "no filters": (
        lambda: models.DCGAN(filters=0),
        "Received: filters=0",
    ),
    "maxout of channels that do not divide": (
        lambda: layers.Maxout(3)(images(2, 4)),
        "a multiple of `pieces`. Received: pieces=3 and inputs of shape (2, 4)",
    ),
    "maxout of an unknown number of channels": (
        lambda: layers.Maxout(3)(keras.Input((None,))),
        "known, a multiple of `pieces`. Received: pieces=3",
    ),
    "a bias of each pixel of images of any size": (
        lambda: layers.UntiedBias()(keras.Input((None, 4, 1))),
        "inputs of a known size. Received: inputs of shape (None, None, 4, 1)",
    ),
    "statistics of no shape": (
        lambda: layers.PixelSpace("standardised", (4, 4)),
        "(height, width, channels). Received: image_shape=(4, 4)",
    ),
    "channels first": (
        lambda: layers.Conv2D(2, 3, data_format="channels_first"),
        "`data_format` must be 'channels_last'",
    ),
    "channels first, spectrally normalised": (
        lambda: layers.SpectralConv2D(2, 3, data_format="channels_first"),
        "`data_format` must be 'channels_last'",
    ),
    "one image in the place of a batch": (
        lambda: layers.downsample(images(4, 4, 3), 2),
        "(batch, height, width, channels). Received: images.shape=(4, 4, 3)",
    ),
    "unknown pyramid filter": (
        lambda: lapgan(filter="binomal"),
        "Did you mean 'binomial'?",
    ),
    "a pyramid of 8-bit images": (
        lambda: layers.downsample(np.zeros((1, 8, 8, 3), "uint8"), 4),
        "`images` must be floats. Received: dtype uint8",
    ),
    "dropout of whole channels": (
        lambda: layers.Dropout(0.5, noise_shape=(None, 1)),
        "Received: noise_shape=(None, 1)",
    ),
    "a dropout of everything": (
        lambda: layers.Dropout(1.0),
        "under 1. Received: rate=1.0",
    ),
    "a diversity of unlike numbers": (
        lambda: metrics.relative_diversity(
            images(4, 2, 2, 1), images(3, 2, 2, 1)
        ),
        "as many generated as real images",
    ),
    "standardised pixels of no shape": (
        lambda: layers.PixelSpace("standardised"),
        "Received: image_shape=None",
    ),
    "statistics of no images": (
        lambda: models.GAN("cifar10", units=2, maxout_units=2).adapt([]),
        "`adapt` needs at least one batch of images. Received: none",
    ),
    "a momentum ramp of Nesterov's kind": (
        lambda: optimizers.MomentumRampSGD(0.1, nesterov=True),
        "Received: nesterov=True",
    ),
    "label smoothing of a loss misspelt": (
        lambda: losses.get("minmax", label_smoothing=0.1),
        "Did you mean 'minimax'?",
    ),
    "a distance between no images": (
        lambda: metrics.sliced_wasserstein_distance(
            np.zeros((0, 8, 8, 3)), np.zeros((0, 8, 8, 3))
        ),
        "Received: (0, 8, 8, 3)",
    ),
    "unknown data set": (
        lambda: datasets.load("cifar1O"),
        "cifar10",
    ),
    "saving what is no model of ours": (
        lambda: zoo.save(keras.Sequential(), "folder"),
        "`family` must be one of",
    ),
    "loading from nowhere": (
        lambda: zoo.load("no/such/folder"),
        "Received: 'no/such/folder'",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused(case):
    act, message = CASES[case]
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        act()
    text = str(caught.value)
    # What is expected, what came, what to do.
    assert re.search(r"Received: .*\. .*\.$|Received: .*\?$", text, re.S), text


def test_a_batch_that_cannot_be_cut_into_steps():
    model = gan()
    model.compile(sgd(), sgd(), update="alternating", discriminator_steps=3)
    batches = tf.data.Dataset.from_tensors(images(4, 28, 28, 1))
    with pytest.raises(ValueError, match="multiple of `discriminator_steps`"):
        model.fit(batches, shuffle=False, verbose=0)


def test_a_last_batch_that_cannot_be_cut_into_steps():
    model = gan()
    model.compile(sgd(), sgd(), update="alternating", discriminator_steps=2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Received: other"):
        model.fit(images(5, 28, 28, 1), batch_size=4, shuffle=False, verbose=0)


def test_a_label_of_a_later_batch_that_is_none_of_the_classes():
    gan_model = conditional()
    gan_model.compile(sgd(), sgd())
    classifier = models.Classifier((28, 28, 1), 10, filters=2)
    classifier.compile(sgd())
    for model, label in itertools.product((gan_model, classifier), (-1, 10)):
        labels = np.array([0, 9, 3, label], "int32")
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"must be in \[0, 9\]"
        ):
            model.fit(dataset((images(4, 28, 28, 1), labels)), verbose=0)


def test_a_report_does_not_replace_other_files(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    report = evaluation.Report("x", {}, [], {})
    with pytest.raises(ValueError, match="that of an earlier report"):
        report.write(tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"
    report.write(report.write(tmp_path / "report"))


def test_a_model_is_not_saved_over_a_run(tmp_path):
    (tmp_path / "config.json").write_text('{"flags": {}}')
    with pytest.raises(ValueError, match="or one inside it"):
        zoo.save(gan(), tmp_path)
    assert (tmp_path / "config.json").read_text() == '{"flags": {}}'


def test_a_persons_own_subclass_is_not_saved_as_ours(tmp_path):
    own = type("GAN", (models.GAN,), {})
    with pytest.raises(ValueError, match="must be of a family"):
        zoo.save(own("mnist", units=2), tmp_path / "model")
