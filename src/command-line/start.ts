/** `npm start`: the course's experiments and figures; with a command behind `--`, that command. */
const [command] = process.argv.slice(2);
void (command === undefined || command.startsWith("-") ? import("../course/main.js") : import("./bin.js"));
