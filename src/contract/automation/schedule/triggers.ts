/** When a schedule is due: at times that can be told before, or when something happens. */
import { z } from 'zod';
import { Timestamp } from '../../kernel/scalars.ts';
import { TimeZone } from '../profiles.ts';
import { Pointer } from './pointer.ts';
import { ProductEvent } from './product-events.ts';

const few = (most: number) => [(all: object) => Object.keys(all).length <= most, `must be at most ${most}`] as const;

const Plain = z.union([z.string().max(500), z.number(), z.boolean(), z.null()]);
/** What an event must have at each of these paths: one of the values, or a list with one of them. */
export const Conditions = z.record(Pointer, z.array(Plain).min(1).max(100)).refine(...few(20));
export type Conditions = z.infer<typeof Conditions>;
/** Members of the input and the path in the event that each is taken from; where an event has none, the input of the schedule stays. */
export const FieldMap = z.record(z.string().min(1).max(100), Pointer).refine(...few(100));
export type FieldMap = z.infer<typeof FieldMap>;

/** What all triggers have that wait for something to happen. */
const onEvent = {
  where: Conditions.default({}),
  map: FieldMap.default({}),
  /** Of the events within as many seconds of a start only the last one starts anything, when they are over. */
  min_interval_seconds: z.int().min(0).max(86_400).default(0),
};

/** @param timezone what is known today; answers hold what was known when it was stored */
export const triggerOf = <Z extends z.ZodType<string, string | undefined>>(timezone: Z) =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('cron'),
      /** Five fields, six with seconds first, or a nickname such as `@daily`; names, `L`, `W` and `#` are understood. */
      expr: z.string().trim().min(1).max(200),
      timezone,
      /** What becomes of a fixed time that does not exist because the clock is turned forward. */
      gap: z.enum(['run_after', 'skip']).default('run_after'),
    }),
    z.strictObject({ kind: z.literal('interval'), seconds: z.int().min(5).max(31_536_000) }),
    z.strictObject({ kind: z.literal('once'), at: Timestamp }),
    z.strictObject({ kind: z.literal('event'), on: ProductEvent, ...onEvent }),
    /** Signed requests of other programs. */
    z.strictObject({ kind: z.literal('webhook'), ...onEvent }),
  ]);
/** When a schedule is due. */
export const Trigger = triggerOf(TimeZone.default('UTC'));
export type Trigger = z.infer<typeof Trigger>;

/** A trigger that waits for something to happen. */
export type EventTrigger = Extract<Trigger, { map: unknown }>;
export const isEventTrigger = (trigger: Trigger): trigger is EventTrigger => 'map' in trigger;
