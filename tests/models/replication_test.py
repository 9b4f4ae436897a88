"""What several replicas would do otherwise than one device is refused."""

import keras
import model_cases
import numpy as np
import pytest
import tensorflow as tf

from kerasgan import layers
from kerasgan import models
from kerasgan.models import replication

CLIPPING = {"clipnorm": 0.5, "clipvalue": 0.5, "global_clipnorm": 0.5}
XLA = {"jit_compile": True}
NOISE = {
    "dropout": lambda: keras.layers.Dropout(0.5, name="culprit"),
    "noise": lambda: keras.layers.GaussianNoise(0.5, name="culprit"),
    "in_a_nested_model": lambda: keras.Sequential(
        [keras.layers.Dense(4), keras.layers.Dropout(0.5, name="culprit")]
    ),
}


def network(*inner):
    """A discriminator of 16 pixels with some layers in it."""
    return keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Flatten(),
            *inner,
            keras.layers.Dense(1),
        ]
    )


def generator():
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(16),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )


def sgd(**kwargs):
    return keras.optimizers.SGD(0.1, **kwargs)


def message(networks=(), optimizers=(), num_replicas=2):
    try:
        replication.check(networks, optimizers, num_replicas)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", CLIPPING)
def test_what_is_done_to_each_replicas_gradients_is_refused(name):
    value = CLIPPING[name]
    text = message(optimizers=(sgd(), sgd(**{name: value}, name="culprit")))
    assert text.startswith("2 replicas must train as one device would. ")
    assert f"Received: {name}={value} of culprit, " in text
    assert f"Leave `{name}` out, " in text
    assert "--strategy=none" in text


def test_the_message_says_how_many_replicas_there_are():
    text = message(optimizers=(sgd(clipnorm=1.0),), num_replicas=8)
    assert text.startswith("8 replicas must ")


@pytest.mark.parametrize("noise", NOISE)
def test_layers_that_draw_the_same_on_every_replica_are_refused(noise):
    text = message((generator(), network(NOISE[noise]())))
    assert "Received: 'culprit', which draws the same random numbers" in text
    assert "Take `kerasgan.layers.Dropout` or" in text
    assert "`kerasgan.layers.GaussianNoise`" in text
    assert "--strategy=none" in text


@pytest.mark.parametrize("nested", [False, True])
def test_batch_norm_of_each_replica_is_refused(nested):
    layer = keras.layers.BatchNormalization(name="culprit")
    inner = keras.Sequential([layer]) if nested else layer
    text = message((generator(), network(inner)))
    assert "Received: 'culprit', whose statistics are of each replica" in text
    assert "Give it synchronized=True, " in text


def test_nothing_is_refused_on_one_device():
    networks = [
        network(keras.layers.BatchNormalization()),
        *(network(make()) for make in NOISE.values()),
    ]
    optimizers = [sgd(**{name: value}) for name, value in CLIPPING.items()]
    assert message(networks, optimizers, num_replicas=1) is None
    # Nor by `compile`, which knows that there is one.
    model = models.GAN((generator(), networks[0]))
    model.compile(sgd(), sgd(clipnorm=1.0))


def test_layers_of_ours_and_synchronised_batch_norm_pass():
    inner = keras.Sequential([layers.Dropout(0.5)])
    own = network(
        keras.layers.BatchNormalization(synchronized=True),
        layers.Dropout(0.5),
        layers.GaussianNoise(0.5),
        inner,
    )
    optimizers = (
        sgd(momentum=0.9, nesterov=True, weight_decay=0.1),
        keras.optimizers.Adam(use_ema=True),
    )
    assert message((generator(), own), optimizers) is None


@pytest.mark.parametrize("name", model_cases.CASES)
def test_no_model_of_the_table_is_refused(name):
    model = model_cases.build(name)
    for level in getattr(model, "levels", [model]):
        networks = (level.generator, level.discriminator)
        assert message(networks, (sgd(), sgd())) is None


@pytest.mark.parametrize(
    ("count", "batch_size", "drop", "received"),
    [
        (8, 4, False, "batches of several sizes"),
        (9, 4, None, "9 images in batches of 4"),
        (10, 5, None, "10 images in batches of 5"),
        (10, 5, True, "batches of 5"),
        (40, None, None, "40 images in batches of 32"),
        (8, 4, None, None),
        (9, 4, True, None),
    ],
)
def test_fit_takes_batches_that_are_dealt_out_evenly(
    count, batch_size, drop, received, mirrored
):
    images = np.zeros((count, 8, 8, 2), "float32")
    with mirrored.scope():
        model = model_cases.build("own_networks")
        model.compile(sgd(), sgd(), run_eagerly=True)
    data, options = images, {"batch_size": batch_size}
    if drop is not None:
        data = tf.data.Dataset.from_tensor_slices(images)
        data, options = data.batch(batch_size, drop_remainder=drop), {}
    if received is None:
        model.fit(data, verbose=0, **options)
        return
    with pytest.raises(ValueError, match=f"Received: {received}. "):
        model.fit(data, verbose=0, **options)


def test_compile_refuses_it_within_a_strategy(mirrored):
    def check(received, compile):
        with (
            mirrored.scope(),
            pytest.raises(ValueError, match=f"Received: {received} "),
        ):
            compile()

    def own():
        return model_cases.build("own_networks")

    check("clipnorm=1.0 of", lambda: own().compile(sgd(clipnorm=1.0), sgd()))
    check("clipvalue=1.0 of", lambda: own().compile(sgd(), sgd(clipvalue=1.0)))
    check(
        "'dropout', which draws the same random numbers",
        lambda: models.GAN(
            (generator(), network(keras.layers.Dropout(0.5, name="dropout")))
        ).compile(sgd(), sgd()),
    )
    check("jit_compile=True,", lambda: own().compile(sgd(), sgd(), **XLA))
    check(
        "jit_compile=True,",
        lambda: models.Classifier((8, 8, 1), 2, filters=2).compile(
            sgd(), **XLA
        ),
    )
    check(
        "global_clipnorm=1.0 of",
        lambda: model_cases.build("lapgan").compile(
            sgd(), sgd(global_clipnorm=1.0)
        ),
    )
    with mirrored.scope():
        own().compile(sgd(), sgd())
        # Which Keras turns off under a strategy.
        own().compile(sgd(), sgd(), jit_compile="auto")
