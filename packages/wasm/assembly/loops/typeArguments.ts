/** The type arguments of the loops. The compiler makes a loop for each combination that is called for. */

/** How many runs of floats go through a loop together and share what it loads. `sizeof` is their number. */
export type OneRun = u8;
export type TwoRuns = u16;
export type FourRuns = u32;

/** Sums of a gradient, which have the address of dy; or of a statistic, which have `false` in its place. */
export type WithDy = usize;
export type NoDy = bool;
