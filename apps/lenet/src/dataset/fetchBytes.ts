/** Fetches one file of a known largest size over HTTP, all of it into memory. */
import { messageOf } from '../errors.js';

/** A server that sends nothing for this long has stalled. */
const stallMilliseconds = 30_000;

export interface FetchOptions {
  /** In bytes; a server that sends more sends something else. */
  readonly longest: number;
  /** Stops the download. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes that have arrived, of `total` if the server says how many there are. */
  onProgress?(received: number, total: number | undefined): void;
}

/** @throws Error if the server cannot be reached, answers with an error, stalls or sends too much. */
export async function fetchBytes(
  url: string,
  { longest, signal, onProgress }: FetchOptions,
): Promise<Buffer> {
  const stalled = new AbortController();
  const stall = () =>
    stalled.abort(new Error(`the server sent nothing for ${stallMilliseconds / 1000} seconds`));
  let timer = setTimeout(stall, stallMilliseconds);
  const signals = signal === undefined ? [stalled.signal] : [stalled.signal, signal];
  try {
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    if (response.body === null) throw new Error('the server answered with no data');
    const announced = Number(response.headers.get('content-length'));
    const total = announced > 0 ? announced : undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(stall, stallMilliseconds);
      chunks.push(chunk);
      received += chunk.length;
      if (received > longest) throw new Error(`the server sends more than ${longest} bytes`);
      onProgress?.(received, total);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

/** Why a fetch failed: the error itself hides that in its cause. */
export function fetchFailure(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return error instanceof TypeError && cause instanceof Error
    ? `${error.message} (${cause.message || (cause as NodeJS.ErrnoException).code})`
    : messageOf(error);
}
