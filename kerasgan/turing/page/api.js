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

// `{secret, number, answer}`: who takes part, and an answer that the server has not
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

// Not ours: what stands between here and the server says these.
const PASSING = [408, 425, 429];

async function reply(response) {
  if (response.ok) {
    const type = response.headers.get("Content-Type");
    return type === "application/octet-stream"
      ? new Uint8Array(await response.arrayBuffer())
      : // What is no JSON is not the server's, whatever its status.
        await response.json();
  }
  const { error } = await response.json();
  if (response.status >= 500 || PASSING.includes(response.status) || !error) {
    throw new Error("not the server's own word");
  }
  throw new Refused(response.status, error);
}

// Asks until the server itself answers: what is asked for so is harmless when it
// comes twice. `once`: at most one time.
async function ask(path, { body, say, once = false, secret } = {}) {
  const headers = {};
  secret ??= kept().secret;
  if (secret) headers.Authorization = `Bearer ${secret}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  for (let delay = 500; ; delay = Math.min(2 * delay, LONGEST_WAIT_MS)) {
    try {
      const response = await fetch(`api/${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers,
        body: JSON.stringify(body),
        credentials: "omit",
        signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      });
      const value = await reply(response);
      say?.("");
      return value;
    } catch (error) {
      if (once || error instanceof Refused) throw error;
    }
    say?.("The connection is lost. Trying again …");
    await wait(delay);
  }
}

export const study = (say) => ask("study", { say });

// The page makes the secret, so that asking twice adds no one.
export async function begin(key, say) {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = Array.from(bytes, (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  const { number } = await ask("participants", {
    body: { consent: true, key, secret },
    say,
  });
  keep({ secret, number });
}

// By which the study calls who takes part.
export const number = () => kept().number;

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
  const { answer: value, secret } = kept();
  if (!value) return;
  try {
    await ask("answers", { body: value, say, secret });
  } catch (error) {
    // It has that answer already, or will never take it.
    if (![400, 409].includes(error.status)) throw error;
  }
  const { answer: last, ...others } = kept();
  if (last?.code === value.code) keep(others);
}

export const stop = (say) => ask("stop", { body: {}, say });
