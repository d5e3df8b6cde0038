/* Menus are plain <details>: they work without this file. It only closes them on Escape, on a click elsewhere and when the focus has left. */
(function () {
  "use strict";
  var MENU = "details.menu, details.nav-group";
  function close(except) {
    document.querySelectorAll("details.menu[open], details.nav-group[open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  function leave(event) {
    close(event.target.closest(MENU));
  }
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.activeElement && document.activeElement.closest(MENU);
    close(null);
    if (menu) menu.querySelector("summary").focus();
  });
})();
