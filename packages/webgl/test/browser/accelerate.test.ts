/// <reference types="@bn/tooling/raw" />
import * as tf from '@tensorflow/tfjs';
import '../../src/accelerate.js';
import * as accelerate from '@bn/core/accelerate';
import * as graph from '@bn/core/graph';
import { accelerationSuite } from '@bn/tooling/accelerationSuite';
import { graphModelSuite } from '@bn/tooling/graphModelSuite';
import tfjsTests from '@tensorflow/tfjs-core/dist/ops/batchnorm_test.js?raw';
import { webglBackend } from '../../src/index.js';

accelerationSuite({ backend: webglBackend, tf, accelerate, tfjsTests });
graphModelSuite({ backend: webglBackend.name, tf, graph });
