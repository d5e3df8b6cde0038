// What is typed into a plan, a report or the log of a meeting waits on this device until it is saved: a tab that the phone
// closed, a line that went or a session that ran out loses nothing. On return it is put back, and can be dropped.
//
// Kept as drafts.js keeps its own: for whoever typed it alone, a week at most, forgotten by signing out. A form that
// `data-sends` is sent by this script, so that a save without a line stays on its page; drafts.js sends meetings.
// Without scripts, or where nothing can be stored, each form is sent as any other.
const STORE = "meetings.unsaved";
const KEPT_MS = 7 * 24 * 3600 * 1000;
const QUIET_MS = 400;
const PATIENCE_MS = 20000;
// The page's own: never kept. And what tells which writing the page showed: kept, but nobody typed it.
const OWN = /^(csrfmiddlewaretoken|key)$|_FORMS$/;
const STAMP = /^(version|seen)$/;

const form = document.querySelector("form[data-unsaved]");
const { unsaved: subject, owner, sends, bound } = form ? form.dataset : {};
const added = [];
let isDirty = false;
let isSending = false;
let waiting = 0;

function kept() {
  try {
    const all = JSON.parse(window.localStorage.getItem(STORE) || "[]");
    return all.filter((each) => each.owner === owner && Date.now() - each.at < KEPT_MS);
  } catch {
    return [];
  }
}

function keep(all) {
  try {
    if (all.length) window.localStorage.setItem(STORE, JSON.stringify(all));
    else window.localStorage.removeItem(STORE);
    return true;
  } catch {
    return false;
  }
}

function fields() {
  return Array.from(form.elements).filter((field) => field.name && field.type !== "submit" && !OWN.test(field.name));
}

function said(field) {
  return field.type === "checkbox" ? (field.checked ? "on" : "") : field.value;
}

// What the server wrote into a field, whatever a browser has put there since.
function written(field) {
  if (field.type === "checkbox") return field.defaultChecked ? "on" : "";
  if (!field.options) return field.defaultValue;
  const chosen = Array.from(field.options).find((option) => option.defaultSelected);
  return (chosen || field.options[0] || { value: "" }).value;
}

// A page that the server shows with what it refused says nothing that is saved.
const initial = form && !bound ? Object.fromEntries(fields().map((field) => [field.name, written(field)])) : {};

// Of a meeting only what was changed: the rest of its form proposes what fits the day. A plan is one text with its rows.
function typed() {
  const all = fields().map((field) => [field.name, said(field)]);
  const changed = all.filter(([name, value]) => !STAMP.test(name) && value !== (initial[name] ?? ""));
  return Object.fromEntries(changed.length && sends !== undefined ? all : changed);
}

function forget() {
  window.clearTimeout(waiting);
  isDirty = false;
  return keep(kept().filter((each) => each.subject !== subject));
}

function store() {
  window.clearTimeout(waiting);
  if (!isDirty) return true;
  isDirty = false;
  const values = typed();
  if (!Object.keys(values).length) return forget();
  return keep([...kept().filter((each) => each.subject !== subject), { owner, subject, at: Date.now(), fields: values }]);
}

function tell(what) {
  document.querySelectorAll("[data-unsaved-say]").forEach((each) => {
    each.hidden = each.dataset.unsavedSay !== what;
    if (!each.hidden && what !== "restored") each.scrollIntoView({ block: "nearest" });
  });
}

// Rows that somebody has taken out of the plan meanwhile: what was typed into them comes back in new ones.
function addRow(name) {
  const [, prefix, number] = name.match(/^(\w+)-(\d+)-\w+$/) || [];
  const total = prefix && form.elements.namedItem(`${prefix}-TOTAL_FORMS`);
  const last = total && form.querySelector(`[name^="${prefix}-${total.value - 1}-"]`)?.closest("details");
  if (!last || number !== total.value) return null;
  const row = last.cloneNode(true);
  row.querySelectorAll("*").forEach((each) => {
    Array.from(each.attributes).forEach(({ name: attribute, value }) => {
      each.setAttribute(attribute, value.replaceAll(`${prefix}-${number - 1}-`, `${prefix}-${number}-`));
    });
    if (each.name) each.value = each.options ? each.options[0].value : "";
  });
  row.querySelectorAll("summary, legend").forEach((each) => {
    each.textContent = each.textContent.replace(/\d+.*/s, String(Number(number) + 1));
  });
  last.after(row);
  added.push(row);
  total.value = Number(number) + 1;
  return form.elements.namedItem(name);
}

