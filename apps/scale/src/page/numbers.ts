/** How the page writes numbers. */

/** Three digits, with commas for thousands. */
export const digits = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');

/** All digits, with commas for thousands. */
export const whole = (value: number): string => value.toLocaleString('en');

export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Of bytes. */
export const megabytes = (bytes: number): string => `${digits(bytes / 1e6)} MB`;
