"""What a card says once, of all metrics alike."""

from kerasgan.zoo import cards


def metric(name, protocol):
    return {"name": name, "value": 0.5, "protocol": protocol}


def test_what_all_protocols_end_in_is_said_once():
    metrics = [
        metric("precision", "k = 3; 20 halves; 8 images; seed 0"),
        metric("recall", "k = 5; 8 images; seed 0"),
    ]
    assert cards.split_protocols(metrics) == (
        ["k = 3; 20 halves", "k = 5"],
        "8 images; seed 0",
    )
    text = cards._metrics(metrics)
    assert "All of them: 8 images; seed 0.\n\n| metric |" in text
    assert "| precision | 0.5 | k = 3; 20 halves |\n" in text
    assert text.count("seed 0") == 1


def test_each_protocol_keeps_its_first_part():
    metrics = [metric("best", "8 images; seed 0"), metric("last", "seed 0")]
    assert cards.split_protocols(metrics) == (
        ["8 images; seed 0", "seed 0"],
        "",
    )
    same = [
        metric("best", "8 images; seed 0"),
        metric("last", "8 images; seed 0"),
    ]
    assert cards.split_protocols(same) == (["8 images", "8 images"], "seed 0")


def test_one_metric_or_other_endings_have_nothing_in_common():
    one = [metric("score", "8 images; seed 0")]
    assert cards.split_protocols(one) == (["8 images; seed 0"], "")
    two = [*one, metric("other", "8 images; seed 1")]
    assert cards.split_protocols(two)[1] == ""
    assert "All of them" not in cards._metrics(two)
    assert cards.split_protocols([]) == ([], "")
