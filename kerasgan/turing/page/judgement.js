// The jsPsych plugin of a trial: fixation, picture, mask, answer.

import {
  flag,
  frameInterval,
  present,
  watchVisibility,
} from "./frames.js";
import { cut, drawn, fittingMagnification, mask } from "./pictures.js";

const { ParameterType } = jsPsychModule;
// In frames, half a second on most displays.
const FIXATION = 30;
// The arrow points to the button's side.
const KEYS = [
  ["f", "arrowleft"],
  ["j", "arrowright"],
];
const BUTTONS = {
  fake: "Generated",
  real: "Real",
  left: "Left is real",
  right: "Right is real",
};

export class Judgement {
  static info = {
    name: "judgement",
    version: "1.0.0",
    parameters: {
      // As the server describes it.
      study: { type: ParameterType.OBJECT, default: undefined },
      // `{code, duration}`.
      next: { type: ParameterType.OBJECT, default: undefined },
      // Of a code: a promise of the pixels.
      fetch: { type: ParameterType.FUNCTION, default: undefined },
      // A promise that nothing stands before the picture.
      ready: { type: ParameterType.FUNCTION, default: undefined },
      // Called with whether nothing may come before the picture now.
      presenting: { type: ParameterType.FUNCTION, default: undefined },
      // Whether the participation was stopped meanwhile.
      isOver: { type: ParameterType.FUNCTION, default: undefined },
    },
    data: {
      answer: { type: ParameterType.OBJECT },
    },
  };

  // The data hold no answer where there was none: the picture is sent once, and
  // may not have come, or the participation was stopped.
  async trial(display, { study, next, ...calls }, onLoad) {
    const none = { answer: null };
    await calls.ready();
    if (calls.isOver()) return none;
    const timed = next.duration !== null;
    calls.presenting(timed);
    let pixels;
    try {
      pixels = await calls.fetch(next.code);
    } catch {
      return none;
    }
    if (calls.isOver()) return none;
    const pictures = cut(study, pixels);
    const magnification = fittingMagnification(study, pictures.length);
    const { stage, images, masks, fixation } = this.stage(
      study,
      magnification,
      pictures,
    );
    const buttons = this.buttons(study);
    display.append(stage, buttons.group);
    onLoad();

    fixation.classList.add("visible");
    const interval = await frameInterval(FIXATION);
    const visibility = watchVisibility();
    const presented = await present({
      show: () => {
        fixation.classList.remove("visible");
        for (const image of images) image.classList.add("visible");
      },
      hide: () => {
        if (!timed) return;
        for (const image of images) image.classList.remove("visible");
        for (const noise of masks) noise.classList.add("visible");
      },
      duration: timed ? next.duration : 0,
      interval,
    });
    let hidden = timed && visibility.end();
    if (calls.isOver()) return none;
    calls.presenting(false);
    const { answer, responded } = await this.answer(study, buttons.all);
    hidden ||= !timed && visibility.end();
    if (calls.isOver()) return none;
    display.replaceChildren();
    return {
      answer: {
        code: next.code,
        answer,
        response_ms: responded - presented.begun,
        shown_ms: timed ? presented.shown : null,
        frame_ms: interval,
        dropped_frames: timed ? presented.dropped : 0,
        magnification,
        flag:
          (hidden && "hidden") ||
          (timed ? flag(presented, next.duration, interval) : ""),
      },
    };
  }

  stage(study, magnification, pictures) {
    const stage = document.createElement("div");
    stage.className = "stage";
    stage.style.minHeight = `${study.height * magnification + 48}px`;
    const fixation = document.createElement("span");
    fixation.className = "fixation";
    fixation.textContent = "+";
    fixation.ariaHidden = "true";
    const images = pictures.map((each) => drawn(study, magnification, each));
    const masks = pictures.map(() => mask(study, magnification));
    images.forEach((image, i) => {
      const side = ["left", "right"][i];
      image.role = "img";
      image.ariaLabel =
        images.length > 1 ? `The picture on the ${side}` : "The picture";
      masks[i].ariaHidden = "true";
      const place = document.createElement("div");
      place.className = "picture";
      place.append(image, masks[i]);
      stage.append(place);
    });
    stage.append(fixation);
    return { stage, images, masks, fixation };
  }

  buttons(study) {
    const group = document.createElement("div");
    group.className = "buttons";
    group.role = "group";
    group.ariaLabel = "Your answer";
    const all = sides(study).map((answer, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.disabled = true;
      button.dataset.answer = answer;
      button.textContent = BUTTONS[answer];
      button.setAttribute("aria-keyshortcuts", KEYS[i].join(" "));
      return button;
    });
    group.append(...all);
    return { group, all };
  }

  // By key, wherever the focus is, or by button; and when, in milliseconds.
  answer(study, buttons) {
    const over = new AbortController();
    const { signal } = over;
    return new Promise((resolve) => {
      const give = (answer, { timeStamp }) => {
        over.abort();
        resolve({ answer, responded: timeStamp });
      };
      document.addEventListener(
        "keydown",
        (event) => {
          const { key, repeat, ctrlKey, altKey, metaKey } = event;
          // The browser's own shortcuts, and a dialog, are no answers.
          if (repeat || ctrlKey || altKey || metaKey) return;
          if (document.querySelector("dialog[open]")) return;
          const side = KEYS.findIndex((keys) => keys.includes(key.toLowerCase()));
          if (side >= 0) give(sides(study)[side], event);
        },
        { signal },
      );
      for (const button of buttons) {
        button.disabled = false;
        button.addEventListener(
          "click",
          (event) => give(button.dataset.answer, event),
          { signal },
        );
      }
    });
  }
}

// The answers, that of the button on the left first.
export const sides = (study) =>
  study.mode === "pair" ? ["left", "right"] : ["fake", "real"];
