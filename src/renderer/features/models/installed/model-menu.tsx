import { Menu } from '@mantine/core';
import { Copy, Play, Square, Star, Trash2 } from 'lucide-react';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { refOf } from '../../../../contract/models/reference.ts';
import { MenuAction } from '../../../ui/menu-action.tsx';
import { useLoading } from '../use-loading.ts';
import { useModelActions } from './use-model-actions.ts';

/** What can be done with a model of the list without opening it. */
export function ModelMenu({ model, gone }: { model: InstalledModel; gone(): void }) {
  const actions = useModelActions();
  const loading = useLoading();
  const loaded = loading.isLoaded(model);
  const loads = loading.loadOf(model) !== undefined;
  return (
    <>
      <MenuAction
        title={loaded ? 'Unload' : loads ? 'Cancel loading' : 'Load'}
        Icon={loaded || loads ? Square : Play}
        blocked={loading.blocked(model)}
        run={() => loading.toggle(model)}
      />
      <MenuAction
        title="Make default"
        Icon={Star}
        blocked={actions.selectBlocked(model)}
        run={() => actions.select(model)}
      />
      <MenuAction title="Copy name" Icon={Copy} run={() => void navigator.clipboard.writeText(refOf(model))} />
      <Menu.Divider />
      <MenuAction
        title={model.source === 'link' ? 'Remove from the list' : 'Delete'}
        Icon={Trash2}
        danger
        blocked={actions.deleteBlocked}
        run={() => actions.remove(model, gone)}
      />
    </>
  );
}
