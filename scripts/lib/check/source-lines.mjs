import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * The lines of code below some folders, without tests and comments.
 * @param {readonly string[]} places
 * @returns {Generator<{ file: string; line: string; where: string }, void>}
 */
export function* sourceLines(places) {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...places], {
    encoding: 'utf8',
  });
  for (const file of new Set(listed.split('\0'))) {
    if (!file.endsWith('.ts') || /\.(?:test|harness)\.ts$/.test(file)) continue;
    let text;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      continue; // deleted, not yet committed
    }
    for (const [index, line] of text.split('\n').entries()) {
      if (/^\s*(?:\*|\/\/|\/\*)/.test(line)) continue;
      yield { file, line, where: `${file}:${index + 1}: ${line.trim().slice(0, 120)}` };
    }
  }
}
