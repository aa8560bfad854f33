/** A measurement that could not be made; the message says why. */
export class MeasurementError extends Error {
  override readonly name = 'MeasurementError';
}
