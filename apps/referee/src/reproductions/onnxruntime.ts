/** The programs for onnxruntime-web, each with a model of one node. */
import type { Reproduction } from './reproduction.js';

const entryOf: Readonly<Record<string, string>> = {
  wasm: "import * as ort from 'onnxruntime-web';\n",
  webgpu: `import * as ort from 'onnxruntime-web/webgpu';
ort.env.wasm.wasmPaths = '/node_modules/onnxruntime-web/dist/';
`,
};

/** The longest part of a model that fits a line. */
const partLength = 120;

/** @param model a file of ONNX in base 64 */
const begin = (backend: string, model: string): string => `${entryOf[backend]!}const model =
  '${model.match(new RegExp(`.{1,${partLength}}`, 'g'))!.join("' +\n  '")}';
const session = await ort.InferenceSession.create(Uint8Array.from(atob(model), (char) => char.charCodeAt(0)), {
  executionProviders: ['${backend}'],
  logSeverityLevel: 4,
});
const feed = (values, shape) => new ort.Tensor('float32', values, shape);
`;

/** A program that normalizes 9999 and 10001. */
const farFromZero =
  (model: string, feeds: string): Reproduction['code'] =>
  (backend, printed) =>
    `${begin(backend, model)}const { y } = await session.run({ ${feeds} });
console.log(Math.round(y.data[0]), Math.round(y.data[1])); // ${printed}`;

const oneChannel = 'x: feed([9999, 10001], [1, 1, 2]), scale: feed([1], [1]), bias: feed([0], [1])';

export const onnxruntimeReproductions: readonly Reproduction[] = [
  {
    way: 'onnxruntime',
    title: 'GroupNormalization far from 0, of operator set 21; right is -1, 1',
    kind: 'wrong',
    operations: ['groupNorm'],
    prints: { wasm: '-316 316', webgpu: '-316 316' },
    code: farFromZero(
      'CAoSDEBibi9leGNoYW5nZTqaAQo6CgF4CgVzY2FsZQoEYmlhcxIBeSISR3JvdXBOb3JtYWxpemF0aW9uKhEKCm51bV9ncm91cHMYAaABAhIBbloXCgF4' +
        'EhIKEAgBEgwKAggBCgIIAQoCCAJaEwoFc2NhbGUSCgoICAESBAoCCAFaEgoEYmlhcxIKCggIARIECgIIAWIXCgF5EhIKEAgBEgwKAggBCgIIAQoCCAJC' +
        'BAoAEBU=',
      oneChannel,
    ),
  },
  {
    way: 'onnxruntime',
    title: 'LayerNormalization far from 0, of operator set 17; right is -1, 1',
    kind: 'wrong',
    operations: ['layerNorm'],
    prints: { webgpu: '-316 316' },
    code: farFromZero(
      'CAoSDEBibi9leGNoYW5nZTp/CicKAXgKBXNjYWxlCgRiaWFzEgF5IhJMYXllck5vcm1hbGl6YXRpb24SAW5aEwoBeBIOCgwIARIICgIIAQoCCAJaEwoF' +
        'c2NhbGUSCgoICAESBAoCCAJaEgoEYmlhcxIKCggIARIECgIIAmITCgF5Eg4KDAgBEggKAggBCgIIAkIECgAQEQ==',
      'x: feed([9999, 10001], [1, 2]), scale: feed([1, 1], [2]), bias: feed([0, 0], [2])',
    ),
  },
  {
    way: 'onnxruntime',
    title: 'InstanceNormalization far from 0, of operator set 17; right is -1, 1',
    kind: 'wrong',
    operations: ['instanceNorm'],
    prints: { webgpu: '-316 316' },
    code: farFromZero(
      'CAoSDEBibi9leGNoYW5nZTqKAQoqCgF4CgVzY2FsZQoEYmlhcxIBeSIVSW5zdGFuY2VOb3JtYWxpemF0aW9uEgFuWhcKAXgSEgoQCAESDAoCCAEKAggB' +
        'CgIIAloTCgVzY2FsZRIKCggIARIECgIIAVoSCgRiaWFzEgoKCAgBEgQKAggBYhcKAXkSEgoQCAESDAoCCAEKAggBCgIIAkIECgAQEQ==',
      oneChannel,
    ),
  },
  {
    way: 'onnxruntime',
    title: 'BatchNormalization in training, of operator set 15',
    kind: 'refused',
    prints: { webgpu: 'BatchNormalization trainingMode is not supported yet.' },
    code: (backend, message) => `${begin(
      backend,
      'CAoSDEBibi9leGNoYW5nZTrvAQpOCgF4CgVzY2FsZQoEYmlhcwoEbWVhbgoDdmFyEgF5EgFtEgF2IhJCYXRjaE5vcm1hbGl6YXRpb24qFAoNdHJhaW5p' +
        'bmdfbW9kZRgBoAECEgFuWhMKAXgSDgoMCAESCAoCCAIKAggBWhMKBXNjYWxlEgoKCAgBEgQKAggBWhIKBGJpYXMSCgoICAESBAoCCAFaEgoEbWVhbhIK' +
        'CggIARIECgIIAVoRCgN2YXISCgoICAESBAoCCAFiEwoBeRIOCgwIARIICgIIAgoCCAFiDwoBbRIKCggIARIECgIIAWIPCgF2EgoKCAgBEgQKAggBQgQK' +
        'ABAP',
    )}const [zero, one] = [feed([0], [1]), feed([1], [1])];
try {
  const feeds = { x: feed([1, 2], [2, 1]), scale: one, bias: zero, mean: zero, var: one };
  await session.run(feeds, { logSeverityLevel: 4 });
} catch (error) {
  console.log(error.message.split('Status Message: ')[1]); // ${message}
}`,
  },
];
