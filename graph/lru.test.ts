import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lru } from "./lru.js";

const caches = suite("bounded cache");

/** Asks for keys in turn; tells which had to be made. */
function made(keep: (key: string, make: () => number) => number, keys: string): string {
  return [...keys]
    .filter((key) => {
      let fresh = false;
      const value = keep(key, () => {
        fresh = true;
        return Number(key);
      });
      assert.is(value, Number(key));
      return fresh;
    })
    .join("");
}

caches("what was asked for last stays", () => {
  const keep = lru<string, number>(3);
  assert.is(made(keep, "123123"), "123");
  // 1 is the oldest, then 2; asking for 2 makes 3 the oldest.
  assert.is(made(keep, "4"), "4");
  assert.is(made(keep, "25"), "5");
  assert.is(made(keep, "2453"), "3");
});

caches("a value whose making asks for the same key counts once", () => {
  const keep = lru<string, number>(2);
  keep("1", () => keep("1", () => 1));
  assert.is(made(keep, "212"), "2");
});

caches("nothing is kept of what fails", () => {
  const keep = lru<string, number>(2);
  const fail = () => {
    throw new RangeError("no");
  };
  assert.throws(() => keep("1", fail), /no/);
  assert.is(made(keep, "1"), "1");
});

caches.run();
