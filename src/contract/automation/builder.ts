/**
 * A typed way to write commands in TypeScript. Each function gives the plain JSON that `commands_create` takes, so the result
 * can be sent, stored in a file, or passed to `tabagent run`.
 *
 * ```ts
 * const greet = browser({
 *   name: 'Read a title',
 *   input_schema: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
 *   script: async ({ page, input }) => { await page.goto(input.url); return { title: await page.title() }; },
 * });
 * ```
 */
import type { z } from 'zod';
import type { Json, JsonObject } from '../kernel/scalars.ts';
import { CommandCreate } from './commands.ts';
import { AnalyzeSpec } from './kinds/analyze.ts';
import { BrowserSpec } from './kinds/browser.ts';
import { HttpSpec } from './kinds/http.ts';
import { LlmSpec } from './kinds/llm.ts';
import { PlaywrightTestSpec } from './kinds/playwright-test.ts';
import { ProcessSpec } from './kinds/process.ts';
import type { ProfileSnapshot } from './profiles.ts';

/** The part of JSON Schema (2020-12) that {@link FromSchema} reads; other keywords are allowed and kept. */
export interface Schema {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly default?: Json;
  /** `password` makes the property a secret. */
  readonly format?: string;
  readonly writeOnly?: boolean;
  readonly [keyword: string]: unknown;
}

/** Properties that are there for sure: required ones, and those the host fills in from their `default`. */
type Present<S, P> = {
  [K in keyof P]: K extends (S extends { readonly required: readonly (infer R)[] } ? R : never)
    ? K
    : P[K] extends { readonly default: Json }
      ? K
      : never;
}[keyof P];

type ObjectOf<S> = S extends { readonly properties: infer P }
  ? { [K in Present<S, P>]: FromSchema<P[K]> } & { [K in Exclude<keyof P, Present<S, P>>]?: FromSchema<P[K]> }
  : JsonObject;

/** The type that a JSON Schema describes, as far as `type`, `properties`, `required`, `items`, `enum` and `const` tell. */
export type FromSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly type: 'string' }
      ? string
      : S extends { readonly type: 'number' | 'integer' }
        ? number
        : S extends { readonly type: 'boolean' }
          ? boolean
          : S extends { readonly type: 'null' }
            ? null
            : S extends { readonly type: 'array' }
              ? FromSchema<S extends { readonly items: infer I } ? I : unknown>[]
              : S extends { readonly properties: unknown }
                ? ObjectOf<S>
                : Json;

/** `log('text', data)` writes at level info; the others at their own. `data` must be JSON; it is shown beside the line. */
export interface ScriptLog {
  (message: unknown, data?: unknown): void;
  debug(message: unknown, data?: unknown): void;
  info(message: unknown, data?: unknown): void;
  warn(message: unknown, data?: unknown): void;
  error(message: unknown, data?: unknown): void;
}

/** Leaves a file with the task. Texts are redacted; names are made unique. Each call answers the name that it got. */
export interface ScriptArtifact<Page> {
  (name: string, content: string | Uint8Array | { path: string }, options?: { mime?: string }): Promise<string>;
  /** Takes a PNG of a page; the first open page unless one is given. */
  screenshot(page?: Page, name?: string): Promise<string>;
}

/** What a script is called with. */
export interface ScriptApi<Input, Page, Context> {
  /** First page of the profile's browser. */
  page: Page;
  context: Context;
  /** Input of the task, checked against the command's schema. */
  input: Input;
  log: ScriptLog;
  /** How far the script is, 0 to 100 or null when unknown. Sent four times a second at most; the last one always. */
  progress(percent: number | null, message?: string): void;
  /** Names a part of the script; steps nest. Answers what `run` answers; a step whose `run` throws has failed. */
  step<T>(name: string, run: () => T | Promise<T>): Promise<T>;
  artifact: ScriptArtifact<Page>;
  /** Aborts when the task is cancelled or its time is over. */
  signal: AbortSignalLike;
  /** The profile that the task runs with, or null. */
  profile: ProfileSnapshot | null;
}

/** The members of the web's `AbortSignal` that a script needs; the value is a real one. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Type of a script's default export. `Page` and `Context` are Playwright's; the module `tabagent` (types only) exports a
 * `BrowserScript` that has them filled in.
 */
export type BrowserScript<Input = JsonObject, Output = unknown, Page = unknown, Context = unknown> = (
  api: ScriptApi<Input, Page, Context>,
) => Output | Promise<Output>;

/** What `commands_create` takes, with its `spec` complete. */
export type CommandDefinition = CommandCreate;

