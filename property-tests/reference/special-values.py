"""
Writes special-values.json, by which special-values.test.ts measures special functions and what they mean in many digits:
python3 special-values.py > special-values.json, with mpmath 1.3.0.

For each function: rows of its operands, its value, and its derivative by each operand, to 17 digits, of arithmetic
in 40 to 1240 digits. Functions are mpmath's own (hypergeometric and asymptotic series, numerical quadrature), derivatives
closed forms where those are short, else mpmath's differences in four times as many digits. Nothing here comes from the library.
"""

import json
import mpmath as mp

positive = ['1e-300', '1e-100', '1e-20', '1e-9', '3e-5', '0.001', '0.04', '0.2', '0.45', '0.47', '0.6', '0.95', '1', '1.3',
            '1.46', '1.99', '2.7', '3.9', '4.2', '6.5', '9.7', '13.5', '19.3', '26.4', '31.2', '47', '120', '355', '708', '2500', '1e5', '3e9',
            '1e20', '1e100', '1e300']
both = positive + ['-' + x for x in positive[::3]]
below = ['-0.02', '-0.3', '-0.504', '-0.97', '-1.001', '-1.57', '-2.46', '-2.58', '-3.3', '-7.9', '-19.4', '-44.6']
pairs = [('0.001', '2'), ('0.3', '0.01'), ('0.5', '0.5'), ('1', '3'), ('2.5', '1.5'), ('2.5', '30'), ('7', '6.9'), ('7', '0.2'), ('12.5', '14'), ('14', '12'),
         ('29', '31'), ('31', '29'), ('31', '60'), ('45', '10'), ('80', '81'), ('120', '100'), ('120', '150'), ('0.02', '5'), ('0.7', '40'), ('3', '100'), ('1e-8', '0.5'),
         ('0.4', '1e-8'), ('1.5', '1e-3'), ('60', '60'), ('140', '20')]
sizes = [('1e-60', '1'), ('1e-60', '1e-60'), ('1e-20', '3e-7'), ('3e-9', '40'), ('0.02', '0.7'), ('0.5', '0.5'), ('1', '1e-30'), ('1.5', '2.5'), ('3', '17'), ('7.7', '7.7'),
         ('12.9', '13.1'), ('0.3', '1e4'), ('45', '0.1'), ('200', '300'), ('1e6', '1e-6'), ('1e6', '2'), ('3e9', '5e9'), ('1e10', '1e-10')]
any_pairs = [(a, b) for a in ['-1e300', '-700', '-30.5', '-1.2', '-1e-8', '0.7', '1.5', '36', '710', '1e20']
             for b in ['-705', '-2.25', '1e-300', '1.25', '40', '800']]


def exact(x):
    return mp.mpf(float(x))


def slope(f, at, k):
    """∂f/∂x_k by differences relative to the operand."""
    with mp.workdps(4 * mp.mp.dps):
        x = at[k]

        def along(t):
            return f(*[x * (1 + t) if i == k else y for i, y in enumerate(at)])
        return +(mp.diff(along, 0) / x)


def rows(f, points, slopes):
    found = []
    for point in points:
        at = [exact(x) for x in (point if isinstance(point, tuple) else (point,))]
        # Digits enough for 1 + x and 1 + e⁻ˣ, and as many again, which must change nothing.
        digits = 40 + int(min(800, max(abs(x) for x in at))) - 2 * min(0, *(int(mp.log10(abs(x))) for x in at))
        seen = []
        for more in (digits, 2 * digits):
            with mp.workdps(more):
                seen.append([f(*at), *slopes(*at)])
        assert all(abs(x - y) <= abs(y) * mp.mpf(10) ** -22 for x, y in zip(*seen)), (point, seen)
        numbers = [*at, *seen[1]]
        # What isn't a double of all digits isn't measured.
        if all(x == 0 or mp.mpf(10) ** -290 < abs(x) < mp.mpf(10) ** 290 for x in numbers[len(at):]):
            found.append([float(mp.nstr(x, 17)) for x in numbers])
    return found


def within(list_, low, high):
    return [x for x in list_ if low <= float(x) <= high]


table = {}
table['erf'] = rows(mp.erf, within(both, -6, 6), lambda x: [2 / mp.sqrt(mp.pi) * mp.exp(-x * x)])
table['erfc'] = rows(mp.erfc, within(both, -26, 26), lambda x: [-2 / mp.sqrt(mp.pi) * mp.exp(-x * x)])
table['erfinv'] = rows(mp.erfinv, within(both, -0.96, 0.96) + ['0.75', '0.76', '0.999999', '-0.9999999999999999'],
                       lambda x: [mp.sqrt(mp.pi) / 2 * mp.exp(mp.erfinv(x) ** 2)])
