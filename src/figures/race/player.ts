/// <reference lib="dom" />
/** A race in a page: played, turned by a pointer or by keys, and asked for its numbers. */
import { lastNotAfter } from "../highlight.js";
import { formatNumber } from "../numbers.js";
import type { Camera, View } from "./camera.js";
import { nearestStep, type Track } from "./paths.js";
import { type Layout, RacePicture } from "./picture.js";
import { type PlayerElements, playerElements } from "./player-elements.js";
import type { Racer, RaceScene } from "./scene.js";
import { heightAt, placeAt } from "./surface.js";

/** Steps a second at speed 1. */
const pace = 15;

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

/** What a pointer is at. */
export interface Hit {
  readonly racer: number;
  readonly step: number;
}

/** Draws a scene into an element and lets its user play with it. */
export class RacePlayer {
  readonly scene: RaceScene;
  /** Told when the pointer comes to a step of a run, or leaves it. */
  onHover: (hit: Hit | undefined) => void = () => {};
  /** Told where on the surface the pointer is while it is at no step, and the value there. */
  onPlace: (place: readonly [x1: number, x2: number, value: number] | undefined) => void = () => {};
  /** Told when the time changes. */
  onTime: (time: number) => void = () => {};
  readonly #elements: PlayerElements;
  readonly #picture: RacePicture;
  readonly #backdrop = document.createElement("canvas");
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #camera: Camera;
  #time: number;
  #playing = false;
  #layout: Layout | undefined;
  #view!: View;
  #tracks: readonly Track[] = [];
  #stale = true;
  #frame = 0;
  #last = 0;
  #hit: Hit | undefined;
  readonly #hidden = new Set<Racer>();
  #pointer: { x: number; y: number } | undefined;

  constructor(root: HTMLElement, scene: RaceScene, options: { readonly legend: boolean }) {
    this.scene = scene;
    this.#picture = new RacePicture(scene, options);
    this.#camera = scene.camera;
    this.#time = scene.steps;
    this.#elements = playerElements(root, scene);
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(this.#elements.stage);
    this.#resize();
  }

  get time(): number {
    return this.#time;
  }

  /** Shows the race at a time in steps; between two steps the dots are between them. */
  set time(time: number) {
    this.#time = Math.min(this.scene.steps, Math.max(0, time));
    const { slider, step } = this.#elements;
    slider.value = String(Math.floor(this.#time));
    slider.setAttribute("aria-valuetext", `step ${slider.value} of ${this.scene.steps}`);
    step.textContent = `${slider.value} / ${this.scene.steps}`;
    this.onTime(this.#time);
    this.#request();
  }

  /** Starts, from the beginning if it is at the end. */
  play(): void {
    if (this.scene.steps === 0) return;
    if (this.#time >= this.scene.steps) this.time = 0;
    this.#playing = true;
    this.#last = performance.now();
    this.#showPlaying();
    this.#request();
  }

  /** Plays, or pauses. */
  toggle(): void {
    if (this.#playing) this.pause();
    else this.play();
  }

  pause(): void {
    this.#playing = false;
    this.#showPlaying();
  }

  /** Marks a step of a run, as hovering over it does, or none. */
  mark(hit: Hit | undefined): void {
    this.#hit = hit;
    this.#request();
  }

  /** Shows or hides a run. */
  setVisible(racer: number, visible: boolean): void {
    const one = this.scene.racers[racer]!;
    if (visible) this.#hidden.delete(one);
    else this.#hidden.add(one);
    this.#request();
  }

  #showPlaying(): void {
    const { play } = this.#elements;
    play.textContent = this.#playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", this.#playing ? "Pause" : "Play");
    play.title = this.#playing ? "Pause (space)" : "Play (space)";
  }

  #turn(azimuth: number, elevation: number): void {
    const camera = this.#camera;
    this.#look({
      ...camera,
      azimuth: camera.azimuth + azimuth,
      elevation: Math.min(90, Math.max(0, camera.elevation + elevation)),
    });
  }

  #zoom(factor: number): void {
    this.#look({ ...this.#camera, zoom: Math.min(8, Math.max(0.2, this.#camera.zoom * factor)) });
  }

  #look(camera: Camera): void {
    this.#camera = camera;
    this.#arrange();
    this.#stale = true;
    this.#request();
  }

  #listen(): void {
    const { canvas, play, slider, speed, reset } = this.#elements;
    play.addEventListener("click", () => this.toggle());
    slider.addEventListener("input", () => {
      this.pause();
      this.time = Number(slider.value);
    });
    speed.addEventListener("change", () => this.#request());
    reset.addEventListener("click", () => this.#look(this.scene.camera));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(type, (event) => this.#pointers.delete(event.pointerId));
    }
    canvas.addEventListener("pointerleave", () => {
      this.#pointer = undefined;
      this.#hover();
    });
    canvas.addEventListener(
      "wheel",
      (event) => {
        // A page with more than the race must still scroll: there the canvas is asked first, by a click.
        const fills = document.documentElement.scrollHeight <= window.innerHeight;
        if (!fills && !event.ctrlKey && document.activeElement !== canvas) return;
        event.preventDefault();
        this.#zoom(Math.exp(-event.deltaY / 600));
      },
      { passive: false },
    );
  }

