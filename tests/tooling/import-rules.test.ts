import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** A small tree that keeps every rule; the violations are planted into it. */
const CLEAN: Record<string, string> = {
  'src/contract/task.ts': "import { z } from 'zod';\nexport const Task = z.object({ id: z.string() });\n",
  'src/main/core/ids.ts': "import { randomUUID } from 'node:crypto';\nexport const id = (): string => randomUUID();\n",
  'src/main/platform/platform.ts': 'export interface Platform { fork(): void }\n',
  'src/main/platform/node.ts':
    "import type { Platform } from './platform.ts';\nexport const node = { fork: () => undefined } satisfies Platform;\n",
  'src/main/features/tasks/index.ts': "export { tasks } from './service.ts';\n",
  'src/main/features/tasks/service.ts': [
    "import { Task } from '../../../contract/task.ts';",
    "import type { Platform } from '../../platform/platform.ts';",
    "import type { Profiles } from '../profiles/index.ts';",
    'export const tasks = <const T extends Profiles>(platform: Platform, profiles: T) => ({ Task, platform, profiles });',
    '',
  ].join('\n'),
  'src/main/features/tasks/store.ts':
    "import Database from 'better-sqlite3';\nexport const open = () => new Database(':memory:');\n",
  'src/main/features/profiles/index.ts': 'export interface Profiles { list(): string[] }\nexport const limit = 3;\n',
  'src/main/doors/http.ts':
    "import fastify from 'fastify';\nimport { tasks } from '../features/tasks/index.ts';\nexport const http = { fastify, tasks };\n",
  'src/main/shell/window.ts':
    "import { BrowserWindow } from 'electron';\nexport const open = () => new BrowserWindow();\n",
  'src/main/host.ts':
    "import { http } from './doors/http.ts';\nimport { node } from './platform/node.ts';\nexport const host = { http, node };\n",
  'src/main/cli.ts': "import { host } from './host.ts';\nexport const cli = host;\n",
  'src/workers/executor/index.ts':
    "import { chromium } from 'playwright';\nimport { Task } from '../../contract/task.ts';\nexport const executor = { chromium, Task };\n",
  'src/preload/index.ts': "import { ipcRenderer } from 'electron';\nexport const port = ipcRenderer;\n",
  'src/renderer/app.tsx':
    "import { useState } from 'react';\nimport { Task } from '../contract/task.ts';\nexport const App = () => <p>{String(useState(Task)[0])}</p>;\n",
  'src/renderer/app/router.tsx': "export const screen = async () => await import('../features/run/screen.tsx');\n",
  'src/renderer/lib/format.ts': "export const words = (code: string) => code.replaceAll('_', ' ');\n",
  'src/renderer/features/run/index.ts': "export { Dialog } from './dialog.tsx';\n",
  'src/renderer/features/run/dialog.tsx':
    "import { words } from '../../lib/format.ts';\nexport const Dialog = () => <p>{words('run_it')}</p>;\n",
  'src/renderer/features/run/screen.tsx':
    "import { Dialog } from './dialog.tsx';\nexport const Screen = () => <Dialog />;\n",
};

