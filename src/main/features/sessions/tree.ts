/** The messages of a session as a tree, without their texts. */
import type { MessageId } from '../../../contract/models/sessions.ts';
import type { MessageRow } from './schema.ts';

/** What has to be known of a message to find its place. */
export type Node = Pick<MessageRow, 'id' | 'parent_id' | 'digest'>;

export interface Tree {
  /** Messages from the first one to `leaf`. */
  pathTo(leaf: MessageId | null): Node[];
  /** Messages with this parent, the oldest first. */
  children(parent: MessageId | null): readonly Node[];
  /** Where the branch of a message ends: at each step the newest one is followed. */
  endOf(id: MessageId): MessageId;
}

/** @param nodes the oldest first */
export function treeOf(nodes: readonly Node[]): Tree {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const byParent = Map.groupBy(nodes, ({ parent_id }) => parent_id);
  return {
    pathTo(leaf) {
      const path: Node[] = [];
      // No longer than there are messages: damaged rows may name each other.
      for (let at = leaf === null ? undefined : byId.get(leaf); at !== undefined && path.length < nodes.length; ) {
        path.push(at);
        at = at.parent_id === null ? undefined : byId.get(at.parent_id);
      }
      return path.reverse();
    },
    children: (parent) => byParent.get(parent) ?? [],
    endOf(id) {
      let end = id;
      for (let steps = 0; steps < nodes.length; steps++) {
        const next = byParent.get(end)?.at(-1);
        if (next === undefined) break;
        end = next.id;
      }
      return end;
    },
  };
}

/**
 * Follows the tree as long as it has what is said. Where several messages say the same, the one on the branch that is shown is meant,
 * then the newest.
 */
export function match(tree: Tree, shown: MessageId | null, digests: readonly string[]): Node[] {
  const onPath = new Set(tree.pathTo(shown).map(({ id }) => id));
  const known: Node[] = [];
  for (const digest of digests) {
    const same = tree.children(known.at(-1)?.id ?? null).filter((child) => child.digest === digest);
    const next = same.find(({ id }) => onPath.has(id)) ?? same.at(-1);
    if (next === undefined) break;
    known.push(next);
  }
  return known;
}
