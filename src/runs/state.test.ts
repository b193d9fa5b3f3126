import { suite } from "uvu";
import * as assert from "uvu/assert";
import { State } from "./state.js";

const states = suite("state");

const scalar = (value: number) => ({ data: Float64Array.of(value), shape: [] });
const vector = (...values: number[]) => ({ data: Float64Array.from(values), shape: [values.length] });
const make = () =>
  new State({
    parameters: { x: vector(1, 2), a: scalar(3) },
    slots: { mean: { x: vector(4, 5), a: scalar(6) } },
  });

states("tensors lie one after the other, by their paths, parameters first", () => {
  const state = make();
  assert.equal([...state.now], [1, 2, 3, 4, 5, 6]);
  assert.equal(
    state.leaves.map(({ path, offset, size }) => [path, offset, size]),
    [
      [["parameters", "x"], 0, 2],
      [["parameters", "a"], 2, 1],
      [["slots", "mean", "x"], 3, 2],
      [["slots", "mean", "a"], 5, 1],
    ],
  );
  assert.is(state.parameters.length, 2);
});

states(
  "three arrays take turns: after a step the state before is still there, and can be gone back to",
  () => {
    const state = make();
    for (let step = 1; step <= 7; step++) {
      const before = [...state.now];
      state.arrays[(state.turn + 1) % 3]!.fill(step);
      assert.equal([...state.now], before);
      state.move(1);
      assert.is(state.steps, step);
      assert.equal([...state.now], [step, step, step, step, step, step]);
      assert.equal([...state.before], before);
    }
    state.move(-1);
    assert.is(state.steps, 6);
    assert.equal([...state.now], [6, 6, 6, 6, 6, 6]);
  },
);

states("a point is a copy, of numbers for scalars, under any names", () => {
  const parameters = Object.fromEntries([
    ["__proto__", scalar(1)],
    ["x", vector(2, 3)],
  ]);
  const state = new State({ parameters, slots: {} });
  const point = state.point();
  assert.equal(Object.entries(point), [
    ["__proto__", 1],
    ["x", Float64Array.of(2, 3)],
  ]);
  (point.x as Float64Array).fill(9);
  assert.equal([...state.now], [1, 2, 3]);
});

states("what is given is copied", () => {
  const x = vector(1, 2);
  const state = new State({ parameters: { x }, slots: {} });
  state.now.fill(7);
  assert.equal([...x.data], [1, 2]);
});

states.run();
