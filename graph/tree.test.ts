/** Trees are taken apart and put together again, whatever their keys are. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fc, forAll } from "../property-tests/support/law.js";
import {
  atPath,
  flattenTree,
  foldTree,
  leavesOf,
  mapTree,
  pathText,
  type Tree,
  unflattenTree,
} from "./tree.js";

const trees = suite("trees");

const isNumber = (tree: Tree<number>): tree is number => typeof tree === "number";

const keys = fc.constantFrom("__proto__", "", "constructor", "a", "b", "a.b", "0", "1", "toString");

const anyTree: fc.Arbitrary<Tree<number>> = fc.letrec<{ tree: Tree<number> }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(keys, tie("tree")), { maxLength: 4, selector: ([key]) => key })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).tree;

/** As text, so that keys such as `__proto__` count and lists differ from records. */
const textOf = (tree: unknown) => JSON.stringify(tree);

trees("leaves and a tree that is like it make the tree again", () => {
  forAll(300, anyTree, (tree) => {
    const leaves = leavesOf(tree, isNumber);
    assert.is(textOf(unflattenTree(tree, isNumber, leaves)), textOf(tree));
    assert.is(textOf(mapTree(tree, isNumber, (leaf) => leaf)), textOf(tree));
    const zeros = mapTree(tree, isNumber, () => 0);
    assert.is(textOf(unflattenTree(zeros, isNumber, leaves)), textOf(tree));
  });
});

trees("each leaf stands at its path, and no two at one", () => {
  forAll(300, anyTree, (tree) => {
    const all = flattenTree(tree, isNumber);
    for (const { path, leaf } of all) assert.is(atPath(tree, path), leaf);
    assert.is(new Set(all.map(({ path }) => textOf(path))).size, all.length);
    assert.equal(
      all.map(({ leaf }) => leaf),
      (
        textOf(tree)
          .replaceAll(/"[^"]*":/g, "")
          .match(/-?\d+/g) ?? []
      ).map(Number),
    );
  });
});

trees("what isn't there is undefined: nothing is inherited, nothing ends in an error", () => {
  for (const key of ["__proto__", "constructor", "toString", "length"]) {
    assert.is(atPath({}, [key]), undefined);
    assert.is(atPath({ a: 1 }, ["a", key]), undefined);
  }
  assert.is(atPath(undefined, ["a"]), undefined);
  assert.is(atPath(null, ["a", 0]), undefined);
  assert.is(atPath([[1, 2]], [0, 1]), 2);
});

trees("a fold sees lists and records apart, with their keys", () => {
  const text = foldTree<number, string>(
    { a: [1, { "x.y": 2 }], b: {} },
    isNumber,
    (leaf, path) => `${pathText(path)}=${leaf}`,
    (children, isList) =>
      isList
        ? `[${children.map(([key, child]) => `${key}:${child}`)}]`
        : `{${children.map(([key, child]) => `${key}:${child}`)}}`,
  );
  assert.is(text, "{a:[0:a.0=1,1:{x.y:a.1.x.y=2}],b:{}}");
});

trees.run();
