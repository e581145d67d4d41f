import type { Job } from '../../../../contract/host/jobs.ts';
import { contract } from '../../../../contract/index.ts';
import { duration, words } from '../../../lib/format.ts';

/** Every state of a job. */
export const JOB_STATES = ['running', 'queued', 'succeeded', 'failed', 'cancelled'] as const satisfies Job['status'][];

/** Jobs that no operation has its name from. */
const TITLES: Readonly<Record<string, string>> = {
  backup: 'Backup of the database',
  model_pull: 'Download of a model',
  model_import: 'Import of a model',
  model_load: 'Load of a model',
  tasks_bulk: 'Action on many tasks',
  commands_bulk: 'Action on many commands',
  profiles_bulk: 'Action on many profiles',
  proxies_bulk: 'Action on many proxies',
  proxies_check_all: 'Check of proxies',
};

/** What a job does, in words. */
export const jobTitle = (kind: string): string =>
  TITLES[kind] ?? (Object.hasOwn(contract, kind) ? contract[kind as keyof typeof contract].summary : words(kind));

/** True while a job runs or waits. */
export const isOpen = ({ status }: Job): boolean => status === 'queued' || status === 'running';

/** What a cancel of it is called: a download keeps what it has, and goes on from there. */
export const stopWord = ({ kind }: Job): 'Pause' | 'Cancel' => (kind === 'model_pull' ? 'Pause' : 'Cancel');

/** How long it ran, or has run; nothing before its start. */
export const ranFor = ({ started_at: from, finished_at: to }: Job): string =>
  from === null || to === null ? '–' : duration(Date.parse(to) - Date.parse(from));
