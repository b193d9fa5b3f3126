/// <reference lib="dom" />
/** The script of pages with charts: of charts alone, or of a comparison. It is one, since most of it is what draws charts. */
if (document.getElementById("legend")) void import("../comparison/comparison-script.js");
else void import("./charts-script.js");
