/** jax-js: the formula in its numpy, with the gradients of its grad. */
import { type CaseRow, type GoldenCase, parameterShape } from '@bn/conformance/golden';
import { defaultDevice, grad, init, numpy as np, type numpy } from '@jax-js/jax';
import { axesOf } from './axes.js';
import type { Answer, Started } from './contender.js';

type Tensor = numpy.Array;

export type JaxDevice = 'wasm' | 'webgpu';

/** The tensors of a case. */
interface Given {
  readonly x: Tensor;
  readonly gamma?: Tensor;
  readonly beta?: Tensor;
  readonly mean?: Tensor;
  readonly variance?: Tensor;
}

/** The package does not say its version at run time, nor lets its package.json be imported. A test compares the two. */
export const jaxVersion = '0.1.25';

/** @throws Error if the device cannot be started */
export async function jax(device: JaxDevice): Promise<Started> {
  if (!(await init(device)).includes(device)) throw new Error(`jax-js could not start its device ${device}`);
  defaultDevice(device);
  return { versions: { 'jax-js': jaxVersion }, forward, gradients };
}

async function forward(golden: GoldenCase): Promise<Answer> {
  return { y: await valuesOf(normalize(golden.row, tensorsOf(golden))) };
}

const gradientNames = { x: 'dx', gamma: 'dGamma', beta: 'dBeta' } as const;

async function gradients(golden: GoldenCase): Promise<Answer> {
  const { row, inputs } = golden;
  const { x, gamma, beta, ...rest } = tensorsOf(golden);
  const dy = np.array(inputs.dy).reshape([...row.shape]);
  const variables = { x, ...(gamma && { gamma }), ...(beta && { beta }) };
  const names = Object.keys(variables) as (keyof typeof gradientNames)[];
  const loss = (...values: Tensor[]) => {
    const given = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    const y = normalize(row, { ...(given as { x: Tensor }), ...rest });
    return y.mul(dy).sum();
  };
  const results = grad(loss, { argnums: [...names.keys()] })(...Object.values(variables)) as Tensor[];
  const entries = names.map(async (name, i) => [gradientNames[name], await valuesOf(results[i]!)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function tensorsOf({ row, inputs }: GoldenCase): Given {
  const { x, gamma, beta, mean, variance } = inputs;
  const parameters = Object.entries({ gamma, beta, mean, variance }).flatMap(([name, values]) =>
    values ? [[name, np.array(values).reshape(parameterShape(row))] as const] : [],
  );
  return { x: np.array(x).reshape([...row.shape]), ...Object.fromEntries(parameters) };
}

/** jax-js takes what it is given: `ref` lends a tensor that is used again. */
function normalize(row: CaseRow, { x, gamma, beta, ...given }: Given): Tensor {
  const { op, epsilon = 1e-5 } = row;
  const { grouped, axes, parameters } = axesOf(row);
  const scaled = (x: Tensor, variance: Tensor) => x.mul(np.reciprocal(np.sqrt(variance.add(epsilon))));
  const perChannel = (parameter: Tensor) => parameter.reshape(parameters);
  const meanOf = (x: Tensor) => np.mean(x, axes, { keepdims: true });
  const affine = (xhat: Tensor) => {
    const product = gamma ? xhat.mul(perChannel(gamma)) : xhat;
    return beta ? product.add(perChannel(beta)) : product;
  };
  if (op === 'rmsNorm') return affine(scaled(x.ref, meanOf(np.square(x))));
  if (op === 'batchNormInference') {
    return affine(scaled(x.sub(perChannel(given.mean!)), perChannel(given.variance!)));
  }
  const xGrouped = x.reshape(grouped);
  const centred = xGrouped.ref.sub(meanOf(xGrouped));
  return affine(scaled(centred.ref, meanOf(np.square(centred))).reshape([...row.shape]));
}

const valuesOf = (tensor: Tensor): Promise<ArrayLike<number>> => tensor.data() as Promise<Float32Array>;
