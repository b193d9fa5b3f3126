/** Watson's problem of the collection, in three sizes. */
import { add, concatenate, type Expr, index, matmul, square, stack, subtract } from "../../../graph/index.js";
import { list, problem, upTo } from "./paper.js";

type Vector = Expr<[number]>;

/** Watson's residuals: a differential equation at 29 places, by a polynomial. */
const watson = {
  of: (x: Vector) => {
    const n = x.shape[0];
    const places = upTo(29).map((i) => i / 29);
    const values = places.map((t) => upTo(n).map((j) => t ** (j - 1)));
    const slopes = places.map((t) => upTo(n).map((j) => (j === 1 ? 0 : (j - 1) * t ** (j - 2))));
    const x1 = index(x, 0);
    const ends = stack([x1, subtract(index(x, 1), add(square(x1), 1))]);
    return concatenate([subtract(matmul(slopes, x), add(square(matmul(values, x)), 1)), ends]);
  },
};

export const watsons = [
  problem(20, {
    name: "watson",
    title: "Watson, n = 6",
    residuals: watson,
    start: list(0, 6),
    minimum: {
      x: [
        -0.015725086401458456, 1.0124348693691099, -0.2329916259567377, 1.2604300877996084,
        -1.5137289227222797, 0.9929964324311346,
      ],
      value: 0.0022876700535524363,
    },
    bounded: {
      lower: [-0.015, -10, -10, -10, -10, -10],
      upper: [10, 100, 100, 100, 100, 0.99],
      value: 0.0022896064382494845,
    },
  }),
  problem(20, {
    name: "watson9",
    title: "Watson, n = 9",
    residuals: watson,
    start: list(0, 9),
    minimum: {
      x: [
        -1.5307036521394342e-5, 0.9997897039319483, 0.014763963693556958, 0.14634232829936222,
        1.0008211030047092, -2.617731140519015, 4.104403164478857, -3.1436122785564424, 1.0526264080101668,
      ],
      value: 1.39976013809902e-6,
    },
    bounded: {
      lower: [-1e-5, 0, 0, 0, 0, -3, 0, -3, 0],
      upper: [1e-5, 0.9, 0.1, 1, 1, 0, 4, 0, 2],
      value: 0.03740139779318446,
    },
  }),
  problem(20, {
    name: "watson12",
    title: "Watson, n = 12",
    residuals: watson,
    start: list(0, 12),
    minimum: {
      x: [
        -6.638060464520687e-9, 1.000001644117862, -0.0005639322103423058, 0.34782054050404243,
        -0.15673150409616513, 1.0528151772071777, -3.2472711534596677, 7.288434897938061, -10.271848241321724,
        9.074113647075317, -4.541375466692512, 1.0120118885528104,
      ],
      value: 4.722381105891757e-10,
    },
    bounded: {
      lower: [-1, 0, -1, -1, -1, 0, -3, 0, -10, 0, -5, 0],
      upper: [0, 0, 0, 0.3, 0, 1, 0, 10, 0, 10, 0, 1],
      value: 11.794244180220979,
    },
  }),
];
