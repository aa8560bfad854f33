/**
 * Times training steps that are measured for "Signal and gradient" and steps that are not, in turns, in Node on one thread of wasm.
 *
 *     npm run build && node apps/lab/tools/measuringCost.mjs
 */
import { standardSettings, TrainingSession } from '@bn/lenet';
import { loadData, startBackend } from '@bn/lenet/node';
import { median } from '@bn/tooling/median';

const steps = { warm: 6, all: 40 };

await startBackend('wasm');
const dataset = await loadData({ dataset: 'mini', quiet: true }, new AbortController().signal);
for (const batchSize of [16, 256]) {
  const settings = { ...standardSettings, batchSize, epochs: 10, trainCount: dataset.train.count };
  const session = TrainingSession.begin({ norm: 'batch', placement: 'before' }, settings);
  const times = { plain: [], measured: [] };
  const controller = new AbortController();
  let taken = 0;
  let start = 0;
  await session
    .train(
      dataset,
      {
        isMeasurementDue() {
          start = performance.now();
          return taken % 2 === 1;
        },
        onStep() {
          const kind = taken % 2 === 1 ? 'measured' : 'plain';
          if (taken >= steps.warm) times[kind].push(performance.now() - start);
          if (++taken === steps.all + steps.warm) controller.abort();
        },
        isSaveDue: () => false,
        async save() {},
      },
      controller.signal,
    )
    .catch((error) => {
      if (!controller.signal.aborted) throw error;
    });
  const [plain, measured] = [times.plain, times.measured].map((values) => median(values).toFixed(1));
  console.log(`batches of ${batchSize}: ${plain} ms a step, ${measured} ms if it is measured`);
  session.model.dispose();
}
