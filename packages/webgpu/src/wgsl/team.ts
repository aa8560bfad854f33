/**
 * A team is 1, 8 or all 64 threads of a workgroup that work on one unit and then put their results together, through workgroup
 * memory. Every thread of the workgroup must call the functions that do so, since they hold barriers.
 */
import type { Team } from '../device/parallelism.js';

/**
 * `name(thread, value)` gives every thread of a team the team's values put together by `combine`, a WGSL function of two of
 * `type`. Teams of 64 do it in two levels of eight.
 */
export function together(name: string, type: string, combine: string, team: Team): string {
  if (team === 1) return `fn ${name}(thread: u32, value: ${type}) -> ${type} { return value; }`;
  const collect = (first: string, stride: number) => `
  var sum = ${name}Shared[${first}];
  for (var k = 1u; k < 8u; k++) { sum = ${combine}(sum, ${name}Shared[${first} + k * ${stride}u]); }`;
  return `
var<workgroup> ${name}Shared: array<${type}, 64>;
fn ${name}(thread: u32, value: ${type}) -> ${type} {
  ${name}Shared[thread] = value;
  workgroupBarrier();
  ${
    team === 8
      ? collect('(thread & 56u)', 1)
      : `if ((thread & 7u) == 0u) {${collect('thread', 1)}
    ${name}Shared[thread] = sum;
  }
  workgroupBarrier();${collect('0u', 8)}`
  }
  return sum;
}
`;
}

/** Steps of a run that each thread takes, at least, if more threads share it. */
const LEAST_STEPS = 8;

/** Threads for a run of this many elements, at most `most`: neighbours in memory go to neighbouring threads. */
export const teamOf = (runLength: number, most: Team): Team => {
  const useful = runLength >= 64 * 4 * LEAST_STEPS ? 64 : runLength >= 8 * LEAST_STEPS ? 8 : 1;
  return useful < most ? useful : most;
};
