/**
 * The one rule for values that come from elsewhere: callers, child processes, pages, servers, programs. What is read recursively after
 * this check (schemas, redaction, serialisation) can neither exhaust the stack nor hold up the event loop.
 */
import { AppError } from './errors.ts';
import { isPlain } from './json.ts';

/** Limits of one value. */
export interface Bounds {
  /** Levels of nesting. */
  depth: number;
  /** Items of all arrays and members of all objects together. */
  members: number;
  /** Members of all objects together, where fewer than {@link members}: V8 makes a table of each object with many names. */
  names?: number;
  /** Arrays and objects, empty ones too, where fewer than {@link members}: each costs a schema of any JSON ten times what a number costs. */
  containers?: number;
  /** Characters of one string. */
  string: number;
  /** Characters of a text; or of all strings and names, bytes of all byte arrays, and 8 for every other value. */
  size: number;
}

/** What every edge takes; an edge may take less. */
export const BOUNDS: Bounds = { depth: 64, members: 250_000, string: 16 * 1024 * 1024, size: 32 * 1024 * 1024 };
/** Lists and objects of one value that is kept and shown. */
const CONTAINERS = 20_000;

/** Inputs of operations that carry no texts; each value may be wrong in its own way. */
export const JSON_BOUNDS: Bounds = { ...BOUNDS, members: 50_000, containers: CONTAINERS };
/** Inputs of operations that carry lists of texts. */
export const DOCUMENT_BOUNDS: Bounds = { ...BOUNDS, names: 40_000, containers: CONTAINERS };
/** What a command gives that is kept with its task and shown in lists; what is beyond becomes a file. */
export const KEPT_BOUNDS: Bounds = { ...BOUNDS, containers: CONTAINERS };
/** What a program or a server gives to the process that asked for it; what is large becomes a file and travels no further. */
export const OUTPUT_BOUNDS: Bounds = { ...BOUNDS, members: 8_000_000, string: BOUNDS.size };
/** A value of {@link BOUNDS} inside the message of a child process. */
export const MESSAGE_BOUNDS: Bounds = { ...BOUNDS, depth: BOUNDS.depth + 4, members: BOUNDS.members + 1000 };

/** What a host answers: outputs of tasks inside frames; what is kept from earlier versions may be deeper than what is taken now. */
export const ANSWER_BOUNDS: Bounds = {
  ...OUTPUT_BOUNDS,
  depth: 512,
  string: 100 * 1024 * 1024,
  size: 100 * 1024 * 1024,
};

const deeper = ({ depth }: Bounds) => `nested deeper than ${depth} levels`;
const larger = ({ size }: Bounds) => `larger than ${size}`;
const tooMany = ({ members }: Bounds) => `made of more than ${members} values`;
const tooManyNames = (names: number) => `made of more than ${names} members`;
const tooManyContainers = (containers: number) => `made of more than ${containers} lists and objects`;
const tooLong = ({ string }: Bounds) => `holding a string of more than ${string} characters`;

/**
 * What is wrong with a structured-cloned value, or null. Only JSON values, undefined and byte arrays pass; the walk keeps its own stack
 * and stops at the first excess.
 */
export function excessOf(value: unknown, bounds: Bounds = BOUNDS): string | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  const { names: maxNames = bounds.members, containers: maxContainers = Number.POSITIVE_INFINITY } = bounds;
  let size = 0;
  let members = 0;
  let names = 0;
  let containers = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') {
      if (value.length > bounds.string) return tooLong(bounds);
      size += value.length;
    } else size += 8;
    if (typeof value === 'object' && value !== null) {
      if (depth >= bounds.depth) return deeper(bounds);
      containers += 1;
      if (containers > maxContainers) return tooManyContainers(maxContainers);
      if (value instanceof Uint8Array) size += value.byteLength;
      else if (Array.isArray(value)) {
        members += value.length;
        if (members > bounds.members) return tooMany(bounds);
        for (const item of value) open.push({ value: item, depth: depth + 1 });
      } else if (isPlain(value)) {
        const entries = Object.entries(value);
        members += entries.length;
        names += entries.length;
        if (members > bounds.members) return tooMany(bounds);
        if (names > maxNames) return tooManyNames(maxNames);
        for (const [name, member] of entries) {
          size += name.length;
          open.push({ value: member, depth: depth + 1 });
        }
      } else return `holding a ${value.constructor.name}`;
    }
    if (size > bounds.size) return larger(bounds);
  }
  return null;
}

/** What was counted in texts that share one bound. */
interface Counts {
  members: number;
  names: number;
  containers: number;
  size: number;
}

const none = (): Counts => ({ members: 0, names: 0, containers: 0, size: 0 });

/**
 * What is wrong with a JSON text before it is parsed, or null; a text that is not JSON is somebody else's to refuse.
 * @param counts what came before, to which this text is added
 */
function excessOfText(text: string, bounds: Bounds, counts = none()): string | null {
  counts.size += text.length;
  if (counts.size > bounds.size) return larger(bounds);
  const { names: maxNames = bounds.members, containers: maxContainers = Number.POSITIVE_INFINITY } = bounds;
  let { members, names, containers } = counts;
  let depth = 0;
  // Every item but the first of its list follows a comma, and every list opens with a bracket.
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case 0x22: {
        const end = endOfString(text, index);
        if (end - index - 1 > bounds.string) return tooLong(bounds);
        index = end;
        break;
      }
      case 0x5b:
      case 0x7b:
        depth += 1;
        members += 1;
        containers += 1;
        if (depth > bounds.depth) return deeper(bounds);
        if (containers > maxContainers) return tooManyContainers(maxContainers);
        if (members > bounds.members) return tooMany(bounds);
        break;
      case 0x3a:
        names += 1;
        if (names > maxNames) return tooManyNames(maxNames);
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      case 0x2c:
        members += 1;
        if (members > bounds.members) return tooMany(bounds);
        break;
    }
  }
  Object.assign(counts, { members, names, containers });
  return null;
}

/** Index of the quote that closes the string which opens at `start`; the length of a text that ends before. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}

/** The error for an excess that {@link excessOf} has found. @param what the subject of the sentence */
export function excessError(what: string, excess: string): AppError {
  const slug = excess.startsWith('nested') ? 'bad-request' : 'payload-too-large';
  return new AppError(slug, `${what} is ${excess}.`);
}

/** A structured-cloned frame, or the error that stands for one beyond the bounds. */
export function boundedFrame(message: unknown): unknown {
  const excess = excessOf(message);
  return excess === null ? message : excessError('The frame', excess);
}

/**
 * `JSON.parse` for texts that come from elsewhere.
 * @throws AppError `bad-request` for one that is nested too deeply, `payload-too-large` beyond the other bounds; SyntaxError for one that
 *   is not JSON
 */
export function parseBounded(text: string, bounds: Bounds = BOUNDS): unknown {
  const excess = excessOfText(text, bounds);
  if (excess !== null) throw excessError('The JSON', excess);
  return JSON.parse(text);
}

/** Like {@link parseBounded} for several texts that somebody sent in one value: together they may hold what one may. */
export function createBoundedParser(bounds: Bounds): (text: string) => unknown {
  const counts = none();
  return (text) => {
    const excess = excessOfText(text, bounds, counts);
    if (excess !== null) throw excessError('The JSON', excess);
    return JSON.parse(text);
  };
}
