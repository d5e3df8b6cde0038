// A meeting that is written down without a line waits on this device and is sent once when the line is back.
//
// Nothing but what was typed is kept, for whoever typed it alone, for a week at most; signing out forgets it (the server
// then has the browser clear its storage). Each one has the key that the server knows it by: sent twice, it is one.
// Without scripts, or where nothing can be stored, the form is sent as any other.
const STORE = "meetings.drafts";
const KEPT_MS = 7 * 24 * 3600 * 1000;
const PATIENCE_MS = 20000;
const AGAIN_MS = 30000;
const NAMES = ["unit", "held_on", "kind", "result", "is_another", "key"];

const notice = document.querySelector("[data-drafts]");
const form = document.querySelector("form[data-meeting]");
const owner = notice ? notice.dataset.owner : "";
let isSending = false;
let again = 0;

function kept() {
  try {
    const all = JSON.parse(window.localStorage.getItem(STORE) || "[]");
    return all.filter((draft) => draft.owner === owner && Date.now() - draft.at < KEPT_MS);
  } catch {
    return [];
  }
}

function keep(drafts) {
  try {
    if (drafts.length) window.localStorage.setItem(STORE, JSON.stringify(drafts));
    else window.localStorage.removeItem(STORE);
    return true;
  } catch {
    return false;
  }
}

function forget(key) {
  keep(kept().filter((draft) => draft.fields.key !== key));
}

function newKey() {
  if (window.crypto.randomUUID) return window.crypto.randomUUID();
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function tell(what) {
  const count = kept().length;
  notice.querySelectorAll("[data-say]").forEach((each) => {
    each.hidden = each.dataset.say !== what;
  });
  notice.querySelectorAll("[data-count]").forEach((each) => {
    each.textContent = String(count);
  });
}

function read(act) {
  const typed = new FormData(form);
  const fields = {};
  NAMES.forEach((name) => {
    if (typed.has(name)) fields[name] = String(typed.get(name));
  });
  fields.key = fields.key || newKey();
  return { owner, at: Date.now(), act, fields };
}

function fill(draft) {
  NAMES.forEach((name) => {
    const field = form.elements.namedItem(name);
    if (!field) return;
    if (field.type === "checkbox") field.checked = Boolean(draft.fields[name]);
    else if (name in draft.fields) {
      field.value = draft.fields[name];
      // A pair that this page does not list: the server knows it.
      if (field.options && field.value !== draft.fields[name]) field.add(new Option("", draft.fields[name], true, true));
    }
  });
}

// Sends the form the ordinary way, so that the server shows what it has to say about it.
function show(draft) {
  fill(draft);
  const act = document.createElement("input");
  act.type = "hidden";
  act.name = "act";
  act.value = draft.act;
  form.append(act);
  form.submit();
}

// Returns "sent", "refused", "signed out" or "away", and where to go.
async function send(draft) {
  const body = new URLSearchParams({ ...draft.fields, act: draft.act });
  body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
  const patience = new AbortController();
  const timer = window.setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body, headers, signal: patience.signal });
    if (answer.redirected || answer.status === 403) return { end: "signed out" };
    if (answer.status === 422) return { end: "refused" };
    if (!answer.ok) return { end: "away" };
    return { end: "sent", url: (await answer.json()).url };
  } catch {
    return { end: "away" };
  } finally {
    window.clearTimeout(timer);
  }
}

async function sendAll() {
  if (isSending || !form || !kept().length) return;
  isSending = true;
  window.clearTimeout(again);
  let last = "";
  try {
    for (const draft of kept()) {
      const told = await send(draft);
      if (told.end === "away" || told.end === "signed out") {
        tell(told.end === "away" ? "kept" : "signed-out");
        again = window.setTimeout(sendAll, AGAIN_MS);
        return;
      }
      // What the server refuses is shown by it, with what was typed: it waits on this device no longer.
      forget(draft.fields.key);
      if (told.end === "refused") {
        show(draft);
        return;
      }
      last = told.url;
    }
    const result = form.elements.namedItem("result");
    if (last && !(result && result.value)) window.location.assign(last);
    else tell("sent");
  } finally {
    isSending = false;
  }
}

if (notice) {
  keep(kept());
  if (kept().length) tell("kept");
}

if (notice && form) {
  form.addEventListener("submit", (event) => {
    const draft = read(event.submitter ? event.submitter.value : "held");
    // Where nothing can be stored the form goes the ordinary way.
    if (!keep([...kept().filter((each) => each.fields.key !== draft.fields.key), draft])) return;
    event.preventDefault();
    form.elements.namedItem("key").value = newKey();
    form.elements.namedItem("result").value = "";
    if (!window.navigator.onLine) tell("kept");
    sendAll();
  });
  window.addEventListener("online", sendAll);
  sendAll();
}
