"""How exactly the page of `kerasgan turing` shows pictures, in a browser.

    python -m benchmarks.turing_timing

Runs a participation in a headless Chromium and notes, from outside the page's
own code, between which frames each picture was to be seen. Prints for each
duration how many were exact to one frame, how many the page has flagged, and
how many were neither. It needs `chromium` on the PATH, and some two minutes.
"""

import pathlib
import shutil
import tempfile
import threading

import numpy as np
from absl import app
from absl import flags

from benchmarks import arguments

_TRIALS = flags.DEFINE_integer("trials", 100, "Of all durations together.", 1)
_DURATIONS = (50, 100, 250, 1000)
_OBSERVER = """
window.seen = [];
let begun = null;
new MutationObserver(() => {
  const visible = document.querySelector(".picture canvas.visible[role=img]");
  const now = document.timeline.currentTime;
  if (visible && begun === null) begun = now;
  if (!visible && begun !== null) {
    window.seen.push(now - begun);
    begun = null;
  }
}).observe(document, { attributes: true, childList: true, subtree: true });
"""


def _study(path):
    from kerasgan.turing import protocol
    from kerasgan.turing import study

    generator = np.random.default_rng(0)

    def source(name):
        images = generator.integers(0, 256, (_TRIALS.value, 32, 32, 3), "uint8")
        return study.Source(name, {}, {"judged": (images, None)})

    study.create(
        path,
        protocol.Protocol(
            trials=_TRIALS.value,
            practice=0,
            examples=0,
            rest_every=10_000,
            durations=_DURATIONS,
        ),
        [source(study.REAL), source("gan")],
        study.Texts("A test of time.", "Nobody."),
        simulated=True,
    ).close()


def _take_part(address):
    """Lets the browser answer; returns the milliseconds that were seen."""
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.add_init_script(_OBSERVER)
        page.goto(address)
        for name in ("I take part", "Begin"):
            page.get_by_role("button", name=name).click()
        for _ in range(_TRIALS.value):
            page.wait_for_selector("button[data-answer]:enabled")
            with page.expect_response("**/api/answers"):
                page.keyboard.press("f")
        page.get_by_role("heading", name="Thank you").wait_for()
        seen = page.evaluate("window.seen")
        browser.close()
    return seen


def _rows(path):
    from kerasgan.turing import study

    with study.Study(path) as opened:
        return opened.connection.execute(
            "SELECT duration, frame_ms, flag FROM answers "
            "JOIN trials USING (trial) ORDER BY position"
        ).fetchall()


def main(argv):
    arguments.refuse(argv)
    import uvicorn

    from kerasgan.turing import server
    from kerasgan.turing import serving
    from kerasgan.turing import study

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "study.db"
        _study(path)
        taken = serving.listen("127.0.0.1", 0)
        served = uvicorn.Server(
            uvicorn.Config(
                server.application(study.Study(path)), log_level="warning"
            )
        )
        thread = threading.Thread(target=served.run, args=([taken],))
        thread.start()
        try:
            seen = _take_part(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        finally:
            served.should_exit = True
            thread.join()
        rows = _rows(path)
    print("| duration | pictures | exact to a frame | flagged | neither |")
    print("|---|---|---|---|---|")
    for duration in (*_DURATIONS, "all"):
        chosen = [
            (
                abs(ms - row["duration"]) <= row["frame_ms"] + 1,
                row["flag"] != "",
            )
            for ms, row in zip(seen, rows, strict=True)
            if duration in (row["duration"], "all")
        ]
        exact = sum(is_exact for is_exact, _ in chosen)
        flagged = sum(is_flagged for _, is_flagged in chosen)
        neither = sum(not (a or b) for a, b in chosen)
        print(
            f"| {duration} ms | {len(chosen)} | {exact} "
            f"({exact / len(chosen):.0%}) | {flagged} | {neither} |"
        )


if __name__ == "__main__":
    app.run(main)
