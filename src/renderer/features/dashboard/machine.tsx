import { bytes } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';

const MIB = 1024 ** 2;

function Meter({ name, share, text }: { name: string; share: number; text: string }) {
  const tone = share > 0.92 ? 'bad' : share > 0.8 ? 'warn' : 'info';
  return (
    <li>
      <span style={{ width: 56 }}>{name}</span>
      <span className="meter grow" aria-hidden="true">
        <span className={`tone-${tone}`} style={{ width: `${Math.min(100, share * 100)}%` }} />
      </span>
      <span className="muted num" style={{ width: 130 }}>
        {text}
      </span>
    </li>
  );
}

/**
 * Load of the machine. No event announces it (it changes all the time), so this one card asks every 10 s, only while it is shown and the
 * window is visible.
 */
export function Machine() {
  const query = useOperationQuery('get_resources', {}, { refetchInterval: 10_000, refetchOnFocus: true });
  const data = query.data;
  return (
    <section className="card" aria-label="This machine">
      <div className="card-head">
        <h2>This machine</h2>
      </div>
      <StateFrame of={query} skeleton={3}>
        {data === undefined ? null : (
          <ul className="plain-list">
            <Meter name="CPU" share={data.cpu_usage / 100} text={`${Math.round(data.cpu_usage)} %`} />
            <Meter
              name="Memory"
              share={data.cpu_ram.used_mb / Math.max(1, data.cpu_ram.total_mb)}
              text={`${bytes(data.cpu_ram.used_mb * MIB)} / ${bytes(data.cpu_ram.total_mb * MIB)}`}
            />
            <Meter
              name="Disk"
              share={data.disk_usage / Math.max(1, data.disk_total)}
              text={`${bytes(data.disk_usage)} / ${bytes(data.disk_total)}`}
            />
            {data.gpus.map((gpu) =>
              gpu.vram_total_mb === null || gpu.vram_used_mb === null ? null : (
                <Meter
                  key={gpu.index}
                  name="VRAM"
                  share={gpu.vram_used_mb / Math.max(1, gpu.vram_total_mb)}
                  text={`${bytes(gpu.vram_used_mb * MIB)} / ${bytes(gpu.vram_total_mb * MIB)}`}
                />
              ),
            )}
          </ul>
        )}
      </StateFrame>
    </section>
  );
}
