/** The command line as people use it: the built program in a process of its own. */
import { type ChildProcess, execSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../support/core.ts';

const CLI = path.join(ROOT, 'out/main/cli.js');
const QUIET = JSON.stringify(['--gaia-url=http://127.0.0.1:9/', '--component-updater=url-source=http://127.0.0.1:9/']);

let dir: string;
let running: ChildProcess[] = [];
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-cli-'));
});
afterEach(async () => {
  for (const child of running) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  running = [];
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Run {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  exit: Promise<number | null>;
  /** Settles when stdout or stderr matches. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
}

function tabagent(...args: string[]): Run {
  const env = { ...process.env, TABAGENT_KEYRING: 'off', TABAGENT_BROWSER_ARGS: QUIET };
  const child = spawn(process.execPath, [CLI, '--data-dir', dir, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let out = '';
  let err = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const watcher of watchers) watcher();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    for (const watcher of watchers) watcher();
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    stdout: () => out,
    stderr: () => err,
    exit,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(out) ?? pattern.exec(err);
          if (match) resolve(match);
        };
        watchers.add(look);
        look();
        void exit.then(() => reject(new Error(`ended without ${pattern}:\n${out}\n${err}`)));
      }),
  };
}

async function ended(run: Run): Promise<{ code: number | null; out: string; err: string }> {
  const code = await run.exit;
  return { code, out: run.stdout(), err: run.stderr() };
}

/** Processes whose environment or arguments name this test's data directory. */
function leftovers(): string[] {
  if (process.platform !== 'linux') return [];
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir);
      } catch {
        return false;
      }
    });
}

function script(name: string, body: string): string {
  const file = path.join(dir, name);
  fs.writeFileSync(file, body);
  return file;
}

test('run: the example signs in to the demo shop; log, steps, artifacts and output are shown, the exit code is 0', async () => {
  const artifacts = path.join(dir, 'kept');
  const { code, out } = await ended(
    tabagent('run', 'examples/login-and-collect.command.json', '--artifacts', artifacts),
  );
  expect(out).toMatch(/✓ Sign in \(\d+ ms\)/);
  expect(out).toMatch(/succeeded in/);
  expect(out).not.toContain('demo-pass');
  expect(fs.readdirSync(artifacts)).toEqual(expect.arrayContaining(['trace.zip', 'orders.csv', 'final.png']));
  expect(code).toBe(0);
  expect(leftovers()).toEqual([]);
});

test('run: a script that throws gives exit code 1 and names the line', async () => {
  const file = script('boom.mjs', 'export default async () => {\n  throw new Error("kaput");\n};\n');
  const { code, out } = await ended(tabagent('run', file));
  expect(code).toBe(1);
  expect(out).toMatch(/failed in/);
  expect(out).toContain('kaput');
  expect(out).toMatch(/:2:/);
});

test('run: Ctrl-C cancels the task, gives exit code 130 and leaves no process', async () => {
  const file = script(
    'hang.mjs',
    'export default async ({ log, signal }) => { log("waiting"); await new Promise(() => {}); };\n',
  );
  const run = tabagent('run', file);
  await run.saw(/waiting/);
  run.child.kill('SIGINT');
  expect(await run.exit).toBe(130);
  expect(run.stdout()).toMatch(/cancelled in/);
  expect(leftovers()).toEqual([]);
});

test('run: a wrong file is explained, exit code 2', async () => {
  const bad = script('bad.command.json', '{"kind":"http","spec":{}, "nme": "x"}');
  const { code, err } = await ended(tabagent('run', bad));
  expect(code).toBe(2);
  expect(err).toContain('nme');
  const missing = await ended(tabagent('run', path.join(dir, 'nothing.mjs')));
  expect(missing.code).toBe(2);
  expect(missing.err).toMatch(/cannot be read/);
});

// Would catch: a script around the command line that takes a misspelt profile for a task that failed.
test.each([
  ['profile', 'No such'],
  ['profile', 'prf_00000000000000000000000000'],
  ['proxy', 'No such'],
])('run: a %s of the name %s, which does not exist, is a wrong option: exit code 2', async (what, name) => {
  const { exit, stderr } = tabagent('run', 'examples/login-and-collect.command.json', `--${what}`, name);
  expect(await exit).toBe(2);
  expect(stderr()).toContain(`There is no ${what} "${name}"`);
});

