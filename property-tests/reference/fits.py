"""Reference values of fits with errors in predictors (scipy.odr, which is ODRPACK) and of groups fitted together
(scipy.optimize.least_squares). SciPy 1.17, NumPy; exact derivatives throughout.

    python fits.py > fits.json
"""

import json
import warnings

import numpy as np
from scipy.optimize import least_squares

warnings.simplefilter("ignore")
from scipy import odr  # noqa: E402

rng = np.random.default_rng(20261126)
tight = dict(partol=1e-15, sstol=1e-15, maxit=2000)


def fit(f, fb, fx, x, y, sx, sy, beta0, free=None):
    """Standard errors are scaled by the residuals, as sd_beta is."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    data = odr.RealData(x, y, sx=sx, sy=sy)
    model = odr.Model(f, fjacb=fb, fjacd=fx)
    run = odr.ODR(data, model, beta0=beta0, ifixx=free, **tight)
    run.set_job(deriv=2)
    beta = beta0
    for _ in range(20):
        out = run.run()
        if np.allclose(out.beta, beta, rtol=1e-14, atol=0):
            break
        beta = out.beta
        run = odr.ODR(data, model, beta0=out.beta, delta0=out.delta, ifixx=free, **tight)
        run.set_job(deriv=2)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "xSigma": np.broadcast_to(sx, x.shape).tolist(),
        "sigma": np.broadcast_to(sy, y.shape).tolist(),
        "beta": out.beta.tolist(),
        "sd": out.sd_beta.tolist(),
        "covariance": (out.cov_beta * out.res_var).tolist(),
        "chiSquare": float(out.sum_square),
        "truePredictors": (x + out.delta).tolist(),
    }


# ODRPACK's example, Boggs et al., "User's Reference Guide for ODRPACK version 2.01" (1992), 2.B.ii; some x are exact.
x = [0.0, 0.0, 5.0, 7.0, 7.5, 10.0, 16.0, 26.0, 30.0, 34.0, 34.5, 100.0]
y = [1265.0, 1263.6, 1258.0, 1254.0, 1253.0, 1249.8, 1237.0, 1218.0, 1220.6, 1213.8, 1215.5, 1212.0]
free = [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]
guide = fit(
    lambda b, x: b[0] + b[1] * np.expm1(b[2] * x) ** 2,
    lambda b, x: np.array(
        [np.ones_like(x), np.expm1(b[2] * x) ** 2, 2 * b[1] * np.expm1(b[2] * x) * x * np.exp(b[2] * x)]
    ),
    lambda b, x: 2 * b[1] * b[2] * np.expm1(b[2] * x) * np.exp(b[2] * x),
    x,
    y,
    1.0,
    1.0,
    [1500.0, -50.0, -0.1],
    free,
)
guide["xSigma"] = [float(one) for one in free]

# Pearson's data with York's weights: York, "Least-squares fitting of a straight line", Can. J. Phys. 44 (1966).
wx = np.array([1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1])
wy = np.array([1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500])
york = fit(
    lambda b, x: b[0] + b[1] * x,
    lambda b, x: np.array([np.ones_like(x), x]),
    lambda b, x: np.full_like(x, b[1]),
    [0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4],
    [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5],
    1 / np.sqrt(wx),
    1 / np.sqrt(wy),
    [5.0, -0.5],
)

# Two predictors with errors: a·e^(−k·x) + b·t².
n = 25
true = np.array([np.linspace(0.2, 5, n), np.sin(np.arange(n))])
measured = true + np.array([[0.05], [0.1]]) * rng.standard_normal((2, n))
response = 4 * np.exp(-0.6 * true[0]) + 1.5 * true[1] ** 2 + 0.04 * rng.standard_normal(n)
two = fit(
    lambda b, x: b[0] * np.exp(-b[1] * x[0]) + b[2] * x[1] ** 2,
    lambda b, x: np.array([np.exp(-b[1] * x[0]), -b[0] * x[0] * np.exp(-b[1] * x[0]), x[1] ** 2]),
    lambda b, x: np.array([-b[0] * b[1] * np.exp(-b[1] * x[0]), 2 * b[2] * x[1]]),
    measured,
    response,
    np.array([[0.05], [0.1]]) * np.ones((2, n)),
    0.04,
    [3.0, 0.5, 1.0],
)

# Groups of decays: one rate, a height and an offset of each group's own.
groups = {}
for name, (height, offset, count) in {"a": (5, 0.5, 14), "b": (3, 0.2, 11), "c": (8, 1.0, 17)}.items():
    t = np.linspace(0, 6, count)
    groups[name] = {
        "x": t.tolist(),
        "y": (height * np.exp(-0.8 * t) + offset + 0.05 * rng.standard_normal(count)).tolist(),
    }
names = list(groups)


def residuals(p):
    k = p[0]
    rows = []
    for g, name in enumerate(names):
        t, y = np.array(groups[name]["x"]), np.array(groups[name]["y"])
        rows.append(p[1 + g] * np.exp(-k * t) + p[4 + g] - y)
    return np.concatenate(rows)


def jacobian(p):
    k = p[0]
    rows = []
    for g, name in enumerate(names):
        t = np.array(groups[name]["x"])
        J = np.zeros((len(t), 7))
        J[:, 0] = -p[1 + g] * t * np.exp(-k * t)
        J[:, 1 + g] = np.exp(-k * t)
        J[:, 4 + g] = 1
        rows.append(J)
    return np.concatenate(rows)


found = least_squares(residuals, [1, 1, 1, 1, 0, 0, 0], jacobian, xtol=1e-15, ftol=1e-15, gtol=1e-15)
J = jacobian(found.x)
chi = float(2 * found.cost)
covariance = np.linalg.inv(J.T @ J) * chi / (J.shape[0] - 7)
shared = {
    "groups": groups,
    "names": ["k", "height.a", "height.b", "height.c", "offset.a", "offset.b", "offset.c"],
    "parameters": found.x.tolist(),
    "covariance": covariance.tolist(),
    "chiSquare": chi,
}
print(json.dumps({"guide": guide, "york": york, "two": two, "groups": shared}, indent=1))
