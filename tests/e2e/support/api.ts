/** Operations of the contract over one socket, typed; for filling a host before the panel looks at it. */
import type { z } from 'zod';
import type { Task, TaskCreate } from '../../../src/contract/automation/tasks.ts';
import type { CallIdOf, Operations } from '../../../src/contract/index.ts';
import type { InputOf, OutputOf } from '../../../src/contract/kernel/define.ts';
import type { ServerFrame } from '../../../src/contract/kernel/frames.ts';
import type { FrameClient } from '../../support/frame-client.ts';

export interface Api {
  /** @throws Error with the problem's code and detail */
  call<K extends CallIdOf>(op: K, input: InputOf<Operations[K]>): Promise<OutputOf<Operations[K]>>;
  /** Creates one task. */
  task(input: z.input<typeof TaskCreate>): Promise<Task>;
  /** A task of a small Node.js program. */
  program(name: string, source: string, more?: Partial<z.input<typeof TaskCreate>>): Promise<Task>;
  /** Settles with the task when it has ended. */
  ended(id: string): Promise<OutputOf<Operations['tasks_get']>>;
  close(): void;
}

function answerOf(op: string, last: ServerFrame): unknown {
  if (last.t === 'ok' || last.t === 'end') return last.v;
  throw new Error(`${op}: ${last.t === 'err' ? `${last.e.code}: ${last.e.detail}` : last.t}`);
}

/** The API over a connected client. */
export function apiOver(client: FrameClient): Api {
  const api: Api = {
    // The host has checked its answer against the same contract.
    call: async (op, input) => answerOf(op, (await client.call(op, input)).last) as never,
    task: async (input) => {
      const made = await api.call('tasks_create', input);
      if (!('id' in made)) throw new Error('Several tasks were created');
      return made;
    },
    program: (name, source, more = {}) =>
      api.task({ name, spec: { kind: 'process', argv: ['{{host.node}}', '-e', source] }, ...more }),
    ended: async (id) => {
      // The stream of a task's events ends with the task.
      answerOf('tasks_follow', (await client.call('tasks_follow', { id })).last);
      return api.call('tasks_get', { id } as InputOf<Operations['tasks_get']>);
    },
    close: client.close,
  };
  return api;
}
