"""
Writes numpy-arranging.json, the values that arranging.test.ts compares with:
python3 numpy-arranging.py > numpy-arranging.json, with NumPy 2.4.6.
"""

import json
import numpy as np

rng = np.random.default_rng(0)
out = []


def enc(a):
    a = np.asarray(a, dtype=float)

    def f(x):
        if isinstance(x, list):
            return [f(y) for y in x]
        return x if np.isfinite(x) else str(x)
    return f(a.tolist())


def case(fn, args, res):
    out.append([fn, args, enc(res)])


A = lambda *s: np.round(rng.uniform(-2, 2, s), 2)
subs = [('ij,jk->ik', [(2, 3), (3, 4)]), ('ij,jk', [(2, 3), (3, 4)]), ('ii', [(3, 3)]), ('ii->i', [(3, 3)]), ('iij->ji', [(2, 2, 3)]), ('...i,...i->...', [(2, 4, 3), (4, 3)]), ('ij,kj->ki', [(2, 3), (4, 3)]), ('i,j->ij', [(2,), (3,)]), ('i,i->i', [(3,), (3,)]), ('ab,bc,cd,de->ae', [(2, 3), (3, 4), (4, 2), (2, 3)]), ('ijk,jil->kl', [(2, 3, 4), (3, 2, 5)]), ('b...,b...', [(2, 3), (2, 3)]), ('ba', [(2, 3)]), ('...ij->...ji', [(2, 3, 4)]), ('i...->...', [(2, 3)]), ('ij->', [(2, 3)]), ('i,ij,j', [(2,), (2, 3), (3,)]), ('bij,bjk->bik', [(2, 3, 4), (2, 4, 2)]), ('bij,jk->bik', [(2, 3, 4), (4, 2)]), ('...,i->i...', [(2,), (3,)]), ('ij,ij,ij->i', [(2, 3)] * 3), ('abc,cd,db,a->b', [(2, 3, 4), (4, 5), (5, 3), (2,)]), ('...a,...a->...', [(1, 3, 2), (2, 1, 2)]), ('iij,ijj->i', [(2, 2, 3), (2, 3, 3)]), ('Ab,bA', [(2, 3), (3, 2)]), ('bA', [(2, 3)])]

for s, shapes in subs:
    ops = [A(*sh) for sh in shapes]
    case('einsum', [s] + [enc(o) for o in ops], np.einsum(s, *ops))

x = A(2, 3, 2)

case('tensordot', [enc(x), enc((y := A(3, 2, 2))), 2], np.tensordot(x, y, 2))
case('tensordot', [enc(x), enc((y := A(2, 3))), 1], np.tensordot(x, y, 1))
case('tensordot', [enc(x), enc((y := A(2))), 0], np.tensordot(x, y, 0))
case('tensordot', [enc(x), enc((y := A(2, 1, 2))), [[0, 2], [2, 0]]], np.tensordot(x, y, [[0, 2], [2, 0]]))
case('tensordot', [enc(x), enc((y := A(3, 2))), [0, 1]], np.tensordot(x, y, [0, 1]))

for r in [2, [2], [1, 2], [2, 1, 3], [2, 1, 1, 2], [0]]:
    case('tile', [enc(x), r], np.tile(x, r))

case('tile', [3.0, 2], np.tile(3.0, 2))
case('tile', [3.0, []], np.tile(3.0, []))
case('repeat', [enc(x), 2], np.repeat(x, 2))
case('repeat', [enc(x), 2, 1], np.repeat(x, 2, 1))
case('repeat', [enc(x), [1, 0, 3], 1], np.repeat(x, [1, 0, 3], 1))
case('repeat', [enc(x), 0, -1], np.repeat(x, 0, -1))
case('repeat', [3.0, 2], np.repeat(3.0, 2))

for s, a in [(1, None), (-5, None), (2, 1), (-1, -1), ([1, 2], [0, 2]), (7, [0, 1])]:
    case('roll', [enc(x), s] + ([] if a is None else [a]), np.roll(x, s, a if a is None or isinstance(a, int) else tuple(a)))

case('swapaxes', [enc(x), 0, -1], np.swapaxes(x, 0, -1))
case('moveaxis', [enc(x), 0, -1], np.moveaxis(x, 0, -1))
case('moveaxis', [enc(x), [0, 1], [-1, -2]], np.moveaxis(x, [0, 1], [-1, -2]))
case('moveaxis', [enc(x), [2, 0], [0, 1]], np.moveaxis(x, [2, 0], [0, 1]))

for n, a in [(1, -1), (2, -1), (1, 0), (3, 1), (5, 1), (0, 0)]:
    case('diff', [enc(x), n, a], np.diff(x, n, a))

case('meshgrid', [[[1, 2, 3], [4, 5]]], np.array(np.meshgrid([1, 2, 3], [4, 5])))
case('meshgrid', [[[1, 2, 3], [4, 5]], {'indexing': 'ij'}], np.array(np.meshgrid([1, 2, 3], [4, 5], indexing='ij')))
case('meshgrid', [[[1, 2, 3], [4, 5], [6, 7]]], np.array(np.meshgrid([1, 2, 3], [4, 5], [6, 7])))
case('meshgrid', [[[1, 2, 3]]], np.array(np.meshgrid([1, 2, 3])))

z = np.array([3, 1, np.nan, -np.inf, 2, 0.0, -0.0, np.inf, 1, np.nan])

