/** jax-js: the formula in its numpy, compiled by its jit, with the gradients of its grad. */
import { blockUntilReady, defaultDevice, grad, init, jit, numpy as np, type numpy } from '@jax-js/jax';
import type { Case } from '../grid/cases.js';
import type { Backend } from '../grid/contenders.js';
import { epsilon, groupCount } from '../grid/operations.js';
import { channelAxis, elementCount, storedShape } from '../grid/shapes.js';
import type { Prepared } from '../measuring/prepared.js';
import { Unsupported, type Workbench } from '../measuring/serve.js';
import { randomValues } from './data.js';

type Tensor = numpy.Array;

/** Of the package, which does not say it at run time; a test compares it with package.json. */
export const jaxVersion = '0.1.25';

/** @throws Error if the device cannot be started */
export async function jaxWorkbench(backend: Backend): Promise<Workbench> {
  const device = backend === 'webgpu' ? 'webgpu' : 'wasm';
  if (!(await init(device)).includes(device)) throw new Error(`jax-js could not start its device ${device}`);
  defaultDevice(device);
  return {
    hello: { versions: { 'jax-js': jaxVersion } },
    prepare,
    // It does not show its heap.
    heapBytes: () => 0,
  };
}

function prepare(task: Case): Prepared | Unsupported {
  if (task.operation === 'batchNormLayer') return new Unsupported('has no layers with running statistics');
  if (task.phase === 'step') return new Unsupported('has no LeNet here');
  if (task.phase === 'copy' || task.phase === 'read') return new Unsupported('normalizations only');
  const channels = task.shape[channelAxis(task.operation, task.shape)]!;
  const parameter = () => array([channels], perChannel(task));
  const x = array(storedShape(task.shape, task.dataFormat));
  const [gamma, beta, mean] = [parameter(), parameter(), parameter()];
  const variance = np.ones(perChannel(task));
  const kept = [x, gamma, beta, mean, variance];
  const results: Tensor[] = [];
  const disposeResults = () => {
    for (const result of results.splice(0)) result.dispose();
  };
  const compute = computation();
  return {
    // Kept until they are there: jax-js leaves out what is disposed before it was computed.
    run: () => results.push(...compute()),
    async finish() {
      await blockUntilReady(results);
      disposeResults();
    },
    dispose() {
      disposeResults();
      for (const tensor of kept) tensor.dispose();
    },
  };

  /** Results of a run; jax-js takes what it is given, so each run lends a reference. */
  function computation(): () => Tensor[] {
    if (task.operation === 'batchNorm' && task.phase === 'inference') {
      const infer = jit((x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor) =>
        affine(scaled(x.sub(mean), variance), gamma, beta),
      );
      return () => [infer(x.ref, gamma.ref, beta.ref, mean.ref, variance.ref)];
    }
    if (task.phase !== 'forwardBackward') {
      const forward = jit((x: Tensor, gamma: Tensor, beta: Tensor) => normalize(task, x, gamma, beta));
      return () => [forward(x.ref, gamma.ref, beta.ref)];
    }
    const dy = array(storedShape(task.shape, task.dataFormat));
    kept.push(dy);
    const gradients = jit(
      grad(
        (x: Tensor, gamma: Tensor, beta: Tensor, dy: Tensor) => normalize(task, x, gamma, beta).mul(dy).sum(),
        { argnums: task.operation === 'rmsNorm' ? [0, 1] : [0, 1, 2] },
      ),
    );
    return () => gradients(x.ref, gamma.ref, beta.ref, dy.ref) as Tensor[];
  }
}

/** @param stored the shape to give the values, if it is not the one to draw them for */
const array = (shape: readonly number[], stored: readonly number[] = shape): Tensor =>
  np.array(randomValues(shape)).reshape([...stored]);

/** The axis of the channels, and the shape of one parameter per channel. */
const channelAxisOf = ({ operation, shape, dataFormat }: Case): number =>
  dataFormat === 'channelsLast' ? shape.length - 1 : channelAxis(operation, shape);
const perChannel = (task: Case): number[] =>
  storedShape(task.shape, task.dataFormat).map((size, axis) => (axis === channelAxisOf(task) ? size : 1));

export function normalize(task: Case, x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  const { operation, shape } = task;
  const last = shape.length - 1;
  if (operation === 'rmsNorm') {
    beta.dispose();
    const square = np.mean(np.square(x.ref), last, { keepdims: true });
    return scaled(x, square).mul(gamma);
  }
  if (operation === 'layerNorm') return affine(standardize(x, [last]), gamma, beta);
  if (operation === 'groupNorm') {
    const { grouped, axes } = groups(task);
    const stored = storedShape(shape, task.dataFormat);
    return affine(standardize(x.reshape(grouped), axes).reshape(stored), gamma, beta);
  }
  const channels = channelAxisOf(task);
  const axes = [...shape.keys()].filter(
    (axis) => axis !== channels && !(operation === 'instanceNorm' && axis === 0),
  );
  return affine(standardize(x, axes), gamma, beta);
}

/** The shape with an axis for the groups, and the axes within a group. */
function groups({ shape, dataFormat }: Case): { grouped: number[]; axes: number[] } {
  const [batch, channels] = shape as [number, number];
  const perGroup = channels / groupCount;
  const positions = elementCount(shape) / batch / channels;
  return dataFormat === 'channelsLast'
    ? { grouped: [batch, positions, groupCount, perGroup], axes: [1, 3] }
    : { grouped: [batch, groupCount, perGroup * positions], axes: [2] };
}

function standardize(x: Tensor, axes: number[]): Tensor {
  const centred = x.ref.sub(np.mean(x, axes, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), axes, { keepdims: true });
  return scaled(centred, variance);
}

const scaled = (x: Tensor, variance: Tensor): Tensor => x.mul(np.reciprocal(np.sqrt(variance.add(epsilon))));

const affine = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor => x.mul(gamma).add(beta);
