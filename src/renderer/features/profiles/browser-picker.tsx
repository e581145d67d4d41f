/** Sets the browser for all profiles when detection does not find it. */

import { Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { FolderSearch, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import { useClient } from '../../lib/client/context.tsx';
import { isDesktop } from '../../lib/client/message-port.ts';
import { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import { asError, useAct } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { errorToast, toast, undoToast } from '../../ui/feedback/toast.tsx';
import { DialogForm } from '../../ui/form/dialog-form.tsx';
import layout from '../../ui/styles/layout.module.css';
import css from './browser-picker.module.css';

const NO_PATH = { path: '' };
const PATH_SHAPE = { path: z.string() };

/** Buttons that repeat the detection or ask for a path, which the host checks before it is saved. */
export function BrowserPicker() {
  const client = useClient();
  const queries = useQueryClient();
  const noCheck = useCan('browsers_check');
  const noSave = useCan('settings_update');
  const [opened, setOpened] = useState(false);
  const form = useDraftForm('browser-path', { initial: NO_PATH, version: null, shape: PATH_SHAPE });
  const { path } = form.values;
  const setPath = (typed: string) => form.change({ path: typed });
  const cancel = () => {
    if (form.isChanged) undoToast('Changes discarded', form.drop());
    setOpened(false);
  };
  const refresh = () =>
    client.call('browsers_list', { refresh: true }).then(
      () => queries.invalidateQueries({ queryKey: ['browsers_list'] }),
      (error: unknown) => errorToast('Could not search again', asError(error)),
    );
  const check = useAct('browsers_check', {
    onDone: (found) => {
      client.call('settings_update', { 'browser.executable_path': found.path }).then(
        () => {
          toast(`${found.name} ${found.version ?? ''} will be used`);
          form.drop();
          setOpened(false);
          return refresh();
        },
        (error: unknown) => errorToast('Could not save the path', asError(error)),
      );
    },
  });
  const submit = () => {
    if (path !== '' && !check.isPending) check.mutate({ path });
  };
  const pick = () =>
    client.call('shell_pick_file', { title: 'Browser program' }).then(
      (picked) => picked.path !== null && setPath(picked.path),
      (error: unknown) => errorToast('Could not choose a file', asError(error)),
    );
  return (
    <>
      <Button small icon={<RotateCw size={13} />} onClick={() => void refresh()}>
        Search again
      </Button>
      <Button small blocked={noCheck ?? noSave} icon={<FolderSearch size={13} />} onClick={() => setOpened(true)}>
        Choose path
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Choose the browser program">
        <DialogForm
          submit={submit}
          foot={
            <>
              <Button onClick={cancel}>Cancel</Button>
              <Button submit kind="primary" blocked={path === '' ? 'Enter a path' : null} busy={check.isPending}>
                Check and use
              </Button>
            </>
          }
        >
          <div className={`${layout.row} ${css.path}`}>
            <TextInput
              className={layout.grow}
              label="Path of the program"
              data-autofocus
              placeholder="/usr/bin/chromium"
              value={path}
              error={check.error?.message}
              onChange={(event) => setPath(event.currentTarget.value)}
            />
            {isDesktop() ? <Button onClick={() => void pick()}>Browse</Button> : null}
          </div>
        </DialogForm>
      </Modal>
    </>
  );
}
