/** Ends this process, as a power cut would, right after the n-th transaction of a database from now on. */
import type { Db } from '../../src/main/core/db/index.ts';

export function killAfter(db: Db, last: number): void {
  let left = last;
  let open = 0;
  const { transaction } = db;
  db.transaction = (work) => {
    open += 1;
    try {
      return transaction(work);
    } finally {
      open -= 1;
      if (open === 0) left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
    }
  };
}
