import * as core from '@bn/core';
import { exampleSuite } from '@bn/tooling/exampleSuite';
import * as tf from '@tensorflow/tfjs';
import { commands } from 'vitest/browser';
import '../../src/index.js';

exampleSuite({ name: '@bn/webgl', readme: () => commands.readFile('README.md'), tf, core });
