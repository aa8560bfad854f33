/** Tensors whose sizes do not go together. Nothing was computed, and the heap is as it was. */
export class ShapeError extends Error {
  readonly code = 'BN_SHAPE';

  constructor(message: string) {
    super(message);
    this.name = 'ShapeError';
  }
}
