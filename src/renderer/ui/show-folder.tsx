import { FolderOpen } from 'lucide-react';
import { useClient } from '../lib/client/context.tsx';
import { isDesktop } from '../lib/client/message-port.ts';
import { asError } from '../lib/live/query.ts';
import { useCan } from '../lib/use-can.ts';
import { IconButton } from './buttons.tsx';
import { errorToast } from './feedback/toast.tsx';

/** Shows a folder of the product in the file manager; only the desktop app can, so elsewhere there is no button. */
export function ShowFolder({
  target,
  id,
  label = 'Show folder',
}: {
  target: 'data' | 'logs' | 'profile' | 'task';
  /** Of the profile or task. */
  id?: string;
  label?: string;
}) {
  const client = useClient();
  const blocked = useCan('shell_open_path');
  if (!isDesktop()) return null;
  const show = () =>
    client
      .call('shell_open_path', { target, ...(id === undefined ? {} : { id }) })
      .catch((error: unknown) => errorToast('The folder cannot be shown', asError(error)));
  return <IconButton label={label} Icon={FolderOpen} blocked={blocked} onClick={() => void show()} />;
}
