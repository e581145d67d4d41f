import { beforeEach, describe, expect, it } from 'vitest';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import { createRedactor } from '../../../contract/kernel/redact/redact.ts';
import type { Report } from './report.ts';
import { createSteps, type StepHooks, type Steps } from './steps.ts';

type StepMessage = Extract<FromExecutor, { t: 'step_start' | 'step_end' }>;

let sent: StepMessage[];
let steps: Steps;
beforeEach(() => {
  sent = [];
  const report: Report = {
    send: (message) => void (message.t === 'step_start' || message.t === 'step_end' ? sent.push(message) : undefined),
    progress: () => undefined,
    flush: () => undefined,
  };
  steps = createSteps(report, createRedactor());
});
const started = () =>
  sent.flatMap((message) => (message.t === 'step_start' ? [[message.seq, message.parent, message.name]] : []));
const ended = () => sent.flatMap((message) => (message.t === 'step_end' ? [[message.seq, message.status]] : []));
const outputs = () => sent.flatMap((message) => (message.t === 'step_end' ? [message.output] : []));

/** A hook that does nothing but what a test gives. */
const hooks = (own: Partial<StepHooks> = {}): StepHooks => ({
  begin: async () => {},
  end: async () => {},
  witness: async () => null,
  describe: (error) => ({ type: '', title: '', status: 500, detail: String(error), code: 'script_error' }),
  ...own,
});

describe('the tree', () => {
  it('nests by the call that made a step, not by what happens to be open', async () => {
    await steps.run('outer', async () => {
      await Promise.all([
        steps.run('left', () => steps.run('left leaf', () => 1)),
        steps.run('right', async () => {
          await new Promise((resolve) => setImmediate(resolve));
          await steps.run('right leaf', () => 2);
        }),
      ]);
    });
    await steps.run('after', () => 3);
    const names = new Map(started().map(([seq, , name]) => [seq, name]));
    expect(started().map(([, parent, name]) => [name, names.get(parent)])).toEqual([
      ['outer', undefined],
      ['left', 'outer'],
      ['right', 'outer'],
      ['left leaf', 'left'],
      ['right leaf', 'right'],
      ['after', undefined],
    ]);
    expect(ended().every(([, status]) => status === 'succeeded')).toBe(true);
  });

  // Catches lines of the log that are shown with a step that has ended.
  it('knows the step that code runs in, and none outside', async () => {
    const seen: (number | null)[] = [];
    const note = () => seen.push(steps.current()?.seq ?? null);
    note();
    await steps.run('a', async () => {
      note();
      await steps.run('b', note);
      note();
    });
    note();
    expect(seen).toEqual([null, 1, 2, 1, null]);
  });

  it('gives back what the step gave, and a name of any kind becomes a text of 500 characters', async () => {
    expect(await steps.run('x'.repeat(600), () => 'value')).toBe('value');
    expect(await steps.run(7 as never, () => undefined)).toBeUndefined();
    expect(started().map(([, , name]) => name)).toEqual(['x'.repeat(500), '7']);
  });
});

describe('outputs', () => {
  it('are kept when JSON can hold them and they are small, and fail no step otherwise', async () => {
    const given = [{ rows: 3 }, undefined, new Map(), 'x'.repeat(16_382), 'x'.repeat(16_383)];
    for (const output of given) await steps.run('step', () => output);
    expect(outputs()).toEqual([{ rows: 3 }, null, null, 'x'.repeat(16_382), null]);
    expect(ended().every(([, status]) => status === 'succeeded')).toBe(true);
  });
});

describe('a failure', () => {
  it('fails every step around it, and is known to come out of the innermost', async () => {
    const error = new Error('nope');
    const failing = steps.run('outer', () => steps.run('inner', () => Promise.reject(error)));
    await expect(failing).rejects.toBe(error);
    expect(ended()).toEqual([
      [2, 'failed'],
      [1, 'failed'],
    ]);
    expect(steps.whereFailed(error)?.name).toBe('inner');
    expect(steps.whereFailed(new Error('other'))).toBeUndefined();
    expect(steps.whereFailed('a text')).toBeUndefined();
  });

  it('that the script catches fails its own step only', async () => {
    await steps.run('outer', () => steps.run('inner', () => Promise.reject(new Error('x'))).catch(() => 'fine'));
    expect(ended()).toEqual([
      [2, 'failed'],
      [1, 'succeeded'],
    ]);
  });

  it('is described by the hooks once they are there; a thrown text works too', async () => {
    await steps.run('early', () => Promise.reject('e')).catch(() => undefined);
    steps.attach(hooks());
    await steps.run('late', () => Promise.reject('why')).catch(() => undefined);
    const errors = sent.flatMap((message) => (message.t === 'step_end' ? [message.error?.detail ?? null] : []));
    expect(errors).toEqual([null, 'why']);
  });
});

describe('the hooks', () => {
  // Catches a screenshot at the end of a step that is taken before the step has ended, or not at all after a failure.
  it('run around every step, also around one that fails, and wait for each other', async () => {
    const order: string[] = [];
    steps.attach(
      hooks({
        begin: async ({ name }) => void order.push(`begin ${name}`),
        end: async ({ name }) => {
          await new Promise((resolve) => setImmediate(resolve));
          order.push(`end ${name}`);
        },
      }),
    );
    await steps.run('a', () => order.push('work'));
    await steps.run('b', () => Promise.reject(new Error('x'))).catch(() => order.push('caught'));
    expect(order).toEqual(['begin a', 'work', 'end a', 'begin b', 'end b', 'caught']);
  });
});

describe('closing', () => {
  // Catches steps that are shown as running for ever, and an end that is told twice.
  it('ends what is open, inner steps first, once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const running = steps.run('outer', () => steps.run('inner', () => promise));
    await new Promise((next) => setImmediate(next));
    steps.close('cancelled');
    expect(ended()).toEqual([
      [2, 'cancelled'],
      [1, 'cancelled'],
    ]);
    resolve();
    await running;
    steps.close('failed');
    expect(ended()).toHaveLength(2);
  });
});
