/** Benchmarks that run, and those that have run in this browser. A run goes on while another screen is looked at. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Client } from '../../../../contract/client/client-types.ts';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { asError } from '../../../lib/live/query.ts';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import { type BenchmarkRun, measure } from './measure.ts';

/** Runs of a model that are kept. */
const KEPT = 10;

interface Running {
  tokens: number;
  stop(): void;
}

interface Benchmarks {
  /** By model; newest first. */
  runs: Readonly<Record<string, readonly BenchmarkRun[]>>;
  /** The one that is under way: two at once would measure each other. */
  running: ({ id: string } & Running) | null;
}

export const useBenchmarks = create<Benchmarks>()(
  persist((): Benchmarks => ({ runs: {}, running: null }), {
    name: 'tabagent.benchmarks',
    version: 1,
    partialize: ({ runs }) => ({ runs }),
  }),
);

/** Runs the benchmark of a model, unless one is under way. */
export async function runBenchmark(client: Client, model: InstalledModel): Promise<void> {
  if (useBenchmarks.getState().running !== null) return;
  const abort = new AbortController();
  const show = (tokens: number) =>
    useBenchmarks.setState({ running: { id: model.id, tokens, stop: () => abort.abort() } });
  show(0);
  try {
    const run = await measure(client, model, abort.signal, show);
    useBenchmarks.setState(({ runs }) => ({
      runs: { ...runs, [model.id]: [run, ...(runs[model.id] ?? [])].slice(0, KEPT) },
    }));
  } catch (error) {
    if (!abort.signal.aborted) errorToast(`Could not measure ${model.name}`, asError(error));
  } finally {
    useBenchmarks.setState({ running: null });
  }
}