/** file, its content, and the rule that must speak */
const VIOLATIONS: [file: string, content: string, rule: string][] = [
  ['src/contract/bad.ts', "import { id } from '../main/core/ids.ts';\nexport const x = id;\n", 'zone-contract'],
  ['src/contract/bad.ts', "import { join } from 'node:path';\nexport const x = join;\n", 'contract-packages'],
  ['src/contract/bad.ts', "import pino from 'pino';\nexport const x = pino;\n", 'contract-packages'],
  [
    'src/renderer/bad.ts',
    "import type { Platform } from '../main/platform/platform.ts';\nexport type X = Platform;\n",
    'zone-renderer',
  ],
  [
    'src/renderer/bad.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
    'no-node-in-pages',
  ],
  [
    'src/renderer/lib/bad.ts',
    "import { Dialog } from '../features/run/index.ts';\nexport const x = Dialog;\n",
    'zone-panel-base',
  ],
  [
    'src/renderer/ui/bad.ts',
    "import { screen } from '../app/router.tsx';\nexport const x = screen;\n",
    'zone-panel-base',
  ],
  [
    'src/renderer/features/tasks/bad.ts',
    "import { screen } from '../../app/router.tsx';\nexport const x = screen;\n",
    'zone-panel-features',
  ],
  [
    'src/renderer/features/tasks/bad.ts',
    "import { Dialog } from '../run/dialog.tsx';\nexport const x = Dialog;\n",
    'panel-sibling-index',
  ],
  [
    'src/renderer/app/bad.ts',
    "import { Screen } from '../features/run/screen.tsx';\nexport const x = Screen;\n",
    'panel-lazy-screens',
  ],
  ['src/preload/bad.ts', "import { App } from '../renderer/app.tsx';\nexport const x = App;\n", 'zone-preload'],
  [
    'src/workers/executor/bad.ts',
    "import { id } from '../../main/core/ids.ts';\nexport const x = id;\n",
    'zone-workers',
  ],
  [
    'src/main/core/bad.ts',
    "import { limit } from '../features/profiles/index.ts';\nexport const x = limit;\n",
    'zone-core',
  ],
  ['src/main/platform/bad.ts', "import { host } from '../host.ts';\nexport const x = host;\n", 'zone-platform'],
  [
    'src/main/shell/bad.ts',
    "import { tasks } from '../features/tasks/index.ts';\nexport const x = tasks;\n",
    'zone-shell',
  ],
  [
    'src/main/doors/bad.ts',
    "import { open } from '../features/tasks/store.ts';\nexport const x = open;\n",
    'zone-doors',
  ],
  ['src/main/dialects/bad.ts', "import { http } from '../doors/http.ts';\nexport const x = http;\n", 'zone-dialects'],
  [
    'src/main/plugins/bad.ts',
    "import { limit } from '../features/profiles/index.ts';\nexport const x = limit;\n",
    'zone-plugins',
  ],
  [
    'src/main/features/tasks/bad.ts',
    "import { http } from '../../doors/http.ts';\nexport const x = http;\n",
    'zone-features',
  ],
  [
    'src/main/features/tasks/bad.ts',
    "import { node } from '../../platform/node.ts';\nexport const x = node;\n",
    'platform-types',
  ],
  [
    'src/main/features/profiles/bad.ts',
    "import type { tasks } from '../tasks/service.ts';\nexport type X = typeof tasks;\n",
    'features-sibling-index',
  ],
  [
    'src/main/features/tasks/bad.ts',
    "import { limit } from '../profiles/index.ts';\nexport const x = limit;\n",
    'features-sibling-types',
  ],
  [
    'src/main/index.ts',
    "import { tasks } from './features/tasks/index.ts';\nexport const x = tasks;\n",
    'zone-electron-entry',
  ],
  ['src/main/cli/bad.ts', "import { http } from '../doors/http.ts';\nexport const x = http;\n", 'zone-cli'],
  ['src/main/helpers.ts', "import { id } from './core/ids.ts';\nexport const x = id;\n", 'closed-tree'],
  ['src/shared/bad.ts', "import { id } from '../main/core/ids.ts';\nexport const x = id;\n", 'closed-tree'],
  ['src/main/features/tasks/bad.ts', "import { app } from 'electron';\nexport const x = app;\n", 'room-electron'],
  ['src/main/features/tasks/bad.ts', "import fastify from 'fastify';\nexport const x = fastify;\n", 'room-http'],
  ['src/main/core/bad.ts', "import type { WebSocket } from 'ws';\nexport type X = WebSocket;\n", 'room-http'],
  [
    'src/main/features/tasks/service-bad.ts',
    "import Database from 'better-sqlite3';\nexport const x = Database;\n",
    'room-database',
  ],
  ['src/main/features/tasks/bad.ts', "export const x = async () => await import('playwright');\n", 'room-browser'],
  ['src/main/core/bad.ts', "export { useState } from 'react';\n", 'room-panel'],
  ['src/main/core/bad.ts', "import { Command } from 'commander';\nexport const x = Command;\n", 'room-cli'],
  ['src/main/core/bad.ts', "import { transform } from 'esbuild';\nexport const x = transform;\n", 'no-dev-dependency'],
  ['src/main/core/bad.ts', "import { y } from './worse.ts';\nexport const x = () => y;\n", 'no-circle'],
  [
    'src/main/core/bad.ts',
    "import type { y } from './worse.ts';\nexport const x = (it: typeof y) => it;\n",
    'no-circle',
  ],
  ['src/main/core/bad.ts', "import { gone } from './gone.ts';\nexport const x = gone;\n", 'resolvable'],
];

let tree: string;

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(join(tree, file)), { recursive: true });
  await writeFile(join(tree, file), content);
}

/** What the checker prints about the tree, and whether it lets it pass. */
async function check(): Promise<{ ok: boolean; output: string }> {
  const script = join(root, 'scripts', 'lib', 'check', 'imports.mjs');
  try {
    const { stdout } = await run(process.execPath, [script], { cwd: tree });
    return { ok: true, output: stdout };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { ok: false, output: stdout + stderr };
  }
}

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'tabagent-rules-'));
  await cp(join(root, '.dependency-cruiser.mjs'), join(tree, '.dependency-cruiser.mjs'));
  await cp(join(root, 'package.json'), join(tree, 'package.json'));
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction');
  for (const [file, content] of Object.entries(CLEAN)) await put(file, content);
});

afterAll(async () => {
  await rm(tree, { recursive: true, force: true });
});

it('lets a tree pass that keeps the rules, and has seen all of it (a blind parser would let everything pass)', async () => {
  const { ok, output } = await check();
  expect(output).toMatch(new RegExp(`^${Object.keys(CLEAN).length} modules`));
  expect(ok).toBe(true);
});

it('names the rule for every planted violation (a rule that never fires protects nothing)', async () => {
  // All at once, each in a file of its own, because every run of the checker costs half a second.
  const planted = VIOLATIONS.map(([file, content, rule], index) => {
    const unique = /bad\.tsx?$/.test(file) ? file.replace(/bad(\.tsx?)$/, `bad-${index}$1`) : file;
    return { file: unique, content: content.replace("'./worse.ts'", `'./worse-${index}.ts'`), rule, index };
  });
  for (const { file, content, rule, index } of planted) {
    await put(file, content);
    if (rule === 'no-circle') {
      const back = `import { x } from './bad-${index}.ts';\nexport const y = () => x;\n`;
      await put(`src/main/core/worse-${index}.ts`, back);
    }
  }
  const { ok, output } = await check();
  expect(ok).toBe(false);
  const lines = output.split('\n');
  const silent = planted.filter(
    ({ file, rule }) =>
      !lines.some((line, at) => line.startsWith(`${file} → `) && lines[at + 1]?.trim().startsWith(`${rule}:`)),
  );
  expect(silent.map(({ file, rule }) => `${rule} did not speak about ${file}`)).toEqual([]);
});
