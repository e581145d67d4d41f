/** Writes conversations down while they are held: what is asked before the model is, and the answer as it comes. */
import { toAppError } from '../../../contract/kernel/errors.ts';
import type { MessageId, SessionId } from '../../../contract/models/sessions.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Conversations, Recording } from '../inference/index.ts';
import { createAnswer } from './answer.ts';
import { createBranch } from './branch.ts';
import { digestOf, type Said, saidIn, titleOf } from './fields.ts';
import type { SessionRow } from './schema.ts';
import type { SessionStore } from './store.ts';
import { match, treeOf } from './tree.ts';

interface Deps {
  db: Db;
  store: SessionStore;
  clock: Clock;
  /** The session, made when there is none. @throws AppError `session-not-found` when the caller may not see it */
  open(id: SessionId, anonymous: boolean): SessionRow;
  /** @throws AppError when the caller may not use it */
  admit(id: SessionId, anonymous: boolean, reads: boolean): void;
}

export function createRecorder({ db, store, clock, open, admit }: Deps) {
  const branch = createBranch({ store, clock });
  const { append, show } = branch;
  const deps = { db, store, clock, branch };

  const conversations: Conversations = {
    admit: (sessionId, principal, reads = false) =>
      admit(sessionId as SessionId, principal.kind === 'anonymous', reads),
    begin({ sessionId: name, principal, model, messages, continued }): Recording {
      const sessionId = name as SessionId;
      const said = saidIn(messages);
      const target = continued ? said.at(-1) : undefined;
      const started = db.transaction(() => {
        const row = open(sessionId, principal.kind === 'anonymous');
        const tree = treeOf(store.nodes(sessionId));
        const known = match(tree, row.leaf_id, said.map(digestOf));
        const leaf = append(sessionId, known.at(-1)?.id ?? null, said.slice(known.length));
        show(sessionId, leaf, row.title === '' ? { title: titleOf(said) } : {});
        return leaf;
      });
      const before = target === undefined || started === null ? undefined : store.message(started);
      const place = { sessionId, parent: started, model, before };
      const answers = new Map<number, ReturnType<typeof createAnswer>>();
      const answer = (choice: number) => {
        const one = answers.get(choice) ?? createAnswer(deps, place);
        answers.set(choice, one);
        return one;
      };
      return {
        add: (choice, delta) => answer(choice).add(delta),
        end: (choice, end) => answer(choice).end(end),
        fail(thrown) {
          const error = toAppError(thrown);
          for (const one of answers.values()) one.fail(error);
        },
      };
    },
  };

  return {
    conversations,
    /** One message behind the branch that is shown. */
    save(id: SessionId, anonymous: boolean, said: Said): MessageId {
      return db.transaction(() => {
        const row = open(id, anonymous);
        const made = append(id, row.leaf_id, [said]);
        show(id, made, row.title === '' ? { title: titleOf([said]) } : {});
        return made as MessageId;
      });
    },
    show,
  };
}
