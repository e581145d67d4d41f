import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

// Catches a model whose template is a link to a file of the user: it would come back in the answers.
test.skipIf(process.platform === 'win32')(
  'a link is followed within the model, and to the blobs of its own repo',
  async () => {
    const repo = path.join(dir, 'models--o--m');
    const snapshot = path.join(repo, 'snapshots', 'abc');
    mkdirSync(path.join(snapshot, 'onnx'), { recursive: true });
    mkdirSync(path.join(repo, 'blobs'));
    mkdirSync(path.join(dir, 'models--o--other', 'blobs'), { recursive: true });
    const link = (name: string, content: string) => {
      writeFileSync(path.join(dir, content), '{"a": 1}');
      symlinkSync(path.join(dir, content), path.join(snapshot, name));
    };
    link('blob.json', 'models--o--m/blobs/1');
    link('within.json', 'models--o--m/snapshots/abc/other.json');
    link('outside.json', 'private.json');
    link('beside.json', 'models--o--other/blobs/1');
    symlinkSync('/proc/self/environ', path.join(snapshot, 'environ.json'));
    const folder = openFolder(path.join(snapshot, 'onnx', 'model.onnx'));
    for (const name of ['blob.json', 'within.json']) expect(await folder.object(name)).toEqual({ a: 1 });
    for (const name of ['outside.json', 'beside.json', 'environ.json'])
      await expect(folder.text(name)).rejects.toMatchObject({ slug: 'model-corrupted' });
  },
);

// Catches a repo that calls a folder of the user its own.
test.skipIf(process.platform === 'win32')('the blobs of a repo are no link themselves', async () => {
  const snapshot = path.join(dir, 'models--o--m', 'snapshots', 'abc');
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(path.join(dir, 'private'));
  writeFileSync(path.join(dir, 'private', '1'), '{"a": 1}');
  symlinkSync(path.join(dir, 'private'), path.join(dir, 'models--o--m', 'blobs'));
  symlinkSync('../../blobs/1', path.join(snapshot, 'config.json'));
  const folder = openFolder(path.join(snapshot, 'model.onnx'));
  await expect(folder.text('config.json')).rejects.toMatchObject({ slug: 'model-corrupted' });
  // The whole repo may lie elsewhere.
  rmSync(path.join(dir, 'models--o--m', 'blobs'));
  renameSync(path.join(dir, 'private'), path.join(dir, 'models--o--m', 'blobs'));
  renameSync(path.join(dir, 'models--o--m'), path.join(dir, 'models--o--n'));
  symlinkSync(path.join(dir, 'models--o--n'), path.join(dir, 'models--o--m'));
  expect(await folder.object('config.json')).toEqual({ a: 1 });
});

// Catches a graph that the engine computes although the host has not read its header: another program's, or any file of the user.
test.skipIf(process.platform === 'win32')(
  'a graph beside another is a file of its own, or a blob of its repo',
  async () => {
    const snapshot = path.join(dir, 'models--o--m', 'snapshots', 'abc');
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(path.join(dir, 'models--o--m', 'blobs'));
    writeFileSync(path.join(dir, 'models--o--m', 'blobs', '1'), '');
    writeFileSync(path.join(dir, 'whole.onnx'), '');
    symlinkSync(path.join(dir, 'models--o--m', 'blobs', '1'), path.join(snapshot, 'blob.onnx'));
    for (const folder of [dir, snapshot]) symlinkSync('/etc/passwd', path.join(folder, 'outside.onnx'));
    symlinkSync(path.join(dir, 'whole.onnx'), path.join(dir, 'link.onnx'));
    const [own, cached] = [dir, snapshot].map((folder) => openFolder(path.join(folder, 'model.onnx')));
    expect(await own?.graph('whole.onnx')).toBe(path.join(dir, 'whole.onnx'));
    expect(await own?.graph('missing.onnx')).toBeNull();
    expect(await cached?.graph('blob.onnx')).toBe(path.join(snapshot, 'blob.onnx'));
    for (const [folder, name] of [
      [own, 'outside.onnx'],
      [own, 'link.onnx'],
      [cached, 'outside.onnx'],
    ] as const)
      await expect(folder?.graph(name)).rejects.toMatchObject({ slug: 'model-corrupted' });
  },
);
