/** What lists cost among 10 000 profiles: a page, a search, a state, and the first page after start, beside the bare SQL of a page. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProfileCreate } from '../../src/contract/automation/profiles.ts';
import { createProfiles } from '../../src/main/features/profiles/index.ts';
import { openTestCore } from '../support/core.ts';
import { proxiesOn } from '../support/proxies/on-core.ts';

const PROFILES = 10_000;
const ROUNDS = 30;
const STARTS = 9;
const PAGE = { limit: 50, count: true };

const barMs = 50;
const say = (line: string) => process.stdout.write(`${line}\n`);

async function timed(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const middle = (took: readonly number[]) => [...took].sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0;

async function median(work: () => unknown): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < ROUNDS; n++) took.push(await timed(work));
  return middle(took);
}

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-'));
  using core = openTestCore({}, dir);
  const profilesDir = path.join(dir, 'profiles');
  const proxies = proxiesOn(core).service;
  const open = () =>
    createProfiles({
      ...core,
      profilesDir,
      tempDir: path.join(dir, 'tmp'),
      baseUrl: () => 'http://127.0.0.1:8080',
      browserArgs: [],
      proxies,
    }).service;
  const writer = open();
  core.db.transaction(() => {
    for (let n = 0; n < PROFILES; n++) {
      const { id } = writer.create(ProfileCreate.parse({ name: `Profile ${n}`, tags: n % 2 ? ['odd'] : [] }));
      mkdirSync(path.join(profilesDir, id), { recursive: true });
    }
  });
  await writer.close();

  // A program that has just started: nothing is known of any lock.
  const firsts: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    const started = open();
    firsts.push(await timed(() => started.list(PAGE)));
    await started.close();
  }
  const service = open();
  const scan = await timed(() => service.list({ ...PAGE, state: 'locked' }));

  const select = core.db.raw.prepare(
    'SELECT * FROM profile WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 51',
  );
  const count = core.db.raw.prepare('SELECT count(*) FROM profile WHERE deleted_at IS NULL');
  const bare = await median(() => [select.all(), count.get()]);
  const figures = {
    'first page after start': middle(firsts),
    page: await median(() => service.list(PAGE)),
    'stopped only': await median(() => service.list({ ...PAGE, state: 'stopped' })),
    search: await median(() => service.list({ ...PAGE, q: 'profile 99' })),
  };
  await service.close();
  say(
    `among ${PROFILES} profiles, bare SQL of a page ${bare.toFixed(2)} ms; scan of all locks, once, ${scan.toFixed(0)} ms`,
  );
  for (const [name, took] of Object.entries(figures)) {
    say(`  ${name}: ${took.toFixed(2)} ms (bar ${barMs}), ${(took / bare).toFixed(1)} of bare SQL`);
  }
  rmSync(dir, { recursive: true, force: true });
  return Object.values(figures).every((took) => took < barMs);
}

if (import.meta.main) process.exitCode = (await bench()) ? 0 : 1;