function put(values) {
  Object.entries(values).forEach(([name, value]) => {
    const field = form.elements.namedItem(name) || addRow(name);
    if (!field || said(field) === value) return;
    if (field.type === "checkbox") field.checked = Boolean(value);
    // Another choice than there was: the one that is shown stays.
    else if (!field.options || Array.from(field.options).some((option) => option.value === value)) field.value = value;
    const fold = field.closest("details");
    if (fold) fold.open = true;
  });
}

function takeBack() {
  added.splice(0).forEach((row) => {
    const [, prefix] = row.querySelector("[name]").name.match(/^(\w+)-/);
    row.remove();
    form.elements.namedItem(`${prefix}-TOTAL_FORMS`).value -= 1;
  });
  put(initial);
}

function restore(entry) {
  put(entry.fields);
  if (!Object.keys(typed()).length) {
    // It was saved after all, and the answer got lost.
    takeBack();
    forget();
    return;
  }
  const day = new Date(entry.at);
  const isToday = day.toDateString() === new Date().toDateString();
  const clock = { hour: "2-digit", minute: "2-digit" };
  const words = isToday ? clock : { day: "2-digit", month: "2-digit", ...clock };
  document.querySelectorAll("[data-unsaved-at]").forEach((each) => {
    each.textContent = day.toLocaleString("ru-RU", words);
  });
  const isOld = Object.entries(entry.fields).some(([name, value]) => STAMP.test(name) && value !== initial[name]);
  document.querySelectorAll("[data-unsaved-old]").forEach((each) => {
    each.hidden = !isOld;
  });
  tell("restored");
}

// Returns where to go when it is saved, or else what became of it: "refused", "signed-out" or "away".
async function send(button) {
  const body = new URLSearchParams(new FormData(form));
  if (button && button.name) body.set(button.name, button.value);
  const patience = new AbortController();
  const timer = window.setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(window.location.href, { method: "POST", body, headers, signal: patience.signal });
    if (answer.redirected || answer.status === 403) return { end: "signed-out" };
    if (answer.status === 422) return { end: "refused" };
    return answer.ok ? { url: (await answer.json()).url } : { end: "away" };
  } catch {
    return { end: "away" };
  } finally {
    window.clearTimeout(timer);
  }
}

// Sends the form the ordinary way, so that the server shows what it has to say about it.
function show(button) {
  if (button && button.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
  }
  form.submit();
}

async function save(button) {
  isSending = true;
  tell("sending");
  const { url, end } = await send(button);
  isSending = false;
  if (url) {
    forget();
    window.location.assign(url);
  } else if (end === "refused") show(button);
  else tell(end);
}

if (form) {
  keep(kept());
  const entry = kept().find((each) => each.subject === subject);
  if (bound) {
    isDirty = true;
    store();
  } else if (entry) restore(entry);

  form.addEventListener("input", () => {
    isDirty = true;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(store, QUIET_MS);
  });
  form.addEventListener("submit", (event) => {
    if (sends === undefined) {
      forget();
      return;
    }
    isDirty = true;
    // Where nothing can be stored the form goes the ordinary way.
    if (!store()) return;
    event.preventDefault();
    if (!isSending) save(event.submitter);
  });
  document.querySelectorAll("[data-unsaved-drop]").forEach((each) => {
    each.addEventListener("click", () => {
      forget();
      if (each.tagName !== "BUTTON") return;
      takeBack();
      tell("");
      fields().find((field) => field.type !== "hidden")?.focus();
    });
  });
  document.addEventListener("visibilitychange", store);
  window.addEventListener("pagehide", store);
}
