/**
 * The types of methods: each is its function's of that name, whose first operand is the expression. In the examples x is a
 * `vector(3)`, A a `matrix(2, 2)`, and signals and images are `tensor([1, 5, 1])` and `tensor([1, 4, 4, 1])`.
 */
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
    /** @example A.attention(A, A); */
    attention<S extends Shape>(
      this: Expr<S>,
      keys: Operand,
      values: Operand,
      options?: AttentionOptions,
    ): Expr;
    /** @example images.averagePool(2); */
    averagePool<S extends Shape>(
      this: Expr<S>,
      window: number | readonly number[],
      options?: AveragePoolOptions,
    ): Expr<Rank<S>>;
    /** @example x.broadcastTo([2, 3]); */
    broadcastTo<S extends Shape, const T extends Shape>(this: Expr<S>, shape: T): Expr<Writable<T>>;
    /** @example x.clip(0, 1); */
    clip<S extends Shape, const L extends Operand, const H extends Operand>(
      this: Expr<S>,
      low: L,
      high: H,
    ): Expr<BroadcastAll<[Expr<S>, L, H]>>;
    /** @example signals.conv1d([[[1]], [[2]]]); */
    conv1d<S extends Shape>(
      this: Expr<S>,
      kernel: Operand,
      options?: ConvolutionOptions,
    ): Expr<[number, number, number]>;
    /** @example images.conv2d([[[[1]]]]); */
    conv2d<S extends Shape>(
      this: Expr<S>,
      kernel: Operand,
      options?: ConvolutionOptions,
    ): Expr<[number, number, number, number]>;
    /** @example A.det(); */
    det<S extends Shape>(this: Expr<S> & Square<Expr<S>>): Expr<Batched<S, []>>;
    /** @example x.diag(); */
    diag<S extends Shape>(this: Expr<S>): Expr<[...S, LengthAt<S, -1>]>;
    /** @example A.diagonal(); */
    diagonal<S extends Shape, const K extends number = 0>(
      this: Expr<S>,
      offset?: K,
    ): Expr<DiagonalShape<S, K>>;
    /** @example x.diff(); */
    diff<S extends Shape, const N extends number = 1, const X extends number = -1>(
      this: Expr<S>,
      n?: N,
      axis?: X,
    ): Expr<Replaced<S, X, [Minus<LengthAt<S, X>, N>]>>;
    /** @example x.dot([1, 2, 3]); */
    dot<S extends Shape, const B extends Operand>(this: Expr<S>, b: B & Multipliable<Expr<S>, B>): Expr<[]>;
    /** @example A.eigh().eigenvalues; */
    eigh<S extends Shape>(
      this: Expr<S> & Square<Expr<S>>,
    ): EighResult<Expr<Batched<S, [LengthAt<S, -1>]>>, Expr<S>>;
    /** @example A.eigvalsh(); */
    eigvalsh<S extends Shape>(this: Expr<S> & Square<Expr<S>>): Expr<Batched<S, [LengthAt<S, -1>]>>;
    /** @example x.elu({ alpha: 2 }); */
    elu<S extends Shape>(this: Expr<S>, options?: EluOptions): Expr<S>;
    /** @example x.expandDims(0); */
    expandDims<S extends Shape, const X extends number>(this: Expr<S>, axis: X): Expr<Inserted<S, X, [1]>>;
    /** @example x.flip(); */
    flip<S extends Shape>(this: Expr<S>, axes?: Axes): Expr<S>;
    /** @example x.fullLike(2); */
    fullLike<S extends Shape>(this: Expr<S>, value: Operand): Expr<S>;
    /** @example A.index(0, 1); */
    index<S extends Shape, const I extends readonly number[]>(
      this: Expr<S>,
      ...indices: I
    ): Expr<Behind<S, I>>;
    /** @example x.interp([0, 1], [2, 4]); */
    interp<S extends Shape>(this: Expr<S>, xp: Operand, fp: Operand, options?: InterpOptions): Expr<S>;
    /** @example A.kron([[1, 2]]); */
    kron<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B,
    ): Expr<Broadcast<Rank<S>, Rank<ShapeOf<B>>>>;
    /** @example A.layerNorm(); */
    layerNorm<S extends Shape>(this: Expr<S>, options?: LayerNormOptions): Expr<S>;
    /** @example x.leakyRelu({ negativeSlope: 0.1 }); */
    leakyRelu<S extends Shape>(this: Expr<S>, options?: LeakyReluOptions): Expr<S>;
    /** @example A.lstsq([1, 2]); */
    lstsq<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B & SameRows<Expr<S>, B>,
    ): Expr<SolutionShape<S, ShapeOf<B>>>;
    /** @example A.matmul([1, 2]); */
    matmul<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B & Multipliable<Expr<S>, B>,
    ): Expr<MatmulShape<S, ShapeOf<B>>>;
    /** @example A.matrixPower(3); */
    matrixPower<S extends Shape>(this: Expr<S> & Square<Expr<S>>, n: number): Expr<S>;
    /** @example A.matrixTrace(); */
    matrixTrace<S extends Shape>(this: Expr<S>, offset?: number): Expr<Batched<S, []>>;
    /** @example images.maxPool(2); */
    maxPool<S extends Shape>(
      this: Expr<S>,
      window: number | readonly number[],
      options?: PoolOptions,
    ): Expr<Rank<S>>;
    /** @example A.moveaxis(0, 1); */
    moveaxis<S extends Shape, const X extends Axes, const Y extends Axes>(
      this: Expr<S>,
      source: X,
      destination: Y,
    ): Expr<Moved<S, X, Y>>;
    /** @example x.nanToNum({ nan: -1 }); */
    nanToNum<S extends Shape>(this: Expr<S>, options?: NanToNumOptions): Expr<S>;
    /** @example x.oneHot(4); */
    oneHot<S extends Shape, const N extends number>(this: Expr<S>, depth: N): Expr<[...S, N]>;
    /** @example x.outer([1, 2]); */
    outer<S extends Shape, const B extends Operand>(this: Expr<S>, b: B): Expr<[...S, ...ShapeOf<B>]>;
    /** @example x.pad(1); */
    pad<S extends Shape>(
      this: Expr<S>,
      widths: number | readonly [number, number] | readonly (readonly [number, number])[],
      options?: PadOptions,
    ): Expr<Rank<S>>;
    /** @example A.pinv(); */
    pinv<S extends Shape>(this: Expr<S>): Expr<Exchanged<S, -1, -2>>;
    /** @example A.qr().R; */
    qr<S extends Shape>(
      this: Expr<S>,
    ): QRResult<
      Expr<Batched<S, [LengthAt<S, -2>, ShortSide<S>]>>,
      Expr<Batched<S, [ShortSide<S>, LengthAt<S, -1>]>>
    >;
    /** @example x.quantile(0.5); */
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
    /** @example x.repeat(2); */
    repeat<S extends Shape, const X extends number | undefined = undefined>(
      this: Expr<S>,
      counts: number | readonly number[],
      axis?: X,
    ): Expr<X extends number ? Replaced<S, X, [number]> : [number]>;
    /** @example A.reshape([4]); */
    reshape<S extends Shape, const T extends Shape>(this: Expr<S>, shape: T): Expr<Writable<T>>;
    /** @example x.roll(1); */
    roll<S extends Shape>(this: Expr<S>, shift: number | readonly number[], axis?: Axes): Expr<S>;
    /** @example x.searchsorted([1.5]); */
    searchsorted<S extends Shape, const V extends Operand>(
      this: Expr<S>,
      values: V,
      options?: SearchOptions,
    ): Expr<ShapeOf<V>>;
    /** @example x.segmentSum([0, 0, 1], 2); */
    segmentSum<S extends Shape, const I extends Operand, const N extends number>(
      this: Expr<S>,
      indices: I,
      count: N,
    ): Expr<[N, ...Behind<S, ShapeOf<I>>]>;
    /** @example x.slice(0, 2); */
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
    /** @example A.slogdet().logabsdet; */
    slogdet<S extends Shape>(this: Expr<S> & Square<Expr<S>>): SlogdetResult<Expr<Batched<S, []>>>;
    /** @example x.split(3); */
    split<S extends Shape, const P extends number | readonly number[], const X extends number = 0>(
      this: Expr<S>,
      parts: P,
      axis?: X,
    ): Pieces<Expr<S>, P, X>;
    /** @example x.expandDims(0).squeeze(); */
    squeeze<S extends Shape, const X extends Axes | undefined = undefined>(
      this: Expr<S>,
      axes?: X,
    ): Expr<Squeezed<S, X>>;
    /** @example A.svd().S; */
    svd<S extends Shape>(
      this: Expr<S>,
    ): SVDResult<
      Expr<Batched<S, [LengthAt<S, -2>, ShortSide<S>]>>,
      Expr<Batched<S, [ShortSide<S>]>>,
      Expr<Batched<S, [ShortSide<S>, LengthAt<S, -1>]>>
    >;
    /** @example A.svdvals(); */
    svdvals<S extends Shape>(this: Expr<S>): Expr<Batched<S, [ShortSide<S>]>>;
    /** @example A.swapaxes(0, 1); */
    swapaxes<S extends Shape, const X extends number, const Y extends number>(
      this: Expr<S>,
      first: X,
      second: Y,
    ): Expr<Exchanged<S, X, Y>>;
    /** @example x.take([0, 2]); */
    take<S extends Shape, const I extends Operand, const X extends number = 0>(
      this: Expr<S>,
      indices: I,
      axis?: X,
    ): Expr<Replaced<S, X, ShapeOf<I>>>;
    take<S extends Shape>(this: Expr<S>, indices: readonly Operand[], axes: readonly number[]): Expr;
    /** @example x.takeAlongAxis([2, 0]); */
    takeAlongAxis<S extends Shape, const I extends Operand, const X extends number = -1>(
      this: Expr<S>,
      indices: I,
      axis?: X,
    ): Expr<AlongAxis<S, ShapeOf<I>, X>>;
    /** @example A.tensordot([[1, 2], [3, 4]], 1); */
    tensordot<S extends Shape, const B extends Operand, const X extends number | readonly [Axes, Axes] = 2>(
      this: Expr<S>,
      b: B,
      axes?: X,
    ): Expr<Contracted<S, ShapeOf<B>, X>>;
    /** @example x.tile(2); */
    tile<S extends Shape, const N extends Axes>(this: Expr<S>, counts: N): Expr<Tiled<S, N>>;
    /** @example x.topK(2).values; */
    topK<S extends Shape, const K extends number, const X extends number = -1>(
      this: Expr<S>,
      k: K,
      axis?: X,
    ): TopK<Expr<Replaced<S, X, [K]>>>;
    /** @example A.transpose(); */
    transpose<S extends Shape>(this: Expr<S>): Expr<Reverse<S>>;
    transpose<S extends Shape, const X extends readonly number[]>(
      this: Expr<S>,
      axes: X,
    ): Expr<Permuted<S, X>>;
    /** @example A.triangularSolve([1, 2]); */
    triangularSolve<S extends Shape, const B extends Operand>(
      this: Expr<S>,
      b: B & Square<Expr<S>> & SameRows<Expr<S>, B>,
      options?: TriangularOptions,
    ): Expr<SolutionShape<S, ShapeOf<B>>>;
    /** @example A.tril(); */
    tril<S extends Shape>(this: Expr<S>, k?: number): Expr<S>;
    /** @example A.triu(); */
    triu<S extends Shape>(this: Expr<S>, k?: number): Expr<S>;
    /** @example A.unstack(); */
    unstack<S extends Shape, const X extends number = 0>(
      this: Expr<S>,
      axis?: X,
    ): ListOf<Expr<Replaced<S, X, []>>, LengthAt<S, X>>;
    /** @example x.where(1, 0); */
    where<S extends Shape, const A extends Operand, const B extends Operand>(
      this: Expr<S>,
      a: A,
      b: B,
    ): Expr<BroadcastAll<[Expr<S>, A, B]>>;
  }
}
