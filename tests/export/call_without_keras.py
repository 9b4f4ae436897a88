"""Calls signatures in a process that has neither Keras nor kerasgan.

python call_without_keras.py requests.pickle answers.pickle

The first file holds a dict from the folder of a version to a list of pairs
(signature, inputs); the second gets the same with outputs for inputs.
"""

import pathlib
import pickle
import sys

# TensorFlow imports Keras where it finds it.
sys.modules["keras"] = None

import tf1_model  # noqa: E402


def main(requests_path, answers_path):
    requests = pickle.loads(pathlib.Path(requests_path).read_bytes())
    answers = {}
    for folder, calls in requests.items():
        served = tf1_model.Served(folder)
        answers[folder] = [
            (name, served(name, **inputs)) for name, inputs in calls
        ]
    assert sys.modules["keras"] is None
    assert not [name for name in sys.modules if name.startswith("kerasgan")]
    pathlib.Path(answers_path).write_bytes(pickle.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
