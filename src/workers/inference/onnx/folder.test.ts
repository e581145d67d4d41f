import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFolder } from './folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tabagent-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('what describes a model lies beside it, or above its folder onnx', async () => {
  writeFileSync(path.join(dir, 'config.json'), '{"a": 1}');
  mkdirSync(path.join(dir, 'onnx'));
  for (const model of ['model.onnx', 'onnx/model.onnx'])
    expect(await openFolder(path.join(dir, model)).object('config.json')).toEqual({ a: 1 });
  expect(await openFolder(path.join(dir, 'model.onnx')).text('modules.json')).toBeNull();
});

// Catches a load that waits for ever on a pipe, with every later load behind it, or fills the memory from a device.
test.skipIf(process.platform === 'win32')(
  'a pipe, a device or a folder in the place of a file is refused',
  async () => {
    execFileSync('mkfifo', [path.join(dir, 'pipe.json')]);
    symlinkSync('/dev/zero', path.join(dir, 'device.json'));
    mkdirSync(path.join(dir, 'folder.json'));
    const folder = openFolder(path.join(dir, 'model.onnx'));
    for (const name of ['pipe.json', 'device.json', 'folder.json'])
      await expect(folder.json(name)).rejects.toMatchObject({ slug: 'model-corrupted' });
  },
);
