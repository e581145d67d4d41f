/** The one path of every call, over a small contract of its own and the real limiter, audit and idempotency table. */
import { z } from 'zod';
import { type Contract, call, file, type OperationMeta, stream } from '../../src/contract/kernel/define.ts';
import { AppError } from '../../src/contract/kernel/errors.ts';
import { createAudit } from '../../src/main/core/log/audit.ts';
import type { AnyHandler, CallContext, Principal } from '../../src/main/core/operation/operation.ts';
import { createCallMetrics } from '../../src/main/doors/dispatch/call-metrics.ts';
import { createDispatcher, type DispatcherDeps } from '../../src/main/doors/dispatch/dispatcher.ts';
import { createIdempotency, createIdempotencyStore } from '../../src/main/doors/dispatch/idempotency/index.ts';
import { createRateLimiter } from '../../src/main/doors/dispatch/rate-limit.ts';
import { openTestCore } from './core.ts';

const meta = (more: Partial<OperationMeta> = {}) => ({
  row: '-',
  summary: '',
  tags: [],
  scope: 'read' as const,
  area: 'host' as const,
  http: null,
  ...more,
});
const Input = z.strictObject({ id: z.string().default('x'), fails: z.enum(['foreseen', 'unforeseen']).optional() });
const Output = z.object({ id: z.string() });

const small = {
  look: call(Input, Output, meta()),
  local: call(Input, Output, meta({ localWithoutKey: true })),
  open: call(Input, Output, meta({ anonymous: true })),
  change: call(Input, Output, meta({ scope: 'manage', idempotencyKey: true })),
  quiet: call(Input, Output, meta({ scope: 'manage', audited: false })),
  anywhere: call(Input, Output, meta({ area: 'any' })),
  window: call(Input, Output, meta({ desktopOnly: true })),
  begin: call(Input, z.object({ job_id: z.string().optional() }), meta({ job: true })),
  deep: call(Input, Output, {
    ...meta(),
    scopeFor: ({ id }: { id: string }) => (id === 'deep' ? { scope: 'admin' as const, what: 'Going deep' } : null),
  }),
  bytes: file(z.object({ id: z.string() }), { ...meta(), http: { method: 'GET', path: '/v1/bytes/{id}' } }),
  follow: stream(Input, z.object({ n: z.int() }), meta()),
} satisfies Contract;
export type OperationOfTest = keyof typeof small;

export const PRINCIPAL: Principal = {
  kind: 'key',
  id: 'key_1',
  name: 'one',
  scope: 'admin',
  areas: ['host'],
  rateMultiplier: Number.POSITIVE_INFINITY,
};
/** A caller without a credential. */
export const NOBODY: Principal = { ...PRINCIPAL, kind: 'anonymous', id: 'ip:1', scope: null, areas: [] };

export const context = (more: Partial<CallContext> = {}): CallContext => ({
  principal: PRINCIPAL,
  door: 'memory',
  signal: new AbortController().signal,
  requestId: 'r1',
  remote: 'local',
  ...more,
});

type Dispatcher = ReturnType<typeof createDispatcher>;

/** The value of a call, or the slug that it failed with. */
export async function outcome(dispatcher: Dispatcher, op: string, input?: unknown, more: Partial<CallContext> = {}) {
  try {
    const result = await dispatcher.dispatch(op, input, context(more));
    return result.kind === 'value' ? result.value : result.kind;
  } catch (error) {
    return error instanceof AppError ? error.slug : error;
  }
}

/** See {@link openDispatch}. */
export type Dispatch = ReturnType<typeof openDispatch>;

/** Opens what dispatchers are made of; disposing it closes them. */
export function openDispatch() {
  const core = openTestCore();
  const metrics = createCallMetrics();
  const limiter = createRateLimiter({ clock: core.clock, settings: core.settings });
  /** Operations whose handler ran. */
  const ran: string[] = [];

  function make(own: Partial<Record<OperationOfTest, AnyHandler>> = {}, more: Partial<DispatcherDeps> = {}) {
    const answer = ({ id, fails }: { id: string; fails?: string }) => {
      if (fails === 'foreseen') throw new AppError('not-found');
      if (fails === 'unforeseen') throw new TypeError('a secret inside');
      return { id };
    };
    const handlers = Object.fromEntries(
      Object.keys(small).map((id): [string, AnyHandler] => [
        id,
        (input: never, context) => {
          ran.push(id);
          return (own[id as OperationOfTest] ?? answer)(input, context);
        },
      ]),
    );
    return createDispatcher({
      contract: small,
      handlers: [{ feature: 'test', handlers }],
      limiter,
      idempotency: createIdempotency(createIdempotencyStore(core.db), core.clock),
      audit: createAudit(core),
      metrics,
      clock: core.clock,
      log: core.log,
      storage: core.storage,
      addressOf: (op, _operation, id) => ({ url: `${op}:${id}`, expires_at: '', name: '', mime: '', bytes: 0 }),
      ...more,
    });
  }
  const auditRows = () => core.db.raw.prepare('SELECT op, target, outcome FROM audit ORDER BY seq').all();
  const statuses = (op: string) =>
    [...metrics.series()].filter((series) => series.op === op).map(({ status, count }) => [status, count]);

  return {
    ...{ core, metrics, ran, make, auditRows, statuses },
    [Symbol.dispose]() {
      limiter.dispose();
      core[Symbol.dispose]();
    },
  };
}
