#include "atelier/evaluation/detail/study_script.h"

namespace atelier::evaluation {

std::string_view study_markup() {
  return R"html(
<style>
body{max-width:90rem}
button,input{font:inherit;padding:.5rem 1.1rem;border:1px solid var(--line);border-radius:6px;background:var(--shade);color:var(--ink)}
button{cursor:pointer}button:focus-visible,.choice:focus-visible{outline:3px solid var(--c0);outline-offset:2px}
#pair{display:flex;gap:1rem;justify-content:center}
.choice{flex:1 1 0;padding:.4rem;text-align:center;min-width:0}.choice img{max-width:100%;max-height:64vh;display:block;margin:0 auto .4rem}
#reference img{max-height:24vh;max-width:100%;display:block;margin:0 auto 1rem}
#controls{display:flex;gap:1rem;justify-content:center;margin:1rem}
progress{width:100%}kbd{border:1px solid var(--line);border-radius:4px;padding:0 .35em;font-size:.85em}
textarea{width:100%;height:8rem;font:12px monospace}[hidden]{display:none!important}
</style>
<section id="start">
<p>You will see pairs of pictures. Pick one of each; there is no right answer, only yours. Some pairs are one picture shown
twice: say so when you see it. Nothing is sent anywhere: at the end you get a small file of answers to pass on.</p>
<p>Keys: <kbd>&larr;</kbd> left, <kbd>&rarr;</kbd> right, <kbd>&darr;</kbd> identical, <kbd>Backspace</kbd> one back.</p>
<p><label>Your name or a word of your choice: <input id="person" maxlength="60" autocomplete="off"></label>
<button id="begin">Begin</button></p>
</section>
<section id="study" hidden>
<p id="question" aria-live="polite"></p>
<progress id="bar" value="0" max="1"></progress>
<div id="reference"></div>
<div id="pair">
<button class="choice" id="left"><img alt="left picture"><kbd>&larr;</kbd> left</button>
<button class="choice" id="right"><img alt="right picture">right <kbd>&rarr;</kbd></button>
</div>
<div id="controls"><button id="back">one back</button><button id="same">the two are identical <kbd>&darr;</kbd></button></div>
</section>
<section id="end" hidden>
<p>Thank you. Please save your answers and pass the file on.</p>
<p><button id="save">Save answers</button></p>
<p>If saving does not work, copy this text into a file:</p>
<textarea id="text" readonly></textarea>
</section>
<noscript><p class="note bad">This page needs JavaScript to show the pairs; it loads nothing from anywhere.</p></noscript>
)html";
}

std::string_view study_script() {
  return R"js(
"use strict";
const byId = (id) => document.getElementById(id);
// A stream of numbers in [0, 1) decided by a text: FNV-1a, then mulberry32.
function stream(text) {
  let h = 0x811c9dc5;
  for (const c of new TextEncoder().encode(text)) h = Math.imul(h ^ c, 0x01000193);
  return () => {
    h = (h + 0x6d2b79f5) | 0;
    let t = Math.imul(h ^ (h >>> 15), 1 | h);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
let person = "", trials = [], at = 0, shownAt = 0;
const storage = { // a page opened from a file may have none
  get() { try { return JSON.parse(localStorage.getItem("study " + STUDY.study)); } catch { return null; } },
  set(value) { try { localStorage.setItem("study " + STUDY.study, JSON.stringify(value)); } catch { /* answers stay in the page */ } },
};
function plan(who) {
  const random = stream(STUDY.study + " " + who);
  const list = STUDY.pairs.map((_, pair) => ({ pair, left: 0, picked: undefined, seconds: 0 }));
  for (let i = list.length - 1; i > 0; --i) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  for (const trial of list) trial.left = random() < 0.5 ? 0 : 1;
  return list;
}
function show() {
  byId("study").hidden = at >= trials.length;
  byId("end").hidden = at < trials.length;
  storage.set({ person, answers: trials.slice(0, at) });
  if (at >= trials.length) {
    byId("text").value = answers();
    byId("save").focus();
    return;
  }
  const trial = trials[at], pair = STUDY.pairs[trial.pair];
  byId("question").textContent = STUDY.question + " (" + (at + 1) + " of " + trials.length + ")";
  byId("bar").value = at / trials.length;
  byId("left").querySelector("img").src = pair.pictures[trial.left];
  byId("right").querySelector("img").src = pair.pictures[1 - trial.left];
  byId("reference").replaceChildren();
  if (pair.reference) {
    const image = document.createElement("img");
    image.src = pair.reference;
    image.alt = "what both are made of";
    byId("reference").append(image);
  }
  byId("back").disabled = at === 0;
  shownAt = performance.now();
}
function answer(picked) {
  if (byId("study").hidden || at >= trials.length) return;
  trials[at].picked = picked;
  trials[at].seconds = Math.round((performance.now() - shownAt) / 10) / 100;
  ++at;
  show();
}
function back() {
  if (at === 0 || at >= trials.length) return;
  --at;
  show();
}
function answers() {
  return JSON.stringify({ schema: 1, study: STUDY.study, person, answers: trials }, null, 1);
}
function begin() {
  const anonymous = () => [...crypto.getRandomValues(new Uint8Array(6))].map((b) => b.toString(16).padStart(2, "0")).join("");
  person = byId("person").value.trim() || anonymous();
  trials = plan(person);
  const kept = storage.get();
  if (kept && kept.person === person && kept.answers.every((a, i) => trials[i] && a.pair === trials[i].pair)) {
    kept.answers.forEach((a, i) => { trials[i].picked = a.picked; trials[i].seconds = a.seconds; });
    at = kept.answers.length;
  }
  byId("start").hidden = true;
  show();
}
byId("begin").onclick = begin;
byId("person").onkeydown = (event) => { if (event.key === "Enter") begin(); };
byId("left").onclick = () => answer(trials[at].left);
byId("right").onclick = () => answer(1 - trials[at].left);
byId("same").onclick = () => answer(null);
byId("back").onclick = back;
byId("save").onclick = () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([answers()], { type: "application/json" }));
  link.download = "answers-" + person.replace(/[^A-Za-z0-9]+/g, "-") + ".json";
  link.click();
  URL.revokeObjectURL(link.href);
};
document.addEventListener("keydown", (event) => {
  if (byId("study").hidden || event.repeat) return;
  const act = { ArrowLeft: () => byId("left").click(), ArrowRight: () => byId("right").click(), ArrowDown: () => answer(null), Backspace: back }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
)js";
}

}  // namespace atelier::evaluation
