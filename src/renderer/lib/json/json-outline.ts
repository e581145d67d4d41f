/** A JSON value as the nodes of a tree that are shown: those that are open, of a wide one a hundred at a time, all of them bounded. */
import type { Json } from '../../../contract/kernel/scalars.ts';
import { tame } from '../text/tame.ts';

/** Entries of a node that come at once. */
export const PAGE = 100;
/** Nodes above this depth are open at first, while they have no more entries than a page and there are not too many in all. */
const OPEN_DEPTH = 3;
const MAX_FIRST_NODES = 1_000;
/** Characters that are shown of a name and of a text. */
const MAX_NAME = 200;
const MAX_TEXT = 2_000;

export interface JsonScalar {
  name: string | null;
  type: 'string' | 'number' | 'literal';
  text: string;
}

export interface JsonBranch {
  name: string | null;
  type: 'object' | 'array';
  /** Entries that it has. */
  count: number;
  /** The first of them; null while it is closed. */
  children: JsonNode[] | null;
}

export type JsonNode = JsonScalar | JsonBranch;

/** Where a node is: the index of its entry in each node above it. */
export type JsonPath = readonly number[];

type Branch = Json[] | { [name: string]: Json };

/** Names of an object are listed once: a page of a million of them should not cost a list of a million. */
const names = new WeakMap<object, string[]>();
function namesOf(value: { [name: string]: Json }): string[] {
  const known = names.get(value);
  if (known !== undefined) return known;
  const list = Object.keys(value);
  names.set(value, list);
  return list;
}

const isBranch = (value: Json): value is Branch => typeof value === 'object' && value !== null;
const countOf = (value: Branch) => (Array.isArray(value) ? value.length : namesOf(value).length);

function entryOf(value: Branch, index: number): [name: string, value: Json] {
  if (Array.isArray(value)) return [String(index), value[index] ?? null];
  const name = namesOf(value)[index] ?? '';
  return [name, value[name] ?? null];
}

function scalarOf(name: string | null, value: string | number | boolean | null): JsonScalar {
  if (typeof value !== 'string')
    return { name, type: typeof value === 'number' ? 'number' : 'literal', text: String(value) };
  const quoted = JSON.stringify(value.slice(0, MAX_TEXT));
  return { name, type: 'string', text: tame(value.length <= MAX_TEXT ? quoted : `${quoted} …`, 2 * MAX_TEXT) };
}

/** @param left how many more nodes may be made */
function nodeOf(name: string | null, value: Json, depth: number, left: { nodes: number }): JsonNode {
  left.nodes--;
  const label = name === null ? null : tame(name, MAX_NAME);
  if (!isBranch(value)) return scalarOf(label, value);
  const count = countOf(value);
  const isOpen = depth < OPEN_DEPTH && count <= PAGE && count <= left.nodes;
  return {
    name: label,
    type: Array.isArray(value) ? 'array' : 'object',
    count,
    children: isOpen ? entriesOf(value, 0, depth + 1, left) : null,
  };
}

function entriesOf(value: Branch, from: number, depth: number, left: { nodes: number }): JsonNode[] {
  const length = Math.max(0, Math.min(PAGE, countOf(value) - from));
  return Array.from({ length }, (_, index) => {
    const [name, entry] = entryOf(value, from + index);
    return nodeOf(name, entry, depth, left);
  });
}

/** The value with what is open at first. A wide one has its first page. */
export function outline(value: Json): JsonNode {
  const left = { nodes: MAX_FIRST_NODES };
  const root = nodeOf(null, value, 0, left);
  return isBranch(value) && 'children' in root && root.children === null
    ? { ...root, children: entriesOf(value, 0, OPEN_DEPTH, left) }
    : root;
}

/** A page of the entries of the node at `path`, each of them closed. Empty when there is no such node. */
export function pageOf(value: Json, path: JsonPath, from: number): JsonNode[] {
  let node = value;
  for (const index of path) {
    if (!isBranch(node)) return [];
    [, node] = entryOf(node, index);
  }
  return isBranch(node) ? entriesOf(node, from, OPEN_DEPTH, { nodes: PAGE }) : [];
}