table['logErfc'] = rows(lambda x: mp.log(mp.erfc(x)), within(both, -20, 800) + ['-0.5', '0.499', '0.501'],
                        lambda x: [-2 / mp.sqrt(mp.pi) * mp.exp(-x * x) / mp.erfc(x)])
table['gelu'] = rows(lambda x: x * mp.ncdf(x), within(both, -35, 1e200),
                     lambda x: [mp.ncdf(x) + x * mp.npdf(x)])
table['gammaln'] = rows(lambda x: mp.log(abs(mp.gamma(x))) if abs(x) < 1e4 else mp.loggamma(x), positive + below + ['2'],
                        lambda x: [mp.psi(0, x)])
for n in [0, 1, 2]:
    name = 'polygamma' if n == 0 else f'polygamma({n}, ·)'
    table[name] = rows(lambda x: mp.psi(n, x), within(positive, 1e-60, 1e60) + below, lambda x: [mp.psi(n + 1, x)])
for n in [0, 1]:
    def scaled(x):
        return mp.exp(-abs(x)) * mp.besseli(n, x)

    def scaled_slope(x):
        mean = (mp.besseli(abs(n - 1), x) + mp.besseli(n + 1, x)) / 2
        return [mp.exp(-abs(x)) * (mean - mp.sign(x) * mp.besseli(n, x))]
    table[f'i{n}e'] = rows(scaled, within(both, -3000, 3000), scaled_slope)
table['sinc'] = rows(mp.sincpi, within(both, -3000, 3000) + ['0.5', '2', '1.4302966531242027', '-10.25'],
                     lambda x: [(mp.cospi(x) - mp.sincpi(x)) / x] if abs(x) > 1e-8 else [-mp.pi ** 2 * x / 3])
table['log1mexp'] = rows(lambda x: mp.log(-mp.expm1(-x)), within(positive, 0, 600) + ['0.693', '0.694'], lambda x: [1 / mp.expm1(x)])
table['logSigmoid'] = rows(lambda x: -mp.log1p(mp.exp(-x)), within(both, -1e5, 600), lambda x: [1 / (1 + mp.exp(x))])
table['sigmoid'] = rows(lambda x: 1 / (1 + mp.exp(-x)), within(both, -650, 600), lambda x: [1 / (mp.exp(x / 2) + mp.exp(-x / 2)) ** 2])
table['softplus'] = rows(lambda x: mp.log1p(mp.exp(x)), within(both, -650, 1e5), lambda x: [1 / (1 + mp.exp(-x))])


def log_add_exp(a, b):
    most = max(a, b)
    return most + mp.log1p(mp.exp(min(a, b) - most))


def share(a, b):
    return 1 / (1 + mp.exp(b - a))


table['logAddExp'] = rows(log_add_exp, [p for p in any_pairs if abs(float(p[0]) - float(p[1])) < 600], lambda a, b: [share(a, b), share(b, a)])
table['xlogy'] = rows(lambda x, y: x * mp.log(y), [p for p in any_pairs if float(p[1]) > 0], lambda x, y: [mp.log(y), x / y])
table['xlog1py'] = rows(lambda x, y: x * mp.log1p(y), [p for p in any_pairs if float(p[1]) > 0] + [('2', '-0.5'), ('-3', '-1e-20'), ('1e5', '-0.999')],
                        lambda x, y: [mp.log1p(y), x / (1 + y)])


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def log_beta_slope(a, b):
    return [mp.psi(0, a) - mp.psi(0, a + b), mp.psi(0, b) - mp.psi(0, a + b)]


table['betaln'] = rows(log_beta, sizes + [(b, a) for a, b in sizes if a != b], log_beta_slope)


def density(a, x):
    return mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a))


def lower(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def upper(a, x):
    with mp.workdps(mp.mp.dps + 30):
        return mp.gammainc(a, x, mp.inf, regularized=True)


table['gammainc'] = rows(lower, pairs, lambda a, x: [slope(lower, [a, x], 0), density(a, x)])
table['gammaincc'] = rows(upper, pairs, lambda a, x: [slope(upper, [a, x], 0), -density(a, x)])

lines = [f'  {json.dumps(name, ensure_ascii=False)}: [\n' + ',\n'.join('    ' + json.dumps(row) for row in found) + '\n  ]'
         for name, found in table.items()]
print('{\n' + ',\n'.join(lines) + '\n}')
