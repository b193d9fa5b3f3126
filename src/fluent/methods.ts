/** The types of methods: each is its function's of that name, whose first operand is the expression. */
import type {
  AttentionOptions,
  AveragePoolOptions,
  ConvolutionOptions,
  EighResult,
  EluOptions,
  Expr,
  InterpOptions,
  LayerNormOptions,
  LeakyReluOptions,
  NanToNumOptions,
  Operand,
  PadOptions,
  PoolOptions,
  QRResult,
  QuantileOptions,
  SearchOptions,
  Shape,
  SlogdetResult,
  SVDResult,
  TopK,
  TriangularOptions,
} from "../../graph/index.js";
import type {
  AlongAxis,
  Axes,
  Batched,
  Behind,
  Broadcast,
  BroadcastAll,
  Contracted,
  DiagonalShape,
  Exchanged,
  Inserted,
  LengthAt,
  ListOf,
  MatmulShape,
  Minus,
  Moved,
  Multipliable,
  Permuted,
  Pieces,
  Rank,
  Reduced,
  Replaced,
  Reverse,
  SameRows,
  ShapeOf,
  ShortSide,
  Sliced,
  SliceOptions,
  SolutionShape,
  Square,
  Squeezed,
  Tiled,
  Writable,
} from "../../graph/internal.js";

