/** Functions in Python that a module holds where it uses them. */
export const helpers = {
  matmul: `def matmul(a, b):
    """Accelerators would round the factors to fewer digits otherwise."""
    return jnp.matmul(a, b, precision="highest")
`,
  batch_grid: `def batch_grid(indices, batch):
    """The places along the first \`batch\` axes, to go with \`indices\`."""
    return tuple(
        jnp.arange(n).reshape((-1,) + (1,) * (indices.ndim - i - 1))
        for i, n in enumerate(indices.shape[:batch])
    )
`,
  gather: `def gather(x, indices, axis, batch):
    """The elements of x along an axis at indices, whose first \`batch\` axes are the first of x, too."""
    inner, before = indices.ndim - batch, axis - batch
    found = jnp.moveaxis(x, axis, batch)[batch_grid(indices, batch) + (indices,)]
    return jnp.moveaxis(found, range(batch + inner, axis + inner), range(batch, batch + before))
`,
  scatter_add: `def scatter_add(values, indices, axis, batch, shape):
    """The transpose of gather: zeros of a shape, to which values are added at their indices."""
    inner, before = indices.ndim - batch, axis - batch
    moved = jnp.moveaxis(values, range(batch, batch + before), range(batch + inner, axis + inner))
    zeros = jnp.moveaxis(jnp.zeros(shape, dtype), axis, batch)
    sums = zeros.at[batch_grid(indices, batch) + (indices,)].add(moved)
    return jnp.moveaxis(sums, batch, axis)
`,
} as const;

export const matmulInBf16 = `def matmul(a, b):
    """Factors in bfloat16, sums in float32."""
    a, b = (x.astype(jnp.bfloat16) for x in (a, b))
    return jnp.matmul(a, b, preferred_element_type=jnp.float32)
`;

export type HelperName = keyof typeof helpers;
