import { bytes } from '../../lib/format.ts';
import { useResources } from '../../lib/live/resources.ts';
import { Card } from '../../ui/display/card.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import text from '../../ui/styles/text.module.css';
import list from './list.module.css';
import css from './machine.module.css';
import { Meter } from './meter.tsx';

const MIB = 1024 ** 2;

function Load({ name, share, figure }: { name: string; share: number; figure: string }) {
  const tone = share > 0.92 ? 'bad' : share > 0.8 ? 'warn' : 'info';
  return (
    <li>
      <span className={css.name}>{name}</span>
      <Meter wide tone={tone} share={share} />
      <span className={`${text.muted} ${text.num} ${css.figure}`}>{figure}</span>
    </li>
  );
}

/** Load of the machine. */
export function Machine() {
  const query = useResources();
  const data = query.data;
  return (
    <Card label="This machine" head={<h2>This machine</h2>}>
      <StateFrame of={query} skeleton={3}>
        {data === undefined ? null : (
          <ul className={list.list}>
            <Load name="CPU" share={data.cpu_usage / 100} figure={`${Math.round(data.cpu_usage)} %`} />
            <Load
              name="Memory"
              share={data.cpu_ram.used_mb / Math.max(1, data.cpu_ram.total_mb)}
              figure={`${bytes(data.cpu_ram.used_mb * MIB)} / ${bytes(data.cpu_ram.total_mb * MIB)}`}
            />
            <Load
              name="Disk"
              share={data.disk_usage / Math.max(1, data.disk_total)}
              figure={`${bytes(data.disk_usage)} / ${bytes(data.disk_total)}`}
            />
            {data.gpus.map((gpu) =>
              gpu.vram_total_mb === null || gpu.vram_used_mb === null ? null : (
                <Load
                  key={gpu.index}
                  name="VRAM"
                  share={gpu.vram_used_mb / Math.max(1, gpu.vram_total_mb)}
                  figure={`${bytes(gpu.vram_used_mb * MIB)} / ${bytes(gpu.vram_total_mb * MIB)}`}
                />
              ),
            )}
          </ul>
        )}
      </StateFrame>
    </Card>
  );
}
