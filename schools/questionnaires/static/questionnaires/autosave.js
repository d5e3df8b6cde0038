// Keeps the draft of a questionnaire while it is being filled in: a few seconds after the last change, no more often.
//
// The form is posted as its own button «draft» would post it. Without scripts, or without a line, the buttons do.
const QUIET_MS = 3000;
const AGAIN_MS = 15000;

const form = document.querySelector("form[data-autosave]");
const said = document.querySelector("[data-autosaved]");
let waiting = 0;
let isSending = false;
let isChanged = false;
let isLeaving = false;

function tell(what) {
  said.querySelectorAll("[data-say]").forEach((each) => {
    each.hidden = each.dataset.say !== what;
  });
}

function later(ms) {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(save, ms);
}

async function save() {
  if (isSending || isLeaving || !isChanged) return;
  isSending = true;
  isChanged = false;
  const body = new FormData(form);
  body.set("autosave", "1");
  let isKept = false;
  try {
    const answer = await fetch(window.location.href, { method: "POST", body, credentials: "same-origin", redirect: "error" });
    isKept = answer.status === 204;
    // Asked too often (429), it tries again; refused for good, it leaves the rest to the buttons.
    if (!isKept && answer.status < 500 && answer.status !== 429) isLeaving = true;
  } catch {
    isKept = false;
  }
  isSending = false;
  if (!isKept) isChanged = true;
  tell(isKept ? "kept" : "failed");
  if (isChanged) later(AGAIN_MS);
}

if (form && said) {
  form.addEventListener("input", () => {
    isChanged = true;
    if (!isSending) later(QUIET_MS);
  });
  form.addEventListener("submit", () => {
    isLeaving = true;
    window.clearTimeout(waiting);
  });
}
