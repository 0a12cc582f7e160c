// Keeps an open page true. The page works without it; this only saves the reload.
"use strict";

const EVERY = 30_000;
let shownAt = new Date();

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch("/", { cache: "no-cache", signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(response.status);
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
    shownAt = new Date();
    tell("");
  } catch {
    tell(`This page could not be refreshed since ${shownAt.toLocaleTimeString()}. What it shows may be over.`);
  }
}

function show(next) {
  const open = [...document.querySelectorAll("details")].map((details) => details.open);
  const focused = document.activeElement?.closest("main") !== null;
  if (focused || String(getSelection())) return stamp(next); // do not pull the page from under a reader
  document.title = next.title;
  document.querySelector("main").replaceWith(next.querySelector("main"));
  const now = document.querySelectorAll("details");
  if (now.length === open.length) now.forEach((details, index) => (details.open = open[index]));
}

function stamp(next) {
  document.querySelector(".banner")?.replaceWith(next.querySelector(".banner") ?? "");
}

function tell(text) {
  let note = document.querySelector("#stale");
  if (!note) {
    note = document.createElement("p");
    note.id = "stale";
    note.className = "note";
    note.setAttribute("role", "status");
    document.querySelector("main").before(note);
  }
  note.textContent = text;
  note.hidden = !text;
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
