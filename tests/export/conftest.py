"""The models of the table, exported once for all tests of this folder."""

import functools

import keras
import model_cases
import numpy as np
import pytest
import tf1_model

from kerasgan import export


def with_contrast(model):
    """Gives what generates other weights, and only that.

    Initial ones make images that are grey all over, and the same images in the
    generator and its average.
    """
    rng = np.random.default_rng(0)
    for part in model.generator_parts().values():
        if isinstance(part, keras.Model):
            for variable in part.variables:
                if "moving" not in variable.path:
                    fan_in = np.prod(variable.shape[:-1])
                    values = rng.normal(0, fan_in**-0.5, variable.shape)
                    variable.assign(values)
    return model


@pytest.fixture(scope="session")
def contrasted():
    """A function from a name of the table to a model."""
    return functools.cache(
        lambda name: with_contrast(model_cases.build(name, ema=0.9))
    )


@pytest.fixture(scope="session")
def exported(contrasted, tmp_path_factory):
    """A function from a name of the table to (model, folder of version 1)."""
    folder = tmp_path_factory.mktemp("exported")

    @functools.cache
    def exported(name):
        model = contrasted(name)
        return model, export.export(model, folder / name)

    return exported


@pytest.fixture(scope="session")
def served(exported):
    """A function from a name of the table to a `tf1_model.Served`."""
    return functools.cache(lambda name: tf1_model.Served(exported(name)[1]))
