/** One record per list: sample values of each field that its filters look at, and how to store an entity that has such a value. */
import fs from 'node:fs';
import path from 'node:path';
import { PRIORITIES, type Priority } from '../../src/contract/automation/tasks.ts';
import type { EntityName, entities, IdentifiedEntity } from '../../src/contract/entities.ts';
import type { FilterField, Filters } from '../../src/contract/kernel/filters.ts';
import { openConnection } from '../../src/main/core/db/index.ts';
import { newId } from '../../src/main/core/ids.ts';
import type { TestHost } from './host.ts';

/** Two or three values in ascending order; those of text do not contain each other. */
export type Samples = readonly [unknown, unknown, unknown?];
type Fields = Record<string, unknown>;

/** What the generated test of filters needs to know about a list. */
export interface ListSubject<Field extends string = string> {
  samples: Record<Field, Samples>;
  /** Stores an entity whose field has the value, which for an array is that of one element; answers what the list identifies it by. */
  add(field: Field, value: unknown): unknown;
}

type Listed = { [E in EntityName]: (typeof entities)[E] extends { filters: Filters } ? E : never }[EntityName];
type FieldOf<E extends Listed> = FilterField<(typeof entities)[E]['filters']>;
/** A subject for every entity that has filters, and in it samples for every field. */
export type ListSubjects = { [E in Listed]: ListSubject<FieldOf<E>> };

const DAYS: Samples = ['2030-01-01T00:00:00.000Z', '2030-01-02T00:00:00.000Z', '2030-01-03T00:00:00.000Z'];
const IDS = (entity: IdentifiedEntity): Samples => [newId(entity), newId(entity), newId(entity)];
const NO_HASH = '0'.repeat(64);

