// The course of a participation, as a jsPsych timeline.

import * as api from "./api.js";
import { Judgement } from "./judgement.js";
import { cut } from "./pictures.js";
import * as screens from "./screens.js";
import { isOpenElsewhere } from "./tabs.js";

const element = (id) => document.getElementById(id);
const say = (text) => {
  element("notice").textContent = text;
};

const jsPsych = jsPsychModule.initJsPsych({ display_element: "experiment" });

// As the plugin names what it shows.
const STIMULUS = "jspsych-html-button-response-stimulus";

// The trial to come, null at the end.
let next = null;
let declined = false;
let resumed = false;
let over = false;
let examples = [];

// A text with buttons; `choices` are those on them.
const screen = (stimulus, choices, { on_load, ...others } = {}) => ({
  type: jsPsychHtmlButtonResponse,
  stimulus,
  choices,
  ...others,
  on_load: () => {
    on_load?.();
    const button = element("experiment").querySelector("button");
    // A screen reader says the text with the button.
    button?.setAttribute("aria-describedby", STIMULUS);
    button?.focus({ preventScroll: true });
  },
});

const shown = (timeline, condition) => ({
  timeline,
  conditional_function: condition,
});

async function prepare(study) {
  next = await api.next(say);
  if (study.examples) examples = cut(study, await api.examples(say));
}

function consent(study) {
  return screen(screens.consent(study), ["I take part", "No, thank you"], {
    on_finish: async ({ response }) => {
      declined = response === 1;
      if (declined) return;
      await api.begin(location.hash.slice(1), say);
      await prepare(study);
    },
  });
}

function introduction(study) {
  const screensBefore = [screen(screens.instructions(study), ["Begin"])];
  if (study.examples) {
    screensBefore.unshift(
      screen(screens.examples(), ["Go on"], {
        on_load: () => screens.showExamples(study, examples),
      }),
    );
  }
  return screensBefore;
}

function judging(study) {
  const judgement = {
    type: Judgement,
    study,
    next: () => next,
    fetch: api.picture,
    ready: dialogClosed,
    presenting: (isShown) => {
      element("stop").disabled = isShown;
    },
    isOver: () => over,
    on_start: () => showProgress(study),
    on_finish: async ({ answer }) => {
      element("stop").disabled = false;
      if (answer) await api.answer(answer, say);
      const code = next?.code;
      next = await api.next(say);
      if (next?.code === code && !over) {
        say("The picture did not come. Trying again …");
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    },
  };
  const begins = () => study.practice > 0 && !next.practice && next.number === 0;
  const rests = () =>
    !next.practice && next.number > 0 && next.number % study.rest_every === 0;
  return {
    name: "judging",
    timeline: [
      shown([screen(() => screens.practised(study), ["Go on"])], begins),
      shown([screen(() => screens.rest(study, next.number), ["Go on"])], rests),
      judgement,
    ],
    conditional_function: () => next !== null,
    loop_function: () => next !== null,
    on_timeline_start: () => {
      element("stop").hidden = element("progress").hidden = false;
    },
  };
}

function showProgress(study) {
  element("progress").max = study.trials;
  element("progress").value = next.practice ? 0 : next.number;
}

function hideControls() {
  element("stop").hidden = element("progress").hidden = true;
  element("stop-dialog").close();
}

// On a machine that several people share, the next one can begin.
const end = (study) =>
  screen(
    () => screens.end(study, api.number()),
    study.needs_key ? [] : ["Another person takes part"],
    {
      on_load: hideControls,
      on_finish: () => {
        api.forget();
        location.reload();
      },
    },
  );

const dialogClosed = () =>
  new Promise((resolve) => {
    const dialog = element("stop-dialog");
    if (!dialog.open) resolve();
    else dialog.addEventListener("close", resolve, { once: true });
  });

function listenToStop() {
  const dialog = element("stop-dialog");
  element("stop").addEventListener("click", () => {
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", async () => {
    // After the last trial there is nothing to stop.
    if (dialog.returnValue !== "stop" || element("stop").hidden) return;
    over = true;
    await api.stop(say);
    next = null;
    if (element("stop").hidden) return;
    jsPsych.abortTimelineByName("judging");
    jsPsych.finishTrial({ answer: null });
  });
}

// Whether the participation of before a reload goes on.
async function resume(study) {
  if (!api.takesPart()) return false;
  try {
    await api.sendKept(say);
    await prepare(study);
  } catch (error) {
    if (error.status !== 401) throw error;
    // Of another study, which was on this address before.
    api.forget();
    return false;
  }
  return true;
}

const nothingSeen = (study) =>
  next?.number === 0 && (next.practice || study.practice === 0);

async function takePart() {
  if (await isOpenElsewhere()) {
    element("experiment").innerHTML = screens.elsewhere();
    return;
  }
  const study = await api.study(say);
  element("simulated").hidden = !study.simulated;
  resumed = await resume(study);
  listenToStop();
  await jsPsych.run([
    shown([consent(study)], () => !resumed),
    shown([screen(screens.declined(study), [])], () => declined),
    shown(introduction(study), () => nothingSeen(study)),
    shown(
      [screen(screens.back(), ["Go on"])],
      () => resumed && next !== null && !nothingSeen(study),
    ),
    judging(study),
    end(study),
  ]);
}

try {
  await takePart();
} catch (error) {
  hideControls();
  element("experiment").innerHTML = screens.failed(error.message);
}
