/** Branches of a conversation. */
import { describe, expect, test } from 'vitest';
import type { MessageId } from '../../../contract/models/sessions.ts';
import { match, type Node, treeOf } from './tree.ts';

const id = (name: string) => name as MessageId;
/** `b<a` stands below `a`; what is said is the first letter. */
const nodes = (...names: string[]): Node[] =>
  names.map((name) => {
    const [own = '', parent] = name.split('<');
    return { id: id(own), parent_id: parent === undefined ? null : id(parent), digest: own.charAt(0) };
  });
const ids = (found: readonly Node[]) => found.map((node) => node.id);

/** a ─ b ─ c, and beside b another b with d below it. */
const TREE = nodes('a', 'b1<a', 'c<b1', 'b2<a', 'd<b2');

test('a branch is the way to its end', () => {
  const tree = treeOf(TREE);
  expect(ids(tree.pathTo(id('c')))).toEqual(['a', 'b1', 'c']);
  expect(ids(tree.pathTo(id('d')))).toEqual(['a', 'b2', 'd']);
  expect([tree.pathTo(null), tree.pathTo(id('unknown'))]).toEqual([[], []]);
});

test('versions of a message stand below the same one, the oldest first', () => {
  const tree = treeOf(TREE);
  expect(ids(tree.children(id('a')))).toEqual(['b1', 'b2']);
  expect(ids(tree.children(null))).toEqual(['a']);
  expect(tree.children(id('c'))).toEqual([]);
});

test('the branch of a message goes on with the newest at each step', () => {
  const tree = treeOf(TREE);
  expect(tree.endOf(id('a'))).toBe('d');
  expect(tree.endOf(id('b1'))).toBe('c');
  expect(tree.endOf(id('c'))).toBe('c');
});

// Catches a host that never answers again because a damaged row names its own answer as its parent.
test('messages that name each other end', () => {
  const tree = treeOf(nodes('a<b', 'b<a'));
  expect(tree.pathTo(id('a'))).toHaveLength(2);
  expect(['a', 'b']).toContain(tree.endOf(id('a')));
});

describe('what a client sends again', () => {
  const matched = (shown: string | null, ...digests: string[]) =>
    ids(match(treeOf(TREE), shown === null ? null : id(shown), digests));

  test('is known as far as it was said', () => {
    expect(matched('c', 'a', 'b', 'c', 'e')).toEqual(['a', 'b1', 'c']);
    expect(matched('c', 'x')).toEqual([]);
    expect(matched('c')).toEqual([]);
  });

  // Catches an answer that is appended to a branch which is not the one on the screen.
  test('means the branch that is shown where two say the same', () => {
    expect(matched('c', 'a', 'b')).toEqual(['a', 'b1']);
    expect(matched('d', 'a', 'b')).toEqual(['a', 'b2']);
    expect(matched(null, 'a', 'b')).toEqual(['a', 'b2']);
  });

  test('is another branch when it goes on otherwise', () => {
    expect(matched('d', 'a', 'b', 'c')).toEqual(['a', 'b2']);
  });
});
