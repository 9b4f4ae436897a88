"""The card of a saved model: what it is, as Markdown."""

import itertools


def card(config, metrics, pictures):
    """Writes the card.

    Args:
        config: dict, the model's `config.json`.
        metrics: Sequence of dicts, `name`, `value` and `protocol`.
        pictures: Names of the picture files.

    Returns:
        string, Markdown.
    """
    about = config["about"]
    name = about.get("name")
    sections = [
        f"# {name or 'A ' + config['family']}\n",
        _facts(config, about),
        _use(config, name),
        *(f"![{file}]({file})\n" for file in pictures),
        _described("Paper, recipe and departures", about.get("description")),
        _training(about),
        _metrics(metrics),
        _described("Known failures", about.get("failures")),
        _described("Licence", _licence(about)),
    ]
    return "\n".join(filter(None, sections))


def _facts(config, about):
    height, width, channels = config["image_shape"]
    parameters = config["parameters"]
    classes = config["num_classes"]
    rows = {
        "family": f"`kerasgan.models.{config['family']}`",
        "data": about.get("data"),
        "images": f"{height}x{width}, channels: {channels}",
        "conditioning": f"{classes} classes" if classes else "none",
        "parameters": ", ".join(
            f"{part} {number:,}" for part, number in parameters.items()
        ),
        "weights": about.get("rounding", config["storage"]),
        "saved by": f"kerasgan {config['kerasgan']}",
    }
    return _table(("", ""), rows)


def _use(config, name):
    source = f'"{name}")  # or its path' if name else '"PATH")'
    labels = ", labels=0" if config["num_classes"] else ""
    if config["family"] == "Classifier":
        call = "features, logits = model(images)  # of images in [-1, 1]\n"
    elif config["family"] == "LAPGANLevel":
        call = f"larger = model.refine(images{labels}, seed=0)  # in [-1, 1]\n"
    else:
        call = f"images = model.generate(64{labels}, seed=0)  # in [-1, 1]\n"
    return (
        "```python\n"
        "import kerasgan\n\n"
        f"model = kerasgan.zoo.load({source}\n"
        f"{call}"
        "```\n"
    )


def _training(about):
    rows = {
        "command": _code(about.get("command")),
        "commit": about.get("commit"),
        "seed": about.get("seed"),
        "best state": about.get("best"),
        "hardware": about.get("hardware"),
        "time": about.get("time"),
        "versions": about.get("versions"),
    }
    if all(value is None for value in rows.values()):
        return None
    return "## Training\n\n" + _table(("", ""), rows)


def _metrics(metrics):
    if not metrics:
        return None
    protocols, common = split_protocols(metrics)
    lines = ["## Metrics\n"]
    if common:
        lines.append(f"All of them: {common}.\n")
    lines += ["| metric | value | protocol |", "|---|---|---|"]
    lines += [
        f"| {metric['name']} | {with_spread(metric)} | {protocol} |"
        for metric, protocol in zip(metrics, protocols, strict=True)
    ]
    return "\n".join(lines) + "\n"


def split_protocols(metrics):
    """What is said of each metric, and what is said of all of them alike.

    Args:
        metrics: Sequence of dicts with a `protocol`, whose parts are joined by
            `"; "`.

    Returns:
        A pair: the list of the protocols without the parts that all of them end
        in, and these parts, or `""`. Each protocol keeps its first part.
    """
    parts = [metric["protocol"].split("; ") for metric in metrics]
    if len(parts) < 2:
        return ["; ".join(each) for each in parts], ""
    # From the last part back to the second.
    backwards = zip(*(each[:0:-1] for each in parts), strict=False)
    alike = itertools.takewhile(lambda each: len(set(each)) == 1, backwards)
    common = [each[0] for each in alike][::-1]
    protocols = ["; ".join(each[: len(each) - len(common)]) for each in parts]
    return protocols, "; ".join(common)


def with_spread(metric):
    """A metric's value, and from where to where it spreads, as text."""
    value = f"{metric['value']:.4g}"
    if "spread" not in metric:
        return value
    low, high = metric["spread"]
    return f"{value} ({low:.4g} to {high:.4g})"


def _licence(about):
    parts = []
    if about.get("licence"):
        parts.append(f"Weights: {about['licence']}.")
    if about.get("data_licence"):
        parts.append(f"Data: {about['data_licence']}")
    return "\n".join(parts)


def _described(title, text):
    return f"## {title}\n\n{text}\n" if text else None


def _code(text):
    return f"`{text}`" if text else None


def _table(header, rows):
    lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
    lines += [
        f"| {key} | {value} |"
        for key, value in rows.items()
        if value is not None
    ]
    return "\n".join(lines) + "\n"