  #key(event: KeyboardEvent): void {
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#turn(-5, 0),
      ArrowRight: () => this.#turn(5, 0),
      ArrowUp: () => this.#turn(0, 5),
      ArrowDown: () => this.#turn(0, -5),
      "+": () => this.#zoom(1.15),
      "-": () => this.#zoom(1 / 1.15),
      "0": () => this.#look(this.scene.camera),
      " ": () => this.toggle(),
    };
    const action = keys[event.key];
    if (!action || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  }

  /** One pointer turns, two zoom, none asks. */
  #move(event: PointerEvent): void {
    const { canvas } = this.#elements;
    const bounds = canvas.getBoundingClientRect();
    this.#pointer = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      this.#hover();
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other) {
      const spread = (at: { x: number; y: number }): number =>
        Math.hypot(at.x - other.x, at.y - other.y) || 1;
      this.#zoom(spread(now) / spread(before));
    } else {
      // The near side of the box follows the pointer.
      this.#turn((before.x - now.x) * 0.4, (now.y - before.y) * 0.4);
    }
  }

  /** Finds what the pointer is at, in what is drawn now. */
  #hover(): void {
    const at = this.#pointer;
    const shown = this.#shownTracks();
    const found = at && nearestStep(shown, at.x, at.y, this.#time, 14);
    const racer = found && this.scene.racers.indexOf(shown[found.racer]!.racer);
    const same = racer === this.#hit?.racer && found?.step === this.#hit?.step;
    this.#hit = found && { racer: racer!, step: found.step };
    if (!found) this.onPlace(at && this.#placeAt(at));
    if (same) return;
    this.onHover(this.#hit);
    this.#request();
  }

  #placeAt(at: { x: number; y: number }): readonly [number, number, number] | undefined {
    const place = this.#view && placeAt(this.#picture.mesh, this.#view, at);
    if (!place) return undefined;
    const { ranges, surface } = this.scene;
    const numbers = place.map((one, i) => {
      const [low, high] = ranges[i as 0 | 1];
      return low + ((one + 1) / 2) * (high - low);
    }) as [number, number];
    const values = Float64Array.from(surface.values, (value) => value ?? Number.NaN);
    return [...numbers, heightAt({ ...this.#picture.mesh, heights: values }, ...place)];
  }

  #shownTracks(): readonly Track[] {
    return this.#tracks.filter(({ racer }) => !this.#hidden.has(racer));
  }

  #resize(): void {
    const { canvas, stage } = this.#elements;
    const [width, height] = [Math.max(200, stage.clientWidth), Math.max(200, stage.clientHeight)];
    const ratio = window.devicePixelRatio || 1;
    for (const one of [canvas, this.#backdrop]) {
      one.width = Math.round(width * ratio);
      one.height = Math.round(height * ratio);
      one.getContext("2d")!.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.#arrange();
    this.#stale = true;
    this.#request();
  }

  /** The box fills the stage, seen from so high, from wherever round it. */
  #arrange(): void {
    const { canvas } = this.#elements;
    const [width, height] = [Number.parseFloat(canvas.style.width), Number.parseFloat(canvas.style.height)];
    this.#layout = this.#picture.layout(canvas.getContext("2d")!, width, height, true, this.#camera);
  }

  #request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now: number): void {
    this.#frame = 0;
    if (this.#playing) {
      const elapsed = Math.max(0, now - this.#last) / 1000;
      // Who asked for less motion sees a few pictures.
      if (elapsed >= (calm.matches ? 0.7 : 0)) {
        this.#last = now;
        this.time = this.#time + elapsed * pace * Number(this.#elements.speed.value);
        if (this.#time >= this.scene.steps) this.pause();
      }
      this.#request();
    }
    const layout = this.#layout;
    if (!layout) return;
    const { canvas } = this.#elements;
    const ctx = canvas.getContext("2d")!;
    if (this.#stale) {
      this.#view = this.#picture.view(this.#camera, layout);
      this.#tracks = this.#picture.tracks(this.#view);
      this.#picture.drawBackdrop(this.#backdrop.getContext("2d")!, this.#view, layout);
      this.#stale = false;
    }
    ctx.drawImage(this.#backdrop, 0, 0, layout.width, layout.height);
    this.#picture.drawRuns(ctx, this.#shownTracks(), this.#view, layout, this.#time);
    this.#showHit(ctx);
  }

  /** A ring round the marked step, and its numbers beside it. */
  #showHit(ctx: CanvasRenderingContext2D): void {
    const { tip, stage } = this.#elements;
    const hit = this.#hit;
    const racer = hit && this.scene.racers[hit.racer];
    const place = racer ? lastNotAfter(racer.times, hit.step) : 0;
    const vertex = hit && this.#tracks[hit.racer]?.vertices[place];
    tip.hidden = !vertex;
    if (!hit || !vertex || !racer || this.#hidden.has(racer) || 3 * place >= racer.points.length) {
      tip.hidden = true;
      return;
    }
    const { x, y } = vertex.pixel;
    ctx.beginPath();
    ctx.arc(x, y, 9, 0, 2 * Math.PI);
    ctx.lineWidth = 4;
    ctx.strokeStyle = this.#picture.theme.rim;
    ctx.stroke();
    ctx.lineWidth = 2;
    ctx.strokeStyle = this.#picture.theme.ink;
    ctx.stroke();
    const numbers = racer.points.slice(3 * place, 3 * place + 3).map((value) => formatNumber(value));
    const [x1, x2, value] = this.scene.labels;
    const lines = [
      `${racer.name}, step ${hit.step}`,
      `${x1} = ${numbers[0]}`,
      `${x2} = ${numbers[1]}`,
      `${value} = ${numbers[2]}`,
    ];
    tip.replaceChildren(
      ...lines.map((text) => {
        const line = document.createElement("div");
        line.textContent = text;
        return line;
      }),
    );
    const left = x + 16 + tip.offsetWidth > stage.clientWidth ? x - 16 - tip.offsetWidth : x + 16;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.min(Math.max(4, y - tip.offsetHeight / 2), stage.clientHeight - tip.offsetHeight - 4)}px`;
  }
}
