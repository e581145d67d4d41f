import { mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { artifactsDir, takeArtifact } from './artifacts.ts';

// Catches files in the order in which they were read: the keys of a preview would lead from a screenshot to a log that came before it.
test('files are in the order in which they came, however long each takes to be read', async () => {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'tabagent-artifacts-')));
  try {
    const at = { taskId: 'tsk_1', taskDir: path.join(home, 'tsk_1'), attempt: 1, clock: systemClock };
    const dir = artifactsDir(at.taskDir, at.attempt);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(dir, 'large'), '');
    truncateSync(path.join(dir, 'large'), 64 * 1024 * 1024);
    writeFileSync(path.join(dir, 'small'), 'small');
    const taken = await Promise.all(
      ['large', 'small'].map((file) =>
        takeArtifact(at, { kind: 'output', name: file, mime: 'text/plain', file, has_secret: false }),
      ),
    );
    const [large, small] = taken;
    expect(large?.bytes).toBe(64 * 1024 * 1024);
    expect(large?.created_at).toBeLessThanOrEqual(small?.created_at ?? 0);
    expect(String(large?.id) < String(small?.id)).toBe(true);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
