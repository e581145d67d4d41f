import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'vite';
import { outDir, root } from '../paths.mjs';

/** Formats that are not compressed already. */
const TEXT = /\.(?:js|css|html|svg)$/;
/** Shorter files fit into one packet as they are. */
const COMPRESS_FROM = 1024;

/** Builds the panel into `out/renderer`. */
export async function buildRenderer() {
  const dir = join(outDir, 'renderer');
  for (const name of await readdir(dir).catch(() => [])) {
    await rm(join(dir, name), { recursive: true });
  }
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  await compressAll(dir);
}

/**
 * Writes `<name>.br` and `<name>.gz` beside each text, so that the host only sends them.
 * @param {string} dir
 */
async function compressAll(dir) {
  const names = await readdir(dir, { recursive: true });
  await Promise.all(
    names
      .filter((name) => TEXT.test(name))
      .map(async (name) => {
        const bytes = await readFile(join(dir, name));
        if (bytes.length < COMPRESS_FROM) return;
        const [br, gz] = await Promise.all([promisify(brotliCompress)(bytes), promisify(gzip)(bytes, { level: 9 })]);
        await Promise.all([writeFile(join(dir, `${name}.br`), br), writeFile(join(dir, `${name}.gz`), gz)]);
      }),
  );
}
