/**
 * Checks a model once, after its first load, while it is idle. A check takes a place like any request, gives it up as soon as another
 * request waits, and does not keep the model in memory: a check that was cut short is repeated later.
 */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { SelfCheck } from '../../../../contract/models/self-check.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { ModelLookup } from '../deps.ts';
import type { Resident } from '../models/resident.ts';
import { checkOf } from './checks.ts';

/** How long a model is idle before it is checked, and between two attempts, ms. */
const IDLE_MS = 1_000;
const AGAIN_MS = 15_000;
const CALLER = 'self-check';

/** Stops a check because another request waits. */
class GaveWay extends Error {}

interface Deps {
  source: Pick<ModelLookup, 'selfCheck'>;
  settings: SettingsReader;
  clock: Clock;
  log: Logger;
  /** The temporary folder of the host. */
  tempDir: string;
}

export function createSelfCheck({ source, settings, clock, log, tempDir }: Deps) {
  const results = source.selfCheck;

  async function run(resident: Resident): Promise<SelfCheck | null> {
    const { model, turns, going, facts, bytes } = resident;
    const check = checkOf(model.type);
    if (facts === null || going.signal.aborted) return null;
    const cut = new AbortController();
    const signal = AbortSignal.any([going.signal, cut.signal]);
    const leave = await turns.enter(CALLER, signal);
    const told = {
      at: iso(clock.now()),
      memory_bytes: bytes,
      context_length: facts.context_length,
      device: facts.device,
    };
    const giveWay = () => {
      if (turns.waiting() > 0) throw new GaveWay();
    };
    try {
      return { ...told, ...(await check({ resident, clock, signal, tempDir, giveWay })) };
    } catch (error) {
      if (error instanceof GaveWay || going.signal.aborted) throw new GaveWay();
      if (!(error instanceof AppError)) throw error;
      log.warn('models', `the check of ${model.id} failed`, { error });
      const nothing = { right: 0, asked: 0, tokens_per_second: null, first_token_ms: null };
      return { ...told, ...nothing, verdict: 'failed', findings: [error.message] };
    } finally {
      cut.abort();
      leave();
    }
  }

  async function attempt(resident: Resident): Promise<void> {
    const { model, users, going } = resident;
    if (going.signal.aborted) return;
    if (users > 0) return plan(resident, AGAIN_MS);
    try {
      const found = await run(resident);
      if (found === null) return;
      results?.save(model.id, found);
      log.info('models', `${model.id} was checked: ${found.verdict}`, { findings: found.findings });
    } catch (error) {
      if (error instanceof GaveWay) return plan(resident, AGAIN_MS);
      log.error('models', `${model.id} was not checked`, { error });
    }
  }

  function plan(resident: Resident, ms: number): void {
    const cancel = clock.schedule(() => void attempt(resident), ms);
    resident.going.signal.addEventListener('abort', cancel, { once: true });
  }

  return {
    /** Plans a check when the model has none. */
    loaded(resident: Resident): void {
      if (settings.get('inference.self_check') && results?.wanted(resident.model.id)) plan(resident, IDLE_MS);
    },
  };
}
