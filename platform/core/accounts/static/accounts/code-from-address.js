// A QR code carries the invitation code behind "#", which browsers never send: it reaches no log and no referrer.
// Without scripts the code is typed by hand.
const digits = window.location.hash.slice(1);
if (/^[0-9]{12}$/.test(digits)) {
  const field = document.querySelector("[data-code-from-address]");
  if (field) field.value = digits.replace(/(\d{4})(?=\d)/g, "$1-");
  window.history.replaceState(null, "", window.location.pathname);
}
