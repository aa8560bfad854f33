/** Curves without their noise. */

/**
 * The exponential moving average of values: `m = weight * m + (1 - weight) * value`, from m = 0, divided by the weights that have
 * gone into it, so that the first values are not drawn towards 0 (as Adam corrects its moments, Kingma and Ba, 2015). What is
 * null is skipped and stays null.
 *
 * @param weight of what came before, from 0, which changes nothing, to below 1
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  let sum = 0;
  let weights = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    weights = weight * weights + (1 - weight);
    return sum / weights;
  });
}
