/**
 * The limits by which the compiler chooses, each with the measurement or the reason behind it. They trade speed alone:
 * whatever they are, kernels compute the same numbers.
 */

// ------------------------------------------------------------------------------------------------ which backend

/**
 * Graphs of more nodes than this, few elements each, become WebAssembly. Up to 2–3 thousand statements, JavaScript takes
 * 0.5–1.0 ns an operation; beyond what engines optimize in one function (61,440 bytes of bytecode in V8) it falls to
 * 90–220 times that.
 */
export const scalarNodes = 2000;

/** How many elements a node are few: with more of them, loops are shorter than what is written out. */
export const scalarWidth = 50;

/** Graphs of up to this many elements are written out: a call then costs what its operations cost. */
export const unrolledElements = 600;

/** Beyond this many nodes one pass of simplification must do: a second one finds little, and costs as much. */
export const onePassNodes = 50_000;

// ------------------------------------------------------------------------------------------------ loops

/** A loop as short as this is written out: segments of one or two passes come from padding, and constant places fold. */
export const shortLoop = 2;

/**
 * Axes of up to this many elements together are written out instead of looped over, and short reductions of half as many
 * are sums. Inner axes unrolled while their product is at most about 32 took a mixture of Gaussians to 0.34 of the
 * hand-written loops.
 */
export const unrolledWidth = 32;

/**
 * The body of an innermost loop of at least so many passes, if it has no more lines than this, stands in it so often.
 * Engines read anew in each pass where an array lies: a step of SGD over 10⁶ elements took 3.1 ms with one copy, 2.5 with
 * four, 1.9 with eight. A stencil took a quarter longer, so that loops over slices have one.
 */
export const longLoop = 64;
export const fewLines = 32;
export const bodies = 8;

/** A fold to up to this many elements keeps them in locals though its loops already lie in the order of memory. */
export const localTotals = 4;

/** Functions of more lines than this are beyond what engines optimize well, so that a new one is begun. */
export const partLines = 800;

/** Longer chains of fused nodes are cut by keeping a value, or the walks along them grow with their square. */
export const chainDepth = 200;

/**
 * An element of more places of one tensor than this is cut, too: a tensor that is halved again and again would be
 * written out whole. The product of 65,536 elements ended at the end of the stack.
 */
export const fusedPlaces = 64;

/** More parts of an `assemble` than this would split the loops around them too often: it is put together in memory. */
export const fusedParts = 8;

/**
 * Lengths that differ by so many elements, and by no more than this part of them, share a loop, which is split where the
 * shorter ends: one pass over memory for a tensor and its neighbours (a stencil), where one each took 7.1 times as long.
 */
export const likeDifference = 4;
export const likePart = 1 / 4;

/**
 * What a value must cost, in additions, to be kept in memory: within its nest where a loop around its own would compute
 * it again, and across nests. Keeping it costs a store and a load, which are taken for ten additions.
 */
export const repeatedCost = 1;
export const elsewhereCost = 10;

/** Costs are counted up to this: whatever lies beyond is kept anyway. */
export const greatestCost = 1000;

// ------------------------------------------------------------------------------------------------ matrix products

/** Products of fewer multiplications are loops: those win up to 4³, WebAssembly from 8³, the call and the packing included. */
export const productWork = 4096;

/** So are those with fewer rows, columns or terms than this: the tiles would be mostly padding. */
export const productLength = 4;

/**
 * Rows of a packed block of the right factor, and of the left one: a strip of 256·4 vectors (16 KiB) stays in the first
 * cache, a block of 64·256 elements (128 KiB in f64) in the second. 22–26 GFLOP/s in f32 with these.
 */
export const blockDepth = 256;
export const blockRows = 64;

/** A tile is 2 rows × 4 vectors: 8 sums, 4 vectors and a splat in 16 registers. */
export const tileRows = 2;
export const tileVectors = 4;

// ------------------------------------------------------------------------------------------------ memory and registers

/** Elements to which buffers are aligned: a cache line of doubles. */
export const alignment = 8;

/**
 * Floating-point registers of the usual processors. As many loads stand first; engines don't move them ahead of stores
 * by themselves.
 */
export const registers = 16;

/** Statements a WebAssembly function: 300–1000 keep most values local and are optimized well (0.7–1.2 ns an operation). */
export const chunkStatements = 500;
