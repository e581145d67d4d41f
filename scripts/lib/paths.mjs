import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: the folder that holds package.json. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the build makes; safe to delete. */
export const outDir = join(root, 'out');

/** What the launcher remembers between runs; safe to delete. */
export const cacheDir = join(root, '.cache');

/** Executables of the installed packages, the pinned Node among them. */
export const binDir = join(root, 'node_modules', '.bin');
