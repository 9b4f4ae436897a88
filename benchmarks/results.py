r"""The table of trained models in README.md and docs/reproduce.md.

    python -m benchmarks.results           # prints it
    python -m benchmarks.results --write   # puts it into both documents,
                                           # and examples into docs/evaluate.md
    python -m benchmarks.results --record=gan_mnist_seed2 \
        --run=runs/gan_mnist --report=gan_mnist_evaluation \
        --time='30 minutes' --commit=abcdef0 --hardware='2 CPU cores (...)'

It is made of the cards in zoo/ and of the records in docs/results/: of what is
too large to be released, and of other seeds. The last command writes such a
record, of a run that has finished and what `kerasgan evaluate` says of it.
"""

import json
import pathlib
import re
import tempfile
import typing

from absl import app
from absl import flags

from benchmarks import arguments

_WRITE = flags.DEFINE_bool("write", False, "Into the documents.")
_RECORD = flags.DEFINE_string("record", None, "Name of a new record.")
_RUN = flags.DEFINE_string("run", None, "Its run folder.")
_REPORT = flags.DEFINE_string("report", None, "Folder of its evaluation.")
_TIME = flags.DEFINE_string("time", None, "How long the training took.")
_COMMIT = flags.DEFINE_string("commit", None, "Of the code that trained it.")
_HARDWARE = flags.DEFINE_string("hardware", None, "On what it was trained.")
flags.register_multi_flags_validator(
    ["record", "run", "report", "time", "commit", "hardware"],
    lambda values: len({value is None for value in values.values()}) == 1,
    "--record, --run, --report, --time, --commit and --hardware belong "
    "together",
)
flags.register_validator(
    "time",
    lambda value: value is None or re.match(r"\d+ min", value),
    "--time begins like '30 minutes'",
)

TOP = pathlib.Path(__file__).parents[1]
RECORDS = TOP / "docs" / "results"
README = TOP / "README.md"
REPRODUCE = TOP / "docs" / "reproduce.md"
EVALUATE = TOP / "docs" / "evaluate.md"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->\n"

GAN = "[GAN](https://arxiv.org/abs/1406.2661)"
LAPGAN = "[LAPGAN](https://arxiv.org/abs/1506.05751)"
PARZEN = "parzen_log_likelihood"
MULTISCALE = "multiscale_parzen_log_likelihood"


class Row(typing.NamedTuple):
    """What a card does not say.

    Attributes:
        name: Of the model in the zoo, or of the record.
        paper: Whose networks they are.
        likelihoods: Name of the metric -> the paper's value, nats.
    """

    name: str
    paper: str
    likelihoods: dict


ROWS = (
    Row("gan_mnist", GAN, {PARZEN: "225 ± 2"}),
    Row(
        "conditional_gan_mnist",
        "[conditional GAN](https://arxiv.org/abs/1411.1784)",
        {PARZEN: "132 ± 1.8"},
    ),
    Row(
        "dcgan_mnist",
        "[DCGAN](https://arxiv.org/abs/1511.06434), spectral norm",
        {PARZEN: None},
    ),
    Row("lapgan_shapes", f"{LAPGAN}, light", {}),
    Row("lapgan_shapes_demo", f"{LAPGAN}, light", {}),
    Row("gan_cifar10", f"{GAN}, small", {PARZEN: None}),
    Row("gan_cifar10_paper", GAN, {PARZEN: "-3617 ± 353"}),
    Row("gan_cifar10_conv", f"{GAN}, convolutional, small", {PARZEN: None}),
    Row("gan_cifar10_conv_paper", f"{GAN}, convolutional", {PARZEN: None}),
    Row(
        "lapgan_cifar10_paper",
        LAPGAN,
        {PARZEN: None, MULTISCALE: "-1799 ± 826"},
    ),
    Row(
        "cclapgan_cifar10_paper",
        LAPGAN,
        {PARZEN: None, MULTISCALE: None},
    ),
    Row(
        "lapgan_cifar10",
        f"{LAPGAN}, light",
        {PARZEN: None, MULTISCALE: None},
    ),
    Row(
        "cclapgan_cifar10",
        f"{LAPGAN}, light",
        {PARZEN: None, MULTISCALE: None},
    ),
    Row(
        "dcgan_cifar10",
        "[DCGAN](https://arxiv.org/abs/1511.06434)",
        {PARZEN: None},
    ),
    Row(
        "sngan_cifar10",
        "[projection](https://arxiv.org/abs/1802.05637)",
        {PARZEN: None},
    ),
)


def facts(name):
    """What is said of a model of the zoo, or of a record of that name."""
    path = RECORDS / f"{name}.json"
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    from kerasgan import zoo

    info = zoo.info(TOP / "zoo" / name)
    return {key: info[key] for key in ("about", "metrics", "num_bytes")}


