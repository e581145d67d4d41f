import { Modal } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { Schedule } from '../../../../contract/automation/schedule/schedules.ts';
import { useAct } from '../../../lib/live/query.ts';
import { Button, CopyButton } from '../../../ui/buttons.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { ErrorState } from '../../../ui/feedback/state-frame.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { ShownOnce } from '../../../ui/shown-once.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { SigningHelp } from './signing-help.tsx';

/** Makes the secret of a webhook and shows it once. */
export function SecretDialog({ schedule, opened, close }: { schedule: Schedule; opened: boolean; close(): void }) {
  const renew = useAct('schedules_secret');
  const done = () => {
    close();
    renew.reset();
  };
  const { data } = renew;
  return (
    <Modal
      opened={opened}
      onClose={done}
      title={data === undefined ? 'Secret of the webhook' : 'Your new secret'}
      size={640}
      closeOnClickOutside={data === undefined}
    >
      {data === undefined ? (
        <DialogForm
          submit={() => renew.isPending || renew.mutate({ id: schedule.id })}
          error={renew.error}
          foot={
            <>
              <Button onClick={done}>Cancel</Button>
              <Button submit kind="primary" busy={renew.isPending}>
                Create secret
              </Button>
            </>
          }
        >
          <p>Senders sign each delivery with the secret. It is shown once, right after it is created.</p>
          {schedule.webhook?.hint == null ? null : (
            <Notice tone="warn">
              <TriangleAlert size={15} />
              <span>The current secret stops working at once: deliveries signed with it are refused.</span>
            </Notice>
          )}
          {renew.error === null ? null : <ErrorState inline error={renew.error} />}
        </DialogForm>
      ) : (
        <ShownOnce
          value={data.secret}
          what="secret"
          warning="Copy the secret now. It is shown only this once."
          done={done}
        >
          <Address url={data.url} />
          <SigningHelp name="made-secret" url={data.url} />
        </ShownOnce>
      )}
    </Modal>
  );
}

/** Where deliveries are sent to. */
export function Address({ url }: { url: string }) {
  return (
    <div className={`${text.pre} ${layout.row}`}>
      <span className={layout.grow}>{url}</span>
      <CopyButton label="Copy address" text={url} />
    </div>
  );
}
