import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { outDir, root } from '../paths.mjs';

/** Builds the panel into `out/renderer`. */
export async function buildRenderer() {
  const dir = join(outDir, 'renderer');
  for (const name of await readdir(dir).catch(() => [])) {
    await rm(join(dir, name), { recursive: true });
  }
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
}
