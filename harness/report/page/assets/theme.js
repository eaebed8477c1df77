// Before anything is drawn: JavaScript is here, and the theme that was chosen last.
"use strict";
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("gateproof-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* a browser that keeps nothing */ }
