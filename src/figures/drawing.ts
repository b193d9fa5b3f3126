/** All that draws pictures in Node. Loaded when one is asked for, since what it draws with may not be installed. */
export { registerFonts } from "./fonts.js";
export { raceGif, racePicture } from "./race/frames.js";
export { renderCharts } from "./renderer.js";
