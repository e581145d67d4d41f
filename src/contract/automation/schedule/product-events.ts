/** What happens in the product that a schedule can wait for: each with its words, and an example of what it tells. */
import { z } from 'zod';
import type { JsonObject } from '../../kernel/scalars.ts';

interface ProductEventKind {
  /** "When …". */
  words: string;
  /** What follows beside `event` and `at`. An empty object may hold anything. */
  example: JsonObject;
}

const profile = { id: 'prf_00000000000000000000000000', name: 'Shop', task_id: 'tsk_00000000000000000000000000' };
const proxy = { id: 'prx_00000000000000000000000000', name: 'Oslo', error: 'The proxy does not answer' };
const download = { id: 'owner/model:Q4_K_M', repo: 'owner/model', variant: 'Q4_K_M' };

export const PRODUCT_EVENTS = {
  'task.ended': {
    words: 'a task ends',
    example: {
      task: {
        id: 'tsk_00000000000000000000000000',
        status: 'succeeded',
        command_id: 'cmd_00000000000000000000000000',
        command_name: 'Collect',
        profile_id: 'prf_00000000000000000000000000',
        profile_name: 'Shop',
        schedule_id: 'sch_00000000000000000000000000',
        batch_id: 'bat_00000000000000000000000000',
        labels: ['nightly'],
        error_code: 'navigation_failed',
        error: 'The page could not be opened',
        duration_ms: 1500,
        output: {},
      },
    },
  },
  'profile.started': { words: 'the browser of a profile starts', example: { profile } },
  'profile.stopped': { words: 'the browser of a profile stops', example: { profile } },
  'profile.crashed': { words: 'the browser of a profile crashes', example: { profile } },
  'proxy.down': { words: 'a proxy goes down', example: { proxy } },
  'proxy.up': { words: 'a proxy that was down works again', example: { proxy } },
  'download.finished': {
    words: 'the download of a model ends',
    example: { download: { ...download, model_id: 'mdl_00000000000000000000000000' } },
  },
  'download.failed': {
    words: 'the download of a model fails',
    example: { download: { ...download, error: 'The disk is full' } },
  },
  'host.started': { words: 'TabAgent starts', example: { host: { version: '1.0.0' } } },
} as const satisfies Record<string, ProductEventKind>;

export type ProductEvent = keyof typeof PRODUCT_EVENTS;
export const ProductEvent = z.enum(Object.keys(PRODUCT_EVENTS) as [ProductEvent, ...ProductEvent[]]);
