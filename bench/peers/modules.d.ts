// The peers are installed for a run only, so type checking takes them as they come.
declare module "@jax-js/jax";
declare module "adnn/ad/index.js";
declare module "adnn/tensor.js";
declare module "fmin";
declare module "ml-levenberg-marquardt";
declare module "optimization-js";
declare module "rose";
declare module "simplegrad";
