/** Programs of these tests, bundled once before the first of them: started from source, one took several times as long. */
import { join } from 'node:path';
import { bundlePrograms } from '../../../scripts/lib/build/bundle.mjs';

const ROOT = join(import.meta.dirname, '../../..');
export const PROGRAMS = join(ROOT, '.cache/e2e-programs');

export default async function build(): Promise<void> {
  const entries = {
    'scripted-host': 'tests/e2e/support/scripted-host.ts',
    'scripted-engine': 'tests/fixtures/engines/scripted.ts',
  };
  await bundlePrograms(entries, PROGRAMS);
}