declare global {
  interface AdjointMethods {
    attention<S extends Shape>(
      this: Expr<S>,
      keys: Operand,
      values: Operand,
      options?: AttentionOptions,
    ): Expr;
    averagePool<S extends Shape>(
      this: Expr<S>,
      window: number | readonly number[],
      options?: AveragePoolOptions,
    ): Expr<Rank<S>>;
    broadcastTo<S extends Shape, const T extends Shape>(this: Expr<S>, shape: T): Expr<Writable<T>>;
    clip<S extends Shape, const L extends Operand, const H extends Operand>(
      this: Expr<S>,
      low: L,
      high: H,
    ): Expr<BroadcastAll<[Expr<S>, L, H]>>;
    conv1d<S extends Shape>(
      this: Expr<S>,
      kernel: Operand,
      options?: ConvolutionOptions,
    ): Expr<[number, number, number]>;
    conv2d<S extends Shape>(
      this: Expr<S>,
      kernel: Operand,
      options?: ConvolutionOptions,
    ): Expr<[number, number, number, number]>;
    det<S extends Shape>(this: Expr<S> & Square<Expr<S>>): Expr<Batched<S, []>>;
    diag<S extends Shape>(this: Expr<S>): Expr<[...S, LengthAt<S, -1>]>;
    diagonal<S extends Shape, const K extends number = 0>(
      this: Expr<S>,
      offset?: K,
    ): Expr<DiagonalShape<S, K>>;
    diff<S extends Shape, const N extends number = 1, const X extends number = -1>(
      this: Expr<S>,
      n?: N,
      axis?: X,
    ): Expr<Replaced<S, X, [Minus<LengthAt<S, X>, N>]>>;
    dot<S extends Shape, const B extends Operand>(this: Expr<S>, b: B & Multipliable<Expr<S>, B>): Expr<[]>;
    eigh<S extends Shape>(
      this: Expr<S> & Square<Expr<S>>,
    ): EighResult<Expr<Batched<S, [LengthAt<S, -1>]>>, Expr<S>>;
    eigvalsh<S extends Shape>(this: Expr<S> & Square<Expr<S>>): Expr<Batched<S, [LengthAt<S, -1>]>>;
    elu<S extends Shape>(this: Expr<S>, options?: EluOptions): Expr<S>;
    expandDims<S extends Shape, const X extends number>(this: Expr<S>, axis: X): Expr<Inserted<S, X, [1]>>;
    flip<S extends Shape>(this: Expr<S>, axes?: Axes): Expr<S>;
    fullLike<S extends Shape>(this: Expr<S>, value: Operand): Expr<S>;
    index<S extends Shape, const I extends readonly number[]>(
      this: Expr<S>,
      ...indices: I
    ): Expr<Behind<S, I>>;
    interp<S extends Shape>(this: Expr<S>, xp: Operand, fp: Operand, options?: InterpOptions): Expr<S>;
    kron<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B,
    ): Expr<Broadcast<Rank<S>, Rank<ShapeOf<B>>>>;
    layerNorm<S extends Shape>(this: Expr<S>, options?: LayerNormOptions): Expr<S>;
    leakyRelu<S extends Shape>(this: Expr<S>, options?: LeakyReluOptions): Expr<S>;
    lstsq<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B & SameRows<Expr<S>, B>,
    ): Expr<SolutionShape<S, ShapeOf<B>>>;
    matmul<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B & Multipliable<Expr<S>, B>,
    ): Expr<MatmulShape<S, ShapeOf<B>>>;
    matrixPower<S extends Shape>(this: Expr<S> & Square<Expr<S>>, n: number): Expr<S>;
    matrixTrace<S extends Shape>(this: Expr<S>, offset?: number): Expr<Batched<S, []>>;
    maxPool<S extends Shape>(
      this: Expr<S>,
      window: number | readonly number[],
      options?: PoolOptions,
    ): Expr<Rank<S>>;
    moveaxis<S extends Shape, const X extends Axes, const Y extends Axes>(
      this: Expr<S>,
      source: X,
      destination: Y,
    ): Expr<Moved<S, X, Y>>;
    nanToNum<S extends Shape>(this: Expr<S>, options?: NanToNumOptions): Expr<S>;
    oneHot<S extends Shape, const N extends number>(this: Expr<S>, depth: N): Expr<[...S, N]>;
    outer<S extends Shape, const B extends Operand>(this: Expr<S>, b: B): Expr<[...S, ...ShapeOf<B>]>;
    pad<S extends Shape>(
      this: Expr<S>,
      widths: number | readonly [number, number] | readonly (readonly [number, number])[],
      options?: PadOptions,
    ): Expr<Rank<S>>;
    pinv<S extends Shape>(this: Expr<S>): Expr<Exchanged<S, -1, -2>>;
    qr<S extends Shape>(
      this: Expr<S>,
    ): QRResult<
      Expr<Batched<S, [LengthAt<S, -2>, ShortSide<S>]>>,
      Expr<Batched<S, [ShortSide<S>, LengthAt<S, -1>]>>
    >;
    quantile<
      S extends Shape,
      const Q extends number | readonly number[],
      const X extends Axes | undefined = undefined,
      K extends boolean = false,
    >(
      this: Expr<S>,
      q: Q,
      axes?: X,
      options?: QuantileOptions<K>,
    ): Expr<[...(Q extends readonly number[] ? [Q["length"]] : []), ...Reduced<S, X, K>]>;
    repeat<S extends Shape, const X extends number | undefined = undefined>(
      this: Expr<S>,
      counts: number | readonly number[],
      axis?: X,
    ): Expr<X extends number ? Replaced<S, X, [number]> : [number]>;
    reshape<S extends Shape, const T extends Shape>(this: Expr<S>, shape: T): Expr<Writable<T>>;
    roll<S extends Shape>(this: Expr<S>, shift: number | readonly number[], axis?: Axes): Expr<S>;
    searchsorted<S extends Shape, const V extends Operand>(
      this: Expr<S>,
      values: V,
      options?: SearchOptions,
    ): Expr<ShapeOf<V>>;
    segmentSum<S extends Shape, const I extends Operand, const N extends number>(
      this: Expr<S>,
      indices: I,
      count: N,
    ): Expr<[N, ...Behind<S, ShapeOf<I>>]>;
    slice<
      S extends Shape,
      const From extends number | undefined = undefined,
      const To extends number | undefined = undefined,
      const X extends number = 0,
      const Step extends number = 1,
    >(
      this: Expr<S>,
      start?: From,
      stop?: To,
      options?: SliceOptions<X, Step>,
    ): Expr<Sliced<S, From, To, X, Step>>;
    slogdet<S extends Shape>(this: Expr<S> & Square<Expr<S>>): SlogdetResult<Expr<Batched<S, []>>>;
    split<S extends Shape, const P extends number | readonly number[], const X extends number = 0>(
      this: Expr<S>,
      parts: P,
      axis?: X,
    ): Pieces<Expr<S>, P, X>;
    squeeze<S extends Shape, const X extends Axes | undefined = undefined>(
      this: Expr<S>,
      axes?: X,
    ): Expr<Squeezed<S, X>>;
    svd<S extends Shape>(
      this: Expr<S>,
    ): SVDResult<
      Expr<Batched<S, [LengthAt<S, -2>, ShortSide<S>]>>,
      Expr<Batched<S, [ShortSide<S>]>>,
      Expr<Batched<S, [ShortSide<S>, LengthAt<S, -1>]>>
    >;
    svdvals<S extends Shape>(this: Expr<S>): Expr<Batched<S, [ShortSide<S>]>>;
    swapaxes<S extends Shape, const X extends number, const Y extends number>(
      this: Expr<S>,
      first: X,
      second: Y,
    ): Expr<Exchanged<S, X, Y>>;
    take<S extends Shape, const I extends Operand, const X extends number = 0>(
      this: Expr<S>,
      indices: I,
      axis?: X,
    ): Expr<Replaced<S, X, ShapeOf<I>>>;
    take<S extends Shape>(this: Expr<S>, indices: readonly Operand[], axes: readonly number[]): Expr;
    takeAlongAxis<S extends Shape, const I extends Operand, const X extends number = -1>(
      this: Expr<S>,
      indices: I,
      axis?: X,
    ): Expr<AlongAxis<S, ShapeOf<I>, X>>;
    tensordot<S extends Shape, const B extends Operand, const X extends number | readonly [Axes, Axes] = 2>(
      this: Expr<S>,
      b: B,
      axes?: X,
    ): Expr<Contracted<S, ShapeOf<B>, X>>;
    tile<S extends Shape, const N extends Axes>(this: Expr<S>, counts: N): Expr<Tiled<S, N>>;
    topK<S extends Shape, const K extends number, const X extends number = -1>(
      this: Expr<S>,
      k: K,
      axis?: X,
    ): TopK<Expr<Replaced<S, X, [K]>>>;
    transpose<S extends Shape>(this: Expr<S>): Expr<Reverse<S>>;
    transpose<S extends Shape, const X extends readonly number[]>(
      this: Expr<S>,
      axes: X,
    ): Expr<Permuted<S, X>>;
    triangularSolve<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B & Square<Expr<S>> & SameRows<Expr<S>, B>,
      options?: TriangularOptions,
    ): Expr<SolutionShape<S, ShapeOf<B>>>;
    tril<S extends Shape>(this: Expr<S>, k?: number): Expr<S>;
    triu<S extends Shape>(this: Expr<S>, k?: number): Expr<S>;
    unstack<S extends Shape, const X extends number = 0>(
      this: Expr<S>,
      axis?: X,
    ): ListOf<Expr<Replaced<S, X, []>>, LengthAt<S, X>>;
    where<S extends Shape, const A extends Operand, const B extends Operand>(
      this: Expr<S>,
      a: A,
      b: B,
    ): Expr<BroadcastAll<[Expr<S>, A, B]>>;
  }
}
