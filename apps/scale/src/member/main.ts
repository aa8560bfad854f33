/** A rank of a measurement. The job is in BN_JOB; rank 0 writes what it has measured into the file BN_RESULT. */
import { writeFileSync } from 'node:fs';
import { startMpi } from '@bn/mpi';
import { useThreads } from '@bn/wasm';
import '@bn/wasm-train';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { measureConvolution } from './convolution.js';
import { type Job, variables } from './job.js';
import { measureLeNet, measureWork } from './lenet.js';
import { measureLink } from './link.js';
import { measureMessages } from './messages.js';

const job = JSON.parse(process.env[variables.job]!) as Job;
await tf.setBackend('wasm');
if (job.task === 'lenet' && job.threads > 1) await useThreads(job.threads);
const group = await startMpi();
const result = measure();
if (group.rank === 0) writeFileSync(process.env[variables.result]!, JSON.stringify(result));

function measure(): unknown {
  switch (job.task) {
    case 'lenet':
      return measureLeNet(group, job);
    case 'work':
      return measureWork(group, job);
    case 'link':
      return measureLink(group, job);
    case 'messages':
      return measureMessages(group, job);
    case 'convolution':
      return measureConvolution(job);
  }
}
