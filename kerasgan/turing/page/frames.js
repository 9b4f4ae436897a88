// Time by the frames of the display.

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

// What a frame takes, in milliseconds: the median of so many.
export async function frameInterval(count) {
  const steps = [];
  let last = await frame();
  for (let i = 0; i < count; i++) {
    const now = await frame();
    steps.push(now - last);
    last = now;
  }
  steps.sort((a, b) => a - b);
  return steps[Math.floor(count / 2)];
}

// Shows something for the number of whole frames that is nearest to a duration.
//
// `show` and `hide` are called at the start of a frame, and what they change is
// on the screen with it. Returns when the first frame began, for how long it was
// shown, and how many frames were missed.
export async function present({ show, hide, duration, interval }) {
  const begun = await frame();
  show();
  let dropped = 0;
  let last = begun;
  while (last - begun < duration - interval / 2) {
    const now = await frame();
    dropped += Math.max(0, Math.round((now - last) / interval) - 1);
    last = now;
  }
  hide();
  return { begun, shown: last - begun, dropped };
}

// Watches whether the page is hidden; `end` says so, and ends it.
export function watchVisibility() {
  let hidden = document.hidden;
  const notice = () => {
    hidden = true;
  };
  document.addEventListener("visibilitychange", notice);
  return {
    end: () => {
      document.removeEventListener("visibilitychange", notice);
      return hidden;
    },
  };
}

// Why a presentation was not as it should be, or "".
export function flag({ shown, dropped }, duration, interval) {
  if (dropped > 0) return "dropped";
  return Math.abs(shown - duration) > interval ? "duration" : "";
}
