/**
 * Times tfjs's wasm kernels beside those of this package, in alternating rounds of one process, and prints a table.
 *
 *     node scripts/bench-kernels.mjs          without fused multiply-add
 *     node scripts/bench-kernels.mjs --fma    with it, on an engine that needs a flag for relaxed SIMD
 *     node scripts/bench-kernels.mjs --only=3D    only the rows whose names match
 *
 * The least time of all rounds counts, as other work on the machine only ever adds. Absolute times change with the
 * machine; the ratios of one run are what to compare.
 */
import { setFlagsFromString } from 'node:v8';

if (process.argv.includes('--fma')) setFlagsFromString('--experimental-wasm-relaxed-simd');

await import('@tensorflow/tfjs');
const tf = await import('@tensorflow/tfjs-core');
const { kernelVariant, registerTrainingKernels, unregisterTrainingKernels } = await import(
  '../dist/index.js'
);
const { lenetStep } = await import('./lenet.mjs');

const only = new RegExp(process.argv.find((argument) => argument.startsWith('--only='))?.slice(7) ?? '');

const ROUNDS = 15;
/** Calls are repeated within a round until they take about this many milliseconds. */
const ROUND_MS = 10;

await tf.setBackend('wasm');
await tf.ready();

/**
 * The fastest way that tfjs's own kernels have to the filter's gradient at stride 1 without padding: a convolution in
 * which the batch is summed as channels are.
 */
function composedFilterGradient({ inputs: { x, dy } }) {
  return tf.tidy(() => {
    const image = tf.transpose(x, [3, 1, 2, 0]);
    const filter = tf.transpose(dy, [1, 2, 0, 3]);
    return tf.transpose(tf.conv2d(image, filter, 1, 'valid'), [1, 2, 0, 3]);
  });
}

const COMPOSED = {
  kernelName: 'Conv2DBackpropFilter',
  backendName: 'wasm',
  kernelFunc: (args) => composedFilterGradient(args),
};

function useOurs() {
  if (tf.getKernel('SigmoidGrad', 'wasm') !== undefined) return;
  tf.unregisterKernel('Conv2DBackpropFilter', 'wasm');
  registerTrainingKernels();
}

function useTfjs() {
  unregisterTrainingKernels();
  tf.registerKernel(COMPOSED);
}

/** Milliseconds of one call. */
function time(call, calls) {
  const start = performance.now();
  for (let i = 0; i < calls; ++i) {
    tf.tidy(() => {
      call();
    });
  }
  return (performance.now() - start) / calls;
}

function measure(name, call) {
  if (!only.test(name)) return;
  const sides = [
    { use: useTfjs, times: [] },
    { use: useOurs, times: [] },
  ];
  for (const side of sides) {
    side.use();
    // Twice: the first call may compile.
    time(call, 1);
    side.calls = Math.max(1, Math.round(ROUND_MS / time(call, 1)));
  }
  for (let round = 0; round < ROUNDS; ++round) {
    for (const side of sides) {
      side.use();
      side.times.push(time(call, side.calls));
    }
  }
  const [tfjs, ours] = sides.map(({ times }) => Math.min(...times));
  console.log(`| ${name} | ${tfjs.toFixed(2)} | ${ours.toFixed(2)} | ${(tfjs / ours).toFixed(1)} |`);
}

const random = (...shape) => tf.randomUniform(shape, -1, 1);
const run = (name, inputs, attributes) => tf.engine().runKernel(name, inputs, attributes);

