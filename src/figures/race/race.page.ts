/// <reference lib="dom" />
/** The script of a race's page. */
import { RacePlayer } from "./player.js";

new RacePlayer(document.getElementById("race")!, JSON.parse(document.getElementById("data")!.textContent!));
