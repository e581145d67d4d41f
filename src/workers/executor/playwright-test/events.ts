/** What the reporter inside of Playwright tells the executor. Tests run in the same process tree and can forge all of it, so it is parsed and bounded. */
import { z } from 'zod';

const Text = z.string().max(200_000);
const Place = z.strictObject({ file: z.string().max(4096), line: z.int().min(0), column: z.int().min(0) });

/** One error of a test or of the run. */
export const TestError = z.strictObject({
  message: Text,
  place: Place.nullable(),
  /** Lines around the place, from `first_line`. */
  excerpt: z.strictObject({ first_line: z.int().min(1), lines: z.array(z.string().max(1000)).max(9) }).nullable(),
});
export type TestError = z.infer<typeof TestError>;

/** A file that a test has attached. */
export const Attachment = z.strictObject({
  name: z.string().max(1000),
  mime: z.string().max(200),
  path: z.string().max(4096).nullable(),
  /** Base64 of one that has no path. */
  body: z.string().max(1_500_000).nullable(),
});
export type Attachment = z.infer<typeof Attachment>;

const Id = z.int().min(0);

export const TestEvent = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('begin'), total: z.int().min(0) }),
  /** A project, file or group of tests; `ok` at its end tells whether all tests of it did what was expected. */
  z.strictObject({ t: z.literal('group'), id: Id, parent: Id.nullable(), title: Text, at: z.int() }),
  z.strictObject({ t: z.literal('group_end'), id: Id, ok: z.boolean(), at: z.int() }),
  z.strictObject({
    t: z.literal('test'),
    id: Id,
    parent: Id,
    title: Text,
    retry: z.int().min(0),
    skipped: z.boolean(),
    at: z.int(),
  }),
  z.strictObject({ t: z.literal('step'), id: Id, parent: Id, title: Text, at: z.int() }),
  z.strictObject({ t: z.literal('step_end'), id: Id, error: TestError.nullable(), at: z.int() }),
  z.strictObject({
    t: z.literal('test_end'),
    id: Id,
    /** Path of titles, without the project. */
    path: z.array(Text).max(50),
    project: z.string().max(1000),
    place: Place,
    status: z.enum(['passed', 'failed', 'timedOut', 'skipped', 'interrupted']),
    /** What the test means with all its repetitions; null when it will be repeated. */
    outcome: z.enum(['passed', 'failed', 'flaky', 'skipped']).nullable(),
    retry: z.int().min(0),
    duration_ms: z.number().min(0),
    errors: z.array(TestError).max(10),
    attachments: z.array(Attachment).max(50),
    at: z.int(),
  }),
  /** An error outside of all tests: a file that does not compile, a configuration with a mistake. */
  z.strictObject({ t: z.literal('error'), error: TestError }),
  z.strictObject({
    t: z.literal('end'),
    status: z.enum(['passed', 'failed', 'timedout', 'interrupted']),
    duration_ms: z.number(),
  }),
]);
export type TestEvent = z.infer<typeof TestEvent>;
