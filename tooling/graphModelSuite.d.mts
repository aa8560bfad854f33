export declare function graphModelSuite(options: {
  backend: string;
  /** The modules @tensorflow/tfjs and @bn/core/graph, whose types this package does not know. */
  tf: object;
  graph: object;
  tolerance?: number;
}): void;
