import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fc, forAll } from "../../property-tests/support/law.js";
import { color, decode, distance, hasClearRim } from "../../property-tests/support/picture.js";
import { AdjointError } from "../index.js";
import { type ProfileOptions, profileFigure, profileSpec } from "./profile.js";
import { profileChart } from "./profile-chart.js";

const profiles = suite("profiles");

const cost = fc.oneof(fc.double({ min: 0.01, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 5 }));
const unsolved = fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY);
const list = (length: number) =>
  fc.array(fc.oneof({ weight: 4, arbitrary: cost }, unsolved), { minLength: length, maxLength: length });

profiles("each curve is the part of the problems solved within a multiple of the least cost", () => {
  const drawn = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }))
    .chain(([problems, solvers]) => fc.array(list(problems), { minLength: solvers, maxLength: solvers }));
  const multiple = fc.double({ min: 1, max: 100, noNaN: true });
  forAll(200, fc.tuple(drawn, multiple), ([lists, tau]) => {
    const solved = (value: number | null) => value !== null && Number.isFinite(value);
    const { runs, problems, last } = profileSpec({
      costs: Object.fromEntries(lists.map((one, s) => [`solver ${s}`, one])),
    });
    for (const [s, { ratios, parts }] of runs.entries()) {
      // The definition, problem by problem.
      const within = (most: number) =>
        lists[s]!.filter((value, p) => {
          const least = Math.min(...lists.map((one) => one[p]!).filter(solved));
          return solved(value) && value! / least <= most;
        }).length / problems;
      for (const most of [1, tau, ...ratios, last]) {
        const i = ratios.findLastIndex((ratio) => ratio <= most);
        assert.is(parts[i], within(most), `solver ${s} at ${most}`);
      }
      assert.is(ratios[0], 1);
      assert.ok(ratios.every((ratio, i) => ratio <= last && (i === 0 || ratio > ratios[i - 1]!)));
    }
  });
});

const costs = { quick: [1, 1, 1, null], sure: [4, 2, 2, 8] };

profiles("the curves lie where the parts say, on an axis of ratios by powers of two", async () => {
  const figure = profileFigure({ costs, costLabel: "evaluations", width: 700, height: 400 });
  const picture = await decode(await figure.render("png"));
  assert.ok(hasClearRim(picture));
  const chart = profileChart(profileSpec({ costs }));
  assert.equal(
    chart.data.datasets.map(({ data }) => data),
    [
      [
        { x: 1, y: 0.75 },
        { x: 4.4, y: 0.75 },
      ],
      [
        { x: 1, y: 0.25 },
        { x: 2, y: 0.75 },
        { x: 4, y: 1 },
        { x: 4.4, y: 1 },
      ],
    ],
  );
  // Steps rise where the ratio is reached, not before: halfway between 1 and 2, "sure" is still at a quarter.
  const rows = (x: number, ink: string) =>
    Array.from({ length: picture.height }, (_, y) => y).filter(
      (y) => y > 34 && distance(picture.at(x, y), color(ink)) < 40,
    );
  const [quick, sure] = profileSpec({ costs }).runs;
  const height = (ink: string, x: number) => rows(x, ink)[0]!;
  const columns = Array.from({ length: picture.width }, (_, x) => x).filter(
    (x) => rows(x, quick!.color).length > 0,
  );
  const [left, right] = [columns[0]!, columns.at(-1)!];
  const at = (ratio: number) => Math.round(left + (Math.log(ratio) / Math.log(4.4)) * (right - left));
  const unit = (height(sure!.color, at(1.4)) - height(sure!.color, at(4.2))) / 0.75;
  assert.ok(Math.abs(height(quick!.color, at(1.4)) - (height(sure!.color, at(1.4)) - 0.5 * unit)) <= 2);
  assert.ok(unit > 200, `${unit} pixels for all problems`);
});

profiles("the page holds its numbers", async () => {
  const page = new TextDecoder().decode(await profileFigure({ costs }).render("html"));
  assert.not.match(page.replaceAll("http://www.w3.org/2000/svg", ""), /https?:|\bsrc=|\bhref=/);
  const [{ kind, spec }] = JSON.parse(
    /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)![1]!,
  );
  assert.equal([kind, spec], ["profile", profileSpec({ costs })]);
});

profiles("mistakes are one clear error", () => {
  for (const [options, message] of [
    [{}, /costs is undefined; pass a list of costs for each solver/],
    [{ costs: {} }, /costs is empty/],
    [{ costs: { a: [] } }, /costs\.a is empty; pass the cost of one problem at least/],
    [{ costs: { a: [1], b: [1, 2] } }, /costs\.b is of 2 problems, costs\.a of 1/],
    [{ costs: { a: [0] } }, /costs\.a\[0\] must be a number above 0, or null where it wasn't solved, not 0/],
    [{ costs: { a: ["1"] } }, /costs\.a\[0\] must be a number above 0/],
    [{ costs: { a: 3 } }, /costs\.a must be a list/],
    [{ costs, costLabel: 1 }, /costLabel must be a text/],
    [{ costs, titel: "A" }, /unknown option "titel".*title/],
  ] as const) {
    try {
      profileFigure(options as ProfileOptions);
    } catch (error) {
      assert.instance(error, AdjointError);
      assert.match((error as Error).message, message);
      continue;
    }
    assert.unreachable(`expected ${message}`);
  }
});

profiles.run();
