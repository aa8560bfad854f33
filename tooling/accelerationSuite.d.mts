export declare function accelerationSuite(options: {
  backend: { readonly name: string };
  /** The modules @tensorflow/tfjs and @bn/core/accelerate, whose types this package does not know. */
  tf: object;
  accelerate: object;
  tfjsTests: string;
}): void;
