/** Kind `http`: an HTTP request. */
import { z } from 'zod';
import { Json, JsonObject } from '../../kernel/scalars.ts';
import { type CommandKindRecord, Template } from './kind.ts';

const Headers = z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be a header name'), Template);

/** Conditions an HTTP answer must meet. */
const HttpExpectation = z.strictObject({
  status: z.union([z.int().min(100).max(599), z.array(z.int().min(100).max(599)).min(1)]).optional(),
  headers: z.record(z.string(), Template).optional(),
  /** Text that the body must contain. */
  body_contains: Template.optional(),
  /** JSON Pointer (RFC 6901) → value that must be there. */
  json: JsonObject.optional(),
  max_duration_ms: z.int().min(1).optional(),
});

/** One HTTP request with expectations. */
export const HttpSpec = z.strictObject({
  kind: z.literal('http').default('http'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  url: Template.min(1),
  query: z.record(z.string(), Template).default({}),
  headers: Headers.default({}),
  /** Text body, or a JSON value that is serialised after its strings have been resolved. */
  body: z
    .union([z.strictObject({ text: Template }), z.strictObject({ json: Json })])
    .nullable()
    .default(null),
  follow_redirects: z.boolean().default(true),
  expect: HttpExpectation.default({}),
  /** Bytes of the answer kept in output; the whole answer is an artifact. */
  max_output_bytes: z.int().min(0).max(10_485_760).default(65_536),
});
export type HttpSpec = z.infer<typeof HttpSpec>;

/** Contract record of the kind. */
export const http = {
  title: 'HTTP request',
  description: 'Sends one request and checks the response.',
  needsBrowser: false,
  runsIn: 'executor',
  spec: HttpSpec,
  sources: {},
} as const satisfies CommandKindRecord;
