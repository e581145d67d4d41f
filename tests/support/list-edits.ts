/** One record per list of the panel: changes of its rows at random, made through the operations that make them for a user. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BROWSERS } from '../../src/contract/automation/profiles.ts';
import { ProxyScheme } from '../../src/contract/automation/proxies.ts';
import { PRIORITIES } from '../../src/contract/automation/tasks.ts';
import type { Client } from '../../src/contract/client/client-types.ts';
import type { EntityName, entities } from '../../src/contract/entities.ts';
import { text, writeGguf } from './models/gguf-writer.ts';

type Live = { [E in EntityName]: (typeof entities)[E] extends { filters: { id: unknown } } ? E : never }[EntityName];

/** A source of chance that gives the same again for the same seed. */
export interface Random {
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
}

/** A row as its list has it. */
export type Listed = Readonly<Record<string, unknown>> & { id: string };

/** How an entity comes into being, changes and goes. */
export interface ListEdits {
  create(random: Random): Promise<unknown>;
  update?(row: Listed, random: Random): Promise<unknown>;
  remove?(row: Listed): Promise<unknown>;
}

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: (from) => from[below(from.length)] as never };
}

/** Words whose order depends on case, on accents and on whether text is compared by code point or by UTF-16 unit. */
const WORDS = ['apple', 'Zebra', 'a', 'B', 'émile', 'a_b', 'a b', 'ｚ wide', '😀 face', '10', '9', '007'];
const GROUPS = ['shops', 'Banks', 'mail'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-list-models-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

/** The edits over a client; tasks are never started. */
export function listEdits(client: Client): { [E in Live]: ListEdits } {
  const words = (random: Random) => `${random.pick(WORDS)} ${random.pick(WORDS)}`;
  const tags = (random: Random) => (random.below(3) === 0 ? [] : [random.pick(GROUPS)]);
  const profile = (random: Random) => ({
    ...{ name: words(random), notes: words(random), tags: tags(random), group: random.pick([null, ...GROUPS]) },
    browser: random.pick(BROWSERS),
    locale: random.pick([null, 'de-DE', 'en-GB']),
  });
  const proxy = (random: Random) => ({
    ...{ name: words(random), notes: words(random), tags: tags(random), scheme: random.pick(ProxyScheme.options) },
    expires_at: random.pick([null, '2999-01-01T00:00:00.000Z']),
  });
  const spec = { argv: ['true'] };
  const command = (random: Random) => ({
    ...{ name: words(random), description: words(random), tags: tags(random), folder: random.pick([null, ...GROUPS]) },
    enabled: random.below(2) === 0,
  });
  let commands: Promise<{ id: string }[]> | undefined;
  const someCommands = () => {
    const make = (name: string) => client.call('commands_create', { name, kind: 'process', spec });
    commands ??= Promise.all(WORDS.slice(0, 3).map(make));
    return commands;
  };
  return {
    model: {
      create(random) {
        const file = path.join(folder, `${random.below(2 ** 30)}.gguf`);
        const layer = { name: 'a.weight', shape: [32, 1 + random.below(9)], type: 'F32', fill: () => 0 } as const;
        const architecture = random.pick(['llama', 'bert']);
        writeGguf(file, { 'general.architecture': text(architecture), 'general.name': text(words(random)) }, [layer]);
        return client.call('models_import', { path: file });
      },
      update: ({ id }) => client.call('select_model', { model_id: id }),
      remove: ({ id }) => client.call('delete_model', { model_id: id }),
    },
    session: {
      create: (random) => client.call('sessions_create', { title: words(random), tags: tags(random) }),
      update: ({ id }, random) =>
        random.below(2) === 0
          ? client.call('sessions_update', { id, title: words(random), model: random.pick([null, ...GROUPS]) })
          : client.call('save_message', { session_id: id, message: { role: 'user', content: words(random) } }),
      remove: ({ id }) => client.call('sessions_delete', { id }),
    },
    profile: {
      create: (random) => client.call('profiles_create', profile(random)),
      update: ({ id }, random) => client.call('profiles_update', { id, ...profile(random) }),
      remove: async ({ id }) => {
        await client.call('profiles_delete', { id });
        if (id.charCodeAt(id.length - 1) % 3 === 0) await client.call('profiles_restore', { id });
      },
    },
    proxy: {
      create: (random) =>
        client.call('proxies_create', { ...proxy(random), host: `h${random.below(9)}.invalid`, port: 9 }),
      update: ({ id }, random) => client.call('proxies_update', { id, ...proxy(random) }),
      remove: async ({ id }) => {
        await client.call('proxies_delete', { id });
        if (id.charCodeAt(id.length - 1) % 3 === 0) await client.call('proxies_restore', { id });
      },
    },
    command: {
      create: async (random) =>
        random.below(2) === 0
          ? client.call('commands_create', { ...command(random), kind: 'process', spec })
          : client.call('commands_create', { ...command(random), kind: 'http', spec: { url: 'http://localhost/' } }),
      update: ({ id }, random) => client.call('commands_update', { id, ...command(random) }),
      remove: ({ id }) => client.call('commands_delete', { id }),
    },
    task: {
      create: async (random) =>
        client.call('tasks_create', {
          command_id: random.pick(await someCommands()).id,
          priority: random.pick(PRIORITIES),
          labels: tags(random),
          ...(random.below(2) === 0 ? {} : { run_at: '2999-01-01T00:00:00.000Z' }),
        }),
      update: ({ id, finished_at }) => client.call(finished_at === null ? 'tasks_cancel' : 'tasks_retry', { id }),
      remove: async ({ id, finished_at }) => {
        if (finished_at === null) await client.call('tasks_cancel', { id });
        await client.call('tasks_delete', { id });
      },
    },
    schedule: {
      create: async (random) =>
        client.call('schedules_create', {
          ...{ name: words(random), enabled: random.below(2) === 0 },
          target: { command_id: random.pick(await someCommands()).id },
          trigger: { kind: 'once', at: `2999-01-0${1 + random.below(9)}T00:00:00.000Z` },
        }),
      update: ({ id }, random) =>
        client.call('schedules_update', { id, name: words(random), enabled: random.below(2) === 0 }),
      remove: ({ id }) => client.call('schedules_delete', { id }),
    },
    job: { create: () => client.call('backups_create', { wait: true }) },
    backup: { create: () => client.call('backups_create', { wait: true }) },
    key: {
      create: (random) => client.call('keys_create', { name: words(random) }),
      update: ({ id }, random) => client.call('keys_update', { id, name: words(random) }),
      remove: ({ id }) => client.call('keys_delete', { id }),
    },
  };
}
