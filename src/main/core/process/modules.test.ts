/** Programs that the host starts, found where their sources are. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../../tests/support/core.ts';
import { computeModule, threadModule, workerModule } from './modules.ts';

const FEATURES = path.join(ROOT, 'src/main/features');
const WORKERS = path.join(ROOT, 'src/workers');

/** Files below a folder that end so, as `<folder>` and `<name>`. */
const programs = (root: string, suffix: string) =>
  fs.globSync(`**/*${suffix}`, { cwd: root }).map((file) => ({
    folder: path.dirname(file),
    name: path.basename(file, suffix),
  }));

// Would catch: a program whose path is put together in another way than the sources lie, which only a test from source would start.
test('every thread and computation is found by its folder and name', () => {
  const threads = programs(FEATURES, '.thread.ts');
  const computations = programs(FEATURES, '.compute.ts');
  expect(threads.length).toBeGreaterThan(2);
  expect(computations.length).toBeGreaterThan(2);
  for (const { folder, name } of threads) expect(fs.existsSync(threadModule(ROOT, folder, name))).toBe(true);
  for (const { folder, name } of computations) expect(fs.existsSync(computeModule(ROOT, folder, name))).toBe(true);
});

// Would catch: two programs of one name, which are one file in the bundle.
test('bundles have names of their own', () => {
  const engines = fs
    .globSync('**/index.ts', { cwd: WORKERS })
    .map((file) => path.dirname(file))
    .filter((folder) => fs.existsSync(workerModule(ROOT, folder)));
  expect(engines).toEqual(expect.arrayContaining(['executor', 'inference/llama', 'inference/onnx']));
  for (const suffix of ['.thread.ts', '.compute.ts']) {
    const names = programs(FEATURES, suffix).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});