test('serve: ready line with a link that signs in once; keys, call, doctor and panel-link talk to it; SIGTERM ends it with 0', async () => {
  const host = tabagent('serve', '--port', '0');
  const [, url, ticket] = await host.saw(/ready: (http:\/\/127\.0\.0\.1:\d+)\/panel\/#ticket=([\w-]{43})/);
  const login = (value: string) =>
    fetch(`${url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ticket: value }),
    });
  const first = await login(ticket ?? '');
  expect(first.status).toBe(200);
  expect(first.headers.get('set-cookie')).toBeNull();
  expect(await first.json()).toMatchObject({ ok: true, token: expect.stringMatching(/^tas_/) });
  expect((await login(ticket ?? '')).status).toBe(401);

  const key = (await ended(tabagent('keys', 'create', 'test', '--scope', 'read', '--area', 'automation'))).out.trim();
  expect((await fetch(`${url}/v1/tasks`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  expect((await fetch(`${url}/v1/settings`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(403);
  // What is built differs from the sources: a bundled package may lose the names it exports.
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  expect(await metrics.text()).toContain('tabagent_tasks');
  const keys = JSON.parse((await ended(tabagent('--json', 'keys', 'list'))).out) as { id: string }[];
  await ended(tabagent('keys', 'revoke', keys[0]?.id ?? ''));
  expect((await fetch(`${url}/v1/tasks`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(401);

  const health = await ended(tabagent('call', 'ping'));
  expect(JSON.parse(health.out)).toMatchObject({ service: 'tabagent-server', ready: true });
  expect((await ended(tabagent('doctor'))).out).toMatch(/Database: .* is sound/);
  // Catches a command on the sign-in screen that does not work as it is printed, from another folder.
  const printed = await (await fetch(`${url}/panel/panel-link.txt`)).text();
  expect(execSync(printed, { cwd: os.tmpdir(), encoding: 'utf8' })).toMatch(/#ticket=[\w-]{43}\n$/);
  expect((await ended(tabagent('panel-link'))).out).toMatch(/#ticket=[\w-]{43}\n$/);
  expect(
    (await ended(tabagent('run', script('ok.mjs', 'export default async ({ log }) => { log("hello"); return 7; };'))))
      .out,
  ).toContain('output: 7');

  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
  expect(fs.existsSync(path.join(dir, 'host.json'))).toBe(false);
});

test('serve: a second host on the same data is refused with the pid (4); a taken port is named and left alone (3); an open bind needs a key (5)', async () => {
  const host = tabagent('serve', '--port', '0');
  await host.saw(/ready:/);
  const second = await ended(tabagent('serve', '--port', '0'));
  expect(second.code).toBe(4);
  expect(second.err).toContain(`process ${host.child.pid}`);
  host.child.kill('SIGTERM');
  await host.exit;

  const blocker = net.createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as net.AddressInfo;
  const taken = await ended(tabagent('serve', '--port', String(port)));
  expect(taken.code).toBe(3);
  expect(taken.err).toContain(`Port ${port} on 127.0.0.1 is in use by process ${process.pid}`);
  expect(taken.err).toContain('TabAgent did not touch it. Close that program or start TabAgent with --port <number>.');
  blocker.close();

  const open = await ended(tabagent('serve', '--host', '0.0.0.0', '--port', '0'));
  expect(open.code).toBe(5);
  expect(open.err).toMatch(/without an API key/);
});

test('help names every command in words, and a typo is explained', async () => {
  const { out, code } = await ended(tabagent('--help'));
  for (const word of ['serve', 'run', 'call', 'keys', 'panel-link', 'doctor']) expect(out).toContain(word);
  expect(code).toBe(0);
  const typo = await ended(tabagent('sreve'));
  expect(typo.code).toBe(2);
  expect(typo.err).toMatch(/unknown command|Did you mean/i);
});
