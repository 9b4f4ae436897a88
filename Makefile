# Thin: each target is a few shell lines, which README.md and CONTRIBUTING.md
# show too.

PYTHON ?= python3

.PHONY: demo test bench lint docs wheel clean

# Pictures at once, then a training of a few minutes on two cores; after the
# install it needs no network.
demo: .venv/with-test
	.venv/bin/kerasgan generate lapgan_shapes --out=runs/released.png
	.venv/bin/python recipes/lapgan_shapes.py
	.venv/bin/kerasgan export runs/lapgan_shapes served/lapgan_shapes

test: .venv/with-test
	.venv/bin/python -m pytest

# For an idle machine and patience, see benchmarks/README.md.
bench: .venv/with-test
	.venv/bin/python -m benchmarks.train_step --models
	.venv/bin/python -m benchmarks.soak
	.venv/bin/python -m benchmarks.kill_and_resume
	.venv/bin/python -m benchmarks.zoo
	.venv/bin/python -m benchmarks.serving
	.venv/bin/python -m benchmarks.evaluation

lint: .venv/with-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

docs: .venv/with-docs
	.venv/bin/sphinx-build -W --keep-going -b html docs docs/_build/html

# A build/ of an earlier version would be packed too.
wheel: .venv/with-dev
	rm -rf build
	.venv/bin/python -m build --wheel

clean:
	rm -rf .venv build dist docs/_build kerasgan.egg-info

# `.venv` on demand, with one of the extras of setup.cfg.
.venv/with-%: setup.cfg
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/pip install -e '.[$*]'
	touch $@
