// A sign-in ends after a while in which nothing was asked of the desk. This warns in time, lets a person extend it
// without leaving the page, and says what to do once it has ended. Without it the page itself tells until when.
"use strict";
(() => {
  const notice = document.getElementById("session");
  const dialog = document.getElementById("session-warning");
  if (!notice || !dialog) return;
  const until = notice.querySelector("time");
  const parts = [...dialog.querySelectorAll("[data-when]")];
  const warned = Number(notice.dataset.warn) * 1000;
  let ends = Date.now() + Number(notice.dataset.left) * 1000;
  let final = false;
  let told = "";

  async function ask() {
    const answer = await fetch("/session/left", { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") {
      ends = 0; // signed out
    } else if (answer.ok) {
      const found = await answer.json();
      ends = Date.now() + found.seconds * 1000;
      final = found.final;
      until.textContent = found.until;
    }
  }

  function tell(what) {
    if (told === what) return;
    told = what;
    for (const part of parts) part.hidden = !part.dataset.when.split(" ").includes(what);
    if (dialog.open) dialog.close();
    if (what) dialog.showModal();
  }

  async function look() {
    if (Date.now() <= ends - warned) return;
    try {
      await ask(); // another page of this person may have gone on
    } catch {
      // The desk cannot be reached; what is known of the end stands.
    }
    const left = ends - Date.now();
    tell(left <= 0 ? "over" : left > warned ? "" : final ? "final" : "soon");
  }

  document.getElementById("session-stay").addEventListener("click", async () => {
    try {
      await fetch("/session", { redirect: "manual", cache: "no-store" });
    } finally {
      await look();
    }
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, 5000);
})();
