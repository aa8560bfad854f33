/** The faults of tfjs 4.22 that the table shows. A test holds them to it: none without a case, no case without one. */
import { type CheckedBackend, checkedBackends } from '../table/backends.js';

export interface Fault {
  /** Operations or layers, by their names in the table. */
  rows: readonly string[];
  /** The cases of them that show it; all of them if left out. */
  cases?: RegExp;
  /** Where tfjs alone has it. */
  backends: readonly CheckedBackend[];
  what: string;
  /** What mends it, or why nothing does. */
  mended: string;
  /** Numbers of tfjs's issues about it. */
  issues?: readonly number[];
}

const everywhere = checkedBackends;
const kernels = 'on wasm: a kernel of @bn/wasm-train';
const gradients = 'everywhere: a gradient of @bn/wasm-train';

/** In tfjs's gradients, which all backends share. */
const gradientFaults: readonly Fault[] = [
  {
    rows: ['Maximum', 'Minimum', 'SquaredDifference', 'maximum', 'minimum'],
    backends: everywhere,
    what: 'The gradient is not summed over the axes that an input was broadcast along, and refused for its shape',
    mended: gradients,
  },
  {
    rows: ['BatchMatMul'],
    cases: /broadcast|for all of a batch|of lower rank/,
    backends: everywhere,
    what: 'The gradient of a broadcast product is not summed over the batch, and refused for its shape',
    mended: gradients,
    issues: [8721, 8548],
  },
  {
    rows: ['BatchMatMul'],
    cases: /both broadcast/,
    backends: ['webgl', 'cpu'],
    what: 'The value too, if both operands are broadcast: wrong on cpu, refused on webgl',
    mended: 'no: kernels of tfjs',
  },
  {
    rows: ['MirrorPad'],
    backends: everywhere,
    what: 'The gradient leaves out what the mirrored borders add',
    mended: gradients,
  },
  {
    rows: ['Cumsum'],
    cases: /first axis|middle axis/,
    backends: everywhere,
    what: 'The gradient along any axis but the last is transposed, and refused for its shape or wrong',
    mended: gradients,
  },
  {
    rows: ['Prod'],
    cases: /^the last axis$/,
    backends: everywhere,
    what: 'The gradient refuses a negative axis',
    mended: gradients,
  },
  {
    rows: ['Pow'],
    cases: /power 0 of 0/,
    backends: ['wasm', 'cpu'],
    what: 'The gradient of x^0 at 0 is 0 * infinity, not a number',
    mended: gradients,
  },
  {
    rows: ['Cast', 'FloorDiv'],
    backends: everywhere,
    what: 'A cast to int32 and a rounded quotient are steps, whose slope is 0; tfjs passes the gradient through them',
    mended: gradients,
  },
  {
    rows: ['Select', 'masking', 'thresholdedReLU'],
    cases: /condition made of x|of no masked step|of a series/,
    backends: everywhere,
    what: 'No gradient (which would be 0) for Greater, Less, LessEqual, Equal, NotEqual and Any: a condition made of x is refused',
    mended: gradients,
  },
  {
    rows: ['Tile'],
    cases: /rank 5/,
    backends: everywhere,
    what: 'No gradient for ranks above 4',
    mended: gradients,
  },
  {
    rows: ['GatherV2'],
    cases: /batchDims 2/,
    backends: everywhere,
    what: 'No gradient for more than one batch axis',
    mended: gradients,
  },
  {
    rows: ['FusedBatchNorm', 'batchNormalization'],
    cases: /1, C, 1, 1|channels first/,
    backends: everywhere,
    what: 'Statistics of shape [1, C, 1, 1] (an axis before the last): the value is wrong but on webgl, the gradient refused',
    mended: 'on wasm: value and gradient; on webgl the gradient',
  },
  {
    rows: ['FusedBatchNorm', 'layerNormalization'],
    cases: /no scale/,
    backends: everywhere,
    what: 'A gradient without scale or offset ends in "Cannot read properties of undefined"',
    mended: 'on wasm',
  },
  {
    rows: ['AvgPool', 'AvgPool3D', 'averagePooling1d', 'averagePooling2d', 'averagePooling3d'],
    cases: /same|overlap, same|padded|negative/,
    backends: everywhere,
    what: 'The gradient divides by the whole window where it reaches over the border; the value, by the pixels inside',
    mended: kernels,
  },
  {
    rows: [
      ...['Conv2D', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D'],
      ...['conv1d', 'conv2d', 'separableConv2d'],
    ],
    cases: /dilation/,
    backends: everywhere,
    what: 'No gradient for dilations',
    mended: gradients,
    issues: [7906],
  },
  {
    rows: ['Einsum'],
    backends: everywhere,
    what: 'No gradient, and on wasm no kernel',
    mended: 'a gradient of @bn/wasm-train, on every backend that has the kernel; on wasm the kernel too',
  },
  {
    rows: ['conv3dTranspose'],
    backends: everywhere,
    what: 'Conv3DBackpropInputV2, which the layer is made of, has no gradient',
    mended: gradients,
  },
  {
    rows: ['centerCrop'],
    backends: everywhere,
    what: 'CropAndResize has no gradient',
    mended: gradients,
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
    rows: [
      ...['Conv2D', 'Conv2DBackpropInput', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D'],
      ...['conv1d', 'conv2d', 'conv2dTranspose', 'convLstm2d', 'convLstm2dCell', 'depthwiseConv2d'],
      ...['separableConv2d', 'timeDistributed'],
    ],
    backends: ['wasm'],
    what: 'No kernels for the gradients of filters and of depthwise convolutions',
    mended: kernels,
    issues: [8474],
  },
  {
    rows: ['GatherV2', 'UnsortedSegmentSum', 'embedding'],
    backends: ['wasm'],
    what: 'No UnsortedSegmentSum kernel, which the gradient of gather (of an embedding) needs',
    mended: kernels,
    issues: [8082],
  },
  {
    rows: ['Conv3D', 'conv3d'],
    backends: ['wasm'],
    what: 'The gradient of x is added to memory that was not cleared, and wrong for strides; so is the gradient of the filter',
    mended: kernels,
  },
  {
    rows: ['MaxPool', 'maxPooling1d'],
    backends: ['wasm'],
    what: 'The gradient is added to memory that was not cleared',
    mended: kernels,
  },
  {
    rows: ['MaxPool3D', 'maxPooling3d'],
    cases: /odd size|negative/,
    backends: ['wasm'],
    what: 'Of negative values the maximum is 1.2e-38, the smallest float above 0',
    mended: kernels,
  },
  {
    rows: ['Dilation2D'],
    cases: /stride 2, same/,
    backends: ['wasm'],
    what: 'A maximum below 0 is 1.2e-38, the smallest float above 0',
    mended: kernels,
  },
  {
    rows: ['ResizeBilinear', 'ResizeNearestNeighbor'],
    cases: /halfPixelCenters/,
    backends: ['wasm', 'webgl'],
    what: 'The gradient does not know halfPixelCenters',
    mended: gradients,
  },
];

const webglFaults: readonly Fault[] = [
  {
    rows: ['BatchMatMul'],
    cases: /odd depth/,
    backends: ['webgl'],
    what: 'If the inner length is odd, what earlier operations left beyond the ends of both operands is added to the sums: training goes wrong, from the second step of SGD on, for a layer of 3 classes say',
    mended: 'no: a kernel of tfjs',
  },
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
    rows: ['ResizeBilinear', 'randomWidth', 'resizing', 'upSampling2d'],
    backends: ['cpu'],
    what: 'Height and width of the gradient are exchanged; halfPixelCenters are not known',
    mended: gradients,
  },
  {
    rows: ['ResizeNearestNeighbor', 'resizing', 'upSampling2d'],
    backends: ['cpu'],
    what: 'The gradient is wrong from the second image on, and for smaller sizes',
    mended: gradients,
  },
];

export const faults: readonly Fault[] = [...gradientFaults, ...wasmFaults, ...webglFaults, ...cpuFaults];
