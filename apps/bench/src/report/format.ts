/** How numbers are written, in the terminal, in reports and on the page alike. */

/** Three significant digits, without exponent; commas separate the thousands. */
export function significant(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const digits = value.toFixed(Math.min(decimals, 6));
  return Math.abs(value) < 999.5 ? digits : Number(digits).toLocaleString('en');
}

export const percent = (fraction: number): string => `${Math.round(fraction * 100).toLocaleString('en')}%`;

export const times = (ratio: number): string => `${significant(ratio)}x`;

/** A ratio in two digits, for sentences. */
export const short = (ratio: number): string =>
  ratio >= 9.95 ? ratio.toFixed(0) : ratio.toFixed(ratio < 0.995 ? 2 : 1);

const units = ['B', 'KB', 'MB', 'GB'];

/** Bytes in powers of 1024. */
export function bytes(count: number): string {
  let value = Math.abs(count);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${count < 0 ? '-' : ''}${value.toFixed(digits)} ${units[unit]}`;
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
