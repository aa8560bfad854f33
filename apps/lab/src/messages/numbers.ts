/** Numbers as people read them, in every language of the page. */

/** A share of 0.745 is 74.5%. */
export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)}%`;

/** A loss has three decimals. */
export const lossText = (loss: number): string => loss.toFixed(3);

/** Commas separate the thousands. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');

export const epochsText = (at: number): string => at.toFixed(2);

/** Three significant digits. */
export const short = (value: number): string => Number(value.toPrecision(3)).toString();
