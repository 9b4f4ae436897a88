"""The page in a real browser: keys, timing, reloads, lost connections."""

import collections
import shutil
import threading

import pytest
import uvicorn

from kerasgan.turing import server
from kerasgan.turing import serving
from kerasgan.turing import study as studies

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="there is no `chromium` on the PATH"
)
ANSWERABLE = "button[data-answer]:enabled"
# Notes between which frames a picture is to be seen, whatever the page says.
OBSERVER = """
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


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=BROWSER,
            # There is none for the superuser of a container.
            args=["--no-sandbox"],
        )
        yield launched
        launched.close()


@pytest.fixture
def serve():
    """Function of a study: its server, a thread, and the address."""
    started = []

    def serve(study):
        taken = serving.listen("127.0.0.1", 0)
        config = uvicorn.Config(server.application(study), log_level="warning")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([taken],))
        thread.start()
        started.append((running, thread))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"

    yield serve
    for running, thread in started:
        running.should_exit = True
        thread.join()


@pytest.fixture
def visit(browser, make_study, serve, start, tmp_path):
    """Function of the arguments of a study: a page that shows it."""
    contexts, complaints = [], []

    def visit(
        viewport=None,
        color_scheme="light",
        observed=False,
        by_command=False,
        **arguments,
    ):
        path = tmp_path / "study.db"
        defaults = {
            "trials": 3,
            "practice": 0,
            "examples": 2,
            "fewest_valid": 0,
        }
        study = make_study(path, **{**defaults, **arguments})
        if by_command:
            study.close()
            _, address = start(path)
        else:
            address = serve(study)
        context = browser.new_context(
            viewport=viewport or {"width": 900, "height": 700},
            color_scheme=color_scheme,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        # What breaks the content security policy is said there, too.
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if observed:
            page.add_init_script(OBSERVER)
        page.goto(address)
        return page, path

    yield visit
    for context in contexts:
        context.close()
    expected = ("ERR_FAILED", "409", "401", "429")
    assert not [c for c in complaints if not any(e in c for e in expected)]


def heading(page, text):
    page.get_by_role("heading", name=text).wait_for()


def begin(page, examples=True):
    page.get_by_role("button", name="I take part").press("Enter")
    if examples:
        page.get_by_role("button", name="Go on").press("Enter")
    page.get_by_role("button", name="Begin").press("Enter")


def judge(page, key):
    """Answers by key; returns once the answer is stored."""
    page.wait_for_selector(ANSWERABLE)
    with page.expect_response("**/api/answers") as stored:
        page.keyboard.press(key)
    assert stored.value.ok


def stored(path):
    with studies.Study(path) as study:
        rows = study.connection.execute(
            "SELECT * FROM answers JOIN trials USING (trial) ORDER BY position"
        )
        return [dict(row) for row in rows]


def test_the_keyboard_is_enough(visit):
    page, path = visit(
        by_command=True, trials=4, practice=1, rest_every=2, durations=(50,)
    )
    heading(page, "Real or generated?")
    # Two times Tab: the second button, and back.
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    heading(page, "Real pictures")
    page.keyboard.press("Enter")
    heading(page, "What you do")
    page.keyboard.press("Enter")
    judge(page, "f")
    heading(page, "That was the practice")
    page.keyboard.press("Enter")
    judge(page, "ArrowLeft")
    judge(page, "j")
    heading(page, "A rest")
    assert "2 of 4" in page.inner_text("main")
    page.keyboard.press("Enter")
    judge(page, "ArrowRight")
    judge(page, "F")
    heading(page, "Thank you")
    answers = [row["answer"] for row in stored(path)]
    assert answers == ["fake", "fake", "real", "real", "fake"]


def test_what_is_off_by_a_frame_is_flagged(visit):
    # How often that is, on an idle machine: benchmarks/turing_timing.py.
    page, path = visit(
        observed=True,
        trials=8,
        rest_every=100,
        durations=(50, 100, 250, 1000),
    )
    begin(page)
    for _ in range(8):
        judge(page, "j")
    heading(page, "Thank you")
    rows, seen = stored(path), page.evaluate("window.seen")
    assert len(rows) == len(seen) == 8
    kept = collections.Counter()
    for row, seen_ms in zip(rows, seen, strict=True):
        assert abs(row["shown_ms"] - seen_ms) < 1
        exact = abs(seen_ms - row["duration"]) <= row["frame_ms"] + 1
        assert exact or row["flag"], row
        assert row["response_ms"] >= row["shown_ms"]
        kept[row["flag"]] += 1
    assert kept[""], "no trial was exact"


@pytest.mark.parametrize("mode", ["timed", "untimed"])
def test_a_hidden_page_is_flagged(visit, mode):
    durations = {"durations": (1000,)} if mode == "timed" else {}
    page, path = visit(mode=mode, trials=1, **durations)
    begin(page)
    page.wait_for_selector(".picture canvas.visible[role=img]")
    # What a browser does when another tab is chosen.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    judge(page, "j")
    heading(page, "Thank you")
    assert [row["flag"] for row in stored(path)] == ["hidden"]


def test_a_reload_goes_on_and_shows_no_picture_twice(visit):
    page, path = visit(durations=(50,))
    begin(page)
    judge(page, "f")
    page.wait_for_selector(ANSWERABLE)
    page.reload()
    heading(page, "Welcome back")
    page.keyboard.press("Enter")
    judge(page, "j")
    heading(page, "Thank you")
    assert [row["position"] for row in stored(path)] == [0, 2]
    page.reload()
    heading(page, "Thank you")


def test_an_answer_outlives_a_lost_connection_and_a_reload(visit):
    page, path = visit(trials=2, durations=(50,))
    begin(page)
    page.wait_for_selector(ANSWERABLE)
    page.route("**/api/answers", lambda route: route.abort())
    page.keyboard.press("f")
    page.get_by_text("The connection is lost").wait_for()
    assert not stored(path)
    page.unroute("**/api/answers")
    page.reload()
    heading(page, "Welcome back")
    page.keyboard.press("Enter")
    judge(page, "j")
    heading(page, "Thank you")
    assert [row["answer"] for row in stored(path)] == ["fake", "real"]


def test_an_acknowledgement_that_is_lost_doubles_nothing(visit):
    page, path = visit(trials=1, durations=(50,))
    begin(page)
    lost = []

    def lose_the_first(route):
        response = route.fetch()
        if lost:
            route.fulfill(response=response)
        else:
            lost.append(response)
            route.abort()

    page.route("**/api/answers", lose_the_first)
    page.wait_for_selector(ANSWERABLE)
    page.keyboard.press("f")
    heading(page, "Thank you")
    assert lost and len(stored(path)) == 1


def test_what_stands_between_does_not_lose_an_answer(visit):
    page, path = visit(trials=1, durations=(50,))
    begin(page)
    page.wait_for_selector(ANSWERABLE)
    replies = [
        {"status": 429, "body": "slow down"},
        {"status": 200, "body": ""},
    ]

    def reply(route):
        if replies:
            route.fulfill(**replies.pop(0))
        else:
            route.continue_()

    page.route("**/api/answers", reply)
    page.keyboard.press("f")
    heading(page, "Thank you")
    assert len(stored(path)) == 1


def test_the_browsers_shortcuts_are_no_answers(visit):
    page, path = visit(trials=1, mode="untimed")
    begin(page)
    page.wait_for_selector(ANSWERABLE)
    page.locator("header").click()
    for keys in ("Control+f", "Alt+ArrowRight", "Meta+j"):
        page.keyboard.press(keys)
    page.wait_for_timeout(200)
    assert page.query_selector(ANSWERABLE)
    # Wherever the focus is.
    judge(page, "j")
    heading(page, "Thank you")
    assert [row["answer"] for row in stored(path)] == ["real"]


def test_a_reload_before_the_first_picture_shows_the_introduction(visit):
    page, _ = visit()
    page.get_by_role("button", name="I take part").press("Enter")
    heading(page, "Real pictures")
    page.reload()
    heading(page, "Real pictures")
    page.keyboard.press("Enter")
    heading(page, "What you do")


def test_one_tab_at_a_time(visit):
    page, _ = visit()
    heading(page, "Real or generated?")
    other = page.context.new_page()
    other.goto(page.url)
    heading(other, "One tab at a time")


def test_another_person_may_follow(visit):
    page, path = visit(trials=1, durations=(50,))
    for _ in range(2):
        begin(page)
        judge(page, "f")
        heading(page, "Thank you")
        page.get_by_role("button", name="Another person takes part").click()
    heading(page, "Real or generated?")
    assert [row["participant"] for row in stored(path)] == [1, 2]


def test_what_comes_after_the_stop_is_not_shown(visit):
    page, path = visit(mode="untimed")
    page.route(
        "**/api/pictures/*",
        lambda route: (page.wait_for_timeout(1000), route.continue_()),
    )
    begin(page)
    page.get_by_role("button", name="Stop").click()
    page.locator("dialog button[value=stop]").click()
    heading(page, "Thank you")
    page.wait_for_timeout(1500)
    assert page.query_selector(".stage") is None
    assert not stored(path)


def test_who_declines_leaves_nothing(visit):
    page, path = visit()
    page.get_by_role("button", name="No, thank you").click()
    page.get_by_text("Nothing was stored").wait_for()
    with studies.Study(path) as study:
        rows = study.connection.execute("SELECT * FROM participants")
        assert not rows.fetchall()
    assert page.evaluate("localStorage.length") == 0


def test_one_may_stop_at_any_time(visit):
    page, path = visit(trials=6, mode="untimed")
    begin(page)
    judge(page, "f")
    page.wait_for_selector(ANSWERABLE)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Go on").click()
    judge(page, "j")
    page.wait_for_selector(ANSWERABLE)
    page.get_by_role("button", name="Stop").click()
    page.locator("dialog button[value=stop]").click()
    heading(page, "Thank you")
    assert len(stored(path)) == 2


@pytest.mark.parametrize("mode", ["timed", "untimed", "pair"])
def test_a_phone_has_space_for_it(visit, mode):
    page, path = visit(
        mode=mode,
        trials=2,
        viewport={"width": 320, "height": 568},
        **({"durations": (50,)} if mode == "timed" else {}),
    )
    begin(page)
    for answer in range(2):
        page.wait_for_selector(ANSWERABLE)
        assert page.evaluate(
            "document.documentElement.scrollWidth <= innerWidth"
        )
        for button in page.query_selector_all(ANSWERABLE):
            box = button.bounding_box()
            assert box["height"] >= 44 and box["y"] + box["height"] <= 568
        with page.expect_response("**/api/answers"):
            page.click(f"button[data-answer] >> nth={answer}")
    heading(page, "Thank you")
    left_first = ["left", "right"] if mode == "pair" else ["fake", "real"]
    assert [row["answer"] for row in stored(path)] == left_first
    assert all(row["magnification"] % 1 == 0 for row in stored(path))


def test_the_picture_is_what_was_sent_not_smoothed(visit):
    page, path = visit(mode="untimed", trials=1)
    begin(page)
    page.wait_for_selector(ANSWERABLE)
    canvas = ".picture canvas[role=img]"
    pixels = page.evaluate(
        f"""() => {{
          const canvas = document.querySelector("{canvas}");
          const context = canvas.getContext("2d");
          const {{ width, height }} = canvas;
          return Array.from(context.getImageData(0, 0, width, height).data);
        }}"""
    )
    style = page.evaluate(
        f"getComputedStyle(document.querySelector('{canvas}')).imageRendering"
    )
    assert style == "pixelated"
    with studies.Study(path) as study:
        (key,) = study.connection.execute(
            "SELECT picture FROM trials"
        ).fetchone()
        expected = study.pictures([key])[0].reshape(-1, 3).tolist()
    shown = [pixels[i : i + 3] for i in range(0, len(pixels), 4)]
    assert shown == expected


def test_what_is_seen_has_names_and_both_schemes_contrast(visit):
    for scheme in ("light", "dark"):
        page, path = visit(mode="untimed", trials=1, color_scheme=scheme)
        begin(page)
        page.wait_for_selector(ANSWERABLE)
        page.get_by_role("img", name="The picture").wait_for()
        page.get_by_role("group", name="Your answer").wait_for()
        page.get_by_role("progressbar", name="Pictures judged").wait_for()
        colors = page.evaluate(
            """() => ["backgroundColor", "color"].map(
              (each) => getComputedStyle(document.body)[each])"""
        )
        background, text = (_luminance(color) for color in colors)
        assert (background > text) == (scheme == "light")
        high, low = max(background, text), min(background, text)
        # Of the accessibility guidelines (WCAG 2, 1.4.6).
        assert (high + 0.05) / (low + 0.05) > 7
        path.unlink()


def _luminance(color):
    numbers = [int(n) / 255 for n in color[4:-1].split(",")]
    linear = [
        n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4
        for n in numbers
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_rehearsal_says_so(visit):
    page, _ = visit(simulated=True)
    page.get_by_text("these answers never count as people's").wait_for()


def test_the_experimenters_text_is_no_html(visit):
    page, _ = visit(consent="<b id=bold>Do</b> you?\n\n<script>x</script>")
    heading(page, "Real or generated?")
    assert "<b id=bold>Do</b> you?" in page.inner_text("main")
    assert page.query_selector("#bold") is None
