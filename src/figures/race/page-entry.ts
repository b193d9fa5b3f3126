/// <reference lib="dom" />
/** The script of a race's page. */
import { RacePlayer } from "./player.js";

const root = document.getElementById("race")!;
new RacePlayer(root, JSON.parse(document.getElementById("scene")!.textContent!));
