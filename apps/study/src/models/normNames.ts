/** The names of what may stand behind a layer. */

export const studyNorms = [
  'none',
  'batch',
  'layer',
  'group',
  'instance',
  'l1',
  'l2',
  'linf',
  'noisyBatch',
] as const;
export type StudyNorm = (typeof studyNorms)[number];
