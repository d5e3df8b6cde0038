// Copies a personal link by one press; without scripts, or where a browser forbids it, the field is selected by hand.
const place = document.querySelector("[data-copy]");
const field = document.getElementById("id_link");

if (place && field && navigator.clipboard) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      place.querySelector("[data-copied]").hidden = false;
    } catch {
      field.select();
    }
  });
}