/** Rows in the database of a running host, written past it: no runner starts them and no rule of a service refuses them. */
export function listSubjects({ host, dir }: TestHost): ListSubjects & Disposable {
  const db = openConnection(path.join(dir, 'tabagent.db'));
  const now = Date.now();
  let number = 1000;

  function insert(table: string, row: Fields): void {
    const columns = Object.keys(row);
    const values = Object.values(row).map((value) => {
      if (typeof value === 'boolean') return Number(value);
      return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) ? JSON.stringify(value) : value;
    });
    const quoted = columns.map((name) => `"${name}"`);
    db.prepare(`INSERT INTO ${table} (${quoted}) VALUES (${columns.map(() => '?')})`).run(values);
  }

  return {
    profile: {
      samples: {
        id: IDS('profile'),
        name: ['Aurora', 'Borealis', 'Cumulus'],
        notes: ['warm start', 'second', 'third'],
        tags: ['crimson', 'blue', 'green'],
        group: ['shops', 'banks', 'mail'],
        proxy_id: IDS('proxy'),
        pool_id: IDS('pool'),
        state: ['locked', 'stopped'],
      },
      async add(field, value) {
        const id = field === 'id' ? value : newId('profile');
        insert('profile', {
          ...{ id, number: number++, name: '?', color: '#000000', tags: [], notes: '', browser: 'chromium' },
          ...{ start_urls: [], extensions: [], launch_args: [], storage: 'persistent', clear_cache_on_stop: false },
          ...{ created_at: now, updated_at: now, version: 1 },
          ...(field === 'state' ? {} : { [field]: field === 'tags' ? [value] : value }),
        });
        if (field === 'state' && value === 'locked') {
          fs.mkdirSync(path.join(dir, 'profiles', String(id)), { recursive: true });
          fs.symlinkSync('another-computer-1', path.join(dir, 'profiles', String(id), 'SingletonLock'));
        }
        // OperationResult for one profile, the host reads its lock.
        await host.client.call('profiles_get', { id: String(id) });
        return id;
      },
    },
    proxy: {
      samples: {
        id: IDS('proxy'),
        name: ['Aachen', 'Berlin', 'Coburg'],
        host: ['one.example', 'two.example', 'six.example'],
        notes: ['warm start', 'second', 'third'],
        tags: ['crimson', 'blue', 'green'],
        scheme: ['http', 'socks5', 'https'],
        status: ['ok', 'failing', 'untested'],
        country: ['DE', 'FR', 'US'],
        exit_ip: ['203.0.113.1', '203.0.113.2', '203.0.113.3'],
      },
      add(field, value) {
        const id = field === 'id' ? value : newId('proxy');
        insert('proxy', {
          ...{ id, name: '?', name_key: '?', scheme: 'socks4', host: '?', port: 1, tags: [], notes: '', failures: 0 },
          ...{ status: 'untested', status_rank: 1, history: [], created_at: now, updated_at: now, version: 1 },
          ...(field === 'status' ? { checked_at: now } : {}),
          [field]: field === 'tags' ? [value] : value,
        });
        return id;
      },
    },
    command: {
      samples: {
        id: IDS('command'),
        name: ['Collect', 'Deliver', 'Export'],
        description: ['reads prices', 'writes', 'sends'],
        kind: ['browser', 'process', 'http'],
        folder: ['morning', 'noon', 'evening'],
        tags: ['urgent', 'later', 'never'],
        enabled: [true, false],
      },
      add(field, value) {
        const id = field === 'id' ? value : newId('command');
        insert('command', {
          ...{ id, name: '?', kind: 'process', description: '', tags: [], spec: { kind: 'process', argv: ['true'] } },
          ...{ input_schema: {}, defaults: {}, uses: { profile: false, services: [] }, timeout_seconds: 60 },
          ...{ retry: { max: 0, backoff_seconds: 5, factor: 2 }, enabled: true },
          ...{ created_at: now, updated_at: now, version: 1 },
          [field]: field === 'tags' ? [value] : value,
        });
        return id;
      },
    },
    schedule: {
      samples: {
        id: IDS('schedule'),
        name: ['Dawn', 'Evening', 'Noon'],
        enabled: [true, false],
        command_id: IDS('command'),
      },
      add(field, value) {
        const id = field === 'id' ? value : newId('schedule');
        insert('schedule', {
          ...{ id, name: '?', name_key: '?', enabled: false, command_id: newId('command'), input: {}, profile_ids: [] },
          ...{ priority: 'normal', trigger: { kind: 'interval', seconds: 60 }, missed: 'skip', overlap: 'skip' },
          ...{ jitter_seconds: 0, anchor: now, created_at: now, updated_at: now, version: 1 },
          [field]: value,
        });
        return id;
      },
    },
    task: {
      samples: {
        id: IDS('task'),
        command_name: ['Fetch', 'Post', 'Scan'],
        profile_name: ['Anna', 'Ben', 'Cleo'],
        labels: ['nightly', 'weekly', 'yearly'],
        status: ['succeeded', 'failed', 'cancelled'],
        kind: ['browser', 'process', 'http'],
        command_id: IDS('command'),
        profile_id: IDS('profile'),
        batch_id: IDS('batch'),
        schedule_id: IDS('schedule'),
        priority: ['urgent', 'low', 'batch'],
        error_code: ['timed_out', 'exit_code', 'killed'],
        created_at: DAYS,
      },
      add(field, value) {
        const id = field === 'id' ? value : newId('task');
        const stored: Fields = {
          labels: [value],
          priority: PRIORITIES.indexOf(value as Priority),
          created_at: Date.parse(String(value)),
        };
        const own = field === 'profile_name' ? { profile: { name: value } } : { [field]: stored[field] ?? value };
        insert('task', {
          ...{
            id,
            status: 'succeeded',
            priority: 1,
            kind: 'process',
            command_name: '?',
            spec: {},
            input: {},
            labels: [],
          },
          ...{
            timeout_seconds: 60,
            retry: {},
            attempt: 1,
            max_attempts: 1,
            due_at: now,
            rank: 0,
            cancel_requested: false,
          },
          ...{ bytes: 0, created_at: now, updated_at: now, version: 1 },
          ...own,
        });
        return id;
      },
    },
    job: {
      samples: { id: IDS('job'), kind: ['download', 'import', 'backup'], status: ['succeeded', 'failed', 'cancelled'] },
      add(field, value) {
        const id = field === 'id' ? value : newId('job');
        const amount = { percent: null, done_bytes: null, total_bytes: null, bytes_per_second: null };
        insert('job', {
          ...{ id, kind: '?', scope: 'admin', area: 'host', status: 'succeeded', request_id: '?', created_at: now },
          progress: { ...amount, eta_seconds: null, step: null, message: null },
          [field]: value,
        });
        return id;
      },
    },
    backup: {
      samples: { id: IDS('backup'), kind: ['manual', 'auto', 'migration'] },
      add(field, value) {
        const id = field === 'id' ? value : newId('backup');
        insert('backup', { id, kind: 'manual', file: '?', bytes: 1, sha256: NO_HASH, created_at: now, [field]: value });
        return id;
      },
    },
    key: {
      samples: { id: IDS('key'), name: ['Laptop', 'Server', 'Phone'], prefix: ['tab_abcd', 'tab_1234', 'tab_wxyz'] },
      add(field, value) {
        const id = field === 'id' ? value : newId('key');
        insert('api_key', {
          ...{
            id,
            name: '?',
            prefix: '?',
            hash: Buffer.from(String(id)),
            scopes: ['read'],
            areas: ['models'],
            rate_multiplier: 1,
          },
          ...{ created_at: now, updated_at: now, version: 1 },
          [field]: value,
        });
        return id;
      },
    },
    model: {
      samples: {
        id: IDS('model'),
        name: ['Falcon', 'Gemma', 'Mistral'],
        repo: ['ahead/one', 'behind/two', 'center/three'],
        variant: ['Q4_K_M', 'Q8_0', 'IQ2_XS'],
        architecture: ['llama', 'qwen', 'bert'],
        type: ['chat', 'embedding', 'rerank'],
        format: ['gguf', 'onnx'],
        status: ['ready', 'broken', 'missing'],
        source: ['folder', 'link', 'download'],
      },
      add(field, value) {
        const id = field === 'id' ? value : newId('model');
        insert('model', {
          ...{
            id,
            repo: '?',
            name: '?',
            name_key: '?',
            type: 'other',
            format: 'gguf',
            status: 'broken',
            source: 'copy',
          },
          ...{ path: `/nowhere/${id}`, bytes: 1, selected: false, created_at: now, updated_at: now, version: 1 },
          files: [{ path: `/nowhere/${id}`, bytes: 1, modified: now }],
          [field]: value,
        });
        return id;
      },
    },
    session: {
      samples: {
        id: IDS('session'),
        title: ['Ant', 'Bear', 'Crow'],
        tags: ['crimson', 'blue', 'green'],
        model: ['a/one', 'b/two', 'c/three'],
      },
      add(field, value) {
        const id = field === 'id' ? value : newId('session');
        insert('session', {
          ...{ id, title: '?', title_key: '?', tags: [], system_prompt: '', tools: [], anonymous: false },
          ...{ message_count: 0, created_at: now, updated_at: now, version: 1 },
          [field]: field === 'tags' ? [value] : value,
        });
        return id;
      },
    },
    audit: {
      samples: {
        op: ['jobs_cancel', 'keys_create', 'logs_clear'],
        principal: ['laptop key', 'extension', 'panel'],
        target: ['pro_first', 'key_second', 'job_third'],
        outcome: ['forbidden', 'timeout', 'ok'],
      },
      add(field, value) {
        const row = { at: now, principal: '?', door: 'http', op: '?', outcome: '?', hash: NO_HASH, [field]: value };
        insert('audit', row);
        return db.prepare('SELECT max(seq) FROM audit').pluck().get();
      },
    },
    [Symbol.dispose]: () => void db.close(),
  };
}
