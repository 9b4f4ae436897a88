// What is read between the pictures, as HTML for jsPsych.

import { drawn, fittingMagnification } from "./pictures.js";

// The experimenter's own text must not be taken for HTML.
function escaped(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element.innerHTML;
}

const paragraphs = (text) =>
  text
    .split(/\n\s*\n/)
    .map((each) => `<p>${escaped(each)}</p>`)
    .join("");

const QUESTIONS = {
  timed: `<p>You see one small picture at a time, sometimes for a very short
    moment. Then noise covers it, and you say whether it was <b>real</b>, or
    <b>generated</b> by a computer.</p>
    <p>Look at the cross before each picture.</p>`,
  untimed: `<p>You see one small picture at a time, for as long as you like, and
    say whether it is <b>real</b>, or <b>generated</b> by a computer.</p>`,
  pair: `<p>You see two small pictures at a time, for as long as you like. One is
    <b>real</b>, the other was <b>generated</b> by a computer: say which is the
    real one.</p>`,
};

const KEYS = {
  single: `<p>Press <kbd>F</kbd> or <kbd>←</kbd> for generated, <kbd>J</kbd> or
    <kbd>→</kbd> for real, or use the buttons. Half of the pictures are real.
    Where you cannot tell, guess.</p>`,
  pair: `<p>Press <kbd>F</kbd> or <kbd>←</kbd> for the left picture,
    <kbd>J</kbd> or <kbd>→</kbd> for the right one, or use the buttons. Where you
    cannot tell, guess.</p>`,
};

export const consent = (study) =>
  `<h1>Real or generated?</h1>${paragraphs(study.consent)}
  <p>${escaped(study.contact)}</p>`;

export const declined = (study) =>
  `<h1>Thank you</h1><p>Nothing was stored.</p><p>${escaped(study.contact)}</p>`;

export const examples = () =>
  `<h1>Real pictures</h1><p>These are real. Take your time.</p>
  <div class="examples" role="img" aria-label="Real pictures"></div>`;

export function showExamples(study, pictures) {
  const magnification = Math.max(1, Math.min(3, fittingMagnification(study, 1)));
  document
    .querySelector(".examples")
    .append(...pictures.map((each) => drawn(study, magnification, each)));
}

export const instructions = (study) =>
  `<h1>What you do</h1>${QUESTIONS[study.mode]}
  ${KEYS[study.mode === "pair" ? "pair" : "single"]}
  <p>${
    study.practice
      ? `First come ${study.practice} for practice, which do not count, then
        ${study.trials} that do.`
      : `There are ${study.trials}.`
  } You may rest after every ${study.rest_every}, and stop whenever you like.</p>`;

export const practised = (study) =>
  `<h1>That was the practice</h1><p>Now come the ${study.trials} that count.</p>`;

export const rest = (study, done) =>
  `<h1>A rest</h1><p>You have judged ${done} of ${study.trials}. Go on when you
  like.</p>`;

export const back = () =>
  "<h1>Welcome back</h1><p>You go on where you were.</p>";

export const end = (study, number) =>
  `<h1>Thank you</h1><p>Your answers are stored. You can close the page.</p>
  <p>You are number ${Number(number)} of this study. Name it if you want your
  answers to be deleted.</p><p>${escaped(study.contact)}</p>`;

export const elsewhere = () =>
  `<h1>One tab at a time</h1><p>The page is open in another tab. Go on there, or
  close it and load this one again.</p>`;

export const failed = (reason) =>
  `<h1>This does not work</h1><p>${escaped(reason)}</p>
  <p>Load the page again; what you have answered is kept.</p>`;
