"""An exported model as TF Serving runs it: a graph in a session of TF1.

Needs neither Keras nor kerasgan.
"""

import tensorflow as tf


class Served:
    """A SavedModel, loaded by the loader of TF1.

    Attributes:
        signatures: dict from name to `SignatureDef`.
    """

    def __init__(self, folder):
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        with self._session.graph.as_default():
            meta_graph = tf.compat.v1.saved_model.loader.load(
                self._session, ["serve"], str(folder)
            )
        self.signatures = {
            name: signature
            for name, signature in meta_graph.signature_def.items()
            if not name.startswith("__")
        }

    def __call__(self, signature_name, **inputs):
        """Arrays in, a dict of arrays out."""
        signature = self.signatures[signature_name]
        assert set(inputs) == set(signature.inputs)
        return self._session.run(
            {name: info.name for name, info in signature.outputs.items()},
            {
                signature.inputs[name].name: value
                for name, value in inputs.items()
            },
        )
