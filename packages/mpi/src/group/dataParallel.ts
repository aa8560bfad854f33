/** An optimizer whose gradients are those of the whole group. */
import * as tf from '@tensorflow/tfjs-core';

/** A weight of an optimizer; tfjs-core has the type, but does not export it. */
type NamedTensor = Awaited<ReturnType<tf.Optimizer['saveIterations']>>;

/** How the gradients of all members become one. */
type Average = (gradients: tf.NamedTensorMap) => tf.NamedTensorMap;

/** Averages, then lets `optimizer` take its step. Its name, weights and configuration are those of `optimizer`. */
export class DataParallelOptimizer extends tf.Optimizer {
  constructor(
    private readonly optimizer: tf.Optimizer,
    private readonly average: Average,
  ) {
    super();
  }

  override applyGradients(gradients: tf.NamedTensorMap | NamedTensor[]): void {
    const named = Array.isArray(gradients)
      ? Object.fromEntries(gradients.map(({ name, tensor }: NamedTensor) => [name, tensor]))
      : gradients;
    // Like minimize, all members give the same variables; one without a gradient is left out by all.
    const present = Object.fromEntries(Object.entries(named).filter(([, gradient]) => gradient != null));
    const means = this.average(present);
    this.optimizer.applyGradients(means);
    tf.dispose(means);
  }

  override get iterations(): number {
    return this.optimizer.iterations;
  }

  override saveIterations(): Promise<NamedTensor> {
    return this.optimizer.saveIterations();
  }

  override getWeights(): Promise<NamedTensor[]> {
    return this.optimizer.getWeights();
  }

  override setWeights(values: NamedTensor[]): Promise<void> {
    return this.optimizer.setWeights(values);
  }

  override dispose(): void {
    this.optimizer.dispose();
  }

  override getClassName(): string {
    return this.optimizer.getClassName();
  }

  getConfig() {
    return this.optimizer.getConfig();
  }
}
