/** The order in which predictions are worth a look. */
import type { Prediction } from '@bn/lenet';

/** What the network takes an image for, and what it is. */
export interface JudgedPrediction {
  /** Which image of the sample. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The predicted class's probability, 0 to 1. */
  readonly confidence: number;
}

/** Wrong ones first, the most confident at the front; then right ones, the least confident at the front. */
export function rank(predictions: readonly Prediction[], labels: ArrayLike<number>): JudgedPrediction[] {
  const judged = predictions.map(
    ({ label: predicted, confidence }, index): JudgedPrediction => ({
      index,
      label: labels[index]!,
      predicted,
      confidence,
    }),
  );
  const wrong = judged.filter(isWrong).sort((a, b) => b.confidence - a.confidence);
  const right = judged
    .filter((prediction) => !isWrong(prediction))
    .sort((a, b) => a.confidence - b.confidence);
  return [...wrong, ...right];
}

export const isWrong = ({ label, predicted }: JudgedPrediction): boolean => label !== predicted;
