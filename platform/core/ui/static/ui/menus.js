/* Menus are plain <details>: they work without this file. It only closes them on Escape and on a click elsewhere. */
(function () {
  "use strict";
  function close(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  document.addEventListener("click", function (event) {
    close(event.target.closest("details.menu"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.activeElement && document.activeElement.closest("details.menu[open]");
    close(null);
    if (menu) menu.querySelector("summary").focus();
  });
})();
