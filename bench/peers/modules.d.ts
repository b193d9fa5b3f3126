// The peers are installed for a run only, so type checking takes them as they come.
declare module "@jax-js/jax";
declare module "@tensorflow/tfjs-core";
declare module "@tensorflow/tfjs-core/dist/register_all_gradients.js";
declare module "@tensorflow/tfjs-backend-cpu";
declare module "@tensorflow/tfjs-backend-wasm";
declare module "adnn/ad/index.js";
declare module "adnn/tensor.js";
declare module "rose";
declare module "simplegrad";
