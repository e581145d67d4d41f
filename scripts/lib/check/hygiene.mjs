// No tracked file may name the machine it was written on or the registry its packages came from.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Character classes keep this file from matching itself.
const FORBIDDEN = [/\/(?:[w]ork|[f]arm)\//, /\/[r]oot\//, /registry[.](?:npmjs|yarnpkg)/, /deb[.]debian/];
const EXEMPT = new Set(['package-lock.json']);

const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
let found = 0;
for (const file of files) {
  if (EXEMPT.has(file)) continue;
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch {
    continue; // deleted, not yet committed
  }
  if (bytes.includes(0)) continue; // not text
  for (const [index, line] of bytes.toString('utf8').split('\n').entries()) {
    if (!FORBIDDEN.some((pattern) => pattern.test(line))) continue;
    found += 1;
    process.stdout.write(`${file}:${index + 1}: ${line.trim().slice(0, 120)}\n`);
  }
}
if (found > 0) {
  process.stdout.write('Machine paths and registry hosts do not belong in the tree.\n');
  process.exitCode = 1;
}
