/// <reference types="@bn/tooling/raw" />
import * as tf from '@tensorflow/tfjs';
import '../../src/accelerate.js';
import * as accelerate from '@bn/core/accelerate';
import { accelerationSuite } from '@bn/tooling/accelerationSuite';
import tfjsTests from '@tensorflow/tfjs-core/dist/ops/batchnorm_test.js?raw';
import { webgpuBackend } from '../../src/index.js';

accelerationSuite({ backend: webgpuBackend, tf, accelerate, tfjsTests });
