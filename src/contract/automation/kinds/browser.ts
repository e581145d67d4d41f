/** Kind `browser`: a Playwright script. */
import { z } from 'zod';
import type { CommandKindRecord } from './kind.ts';

/** Playwright script with a default export `async ({ page, context, input, log, progress, step, artifact, signal }) => output`. */
export const BrowserSpec = z.strictObject({
  kind: z.literal('browser').default('browser'),
  /** JavaScript or TypeScript module source. */
  script: z.string().min(1).max(1_000_000),
  language: z.enum(['javascript', 'typescript']).default('typescript'),
  headless: z.boolean().default(true),
  /** Record a Playwright trace: always, only kept when the task fails, or never. */
  trace: z.enum(['on', 'on_failure', 'off']).default('on'),
  /** Screenshot of the page when the script ends. */
  screenshot: z.enum(['on', 'on_failure', 'off']).default('on'),
  /** Default timeout of page actions, ms. */
  action_timeout_ms: z.int().min(0).max(3_600_000).default(30_000),
});
export type BrowserSpec = z.infer<typeof BrowserSpec>;

const javascript = (script: string) => ({ script, language: 'javascript' });
const typescript = (script: string) => ({ script, language: 'typescript' });

/** Contract record of the kind. */
export const browser = {
  title: 'Playwright script',
  description: 'Drives a browser with a script.',
  needsBrowser: true,
  runsIn: 'executor',
  spec: BrowserSpec,
  sources: { '.mjs': javascript, '.js': javascript, '.ts': typescript, '.mts': typescript },
} as const satisfies CommandKindRecord;
