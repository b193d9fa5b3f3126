import { color as parse } from "d3-color";
import { interpolateCividis, interpolateMagma, interpolateViridis } from "d3-scale-chromatic";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { difference, leastDifference, lightness } from "../../property-tests/support/color-vision.js";
import { color, distance } from "../../property-tests/support/picture.js";
import { defaultMap, readRunColors, sampleMap } from "./colors.js";
import { inTheme, runStyle, themeNames, themeOf } from "./style.js";

const colors = suite("colours");

colors("the difference is CIEDE2000's, by its authors' examples", () => {
  for (const [a, b, expected] of [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[90.8027, -2.0831, 1.441], [91.1528, -1.6435, 0.0447], 1.4441],
  ] as const) {
    assert.ok(Math.abs(difference(a, b) - expected) < 1e-4);
  }
});

colors("the first six colours of each theme are told apart by all eyes, and from the background", () => {
  for (const name of themeNames) {
    const theme = themeOf(name);
    const six = Array.from({ length: 6 }, (_, i) => inTheme(runStyle(i).color, theme));
    six.forEach((one, i) => {
      for (const other of six.slice(0, i))
        assert.ok(
          leastDifference(one, other) >= 20,
          `${name}: ${one}, ${other}: ${leastDifference(one, other)}`,
        );
      assert.ok(leastDifference(one, theme.background) >= 20, `${name}: ${one}`);
    });
  }
});

colors("viridis, magma and cividis are d3's; the default and they rise in lightness", () => {
  for (const [name, own] of [
    ["viridis", interpolateViridis],
    ["magma", interpolateMagma],
    ["cividis", interpolateCividis],
  ] as const) {
    const found = sampleMap("test", name, 101);
    found.forEach((hex, i) => {
      assert.ok(
        distance(color(hex), color(parse(own(i / 100))!.formatHex())) <= 12,
        `${name} at ${i}: ${hex}`,
      );
      assert.ok(i === 0 || lightness(hex) > lightness(found[i - 1]!), `${name} at ${i}`);
    });
  }
  assert.is(defaultMap, "viridis");
});

colors("names of runs are names only: those that every object has, too", () => {
  const names = ["constructor", "__proto__", "toString"];
  assert.equal(
    readRunColors("test", undefined, names),
    [0, 1, 2].map((i) => runStyle(i).color),
  );
  assert.equal(readRunColors("test", { constructor: "red" }, names)[0], "#ff0000");
  assert.throws(
    () => readRunColors("test", { valueOf: "red" }, names),
    /test names "valueOf", which is none of the runs/,
  );
});

colors.run();
