// One tab at a time: two would answer for one another.

const PATIENCE_MS = 300;

// Whether the page is open in another tab; from now on, others hear of this one.
export async function isOpenElsewhere() {
  const channel = new BroadcastChannel("kerasgan.turing");
  let found = false;
  channel.onmessage = ({ data }) => {
    found ||= data === "here";
  };
  channel.postMessage("who is there?");
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  if (found) {
    channel.close();
    return true;
  }
  channel.onmessage = ({ data }) => {
    if (data === "who is there?") channel.postMessage("here");
  };
  return false;
}
