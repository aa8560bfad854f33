/** Bytes that the files of this app have at most; those that are right are far shorter. */
export const longestFile = {
  /** A gzipped part of a data set. */
  data: 2 ** 30,
  /** A network with where its training stands. */
  checkpoint: 2 ** 26,
  configuration: 2 ** 20,
  metrics: 2 ** 26,
  lock: 2 ** 16,
} as const;
