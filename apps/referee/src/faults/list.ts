/** The faults of tfjs 4.22, in the order of docs/tfjs.md. A test holds each of them to tfjs, and what mends it to the right result. */
import type { Fault } from './fault.js';
import { refusedGradients } from './gradients.js';
import { graphicsFaults } from './graphics.js';
import { layerFaults } from './layers.js';
import { loading } from './loading.js';
import { missingKernels } from './missing.js';
import { unlikeKeras } from './unlikeKeras.js';
import { wrongValues } from './values.js';

export interface Section {
  readonly title: string;
  readonly faults: readonly Fault[];
}

export const sections: readonly Section[] = [
  { title: 'Loading a model of Keras', faults: loading },
  { title: 'Kernels that wasm does not have', faults: missingKernels },
  { title: 'Gradients that are refused', faults: refusedGradients },
  { title: 'On webgl and webgpu', faults: graphicsFaults },
  { title: 'Layers', faults: layerFaults },
  { title: 'Wrong results, without a word', faults: [...wrongValues, ...unlikeKeras] },
];

export const faults: readonly Fault[] = sections.flatMap((section) => section.faults);
