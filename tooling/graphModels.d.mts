export interface GraphModelNode {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, boolean | number | string>;
}
export declare function input(name: string, dtype?: string): GraphModelNode;
export declare function node(
  name: string,
  op: string,
  input: string[],
  attr?: Record<string, boolean | number | string>,
): GraphModelNode;
export declare function graphModel(
  nodes: GraphModelNode[],
  weights?: Record<string, number[]>,
  library?: object,
): {
  modelTopology: object;
  weightSpecs: { name: string; shape: number[]; dtype: 'float32' }[];
  weightData: ArrayBuffer;
};
type Values = ArrayLike<number>;
export declare function expectedBatchNorm(
  values: { x: Values; scale: Values; offset: Values; dy: Values; mean?: Values; variance?: Values },
  layout: { shape: number[]; isFirst: boolean; epsilon: number },
): Record<'y' | 'mean' | 'variance' | 'unbiased' | 'dx' | 'dScale' | 'dOffset', Float64Array>;
