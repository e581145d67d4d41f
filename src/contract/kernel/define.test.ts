/** What an operation says about itself beside its schemas, for the whole contract: dropping a field turns one of these red. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../index.ts';
import { call, file, type Method, type Operation, type OperationMeta, type Scope, stream } from './define.ts';

const operations = Object.entries<Operation>(contract);
const idsWith = (fits: (operation: Operation) => boolean) =>
  operations.flatMap(([id, operation]) => (fits(operation) ? [id] : [])).sort();

const options = (method: Method | null, scope: Scope = 'read', more: Partial<OperationMeta> = {}) => ({
  row: '-',
  summary: '',
  tags: [],
  scope,
  area: 'any' as const,
  http: method === null ? null : { method, path: '/v1/x/{id}' },
  ...more,
});
const empty = z.object({});

describe('what follows from the rest unless it is said', () => {
  // Catches changes that leave no trace in the audit log, and reads that fill it.
  test.each([
    ['GET', 'admin', false],
    ['POST', 'read', true],
    ['PUT', 'read', true],
    ['PATCH', 'manage', true],
    ['DELETE', 'manage', true],
    [null, 'read', false],
    [null, 'run', true],
    [null, 'admin', true],
  ] as const)('a call by %s with scope %s is audited: %s', (method, scope, audited) => {
    expect(call(empty, empty, options(method, scope)).audited).toBe(audited);
    expect(call(empty, empty, options(method, scope, { audited: !audited })).audited).toBe(!audited);
  });

  test.each([
    ['GET', true],
    ['PUT', true],
    ['PATCH', true],
    ['DELETE', true],
    ['POST', false],
    [null, false],
  ] as const)('%s is idempotent: %s', (method, idempotent) => {
    expect(call(empty, empty, options(method)).idempotent).toBe(idempotent);
  });

  // Catches a default that opens something to more callers than its author asked for.
  test('nothing is open by default', () => {
    expect(call(empty, empty, options('POST'))).toMatchObject({
      anonymous: false,
      localWithoutKey: false,
      anyExtension: false,
      desktopOnly: false,
      payload: 'json',
      openai: false,
      job: false,
      bytes: false,
      idempotencyKey: false,
      tier: 'standard',
      scopeFor: null,
    });
  });

  test('a stream has one schema for its items, and a history only when it says so', () => {
    const item = z.object({ seq: z.int() });
    const follow = stream(empty, item, options('GET'));
    expect([follow.stream, follow.history, follow.output]).toEqual(['always', false, item]);
    expect(stream(empty, item, options('GET', 'read', {})).bytes).toBe(false);
    expect(stream(empty, item, { ...options('GET'), history: true }).history).toBe(true);
  });

  test('a file answers bytes over HTTP and an address elsewhere', () => {
    const content = file(z.object({ id: z.string() }), {
      ...options('GET'),
      http: { method: 'GET', path: '/v1/x/{id}/content' },
    });
    expect([content.bytes, Object.keys(content.output.shape)]).toEqual([
      true,
      ['url', 'expires_at', 'name', 'mime', 'bytes'],
    ]);
  });
});

describe('the contract', () => {
  /** Believed for their signature, not for who calls; the ledger has a line for each, and the schedule the reason of a refusal. */
  const SIGNED = ['schedules_deliver'];

  // A list by name: who may call without a key is decided here and nowhere else.
  test('only these operations answer callers without a credential', () => {
    expect(idsWith(({ anonymous }) => anonymous)).toEqual(['auth_login', 'auth_status', 'health', 'routes', ...SIGNED]);
  });

  /** They compute over what they are given, and keep nothing. */
  const COMPUTING = [
    'calculate_similarity',
    'chat',
    'cluster_documents',
    'embeddings',
    'evaluate_embeddings',
    'generate',
    'recommend_content',
    'rerank',
    'responses',
  ];
  /** They take in a file's worth of lines. */
  const LISTS = ['profiles_cookies_set', 'profiles_create_rows'];
  /** They end what was computed for the caller. */
  const STOPPING = ['responses_cancel', 'stop_generation'];
  /** It tells where other programs keep files, which a key that only reads has no use for. */
  const ASKING = ['models_found'];
  /** Of what is kept for a caller, only that caller can be the one who forgets it. */
  const FORGETTING = ['responses_delete'];

  /** What callers without a key say is kept for such callers alone. */
  const KEEPING = ['save_message'];

  const TELLING = [
    'check_model_feasibility',
    'compatibility',
    'estimate_memory',
    'get_embedding_models',
    'get_halt_status',
    'get_hardware_info',
    'get_history',
    'get_inference_settings',
    'get_loaded_models',
    'get_params',
    'get_recipes',
    'get_recommended_models',
    'get_resources',
    'model_info',
    'models',
    'registered_models',
    'responses_get',
    'responses_input_items',
    'stats',
    'system',
  ];

  test('only these may be opened to local callers without a key, and they only tell or compute', () => {
    const open = idsWith(({ localWithoutKey }) => localWithoutKey);
    expect(open).toEqual([...COMPUTING, ...STOPPING, ...FORGETTING, ...KEEPING, ...TELLING].sort());
    for (const [id, { scope, area, audited }] of operations.filter(([id]) => open.includes(id))) {
      expect([id, scope, area, audited]).toEqual([
        id,
        TELLING.includes(id) ? 'read' : 'run',
        'models',
        FORGETTING.includes(id) || KEEPING.includes(id),
      ]);
    }
  });

  test('no operation is open to extensions that are not paired', () => {
    expect(idsWith(({ anyExtension }) => anyExtension)).toEqual([]);
  });

  test('what only the desktop offers is the shell’s and has no route', () => {
    const desktop = idsWith(({ desktopOnly }) => desktopOnly);
    expect(desktop).toEqual(operations.flatMap(([id]) => (id.startsWith('shell_') ? [id] : [])).sort());
    expect(desktop.length).toBeGreaterThan(0);
    for (const [id, { http }] of operations.filter(([id]) => desktop.includes(id)))
      expect([id, http]).toEqual([id, null]);
  });

  test('bodies are small JSON except where texts and files come in', () => {
    expect(idsWith(({ payload }) => payload === 'documents')).toEqual([...COMPUTING, ...LISTS].sort());
    expect(idsWith(({ payload }) => payload === 'file')).toEqual(['uploads_create']);
  });

  // Catches a new operation whose calls nobody can look up afterwards.
  test('every operation that needs more than read is audited, but for those that only compute', () => {
    const silent = operations.filter(
      ([, { audited, scope, http }]) => !audited && scope !== 'read' && http?.method !== 'GET',
    );
    expect(silent.map(([id]) => id).sort()).toEqual([...COMPUTING, ...STOPPING, ...ASKING, ...SIGNED].sort());
  });

  test('a path parameter is a member of the input, and a file’s path has its id', () => {
    for (const [id, { http, bytes, input }] of operations) {
      if (http === null) continue;
      const names = [...http.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const members = input instanceof z.ZodObject ? Object.keys(input.shape) : null;
      for (const name of names) if (members !== null) expect(members, `${id} has ${name}`).toContain(name);
      if (bytes) expect([id, names]).toEqual([id, ['id']]);
    }
  });

  test('no two operations share a name, aliases included', () => {
    const names = operations.flatMap(([id, { aliases }]) => [id, ...aliases]);
    expect(names).toEqual([...new Set(names)]);
    // What a client writes is compared without case, with `_` for `-` and `.`.
    for (const name of names) expect(name).toMatch(/^[a-z0-9_]+$/);
  });

  test('no two operations share an address, aliases included', () => {
    const addresses = operations.flatMap(([id, { http }]) =>
      http === null
        ? []
        : [http, ...(http.aliases ?? [])].map(
            ({ method, path }) => [`${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`, id] as const,
          ),
    );
    const seen = new Map<string, string>();
    for (const [address, id] of addresses) {
      expect(seen.get(address), `${address} is ${id}'s and`).toBeUndefined();
      seen.set(address, id);
    }
  });

  test('a stream is a GET or has no route, and takes no idempotency key', () => {
    for (const [id, operation] of operations) {
      if (operation.stream !== 'always') continue;
      expect([id, operation.http?.method ?? 'GET', operation.idempotencyKey, operation.audited]).toEqual([
        id,
        'GET',
        false,
        false,
      ]);
      if (operation.history) {
        expect(operation.input instanceof z.ZodObject && 'since' in operation.input.shape, `${id} takes since`).toBe(
          true,
        );
      }
    }
  });

  test('Idempotency-Key is honoured only where repeating the call would do things twice', () => {
    for (const [id, { idempotencyKey, idempotent, http }] of operations) {
      if (idempotencyKey) expect([id, http?.method, idempotent]).toEqual([id, 'POST', false]);
    }
  });

  test('every summary is one line, and every operation over HTTP is under /v1', () => {
    for (const [id, { summary, http, tags }] of operations) {
      expect(summary.length, id).toBeGreaterThan(3);
      expect(summary, id).not.toMatch(/\n|\.$/);
      expect(tags.length, id).toBeGreaterThan(0);
      if (http !== null) expect(http.path, id).toMatch(/^\/v1\//);
    }
  });
});
