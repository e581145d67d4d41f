import { Modal } from '@mantine/core';
import { Link2 } from 'lucide-react';
import { useState } from 'react';
import { dateTime } from '../../lib/format.ts';
import { useAct } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button, CopyButton } from '../../ui/buttons.tsx';
import { ErrorState } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './connections.module.css';

/** Creates a one-time link that signs in another browser. */
export function PanelLinkButton() {
  const blocked = useCan('auth_link_create');
  const [opened, setOpened] = useState(false);
  const create = useAct('auth_link_create');
  const open = () => {
    setOpened(true);
    create.mutate({});
  };
  return (
    <>
      <Button icon={<Link2 size={14} />} blocked={blocked} onClick={open}>
        Panel link
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Open the panel in a browser" size={520}>
        {create.error === null ? null : <ErrorState inline error={create.error} retry={() => create.mutate({})} />}
        {create.data === undefined ? null : (
          <div className={`${layout.col} ${css.parts}`}>
            <p>
              This link signs one browser in, once, until {dateTime(create.data.expires_at)}. Whoever has it can do
              everything here.
            </p>
            <div className={`${text.pre} ${layout.row}`}>
              <span className={layout.grow}>{create.data.url}</span>
              <CopyButton label="Copy link" text={create.data.url} />
            </div>
          </div>
        )}
      </Modal>
    </>
  );
}
