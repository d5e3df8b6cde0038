// Keeps the draft of a questionnaire while it is being filled in: a few seconds after the last change, no more often.
//
// The form is posted as its own button «draft» would post it. Without scripts, or without a line, the buttons do.
// Each answer brings the stamp of what is kept now, which goes along with the next: an older page is refused (412).
const QUIET_MS = 3000;
const AGAIN_MS = 15000;
const PATIENCE_MS = 4000;

const form = document.querySelector("form[data-autosave]");
const said = document.querySelector("[data-autosaved]");
let waiting = 0;
let isSending = false;
let isChanged = false;
let isLeaving = false;
let pressed = null;

function tell(what) {
  // That nothing is kept any more is said where somebody writes, not at the end of a long page.
  if (what === "newer" || what === "over") document.activeElement?.closest(".field")?.after(said);
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
  let refused = "failed";
  try {
    const answer = await fetch(window.location.href, { method: "POST", body, credentials: "same-origin", redirect: "error" });
    isKept = answer.status === 204;
    if (isKept && form.elements._seen) form.elements._seen.value = (answer.headers.get("ETag") || "").replace(/^W\/|"/g, "");
    refused = { 409: "over", 412: "newer", 429: "busy", 503: "busy" }[answer.status] || "failed";
    // Asked too often (429), it tries again; refused for good, it leaves the rest to the buttons.
    if (!isKept && answer.status < 500 && answer.status !== 429) isLeaving = true;
  } catch {
    isKept = false;
  }
  isSending = false;
  if (!isKept) isChanged = true;
  tell(isKept ? "kept" : refused);
  if (pressed) press();
  else if (isChanged) later(AGAIN_MS);
}

function press() {
  if (!pressed) return;
  const { button } = pressed;
  pressed = null;
  isSending = false;
  form.requestSubmit(button);
}

if (form && said) {
  form.addEventListener("input", () => {
    isChanged = true;
    if (!isSending) later(QUIET_MS);
  });
  form.addEventListener("submit", (event) => {
    // What is being kept now must come back first, or the form would take it for another device's.
    if (isSending) {
      if (!pressed) window.setTimeout(press, PATIENCE_MS);
      pressed = { button: event.submitter };
      event.preventDefault();
      return;
    }
    isLeaving = true;
    window.clearTimeout(waiting);
  });
}
