/// <reference lib="dom" />
/** The elements of a race in a page. */
import type { RaceScene } from "./scene.js";

export interface PlayerElements {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly tip: HTMLElement;
  readonly play: HTMLButtonElement;
  readonly slider: HTMLInputElement;
  readonly step: HTMLElement;
  readonly speed: HTMLSelectElement;
  readonly reset: HTMLButtonElement;
}

const style = `
.race { display: flex; flex-direction: column; height: 100%; font-size: 14px; }
.race-stage { position: relative; flex: 1; min-height: 220px; overflow: hidden; }
.race-stage canvas { position: absolute; inset: 0; cursor: grab; touch-action: pan-y; }
.race-stage canvas:active { cursor: grabbing; }
.race-tip { position: absolute; padding: 6px 9px; background: #202024e6; color: #fff; border-radius: 5px; font-size: 13px;
  line-height: 1.45; white-space: nowrap; pointer-events: none; font-variant-numeric: tabular-nums; }
.race-tip :first-child { font-weight: bold; }
.race-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 8px 14px; background: var(--panel);
  border-top: 1px solid var(--line); }
.race-bar .race-play { width: 44px; padding: 0; }
.race-bar input { flex: 1 1 160px; min-width: 120px; }
.race-bar output { min-width: 5.5em; text-align: right; font-variant-numeric: tabular-nums; }
@media print { .race, .race-stage { height: auto; } .race-stage canvas { position: static; } .race-tip { display: none; } }
`;

/** Fills `root` with a canvas and its controls. */
export function playerElements(root: HTMLElement, scene: RaceScene): PlayerElements {
  if (!document.getElementById("race-style")) {
    const sheet = make("style", { id: "race-style" }, document.head);
    sheet.textContent = style;
  }
  const frame = make("div", { class: "race" }, root);
  const stage = make("div", { class: "race-stage" }, frame);
  const names = scene.racers.map(({ name }) => name).join(", ");
  const canvas = make(
    "canvas",
    {
      tabindex: "0",
      role: "application",
      "aria-label":
        `${scene.title || "A race of optimizers"}: ${names} over the surface of ${scene.labels[2]}. ` +
        "Arrow keys turn it, plus and minus zoom, 0 resets the view, space plays.",
    },
    stage,
  );
  const tip = make("div", { class: "race-tip", role: "status", hidden: "" }, stage);
  const bar = make("div", { class: "race-bar" }, frame);
  const play = make(
    "button",
    { class: "race-play", type: "button", "aria-label": "Play", title: "Play (space)" },
    bar,
  );
  play.textContent = "▶";
  const last = String(scene.steps);
  const slider = make(
    "input",
    { type: "range", min: "0", max: last, step: "1", value: last, "aria-label": "Step" },
    bar,
  );
  const step = make("output", {}, bar);
  step.textContent = `${last} / ${last}`;
  const speed = make("select", { "aria-label": "Speed", title: "Speed" }, bar);
  for (const factor of [0.25, 0.5, 1, 2, 4]) {
    const option = make("option", { value: String(factor) }, speed);
    option.textContent = `${factor}×`;
  }
  speed.value = "1";
  const reset = make("button", { type: "button", title: "Back to the first view (0)" }, bar);
  reset.textContent = "Reset view";
  return { stage, canvas, tip, play, slider, step, speed, reset };
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  parent: HTMLElement,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}