def record(name, run, report):
    """Writes what is known of a finished run into docs/results/."""
    from kerasgan import files
    from kerasgan import zoo

    if (TOP / "zoo" / name).is_dir():
        raise app.UsageError(
            "A record must not have the name of a released model, whose row it "
            f"would take. Received: --record={name}. Add its seed."
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, name)
        zoo.release(
            run,
            folder,
            _COMMIT.value,
            _HARDWARE.value,
            _TIME.value,
            "",
            report,
        )
        info = zoo.info(folder)
    about = {
        key: info["about"][key]
        for key in ("command", "commit", "seed", "best", "hardware", "time")
    }
    kept = {"about": about, **{k: info[k] for k in ("num_bytes", "metrics")}}
    files.replace_json(RECORDS / f"{name}.json", kept)


def table(linked):
    """The table, Markdown; linked to the cards or not."""
    lines = [
        "| model | paper | paper's log-likelihood | our log-likelihood "
        "| Frechet distance | seeds | precision | recall | label accuracy "
        "| size | training time |",
        "|---" * 11 + "|",
    ]
    lines += [_line(row, linked) for row in ROWS]
    return "\n".join(lines) + "\n"


def _line(row, linked):
    found = facts(row.name)
    numbers = {each["name"].split("[")[0]: each for each in found["metrics"]}
    there = [
        _named(metric, row.likelihoods[metric]) for metric in row.likelihoods
    ]
    here = [
        _named(metric, _likelihood(numbers[metric]))
        for metric in row.likelihoods
    ]
    cells = [
        _name(row.name, linked),
        row.paper,
        "; ".join(filter(None, there)),
        "; ".join(here),
        _distance(numbers["frechet_distance"]),
        _trainings(row.name, found),
        f"{numbers['precision']['value']:.2f}",
        f"{numbers['recall']['value']:.2f}",
        _percent(numbers.get("label_accuracy")),
        f"{found['num_bytes'] / 1e6:.1f} MB",
        re.match(r"\d+ min", found["about"]["time"])[0],
    ]
    return f"| {' | '.join(cells)} |"


def _name(name, linked):
    if not linked:
        return f"`{name}`"
    if (RECORDS / f"{name}.json").exists():
        return f"[{name}](docs/results/{name}.json)"
    return f"[{name}](zoo/{name}/README.md)"


def _named(metric, value):
    if value is None:
        return None
    return f"{value}, multi-scale" if metric == MULTISCALE else value


def _likelihood(number):
    low, high = number["spread"]
    # The spread is 1.96 standard errors to either side.
    error = (high - low) / 2 / 1.96
    digits = 1 if abs(number["value"]) < 1000 else 0
    return f"{number['value']:.{digits}f} ± {error:.{digits}f}"


def _distance(number):
    return "{} ({} to {})".format(
        *map(_short, (number["value"], *number["spread"]))
    )


def _short(value):
    digits = 3 if value < 0.1 else 2 if value < 2 else 1
    return f"{value:.{digits}f}"


def _percent(number):
    return "" if number is None else f"{number['value']:.1%}".replace("%", " %")


def _trainings(name, found):
    """Distances of all seeds, of whichever precision the processor had."""
    distances = [_frechet(found)]
    recipe = _recipe(found)
    for path in sorted(RECORDS.glob("*.json")):
        other = json.loads(path.read_text(encoding="utf-8"))
        if path.stem != name and _recipe(other) == recipe:
            distances.append(_frechet(other))
    if len(distances) == 1:
        return "1"
    low, high = _short(min(distances)), _short(max(distances))
    return f"{len(distances)}: {low} to {high}"


def _frechet(found):
    return next(
        each["value"]
        for each in found["metrics"]
        if each["name"].startswith("frechet_distance[")
    )


def _recipe(found):
    """The command without what another run of the recipe may do otherwise."""
    return re.sub(r" --(seed=\d+|precision=\w+)", "", found["about"]["command"])


def main(argv):
    arguments.refuse(argv)
    if _RECORD.value:
        record(_RECORD.value, _RUN.value, _REPORT.value)
    print(table(linked=False), end="")
    if _WRITE.value:
        for path in (README, REPRODUCE, EVALUATE):
            text = path.read_text(encoding="utf-8")
            path.write_text(as_of_now(path, text), encoding="utf-8")


def as_of_now(path, text):
    """The text of a document, with the numbers that the cards have."""
    if path == EVALUATE:
        return _with_examples(text)
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table(linked=path == README)}{END}{after}"


def _with_examples(text):
    """Fills the columns that are headed by a released model."""
    from kerasgan.zoo import cards

    lines, models = [], {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if line.startswith("| | noise |"):
            models = {
                column: facts(name)["metrics"]
                for column, name in enumerate(cells)
                if name and (TOP / "zoo" / name).is_dir()
            }
        elif models and line.startswith("| `"):
            for column, metrics in models.items():
                cells[column] = ""
                for metric in metrics:
                    # Of two of a name, that of the classifier is the last.
                    if metric["name"].split("[")[0] == cells[0].strip("`"):
                        cells[column] = cards.with_spread(metric)
            line = f"| {' | '.join(cells)} |"
        else:
            models = models if line.startswith("|") else {}
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    app.run(main)