case('sort', [enc(z)], np.sort(z))
case('argsort', [enc(z)], np.argsort(z, kind='stable'))

for a in [0, 1, 2, -1]:
    case('sort', [enc(x), a], np.sort(x, a))
    case('argsort', [enc(x), a], np.argsort(x, a, kind='stable'))

big = np.round(rng.uniform(-2, 2, 100), 1)

case('argsort', [enc(big)], np.argsort(big, kind='stable'))
case('median', [enc(x)], np.median(x))
case('median', [enc(x), 1], np.median(x, 1))
case('median', [enc(x), [0, 2]], np.median(x, (0, 2)))
case('median', [enc(z)], np.median(z))
case('median', [[1, 'inf']], np.median([1, np.inf]))
case('median', [5], np.median(5))

for m in ['linear', 'lower', 'higher', 'nearest', 'midpoint']:
    for q in [0, 0.25, 0.7, [0.2, 0.5, 1]]:
        case('quantile', [enc(x), q, 1, {'method': m, 'keepDims': True}], np.quantile(x, q, 1, method=m, keepdims=True))
        case('quantile', [enc(x), q, [0, 2], {'method': m}], np.quantile(x, q, (0, 2), method=m))

case('cumprod', [enc(x), 1], np.cumprod(x, 1))
case('cummax', [enc(x), 1], np.maximum.accumulate(x, 1))
case('cummin', [enc(x), 2], np.minimum.accumulate(x, 2))
case('cummax', [enc(z)], np.maximum.accumulate(z))
case('logCumsumExp', [enc(x), 1], np.logaddexp.accumulate(x, 1))

w = np.array([-np.inf, -np.inf, 1000, 1001, -np.inf, -1000.0])

case('logCumsumExp', [enc(w)], np.logaddexp.accumulate(w))

w = np.array([-np.inf, -800, -np.inf, -801, 3, np.inf, 2])

case('logCumsumExp', [enc(w)], np.logaddexp.accumulate(w))

s = np.array([1, 2, 2, 3, 5, np.nan])
v = np.array([[0, 1, 2], [2.5, 5, 9], [np.nan, np.inf, -np.inf]])

for side in ['left', 'right']:
    case('searchsorted', [enc(s), enc(v), {'side': side}], np.searchsorted(s, v, side=side))

xp = [0, 1, 2.5, 4]
fp = [1, 3, -2, 5]
xs = [[-1, 0, 0.3], [1, 2.5, 3.9], [4, 5, 'nan']]
xs_ = np.array([[float(k) for k in r] for r in xs])

case('interp', [xs, xp, fp], np.interp(xs_, xp, fp))
case('interp', [xs, xp, fp, {'left': -7, 'right': 9}], np.interp(xs_, xp, fp, -7, 9))
case('interp', [[0, 0.5, 1, 1.5, 2], [0, 1, 1, 2], [0, 1, 5, 6]], np.interp([0, 0.5, 1, 1.5, 2], [0, 1, 1, 2], [0, 1, 5, 6]))
case('interp', [[-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4], [0, 1, 2, 3], ['inf', 'inf', 5, '-inf']], np.interp([-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4], [0, 1, 2, 3], [np.inf, np.inf, 5, -np.inf]))
case('interp', [[-1, 2, 3], [2], [7], {'left': 0, 'right': 1}], np.interp([-1, 2, 3], [2], [7], 0, 1))

ix = np.array([[0, 2], [-1, 1]])

case('take', [enc(x), enc(ix), 1], np.take(x, ix, 1))
case('take', [enc(x), -1, 0], np.take(x, -1, 0))

i, j = (np.array([0, 1, -1]), np.array([[0], [1]]))

case('take', [enc(x), [enc(i), enc(j)], [0, 1]], x[i, j])
case('take', [enc(x), [enc(i), enc(j)], [0, 2]], x[i, :, j])
case('take', [enc(x), [enc(j), enc(i)], [1, 2]], x[:, j, i])
case('take', [enc(x), [1, 2, -1], [0, 1, 2]], x[1, 2, -1])

t = rng.integers(-3, 3, (2, 2, 2))

case('takeAlongAxis', [enc(x), enc(t), 1], np.take_along_axis(x, t, 1))

t = rng.integers(0, 3, (1, 2, 2))

case('takeAlongAxis', [enc(x), enc(t), 1], np.take_along_axis(x, t, 1))

for m in ['reflect', 'symmetric', 'edge', 'wrap']:
    for w in [1, [1, 0], [[0, 0], [2, 1], [3, 0]], [[0, 1], [7, 5], [0, 0]]]:
        case('pad', [enc(x), w, {'mode': m}], np.pad(x, w, mode=m))

case('pad', [enc(x), [[0, 0], [2, 1], [3, 0]], {'value': 1.5}], np.pad(x, [[0, 0], [2, 1], [3, 0]], constant_values=1.5))
case('full', [[2, 3], [1, 2, 3]], np.full([2, 3], [1, 2, 3]))
case('zeros', [[2, 0]], np.zeros((2, 0)))
case('ones', [[]], np.ones(()))
case('zerosLike', [enc(x)], np.zeros_like(x))
case('unstack', [enc(x), 1], np.array(np.unstack(x, axis=1)))
print(json.dumps({'about': 'NumPy ' + np.__version__ + ', made by numpy-arranging.py: [function, arguments, result]', 'cases': out}, separators=(',', ':')))
