export function fuzz(
  target: string,
  options: { readonly runs: number; readonly seed: number; readonly kept?: string },
): Promise<{ readonly tried: number; readonly accepted: number; readonly refused: number }>;
