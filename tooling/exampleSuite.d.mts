export declare function exampleSuite(options: {
  name: string;
  readme: () => string | Promise<string>;
  /** The modules @tensorflow/tfjs and @bn/core, whose types this package does not know. */
  tf: object;
  core: object;
}): void;
