/// <reference lib="dom" />
/** The script of a race's page. */
import { RacePlayer } from "./player.js";

const scene = JSON.parse(document.getElementById("data")!.textContent!);
new RacePlayer(document.getElementById("race")!, scene, { legend: true });
