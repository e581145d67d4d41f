/** What is done in the name of a credential ends with it: revoked, narrowed or expired, whatever the wall clock does meanwhile. */
import { type Clock, deadlineAt } from '../../core/clock.ts';
import type { Faults } from '../../core/faults.ts';
import { createListeners } from '../../core/listeners.ts';
import type { Grant } from '../../core/operation/operation.ts';

/** How often expiry is looked at while something runs in the name of a credential, ms: a clock that is set announces nothing. */
const CHECK_MS = 250;

/** When a credential ends by itself. */
export interface Terms {
  /** Unix ms. */
  expiresAt: number | null;
  /** How long it may go unused, and when it was used last. */
  idle?: { ms: number; since: number };
  /** A call was admitted with it. */
  onUse?: () => void;
  onExpired?: () => void;
}

/** The grants of a host, one for each credential. */
export interface Grants {
  /** The grant of a credential: the same one until {@link end}, also after it has expired. `terms` count for a new one only. */
  hold(id: string, terms: Terms): Grant;
  /** Ends what runs in its name; the next {@link hold} makes a new one. */
  end(id: string): void;
}

/** Creates an empty book of grants. @param faults takes what listeners throw */
export function createGrants(clock: Clock, faults: Pick<Faults, 'report'>): Grants {
  const held = new Map<string, HeldGrant>();
  let watching = false;

  function watch(): void {
    if (watching) return;
    watching = true;
    clock.schedule(check, CHECK_MS);
  }
  function check(): void {
    watching = false;
    const inUse = [...held.values()].filter((grant) => !grant.ended && grant.watched);
    if (inUse.length > 0) watch();
  }

  return {
    hold(id, terms) {
      const known = held.get(id);
      if (known) return known;
      const grant = new HeldGrant(clock, terms, { watch, report: (error) => faults.report('connections', error) });
      held.set(id, grant);
      return grant;
    },
    end(id) {
      const grant = held.get(id);
      held.delete(id);
      grant?.end();
    },
  };
}

class HeldGrant implements Grant {
  readonly #terms: Terms;
  readonly #isPast: () => boolean;
  readonly #isIdle: () => boolean;
  readonly #listeners;
  readonly #watch: () => void;
  #touch: () => void = () => undefined;
  #users = 0;
  #over = false;

  constructor(clock: Clock, terms: Terms, hooks: { watch: () => void; report: (error: unknown) => void }) {
    const { expiresAt, idle } = terms;
    this.#terms = terms;
    this.#watch = hooks.watch;
    this.#listeners = createListeners<[]>(hooks.report);
    this.#isPast = expiresAt === null ? () => false : deadlineAt(clock, expiresAt);
    let isIdle: () => boolean = () => false;
    if (idle) {
      isIdle = deadlineAt(clock, idle.since + idle.ms);
      this.#touch = () => {
        isIdle = deadlineAt(clock, clock.now() + idle.ms);
      };
    }
    this.#isIdle = () => isIdle();
  }

  get ended(): boolean {
    if (!this.#over && (this.#isPast() || this.#isIdle())) {
      this.end();
      this.#terms.onExpired?.();
    }
    return this.#over;
  }

  /** Whether something runs that an expiry would have to end. */
  get watched(): boolean {
    return this.#users > 0 && (this.#terms.expiresAt !== null || this.#terms.idle !== undefined);
  }

  used(): void {
    this.#touch();
    this.#terms.onUse?.();
  }

  onEnd(listener: () => void): () => void {
    if (this.ended) {
      listener();
      return () => undefined;
    }
    const remove = this.#listeners.add(listener);
    this.#users += 1;
    if (this.watched) this.#watch();
    let removed = false;
    return () => {
      if (removed) return;
      removed = true;
      this.#users -= 1;
      remove();
    };
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#listeners.notify();
  }
}
