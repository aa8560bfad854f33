/** The tests of what operations cost on a GPU, and that the README says so; the same for every backend that runs on one. */
import { afterEach, expect, it } from 'vitest';

const image = [8, 16, 32, 32];
const imageChannelsLast = [8, 32, 32, 16];
const rows = [128, 256];

/**
 * @param {object} options
 * @param {typeof import('@tensorflow/tfjs')} options.tf
 * @param {typeof import('@bn/core')} options.core
 * @param {'draws' | 'dispatches'} options.calls The name of the calls that are counted.
 * @param {(run: () => void) => import('./costsSuite.mjs').GpuCounts} options.countGpu Counts what `run` asks of the GPU.
 * @param {() => string | Promise<string>} options.readme Reads the README with the table.
 * @param {object} options.most The most calls forward, and forward and backward, of batch norm and of the others.
 * @param {number} options.layer Calls of a layer's step forward, running statistics among them.
 * @param {number} options.inference Calls of inference.
 * @param {readonly number[][]} options.images Shapes of images that share their programs.
 */
export function costsSuite({ tf, core, calls, countGpu, readme, most, layer, inference, images }) {
  const operations = operationsOf(core, tf);

  /** A tensor that an operation has left on the GPU. */
  const onGpu = (shape) => tf.tidy(() => tf.relu(tf.randomNormal(shape)));

  /** Counts of what comes after a first run, which uploads what is still on the CPU and compiles. */
  function counts(run) {
    tf.dispose(run());
    return countOnce(run);
  }

  function countOnce(run) {
    let results = [];
    const result = countGpu(() => {
      results = run();
    });
    tf.dispose(results);
    return result;
  }

  function costsOf({ operation, shape, channels }) {
    const given = [onGpu(shape), onGpu([channels]), onGpu([channels])];
    const dy = onGpu(shape);
    const forward = counts(() => operation(...given));
    const both = counts(() => tf.grads(operation)(given, dy));
    tf.dispose([...given, dy]);
    return { forward, both };
  }

  /** In units of the bytes of x: what is read or written besides is small. */
  const timesX = (bytes, shape) => (bytes / (4 * tf.util.sizeFromShape(shape))).toFixed(1);

  it(`the README has the ${calls} and bytes that operations cost`, async () => {
    const table = Object.entries(operations).map(([name, described]) => {
      const { forward, both } = costsOf(described);
      const cells = [forward, both].flatMap((cost) => [
        `${cost.calls}`,
        timesX(cost.bytesRead, described.shape),
        timesX(cost.bytesWritten, described.shape),
      ]);
      return `| ${[name, ...cells].join(' | ')} |`;
    });
    const text = (await readme()).replace(/ +/g, ' ');
    for (const row of table) expect(text, `missing in the README:\n${table.join('\n')}\n`).toContain(row);
  });

  it(`takes no more ${calls} than it may, and reads nothing back`, () => {
    for (const [name, described] of Object.entries(operations)) {
      const { forward, both } = costsOf(described);
      const bound = name.startsWith('BatchNorm') ? most.batchNorm : most.others;
      expect(forward.calls, name).toBeLessThanOrEqual(bound.forward);
      expect(both.calls, name).toBeLessThanOrEqual(bound.both);
      expect(forward.readbacks + both.readbacks, name).toBe(0);
    }
  });

  it(`a layer with running statistics takes ${layer} ${calls}, and inference ${inference}`, () => {
    const norm = new core.BatchNorm({ numFeatures: 16 });
    const x = onGpu(image);
    expect(counts(() => norm.apply(x, { training: true })).calls).toBe(layer);
    norm.dispose();
    const [mean, variance] = [onGpu([16]), onGpu([16])];
    expect(counts(() => core.batchNormInference(x, { mean, variance })).calls).toBe(inference);
    tf.dispose([x, mean, variance]);
  });

  it('another batch size, and another image size, compile nothing', () => {
    const programs = (operation, shape, channels) => {
      const given = [onGpu(shape), onGpu([channels])];
      const dy = onGpu(shape);
      const counted = countOnce(() => tf.grads(operation)(given, dy));
      tf.dispose([...given, dy]);
      return counted.programs;
    };
    const batch = (x, gamma) => batchNorm(core, tf, x, { gamma });
    const rms = (x, gamma) => core.rmsNorm(x, { normalizedShape: gamma.shape, gamma });
    const [first, ...others] = images;
    expect(programs(batch, first, first[1])).toBeGreaterThan(0);
    for (const shape of others) expect(programs(batch, shape, shape[1]), `${shape}`).toBe(0);
    expect(programs(rms, [16, 32], 32)).toBeGreaterThan(0);
    expect(programs(rms, [400, 32], 32)).toBe(0);
  });

  afterEach(() => {
    expect(tf.memory().numTensors).toBe(0);
  });
}

function batchNorm(core, tf, x, options) {
  const { y, mean, variance } = core.batchNorm(x, options);
  tf.dispose([mean, variance]);
  return y;
}

/** Operations of x, gamma and beta, by their names in the table. */
function operationsOf(core, tf) {
  const batch = (dataFormat) => (x, gamma, beta) => batchNorm(core, tf, x, { gamma, beta, dataFormat });
  const group = (dataFormat) => (x, gamma, beta) =>
    core.groupNorm(x, { numGroups: 4, gamma, beta, dataFormat });
  const layerNorm = (x, gamma, beta) => core.layerNorm(x, { normalizedShape: gamma.shape, gamma, beta });
  const of = (operation, shape, channels) => ({ operation, shape, channels });
  return {
    'BatchNorm `[N, C, H, W]`': of(batch('channelsFirst'), image, 16),
    'BatchNorm `[N, H, W, C]`': of(batch('channelsLast'), imageChannelsLast, 16),
    'BatchNorm `[N, C]`': of(batch('channelsFirst'), rows, 256),
    'GroupNorm `[N, C, H, W]`': of(group('channelsFirst'), image, 16),
    'GroupNorm `[N, H, W, C]`': of(group('channelsLast'), imageChannelsLast, 16),
    'LayerNorm `[N, D]`': of(layerNorm, rows, 256),
  };
}
