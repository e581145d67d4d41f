import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { outDir, root } from '../paths.mjs';
import { TRACE_VIEWER } from './assets.mjs';

/** Builds the panel into `out/renderer`, beside the trace viewer, which is copied there and not built. */
export async function buildRenderer() {
  const dir = join(outDir, 'renderer');
  for (const name of await readdir(dir).catch(() => [])) {
    if (name !== TRACE_VIEWER) await rm(join(dir, name), { recursive: true });
  }
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
}
