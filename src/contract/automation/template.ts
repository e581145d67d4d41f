/**
 * `{{variables}}` in the specs of commands. A script is no template: it receives `input` as an argument.
 *
 * - `{{name}}` is a member of the task's input; `{{input.name}}` is the same, `{{input.user.first}}` and `{{items.0.id}}` go deeper.
 * - `{{profile.name}}`, `{{task.id}}`, `{{host.node}}`: the namespaces the caller passes. A namespace wins over an input of its name.
 * - `{{name|default text}}` when there is no value (absent or null); the default must not contain braces.
 * - `\{{name}}` is the literal text `{{name}}`, `\\{{name}}` a backslash and the value.
 * - A string that is exactly one placeholder takes the value's JSON type; elsewhere strings go in as they are, null as nothing,
 *   anything else as JSON. Values are not looked at again, so an input cannot bring placeholders of its own.
 * - Environment variables cannot be named: they may hold secrets of the operator's account.
 */
import { BOUNDS, excessError, excessOf } from '../kernel/bounds.ts';
import { AppError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/scalars.ts';

/** What {@link resolveTemplates} answers. */
export interface Resolved<T extends Json = Json> {
  /** The value with every placeholder replaced; placeholders without a value stay as they are. */
  value: T;
  /** Names without value or default, in order of appearance, each once. */
  missing: string[];
  /** Names that were replaced by a value, each once. */
  used: string[];
}

// The look-behind lets a run of backslashes be tried once only, and defaults end at the next brace: no input takes
// more than linear time.
const PLACEHOLDER =
  /(?<!\\)(\\*)\{\{[ \t]{0,20}([A-Za-z_][\w-]{0,99}(?:\.[\w-]{1,100}){0,20})[ \t]{0,20}(?:\|([^{}]*))?\}\}/g;
/** The first of them. Not global: a global expression keeps where its last match ended, also for those who search another text with it. */
const FIRST = new RegExp(PLACEHOLDER.source);

function member(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return /^\d{1,9}$/.test(name) ? value[Number(name)] : undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function lookUp(variables: JsonObject, path: string): Json | undefined {
  const [first = '', ...rest] = path.split('.');
  const start = Object.hasOwn(variables, first) ? variables[first] : member(variables.input, first);
  return rest.reduce<Json | undefined>(member, start);
}

/** Placeholders that one value may hold. */
const MAX_PLACEHOLDERS = 100_000;

/** Makes texts of values, and counts what has gone in. */
class Embedding {
  readonly #texts = new Map<Json, string>();
  #left = MAX_PLACEHOLDERS;
  #size = 0;

  /** Counts one more placeholder. */
  count(): void {
    this.#left -= 1;
    if (this.#left < 0)
      throw new AppError('payload-too-large', `The command has more than ${MAX_PLACEHOLDERS} variables.`);
  }

  text(value: Json): string {
    const text = this.#textOf(value);
    this.#size += text.length;
    if (this.#size > BOUNDS.size) throw excessError(FILLED_IN, `larger than ${BOUNDS.size}`);
    return text;
  }

  #textOf(value: Json): string {
    if (typeof value === 'string') return value;
    if (value === null) return '';
    const text = this.#texts.get(value) ?? JSON.stringify(value);
    this.#texts.set(value, text);
    return text;
  }
}
const FILLED_IN = 'The command with its variables filled in';

/**
 * Replaces the placeholders in every string of a JSON value; member names are left alone. The result keeps to {@link BOUNDS}, however
 * often a small template names a large value.
 * @param variables namespaces by name, among them `input`: `{ input, profile, task, host }`
 * @param isJson whether a lone placeholder at this path keeps the value's JSON type; where it does not, the result is a string
 * @throws AppError `payload-too-large`, `bad-request` for a result beyond the bounds
 */
export function resolveTemplates<T extends Json>(
  value: T,
  variables: JsonObject,
  isJson: (path: readonly string[]) => boolean = () => true,
): Resolved<T> {
  const missing = new Set<string>();
  const used = new Set<string>();
  const embedding = new Embedding();

  /** Value of a placeholder, or undefined when it has none. */
  function valueFor(path: string, fallback: string | undefined): Json | undefined {
    embedding.count();
    const found = lookUp(variables, path);
    if (found === undefined || (found === null && fallback !== undefined)) {
      if (fallback === undefined) missing.add(path);
      return fallback;
    }
    used.add(path);
    return found;
  }

  function resolveString(text: string, at: readonly string[]): Json {
    const whole = FIRST.exec(text);
    if (whole === null) return text;
    const [all, slashes, path = '', fallback] = whole;
    if (all.length === text.length && slashes === '' && isJson(at))
      return valueFor(path, fallback) ?? (lookUp(variables, path) === null ? null : text);
    return text.replace(
      PLACEHOLDER,
      (match: string, backslashes: string, name: string, otherwise: string | undefined) => {
        const kept = backslashes.slice(0, backslashes.length >> 1);
        const placeholder = match.slice(backslashes.length);
        if (backslashes.length % 2 === 1) return kept + placeholder;
        const resolved = valueFor(name, otherwise);
        return kept + (resolved === undefined ? placeholder : embedding.text(resolved));
      },
    );
  }

  function walk(node: Json, at: readonly string[]): Json {
    if (typeof node === 'string') return resolveString(node, at);
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...at, String(index)]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, walk(item, [...at, name])]));
  }

  // Only strings change, and callers parse what they get with the schema of the spec.
  const resolved = walk(value, []) as T;
  const excess = excessOf(resolved);
  if (excess !== null) throw excessError(FILLED_IN, excess);
  return { value: resolved, missing: [...missing], used: [...used] };
}

/** Names in the placeholders of every string of a value, in order, each once. */
export function templateNames(value: Json): string[] {
  if (typeof value === 'object' && value !== null) return [...new Set(Object.values(value).flatMap(templateNames))];
  if (typeof value !== 'string') return [];
  const live = [...value.matchAll(PLACEHOLDER)].filter(([, slashes = '']) => slashes.length % 2 === 0);
  return [...new Set(live.map(([, , name = '']) => name))];
}

/** Writes a text so that {@link resolveTemplates} gives it back unchanged. */
export function escapeTemplate(text: string): string {
  return text.replace(PLACEHOLDER, (match: string, slashes: string) => `${slashes}\\${match}`);
}
