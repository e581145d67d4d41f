/** How fast a model is on this machine: a button, the progress, the result, and those before. */
import { Gauge, Square } from 'lucide-react';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { count, duration } from '../../../lib/format.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Ago } from '../../../ui/display/ago.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { StaticTable } from '../../../ui/table/static-table.tsx';
import css from '../models.module.css';
import { type BenchmarkRun, MAX_TOKENS, noBenchmark } from './measure.ts';
import { runBenchmark, useBenchmarks } from './runs.ts';

/** The benchmark of a model, and why it cannot be run now. */
export function useBenchmark(model: InstalledModel | undefined) {
  const client = useClient();
  const running = useBenchmarks((state) => state.running);
  const noRight = useCan(model?.type === 'embedding' ? 'embeddings' : 'chat');
  const noLoad = useCan('load_model');
  const blocked =
    model === undefined
      ? 'No model selected'
      : (noBenchmark(model) ??
        noRight ??
        noLoad ??
        (model.status === 'ready' ? null : (model.problem ?? 'It cannot be used')) ??
        (running === null ? null : 'A benchmark is running'));
  return {
    blocked,
    /** The run of this model that is under way. */
    running: running !== null && running.id === model?.id ? running : null,
    run: () => model !== undefined && blocked === null && void runBenchmark(client, model),
  };
}

const speed = ({ tokensPerSecond: rate }: BenchmarkRun): string =>
  rate === null ? '–' : rate >= 100 ? count(Math.round(rate)) : rate.toFixed(1);

export function Benchmark({ model }: { model: InstalledModel }) {
  const { blocked, running, run } = useBenchmark(model);
  const runs = useBenchmarks((state) => state.runs[model.id]) ?? [];
  const writes = model.type !== 'embedding';
  return (
    <section className={`${layout.col} ${css.benchmark}`} aria-label="Benchmark">
      <div className={layout.row}>
        <p className={`${layout.grow} ${text.muted}`}>
          {writes
            ? `Writes an answer of up to ${MAX_TOKENS} tokens, without sampling. The model is loaded first.`
            : 'Embeds 32 short texts. The model is loaded first.'}
        </p>
        {running === null ? (
          <Button small action="models.benchmark" icon={<Gauge size={13} />} blocked={blocked} onClick={run}>
            Run benchmark
          </Button>
        ) : (
          <Button small icon={<Square size={12} />} onClick={running.stop}>
            Stop
          </Button>
        )}
      </div>
      {running === null ? null : (
        <div className={layout.row}>
          <progress
            className={layout.grow}
            max={MAX_TOKENS}
            {...(running.tokens === 0 ? {} : { value: running.tokens })}
            aria-label="Benchmark"
          />
          <span className={text.num}>{running.tokens === 0 ? 'Starting' : `${running.tokens} tokens`}</span>
        </div>
      )}
      {runs.length === 0 ? null : (
        <>
          <StaticTable>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col" className={text.num}>
                  Tokens/s
                </th>
                {writes ? (
                  <th scope="col" className={text.num}>
                    First token
                  </th>
                ) : null}
                <th scope="col" className={text.num}>
                  Tokens
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((each) => (
                <tr key={each.at}>
                  <td>
                    <Ago at={each.at} />
                  </td>
                  <td className={text.num}>{speed(each)}</td>
                  {writes ? <td className={text.num}>{duration(each.firstTokenMs)}</td> : null}
                  <td className={text.num}>{count(each.tokens)}</td>
                </tr>
              ))}
            </tbody>
          </StaticTable>
          <p className={`${text.faint} ${text.small}`}>The last ten runs, kept in this browser.</p>
        </>
      )}
    </section>
  );
}
