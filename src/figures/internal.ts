/** The door for the command line, which draws in terminals. */
export { fitWindow } from "./window.js";
