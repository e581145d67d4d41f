/** The pools of proxies: a list of them, and the form of one. */
import { Modal } from '@mantine/core';
import { Layers, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { PoolPick, ProxyPool } from '../../../../contract/automation/proxy/pools.ts';
import { ago, plural } from '../../../lib/format.ts';
import { asError, useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { useNow } from '../../../lib/use-now.ts';
import { Button, IconButton } from '../../../ui/buttons.tsx';
import { Badge, Tag } from '../../../ui/display/badge.tsx';
import { EmptyState, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { errorToast, undoToast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { PoolForm } from './pool-form.tsx';
import css from './pools.module.css';

const PICKS: Record<PoolPick, string> = { least_used: 'least used', fastest: 'fastest', random: 'any' };

export function PoolsDialog({ opened, close }: { opened: boolean; close(): void }) {
  const [edited, setEdited] = useState<ProxyPool | 'new' | null>(null);
  const title = edited === null ? 'Pools' : edited === 'new' ? 'New pool' : 'Edit pool';
  const leave = () => {
    setEdited(null);
    close();
  };
  return (
    <Modal opened={opened} onClose={leave} title={title} size={560}>
      {edited === null ? (
        <Pools edit={setEdited} />
      ) : (
        <PoolForm pool={edited === 'new' ? null : edited} close={() => setEdited(null)} />
      )}
    </Modal>
  );
}

function Pools({ edit }: { edit(pool: ProxyPool | 'new'): void }) {
  const query = useOperationQuery('pools_list', {});
  const noCreate = useCan('pools_create');
  const pools = query.data?.items ?? [];
  const create = (
    <Button kind="primary" icon={<Plus size={14} />} blocked={noCreate} onClick={() => edit('new')}>
      New pool
    </Button>
  );
  return (
    <StateFrame of={query} skeleton={3}>
      {pools.length === 0 ? (
        <EmptyState icon={<Layers size={24} />} title="No pools yet" help="proxies#pools" action={create}>
          A profile with a pool gets one of its proxies, keeps it as its rule says, and another one when it fails.
        </EmptyState>
      ) : (
        <div className={css.pools}>
          <ul className={layout.bare} aria-label="Pools">
            {pools.map((pool) => (
              <PoolRow key={pool.id} pool={pool} edit={() => edit(pool)} />
            ))}
          </ul>
          <div className={layout.row}>{create}</div>
        </div>
      )}
    </StateFrame>
  );
}

function PoolRow({ pool, edit }: { pool: ProxyPool; edit(): void }) {
  const now = useNow();
  const noUpdate = useCan('pools_update');
  const noDelete = useCan('pools_delete');
  const failed = (what: string) => (error: unknown) => errorToast(what, asError(error));
  const again = useAct('pools_create', { onError: failed(`Could not restore “${pool.name}”`) });
  const remove = useAct('pools_delete', {
    onDone: () => {
      const { name, proxy_ids, tags, pick, cooldown_seconds } = pool;
      undoToast(`“${name}” deleted`, () => again.mutate({ name, proxy_ids, tags, pick, cooldown_seconds }));
    },
    onError: failed(`Could not delete “${pool.name}”`),
  });
  const back = pool.next_at === null ? '' : `, the next ${ago(pool.next_at, now)}`;
  return (
    <li className={css.pool}>
      <div className={layout.row}>
        <strong className={text.clip}>{pool.name}</strong>
        {pool.available === 0 ? <Badge tone="bad">Nothing to give</Badge> : null}
        {pool.tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
        <span className={layout.grow} />
        <IconButton label={`Edit ${pool.name}`} Icon={Pencil} blocked={noUpdate} onClick={edit} />
        <IconButton
          label={`Delete ${pool.name}`}
          Icon={Trash2}
          blocked={noDelete ?? (pool.used_by > 0 ? 'Profiles use it' : null)}
          onClick={() => remove.mutate({ id: pool.id })}
        />
      </div>
      <span className={text.muted}>
        {`${pool.available} of ${plural(pool.members, 'proxy', 'proxies')} free${back} · ${PICKS[pool.pick]} · used by ${plural(pool.used_by, 'profile')}`}
      </span>
    </li>
  );
}
