/** Which batches training refuses. Apart from what needs tfjs: the lab's page leaves that to its worker. */

import { counted } from '../counts.js';
import { OptionError } from '../errors.js';
import { leavesLoneImage, type Norm } from '../model/architecture.js';

/** What is wrong with a batch size: it leaves one image in a batch, which has no variance, and the norm takes one over the batch. */
export function loneImageError(norm: Norm, batchSize: number, trainCount: number): OptionError | undefined {
  if (!leavesLoneImage(norm, batchSize, trainCount)) return undefined;
  return new OptionError(
    `Batches of ${batchSize} leave a single image of ${counted(trainCount)} for the last batch, and batch norm needs at least two to ` +
      'have a variance. Choose another batch size.',
    { code: 'LENET_LONE_IMAGE', details: { batchSize, count: trainCount } },
  );
}
