/** Whole models on a GPU backend in a page, beside the same on tfjs's cpu with the float64 sums of @bn/cpu-ref. */
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadKerasModel } from '../../src/index.js';
import { expectClose } from './compare.js';
import { layerOutcome, layers, type Outcome, taken } from './deviceLayers.js';
import { maskedOutcome, toolOutcome, tools } from './deviceTools.js';
import { images } from './models.js';

/** A GPU rounds more coarsely than IEEE float32, and training adds its rounding up. */
const tolerance = 1e-4;

/** Folders of golden/keras3. */
const files = ['normalizations', 'residual', 'nested-sequential'];

/** What comes of a layer or tool on cpu, which is the same for all suites of a page. */
const onCpu = new Map<string, Outcome>();

interface Recorded {
  readonly shape: number[];
  readonly values: number[];
}

function expectOutcome(actual: Outcome, expected: Outcome): void {
  for (const [key, lists] of Object.entries(expected)) {
    expect(actual[key]!.length, key).toBe(lists.length);
    lists.forEach((values, i) => {
      expectClose(actual[key]![i]!, values, tolerance);
    });
  }
}

/**
 * Tests of a backend of tfjs.
 *
 * @param kernels Whether a package has kernels for it. Without, what would run the same kernels again is left out.
 */
export function deviceSuite(backend: string, { kernels }: { kernels: boolean }): void {
  describe(`whole models on ${backend}`, () => {
    let before: Pick<tf.MemoryInfo, 'numTensors' | 'numDataBuffers'>;
    beforeAll(() => useBackend(backend));
    beforeEach(() => {
      const { numTensors, numDataBuffers } = tf.memory();
      before = { numTensors, numDataBuffers };
    });
    afterEach(() => {
      expect(tf.memory()).toMatchObject(before);
    });

    async function outcomeOnCpu(name: string, make: () => Promise<Outcome>): Promise<Outcome> {
      if (!onCpu.has(name)) {
        await useBackend('cpu');
        onCpu.set(name, await make());
        await useBackend(backend);
      }
      return onCpu.get(name)!;
    }

    it.each(Object.entries(layers))('%s predicts, differentiates and trains', async (name, make) => {
      const expected = await outcomeOnCpu(name, () => layerOutcome(make));
      expectOutcome(await layerOutcome(make, expected.start), expected);
    });

    it.each(Object.entries(tools).filter(([name]) => kernels || name === 'recomputeRunningStats'))(
      '%s',
      async (name, tool) => {
        expectOutcome(await toolOutcome(tool), await outcomeOnCpu(name, () => toolOutcome(tool)));
      },
    );

    it('BatchNormalization trains with the mask of the graph', async () => {
      expectOutcome(await maskedOutcome(), await outcomeOnCpu('mask', maskedOutcome));
    });

    it.each(kernels ? files : files.slice(0, 1))(
      'loadKerasModel reads %s from a server: it predicts what PyTorch computes',
      async (name) => {
        const folder = `/golden/keras3/${name}`;
        const model = await loadKerasModel(`${folder}/model.json`);
        const response = await fetch(`${folder}/expected.json`);
        const recorded = (await response.json()) as Record<'inputs' | 'outputs', Recorded[]>;
        const inputs = recorded.inputs.map(({ shape, values }) => tf.tensor(values, shape));
        const outputs = await taken(model.predict(inputs));
        recorded.outputs.forEach(({ values }, i) => {
          expectClose(outputs[i]!, values, tolerance);
        });
        tf.dispose(inputs);
        model.dispose();
      },
    );

    it('a model of all layers is saved in the browser and loaded as it was', async () => {
      const made = await Promise.all(Object.values(layers).map((make) => make()));
      const conv = tf.layers.conv2d({ filters: 8, kernelSize: 3, inputShape: [6, 6, 3] });
      const model = tf.sequential({ layers: [conv, ...made] });
      const { x, y } = images(4);
      const expected = await taken(model.predict(x) as tf.Tensor);
      const place = `indexeddb://${backend}`;
      await model.save(place);
      model.dispose();
      const loaded = await loadKerasModel(place);
      expect(loaded.layers.map((layer) => layer.getClassName())).toEqual(
        [conv, ...made].map((layer) => layer.getClassName()),
      );
      expect(await taken(loaded.predict(x) as tf.Tensor)).toEqual(expected);
      await tf.io.removeModel(place);
      tf.dispose([x, y]);
      loaded.dispose();
    });
  });
}