/** Members that commands of every kind share. */
export type CommonDefinition<S extends Schema> = Omit<
  z.input<typeof CommandCreate>,
  'kind' | 'spec' | 'input_schema' | 'defaults'
> & {
  /** JSON Schema of the input; the types of the script's `input` and of `defaults` follow from it. */
  input_schema?: S;
  defaults?: Partial<FromSchema<S>>;
};

/** Argument of {@link browser}. */
export type BrowserDefinition<S extends Schema, Page, Context> = CommonDefinition<S> &
  Omit<z.input<typeof BrowserSpec>, 'kind' | 'script'> & {
    /**
     * Source of a module with a default export, or the function itself. A function is turned into text: it can use what it is
     * given and what it imports dynamically, but nothing from the file around it.
     */
    script: string | BrowserScript<FromSchema<S>, unknown, Page, Context>;
  };

/** Argument of {@link process}. */
export type ProcessDefinition<S extends Schema> = CommonDefinition<S> & Omit<z.input<typeof ProcessSpec>, 'kind'>;
/** Argument of {@link http}. */
export type HttpDefinition<S extends Schema> = CommonDefinition<S> & Omit<z.input<typeof HttpSpec>, 'kind'>;

/** Argument of {@link llm}. */
export type LlmDefinition<S extends Schema> = CommonDefinition<S> & Omit<z.input<typeof LlmSpec>, 'kind'>;

/** Argument of {@link analyze}. */
export type AnalyzeDefinition<S extends Schema> = CommonDefinition<S> & Omit<z.input<typeof AnalyzeSpec>, 'kind'>;

/** Argument of {@link playwright_test}. */
export type PlaywrightTestDefinition<S extends Schema> = CommonDefinition<S> &
  Omit<z.input<typeof PlaywrightTestSpec>, 'kind'>;

/** Splits a definition into the command's members and those of its spec, and checks both. */
function define(spec: z.ZodObject, definition: object): CommandDefinition {
  const members = Object.entries(definition).filter(([, value]) => value !== undefined);
  const inSpec = Object.fromEntries(members.filter(([name]) => name in spec.shape));
  const inCommand = Object.fromEntries(members.filter(([name]) => !(name in spec.shape)));
  const parsed = spec.parse(inSpec);
  return CommandCreate.parse({ ...inCommand, kind: parsed.kind, spec: parsed });
}

/**
 * A Playwright command.
 * @throws ZodError when a member is wrong or unknown
 */
export function browser<const S extends Schema = Schema, Page = unknown, Context = unknown>(
  definition: BrowserDefinition<S, Page, Context>,
): CommandDefinition {
  const { script } = definition;
  if (typeof script === 'string') return define(BrowserSpec, definition);
  // The text of a running function is JavaScript, whatever it was written in.
  return define(BrowserSpec, {
    ...definition,
    script: `export default ${script.toString()};\n`,
    language: 'javascript',
  });
}

/**
 * A program that is started without a shell. Placeholders as in `{{path}}` take the input; `{{host.node}}` is the Node.js that
 * TabAgent itself runs on, for programs that must work on machines without one.
 * @throws ZodError when a member is wrong or unknown
 */
export function process<const S extends Schema = Schema>(definition: ProcessDefinition<S>): CommandDefinition {
  return define(ProcessSpec, definition);
}

/**
 * An HTTP request with expectations. Placeholders as in `{{url}}` take the input.
 * @throws ZodError when a member is wrong or unknown
 */
export function http<const S extends Schema = Schema>(definition: HttpDefinition<S>): CommandDefinition {
  return define(HttpSpec, definition);
}

/**
 * A prompt for a model on this machine. Placeholders as in `{{text}}` take the input; with an `output_schema` the answer is JSON.
 * @throws ZodError when a member is wrong or unknown
 */
export function llm<const S extends Schema = Schema>(definition: LlmDefinition<S>): CommandDefinition {
  return define(LlmSpec, definition);
}

/**
 * A text that a model on this machine judges: names in it, or classes. Placeholders as in `{{text}}` take the input.
 * @throws ZodError when a member is wrong or unknown
 */
export function analyze<const S extends Schema = Schema>(definition: AnalyzeDefinition<S>): CommandDefinition {
  return define(AnalyzeSpec, definition);
}

/**
 * Tests that Playwright Test runs in the profile of the task: source text of one file, or a folder of this computer.
 * @throws ZodError when a member is wrong or unknown
 */
export function playwright_test<const S extends Schema = Schema>(
  definition: PlaywrightTestDefinition<S>,
): CommandDefinition {
  return define(PlaywrightTestSpec, definition);
}
