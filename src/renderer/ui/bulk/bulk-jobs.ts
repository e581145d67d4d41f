/** The bulk operations that are shown in the corner until they are dismissed. */
import { create } from 'zustand';
import type { BulkRow } from '../../../contract/kernel/bulk.ts';
import { plural } from '../../lib/format.ts';

/** Operations that act on many rows, with the list that names them and the address of one. */
export const BULK = {
  tasks_bulk: { list: 'tasks_list', one: 'task', at: (id: string) => ({ to: '/tasks/$id', params: { id } }) },
  profiles_bulk: {
    list: 'profiles_list',
    one: 'profile',
    at: (id: string) => ({ to: '/profiles', search: { peek: id } }),
  },
  proxies_bulk: {
    list: 'proxies_list',
    one: 'proxy',
    many: 'proxies',
    at: (id: string) => ({ to: '/proxies', search: { peek: id } }),
  },
  schedules_bulk: {
    list: 'schedules_list',
    one: 'schedule',
    at: (id: string) => ({ to: '/schedules', search: { peek: id } }),
  },
  commands_bulk: {
    list: 'commands_list',
    one: 'command',
    at: (id: string) => ({ to: '/commands/$id', params: { id } }),
  },
} as const;
export type BulkOp = keyof typeof BULK;

/** "1 proxy", "2,000 proxies". */
export function amountOf(op: BulkOp, value: number): string {
  const words: { one: string; many?: string } = BULK[op];
  return plural(value, words.one, words.many);
}

/** One bulk operation. */
export interface BulkJob {
  /** Id of the job, or a random one where `rows` are known already. */
  id: string;
  op: BulkOp;
  /** What was done, in the past tense: "deleted". */
  done: string;
  /** What is being done, with what: "Deleting 2,000 tasks". */
  doing: string;
  /** Results of an operation that is over and was no job. */
  rows?: readonly BulkRow[];
  /** Verb that takes it back. */
  undo?: string | undefined;
  /** How it went, once that has been seen: then the status bar has it, where it covers nothing. */
  tucked?: string | undefined;
}

interface BulkJobs {
  jobs: readonly BulkJob[];
  add(job: BulkJob): void;
  dismiss(id: string): void;
  /** Moves it to the status bar. */
  tuck(id: string, said: string): void;
}

export const useBulkJobs = create<BulkJobs>()((set) => ({
  jobs: [],
  add: (job) => set(({ jobs }) => ({ jobs: [...jobs.filter(({ id }) => id !== job.id), job] })),
  tuck: (id, tucked) => set(({ jobs }) => ({ jobs: jobs.map((job) => (job.id === id ? { ...job, tucked } : job)) })),
  dismiss: (gone) => set(({ jobs }) => ({ jobs: jobs.filter(({ id }) => id !== gone) })),
}));