function measureConvolution(name, xShape, filterShape, pad = 'valid') {
  const x = random(...xShape);
  const filter = random(...filterShape);
  const dy = tf.conv2d(x, filter, 1, pad);
  const attributes = { strides: 1, pad, dataFormat: 'NHWC', dilations: 1 };
  measure(`Conv2D, ${name}`, () => run('Conv2D', { x, filter }, attributes));
  if (pad === 'valid') {
    measure(`Conv2DBackpropFilter, ${name}`, () =>
      run('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape }),
    );
  }
  measure(`Conv2DBackpropInput, ${name}`, () =>
    run('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: xShape }),
  );
  tf.dispose([x, filter, dy]);
}

function measureMatmul(rows, columns, depth) {
  const size = `${rows}x${depth} by ${depth}x${columns}`;
  const [a, b] = [random(rows, depth), random(depth, columns)];
  const [aTransposed, bTransposed] = [random(depth, rows), random(columns, depth)];
  measure(`BatchMatMul, ${size}`, () => tf.matMul(a, b));
  measure(`BatchMatMul, ${size}, a transposed`, () => tf.matMul(aTransposed, b, true, false));
  measure(`BatchMatMul, ${size}, b transposed`, () => tf.matMul(a, bTransposed, false, true));
  tf.dispose([a, b, aTransposed, bTransposed]);
}

console.log(`Kernels: ${kernelVariant()}. Milliseconds, the least of ${ROUNDS} rounds.\n`);
console.log('| kernel, shape | tfjs | @bn/wasm-train | times faster |\n| --- | ---: | ---: | ---: |');

measureConvolution('256x28x28x1, 5x5, 6', [256, 28, 28, 1], [5, 5, 1, 6]);
measureConvolution('256x12x12x6, 5x5, 16', [256, 12, 12, 6], [5, 5, 6, 16]);
measureConvolution('2x56x56x64, 3x3, 64, same', [2, 56, 56, 64], [3, 3, 64, 64], 'same');
measureConvolution('2x56x56x64, 1x1, 64', [2, 56, 56, 64], [1, 1, 64, 64]);
measureConvolution('2x14x14x256, 3x3, 256', [2, 14, 14, 256], [3, 3, 256, 256]);
measureMatmul(256, 120, 256);
measureMatmul(512, 512, 512);

const y = random(256, 24, 24, 6);
const pooled = random(256, 12, 12, 6);
const bias = random(6);
const pooling = { filterSize: 2, strides: 2, pad: 'valid' };
measure('AvgPool, 256x24x24x6, 2x2', () => run('AvgPool', { x: y }, pooling));
measure('AvgPoolGrad, 256x24x24x6, 2x2', () => run('AvgPoolGrad', { dy: pooled, input: y }, pooling));
measure('MaxPoolGrad, 256x24x24x6, 2x2', () =>
  run('MaxPoolGrad', { dy: pooled, input: y, output: pooled }, pooling),
);
measure('Add of a bias, 256x24x24x6', () => tf.add(y, bias));
measure("Sum, a bias's gradient, 256x24x24x6", () => tf.sum(y, [0, 1, 2]));
const positions = random(8, 56, 56, 64);
measure('Mean of positions, 8x56x56x64', () => tf.mean(positions, [0, 1, 2]));
const sigmoidGradient = tf.getGradient('Sigmoid').gradFunc;
const reluGradient = tf.getGradient('Relu').gradFunc;
measure('gradient of sigmoid, 256x24x24x6', () => sigmoidGradient(y, [y], {}).x());
measure('gradient of relu, 256x24x24x6', () => reluGradient(y, [y], {}).x());

function measureFused(name, xShape, filterShape, activation, strides = 1) {
  const x = random(...xShape);
  const filter = random(...filterShape);
  const isDepthwise = name.startsWith('depthwise');
  const operation = isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  const bias = random(isDepthwise ? xShape[3] * filterShape[3] : filterShape[3]);
  measure(`Fused, ${name}, ${activation}`, () =>
    operation({ x, filter, strides, pad: 'same', bias, activation }),
  );
  tf.dispose([x, filter, bias]);
}

measureFused('2x56x56x64, 3x3, 64', [2, 56, 56, 64], [3, 3, 64, 64], 'relu');
measureFused('8x56x56x24, 1x1, 144', [8, 56, 56, 24], [1, 1, 24, 144], 'relu6');
measureFused('8x28x28x32, 1x1, 64', [8, 28, 28, 32], [1, 1, 32, 64], 'sigmoid');
measureFused('8x112x112x3, 3x3, 32, stride 2', [8, 112, 112, 3], [3, 3, 3, 32], 'relu6', 2);
measureFused('1x7x7x320, 1x1, 1280', [1, 7, 7, 320], [1, 1, 320, 1280], 'elu');
measureFused('depthwise 8x56x56x144, 3x3', [8, 56, 56, 144], [3, 3, 144, 1], 'relu6');
measureFused('depthwise 8x28x28x192, 3x3, stride 2', [8, 28, 28, 192], [3, 3, 192, 1], 'relu6', 2);
measureFused('depthwise 8x28x28x30, 5x5', [8, 28, 28, 30], [5, 5, 30, 1], 'linear');
measure('MaxPool, 256x24x24x6, 2x2', () => run('MaxPool', { x: y }, pooling));
measure('MaxPool, 8x56x56x64, 3x3', () =>
  run('MaxPool', { x: positions }, { filterSize: 3, strides: 2, pad: 'same' }),
);

function measureVolumes(name, xShape, filterShape) {
  const x = random(...xShape);
  const filter = random(...filterShape);
  const dy = tf.conv3d(x, filter, 1, 'same');
  const attributes = { strides: 1, pad: 'same', dataFormat: 'NDHWC', dilations: 1 };
  measure(`Conv3D, ${name}`, () => run('Conv3D', { x, filter }, attributes));
  measure(`Conv3DBackpropFilterV2, ${name}`, () =>
    run('Conv3DBackpropFilterV2', { x, dy }, { ...attributes, filterShape }),
  );
  measure(`Conv3DBackpropInputV2, ${name}`, () =>
    run('Conv3DBackpropInputV2', { dy, filter }, { ...attributes, inputShape: xShape }),
  );
  const pooled = tf.maxPool3d(x, 2, 2, 'valid');
  const input = { input: x, dy: pooled };
  measure(`AvgPool3D, ${name.split(',')[0]}, 2x2x2`, () => run('AvgPool3D', { x }, pooling));
  measure(`AvgPool3DGrad, ${name.split(',')[0]}, 2x2x2`, () => run('AvgPool3DGrad', input, pooling));
  measure(`MaxPool3D, ${name.split(',')[0]}, 2x2x2`, () => run('MaxPool3D', { x }, pooling));
  measure(`MaxPool3DGrad, ${name.split(',')[0]}, 2x2x2`, () =>
    run('MaxPool3DGrad', { ...input, output: pooled }, pooling),
  );
  tf.dispose([x, filter, dy, pooled]);
}

measureVolumes('2x16x32x32x16, 3x3x3, 16', [2, 16, 32, 32, 16], [3, 3, 3, 16, 16]);
measureVolumes('4x16x16x16x1, 3x3x3, 8', [4, 16, 16, 16, 1], [3, 3, 3, 1, 8]);

const embedding = random(10000, 128);
const words = tf.randomUniform([64, 100], 0, 10000, 'int32');
measure('GatherV2, 64x100 rows of 10000x128', () => tf.gather(embedding, words));

const step = lenetStep(tf);
measure('a training step of LeNet, batch 256', step);
