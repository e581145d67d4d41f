import { modals } from '@mantine/modals';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { SELECTABLE } from '../../../../contract/models/models.ts';
import { useAct } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { errorToast, toast } from '../../../ui/feedback/toast.tsx';
import { TYPE_WORDS } from '../words.ts';

/** Calls that act on models, with their notifications and the reasons why they cannot be made. */
export function useModelActions() {
  const noSelect = useCan('select_model');
  const noDelete = useCan('delete_model');
  const noScan = useCan('models_scan');
  const select = useAct('select_model', {
    onDone: ({ model_id }) => toast(`${model_id} is the default now`),
    onError: (error) => errorToast('Could not select the model', error),
  });
  const remove = useAct('delete_model', {
    onDone: ({ message }) => toast(message),
    onError: (error) => errorToast('Could not delete the model', error),
  });
  const scan = useAct('models_scan', {
    onDone: ({ added, changed, missing }) =>
      toast(
        added + changed + missing === 0
          ? 'Nothing has changed'
          : `${added} new, ${changed} changed, ${missing} missing`,
      ),
    onError: (error) => errorToast('Could not read the models folder', error),
  });
  return {
    scan: () => scan.mutate({}),
    scanBlocked: noScan,
    select: ({ id }: InstalledModel) => select.mutate({ model_id: id }),
    /** Why a model cannot become the default of its type, or null. */
    selectBlocked(model: InstalledModel): string | null {
      if (model.status !== 'ready') return model.problem ?? 'It cannot be used';
      if (!SELECTABLE.has(model.type)) return `No default for ${TYPE_WORDS[model.type]} models`;
      return model.selected ? 'It is the default' : noSelect;
    },
    deleteBlocked: noDelete,
    /** Asks first: a file that is deleted has to be downloaded again. */
    remove(model: InstalledModel, gone: () => void): void {
      const stays = model.source === 'link';
      modals.openConfirmModal({
        title: stays ? `Remove “${model.name}” from the list?` : `Delete “${model.name}”?`,
        children: stays
          ? 'Its file belongs to another program and stays where it is.'
          : 'Its files are deleted from the disk. This cannot be undone.',
        labels: { confirm: stays ? 'Remove' : 'Delete', cancel: 'Keep' },
        confirmProps: { color: 'red', size: 'xs' },
        cancelProps: { size: 'xs' },
        onConfirm: () => remove.mutate({ model_id: model.id }, { onSuccess: gone }),
      });
    },
  };
}
