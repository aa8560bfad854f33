/** Whether all members mean the same run: what would be silent garbage otherwise is refused before the first step. */
import { createHash } from 'node:crypto';
import { AgreementError } from '../errors.js';
import type { Exchange } from './exchange.js';

/** Something that all members must have alike: a setting, or bytes, of which only a checksum travels. */
export type Agreed = string | number | boolean | null | ArrayBufferView;

/**
 * Returns if every member gives the same names and values. Bytes are compared by their SHA-256.
 *
 * @throws AgreementError on every member; it names what differs, and which ranks have what.
 */
export function agree(values: Readonly<Record<string, Agreed>>, exchange: Exchange): void {
  const shown = Object.entries(values).map(([name, value]) => [name, textOf(value)] as const);
  const bytes = Buffer.from(JSON.stringify(shown));
  const members = exchange.gather('agree', Float64Array.from(bytes)).map(parse);
  const names = [...new Set(members.flatMap((member) => [...member.keys()]))];
  const problems = names.flatMap((name) => difference(name, members));
  if (problems.length === 0) return;
  const message = `the members of this group are not of one run: ${problems.join('; ')}`;
  throw new AgreementError(message, exchange.rank);
}

const parse = (bytes: Float64Array): ReadonlyMap<string, string> =>
  new Map(JSON.parse(Buffer.from(Uint8Array.from(bytes)).toString()) as [string, string][]);

/** Nothing, or a sentence such as: batchSize is 256 on ranks 0, 2 and 128 on rank 1. */
function difference(name: string, members: readonly ReadonlyMap<string, string>[]): string[] {
  const ranks = new Map<string, number[]>();
  for (const [rank, member] of members.entries()) {
    const value = member.get(name) ?? 'not given';
    ranks.set(value, [...(ranks.get(value) ?? []), rank]);
  }
  if (ranks.size === 1) return [];
  const parts = [...ranks].map(
    ([value, having]) => `${value} on ${having.length === 1 ? 'rank' : 'ranks'} ${having.join(', ')}`,
  );
  return [`${name} is ${parts.join(' and ')}`];
}

/** Numbers by their bits: JSON has no NaN and no infinity. */
function textOf(value: Agreed): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return `${value.byteLength} bytes with SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`;
}
