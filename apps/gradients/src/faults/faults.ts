/** The faults of tfjs 4.22 that the table shows. A test holds them to it: none without a case, no case without one. */
import type { Column } from '../table/columns.js';

export interface Fault {
  /** Operations or layers, by their names in the table. */
  rows: readonly string[];
  /** The cases of them that show it; all of them if left out. */
  cases?: RegExp;
  /** Where tfjs alone has it. */
  backends: readonly Column['backend'][];
  what: string;
  /** What mends it, or why nothing does. */
  mended: string;
  /** Numbers of tfjs's issues about it. */
  issues?: readonly number[];
}

const everywhere = ['wasm', 'webgl', 'cpu'] as const;
const kernels = 'on wasm: a kernel of @bn/wasm-train';
const notYet = 'not yet';

/** In tfjs's gradients, which all backends share. */
const gradientFaults: readonly Fault[] = [
  {
    rows: ['Maximum', 'Minimum', 'SquaredDifference'],
    backends: everywhere,
    what: 'The gradient is not summed over the axes that an input was broadcast along, and refused for its shape',
    mended: notYet,
  },
  {
    rows: ['BatchMatMul'],
    cases: /broadcast|for all of a batch|of lower rank/,
    backends: everywhere,
    what: 'The gradient of a broadcast product is not summed over the batch, and refused for its shape',
    mended: notYet,
    issues: [8721, 8548],
  },
  {
    rows: ['MirrorPad'],
    backends: everywhere,
    what: 'The gradient leaves out what the mirrored borders add',
    mended: notYet,
  },
  {
    rows: ['Cumsum'],
    cases: /first axis|middle axis/,
    backends: everywhere,
    what: 'The gradient along any axis but the last is transposed, and refused for its shape or wrong',
    mended: notYet,
  },
  {
    rows: ['Prod'],
    cases: /^the last axis$/,
    backends: everywhere,
    what: 'The gradient takes no negative axis',
    mended: notYet,
  },
  {
    rows: ['Pow'],
    cases: /power 0 of 0/,
    backends: ['wasm', 'cpu'],
    what: 'The gradient of x^0 at 0 is 0 * infinity, not a number',
    mended: notYet,
  },
  {
    rows: ['Cast', 'FloorDiv'],
    backends: everywhere,
    what: 'A cast to int32 and a rounded quotient are steps, whose slope is 0; tfjs passes the gradient through them',
    mended: notYet,
  },
  {
    rows: ['Select'],
    cases: /condition made of x/,
    backends: everywhere,
    what: 'No gradient (which would be 0) for Greater, Less, LessEqual, Equal and NotEqual: a condition made of x is refused',
    mended: notYet,
  },
  {
    rows: ['Tile'],
    cases: /rank 5/,
    backends: everywhere,
    what: 'No gradient for ranks above 4',
    mended: notYet,
  },
  {
    rows: ['GatherV2'],
    cases: /batchDims 2/,
    backends: everywhere,
    what: 'No gradient for more than one batch axis',
    mended: kernels,
  },
  {
    rows: ['FusedBatchNorm'],
    backends: everywhere,
    what: 'The gradient knows statistics of shape [C] only, and fails where scale is left out',
    mended: notYet,
  },
  {
    rows: ['AvgPool', 'AvgPool3D'],
    cases: /same|padded|negative/,
    backends: everywhere,
    what: 'The gradient divides by the whole window where it reaches over the border; the value, by the pixels inside',
    mended: kernels,
  },
  {
    rows: ['Conv2D', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D'],
    cases: /dilation/,
    backends: everywhere,
    what: 'No gradient for dilations',
    mended: kernels,
    issues: [7906],
  },
  {
    rows: ['Einsum'],
    backends: everywhere,
    what: 'No gradient, and on wasm no kernel',
    mended: 'a gradient of @bn/wasm-train, on every backend that has the kernel; on wasm the kernel too',
  },
  {
    rows: ['ComplexAbs'],
    backends: everywhere,
    what: 'Complex, Real and Imag have no gradient; on wasm there are no complex numbers at all',
    mended: 'no: wasm cannot hold complex numbers',
  },
];

const wasmFaults: readonly Fault[] = [
  {
    rows: ['Conv2D', 'Conv2DBackpropInput', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D'],
    backends: ['wasm'],
    what: 'No kernels for the gradients of filters and of depthwise convolutions',
    mended: kernels,
    issues: [8474],
  },
  {
    rows: ['GatherV2', 'UnsortedSegmentSum'],
    backends: ['wasm'],
    what: 'No UnsortedSegmentSum kernel, which the gradient of gather (of an embedding) needs',
    mended: kernels,
    issues: [8082],
  },
  {
    rows: ['Conv3D'],
    backends: ['wasm'],
    what: 'The gradient of x is added to memory that nobody has cleared, and wrong for strides; so is the gradient of the filter',
    mended: kernels,
  },
  {
    rows: ['MaxPool'],
    backends: ['wasm'],
    what: 'The gradient is added to memory that nobody has cleared',
    mended: kernels,
  },
  {
    rows: ['MaxPool3D'],
    cases: /odd size|negative/,
    backends: ['wasm'],
    what: 'Of negative values the maximum is 1.2e-38, the smallest float above 0',
    mended: kernels,
  },
  {
    rows: ['Dilation2D'],
    cases: /stride 2, same/,
    backends: ['wasm'],
    what: 'The value is wrong for padding same with a stride',
    mended: notYet,
  },
  {
    rows: ['ResizeBilinear', 'ResizeNearestNeighbor'],
    cases: /halfPixelCenters/,
    backends: ['wasm', 'webgl'],
    what: 'The gradient does not know halfPixelCenters',
    mended: notYet,
  },
];

const webglFaults: readonly Fault[] = [
  {
    rows: ['Asinh'],
    cases: /-300/,
    backends: ['webgl'],
    what: 'asinh(x) of a large negative x cancels',
    mended: 'no: a kernel of tfjs',
  },
  {
    rows: ['Tan'],
    backends: ['webgl'],
    what: 'cos and tan agree to 3 digits only on some devices (here the software renderer)',
    mended: 'no: the device',
  },
  {
    rows: ['Dilation2D'],
    backends: ['webgl'],
    what: 'No kernels for the gradients',
    mended: 'no: kernels of tfjs',
  },
  {
    rows: ['FloorDiv'],
    backends: ['webgl'],
    what: 'The quotient of floats is rounded to the nearest whole number before it is rounded down',
    mended: 'no: a kernel of tfjs',
  },
  {
    rows: ['PadV2', 'Slice'],
    cases: /rank 5/,
    backends: ['webgl'],
    what: 'Padding and slicing, each the other one’s gradient, do not compile for rank 5',
    mended: 'no: a kernel of tfjs',
  },
];

const cpuFaults: readonly Fault[] = [
  {
    rows: ['MaxPool3D'],
    cases: /overlap/,
    backends: ['cpu'],
    what: 'The gradient mixes up the offsets of the three axes in a window',
    mended: 'no: a kernel of tfjs',
  },
  {
    rows: ['ResizeBilinear'],
    backends: ['cpu'],
    what: 'Height and width of the gradient are exchanged; halfPixelCenters are not known',
    mended: 'no: a kernel of tfjs',
  },
  {
    rows: ['ResizeNearestNeighbor'],
    backends: ['cpu'],
    what: 'The gradient is wrong from the second image on, and for smaller sizes',
    mended: 'no: a kernel of tfjs',
  },
];

export const faults: readonly Fault[] = [...gradientFaults, ...wasmFaults, ...webglFaults, ...cpuFaults];
