import { Menu } from '@mantine/core';
import { Copy, Gauge, PencilLine, Trash2 } from 'lucide-react';
import type { ProxyServer } from '../../../../contract/automation/proxies.ts';
import { useCan } from '../../../lib/use-can.ts';
import { MenuAction } from '../../../ui/menu-action.tsx';
import { addressOf } from '../health.tsx';
import { useProxyActions } from '../proxy-actions.tsx';

/** What can be done with a proxy of the list without opening it. */
export function ProxyMenu({
  proxy,
  edit,
  gone,
}: {
  proxy: ProxyServer;
  edit(): void;
  /** Called when it has been deleted. */
  gone(): void;
}) {
  const actions = useProxyActions();
  const noCheck = useCan('proxies_check');
  const noEdit = useCan('proxies_update');
  const noDelete = useCan('proxies_delete');
  const copy = (value: string) => void navigator.clipboard.writeText(value);
  return (
    <>
      <MenuAction title="Check" Icon={Gauge} blocked={noCheck} run={() => actions.check(proxy)} />
      <MenuAction title="Edit" Icon={PencilLine} blocked={noEdit} run={edit} />
      <Menu.Divider />
      <MenuAction title="Copy address" Icon={Copy} run={() => copy(addressOf(proxy))} />
      <MenuAction title="Copy id" Icon={Copy} run={() => copy(proxy.id)} />
      <MenuAction title="Delete" Icon={Trash2} danger blocked={noDelete} run={() => void actions.remove(proxy, gone)} />
    </>
  );
}
