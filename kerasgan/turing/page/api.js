// What the page asks the server, and what it keeps for a reload.

const KEPT = "kerasgan.turing";
const LONGEST_WAIT_MS = 10000;

export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

const wait = (milliseconds) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

// `{secret, answer}`: who takes part, and an answer that the server has not
// acknowledged yet.
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

const keep = (value) => localStorage.setItem(KEPT, JSON.stringify(value));

export const takesPart = () => "secret" in kept();

export const forget = () => localStorage.removeItem(KEPT);

// Only what is harmless when the server gets it twice is sent until it answers.
async function ask(path, { body, say, once = false } = {}) {
  const headers = {};
  const { secret } = kept();
  if (secret) headers.Authorization = `Bearer ${secret}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  for (let delay = 500; ; delay = Math.min(2 * delay, LONGEST_WAIT_MS)) {
    let response;
    try {
      response = await fetch(`api/${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers,
        body: JSON.stringify(body),
        credentials: "omit",
      });
      if (response.ok) {
        const value = response.headers
          .get("Content-Type")
          .startsWith("application/json")
          ? await response.json()
          : new Uint8Array(await response.arrayBuffer());
        say?.("");
        return value;
      }
    } catch (error) {
      if (once) throw error;
    }
    if (response && response.status < 500) {
      const { error } = await response.json().catch(() => ({}));
      throw new Refused(response.status, error);
    }
    if (once) throw new Error("the server failed");
    say?.("The connection is lost. Trying again …");
    await wait(delay);
  }
}

export const study = (say) => ask("study", { say });

export async function begin(key, say) {
  const { secret } = await ask("participants", {
    body: { consent: true, key },
    say,
  });
  keep({ secret });
}

export const examples = (say) => ask("examples", { say });

export const next = async (say) => (await ask("next", { say })).trial;

// It is shown once, so it is asked for once.
export const picture = (code) => ask(`pictures/${code}`, { once: true });

export async function answer(value, say) {
  keep({ ...kept(), answer: value });
  await sendKept(say);
}

// An answer that was given before a reload, or now.
export async function sendKept(say) {
  const { answer: value, ...others } = kept();
  if (value) {
    try {
      await ask("answers", { body: value, say });
    } catch (error) {
      // It has that answer already, or will never take it.
      if (!(error instanceof Refused) || error.status === 401) throw error;
    }
  }
  keep(others);
}

export const stop = (say) => ask("stop", { body: {}, say });
