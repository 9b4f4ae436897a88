import json
import pathlib

from kerasgan import zoo


def facts(out):
    """A table of two columns as a dict."""
    rows = [line.split("  ", 1) for line in out.splitlines()]
    return {key.strip(): value.strip() for key, value in rows}


def test_the_table(run, zoo_folder):
    code, out, err = run("info", "dcgan")
    assert (code, err) == (0, "")
    table = facts(out)
    assert table["name"] == "dcgan"
    assert table["family"] == "DCGAN"
    assert table["images"] == "16x16, channels: 3"
    assert table["classes"] == "none"
    assert table["folder"] == str(zoo_folder / "dcgan")
    assert table["data"] == "noise"
    assert table["score"] == "44.12 (8 to 8 images)"
    assert facts(run("info", "cclapgan").out)["classes"] == "3"


def test_what_all_metrics_have_in_common_is_said_once(run):
    released = pathlib.Path(__file__).parents[2] / "zoo" / "dcgan_mnist"
    out = run("info", released).out
    assert out.count("seed 0") == 1
    assert facts(out)["all metrics"].startswith("10000 generated images")


def test_json(run):
    assert json.loads(run("info", "dcgan", "--json").out) == zoo.info("dcgan")


def test_card(run):
    assert run("info", "dcgan", "--card").out == zoo.card("dcgan")
    assert run("info", "dcgan", "--card", "--json").code == 2


def test_a_folder_for_a_name(run, zoo_folder):
    assert run("info", zoo_folder / "dcgan").out == run("info", "dcgan").out


def test_an_unknown_name(run):
    code, out, err = run("info", "dcgann")
    assert (code, out) == (1, "")
    assert err.startswith("kerasgan: error: ")
    assert "Did you mean 'dcgan'?" in err
    assert err.count("\n") == 1
