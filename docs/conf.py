"""Settings of Sphinx: `make docs` builds the pages with it."""

import inspect
import re

import kerasgan

project = "kerasgan"
version = release = kerasgan.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"kerasgan {release}"
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
# Keras's own docstrings, of the methods that the models override.
autodoc_inherit_docstrings = False
# The fields of named tuples are members, too.
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_custom_sections = [("Call arguments", "params_style")]

_CODE = re.compile(r"(?<!`)`((?:[^`\n]|\n *\S)+)`(?!`)")
_LINK = re.compile(r"(?<!!)\[([^]]+)\]\((https?://[^)]+)\)")
_SECTION = re.compile(r"[A-Z][a-z]+( [a-z]+)?:$")


def _markdown_to_rst(app, what, name, obj, options, lines):
    """Turns the Markdown of our docstrings into what autodoc reads."""
    text = "\n".join(lines)
    text = _CODE.sub(r"``\1``", text)
    # The closing quotes of "`generate`s" must be set off.
    text = re.sub(r"(?<=\w``)(?=\w)", r"\\ ", text)
    text = _LINK.sub(r"`\1 <\2>`__", text)
    result = []
    in_code = False
    for line in text.split("\n"):
        before = result[-1] if result else ""
        indent = re.match(" *", line).group()
        if line.strip().startswith("```"):
            in_code = not in_code
            if in_code:
                result += ["", f"{indent}.. code-block:: python", ""]
            continue
        if in_code:
            result.append(f"    {line}" if line else "")
            continue
        starts_list = line.strip().startswith("- ")
        if starts_list and before.strip() and not _is_list(before, indent):
            result.append("")
        result.append(line)
    lines[:] = _literal_blocks(result)


def _is_list(line, indent):
    # The line before is an entry of the same list, or goes on with one.
    return line.startswith((f"{indent}- ", f"{indent}  "))


def _literal_blocks(lines):
    """Marks indented paragraphs, formulas mostly, as literal blocks."""
    result = []
    in_section = in_code = False
    for i, line in enumerate(lines):
        if line and not line.startswith(" "):
            in_section = bool(_SECTION.match(line))
            in_code = line.startswith("..")
        starts = (
            line.startswith("    ")
            and not in_section
            and not in_code
            and i > 1
            and not lines[i - 1]
            and lines[i - 2][:1].strip()
        )
        result += ["::", "", line] if starts else [line]
    return result


def _signature_of_init(app, what, name, obj, options, signature, annotation):
    """Keras's layers and models hide the signature behind their `__new__`."""
    if what != "class":
        return None
    parameters = list(inspect.signature(obj.__init__).parameters.values())[1:]
    return str(inspect.Signature(parameters)), None


def setup(app):
    """Connects the functions above."""
    # Before napoleon, which comes at 500.
    app.connect("autodoc-process-docstring", _markdown_to_rst, priority=400)
    app.connect("autodoc-process-signature", _signature_of_init)
