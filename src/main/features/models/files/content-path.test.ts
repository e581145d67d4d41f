import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { contentPath } from './content-path.ts';

// Catches a repo whose blobs are a link to a folder of the user: its files would be read as those of a model.
test.skipIf(process.platform === 'win32')('a snapshot leads to blobs that lie in its own repo', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tabagent-repo-'));
  const repo = path.join(dir, 'models--o--m');
  const file = path.join(repo, 'snapshots', 'abc', 'model.onnx');
  mkdirSync(path.dirname(file), { recursive: true });
  mkdirSync(path.join(dir, 'private'));
  writeFileSync(path.join(dir, 'private', '1'), '');
  symlinkSync(path.join(dir, 'private'), path.join(repo, 'blobs'));
  symlinkSync('../../blobs/1', file);
  expect(await contentPath(file)).toBeNull();
  rmSync(path.join(repo, 'blobs'));
  renameSync(path.join(dir, 'private'), path.join(repo, 'blobs'));
  expect(await contentPath(file)).toBe(path.join(repo, 'blobs', '1'));
  rmSync(dir, { recursive: true });
});
