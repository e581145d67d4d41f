import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { Schedule } from '../../../../contract/automation/schedule/schedules.ts';
import type { Webhook } from '../../../../contract/automation/schedule/webhooks.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Ago } from '../../../ui/display/ago.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../schedules.module.css';
import { Address, SecretDialog } from './secret-dialog.tsx';
import { SigningHelp } from './signing-help.tsx';

/** Where a schedule takes webhooks, what they are signed with, and what was refused last. */
export function WebhookSection({ schedule, webhook }: { schedule: Schedule; webhook: Webhook }) {
  const [isOpen, setOpen] = useState(false);
  const blocked = useCan('schedules_secret');
  const { url, hint, secret_since, refused } = webhook;
  return (
    <section className={`${layout.col} ${css.parts}`} aria-label="Webhook">
      <h3>Webhook</h3>
      <Address url={url} />
      {hint === null ? (
        <Notice tone="warn">Deliveries are refused until there is a secret to sign them with.</Notice>
      ) : null}
      <div className={layout.row}>
        <span className={`${layout.grow} ${text.muted}`}>
          {secret_since === null ? null : (
            <>
              Secret ends in <code>{hint}</code>, made <Ago at={secret_since} />
            </>
          )}
        </span>
        <Button
          small
          kind={hint === null ? 'primary' : undefined}
          icon={<KeyRound size={13} />}
          blocked={blocked}
          onClick={() => setOpen(true)}
        >
          {hint === null ? 'Create secret' : 'New secret'}
        </Button>
      </div>
      {refused === null ? null : (
        <Notice tone="bad">
          <span>
            Last refused <Ago at={refused.at} />: {refused.reason}
          </span>
        </Notice>
      )}
      <details>
        <summary>How to sign</summary>
        <SigningHelp name="webhook" url={url} />
      </details>
      <SecretDialog schedule={schedule} opened={isOpen} close={() => setOpen(false)} />
    </section>
  );
}
