import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { idx } from '@bn/tooling/idx';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, onTestFinished, test } from 'vitest';
import { fileNames, miniChecksums } from '../src/dataset/files.js';
import { loadDataset } from '../src/dataset/resolve.js';
import { DownloadError } from '../src/errors.js';
import { emptyPlaces, miniPath } from './support.js';

/** Places without data whose server, here, answers as `listener` does; the subset stands in for the full data set. */
async function placesServedBy(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
  return { ...emptyPlaces(await temporaryFolder()), url, checksums: miniChecksums };
}

/** Answers with the subset's files, but for those that `instead` answers. */
const serveMini =
  (instead: Record<string, RequestListener> = {}): RequestListener =>
  async (request, response) => {
    const name = request.url?.replace('/files/', '') ?? '';
    if (instead[name]) return instead[name](request, response);
    const bytes = await readFile(join(miniPath, name));
    response.setHeader('content-length', bytes.length).end(bytes);
  };

test('full downloads the four files into the cache folder, tells of its progress, and loads them', async () => {
  const places = await placesServedBy(serveMini());
  const progress: [string, number, number | undefined][] = [];
  const files: string[] = [];
  const dataset = await loadDataset('full', {
    places,
    onProgress: (...step) => progress.push(step),
    onFile: (name) => files.push(name),
  });
  expect(dataset).toMatchObject({ name: 'full', path: places.cache, train: { count: 6000 } });
  expect((await readdir(places.cache)).sort()).toEqual(Object.values(fileNames).sort());
  expect(files).toEqual(Object.values(fileNames));
  const size = (await readFile(join(miniPath, fileNames.trainImages))).length;
  const last = progress.filter(([name]) => name === fileNames.trainImages).at(-1);
  expect(last).toEqual([fileNames.trainImages, size, size]);
});

test('what was downloaded before is not downloaded again', async () => {
  let requests = 0;
  const serve = serveMini();
  const places = await placesServedBy((request, response) => {
    requests++;
    return serve(request, response);
  });
  await loadDataset('full', { places });
  await loadDataset('full', { places });
  expect((await loadDataset('auto', { places })).name).toBe('full');
  expect(requests).toBe(4);
});

test('after a failure the next run fetches only what is missing', async () => {
  let failing = true;
  const serve = serveMini();
  const asked: string[] = [];
  const places = await placesServedBy((request, response) => {
    asked.push(request.url ?? '');
    if (failing && request.url?.includes('t10k')) return void response.writeHead(503).end();
    return serve(request, response);
  });
  await expect(loadDataset('full', { places })).rejects.toThrow(DownloadError);
  failing = false;
  await loadDataset('full', { places });
  expect(asked.filter((url) => url.includes('train-images'))).toHaveLength(1);
});

test.each([
  [
    'answers with an error',
    (_: unknown, response) => response.writeHead(404).end(),
    /answered 404 Not Found/,
  ],
  [
    'hangs up in the middle',
    (_: unknown, response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write('some bytes', () => response.destroy());
    },
    /terminated|aborted|closed/,
  ],
  ['sends no gzip file', (_: unknown, response) => response.end('<html>Please log in</html>'), /gzip/],
  [
    'sends other contents',
    (_: unknown, response) => response.end(gzipSync(idx([3], Uint8Array.of(1, 2, 3)))),
    /expected contents with the SHA-256 097b93fb.*got/,
  ],
] as [string, RequestListener, RegExp][])(
  'a server that %s leaves no file behind, and the error says which URL, what happened and what to do',
  async (_, answer, reason) => {
    const places = await placesServedBy(serveMini({ [fileNames.trainLabels]: answer }));
    const loading = loadDataset('full', { places });
    await expect(loading).rejects.toThrow(DownloadError);
    await expect(loading).rejects.toThrow(reason);
    await expect(loading).rejects.toThrow(`could not download ${places.url}/${fileNames.trainLabels}`);
    await expect(loading).rejects.toThrow('--dataset mini');
    expect(await readdir(places.cache)).toEqual([fileNames.trainImages]);
  },
);

test('a server that cannot be reached is named, with the reason', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const places = { ...emptyPlaces(await temporaryFolder()), url: `http://127.0.0.1:${port}` };
  await expect(loadDataset('full', { places })).rejects.toThrow(
    new RegExp(`127.0.0.1:${port}/train-images-idx3-ubyte.gz: .*ECONNREFUSED`),
  );
});

test('an abort ends a download that hangs', async () => {
  const controller = new AbortController();
  const places = await placesServedBy((_, response) => {
    response.writeHead(200);
    response.write('a');
    controller.abort(new Error('enough'));
  });
  await expect(loadDataset('full', { places, signal: controller.signal })).rejects.toThrow('enough');
});
