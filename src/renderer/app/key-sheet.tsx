import { Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useAllActions } from '../lib/keys/use-actions.ts';
import { KeyList } from '../ui/key-list.tsx';
import text from '../ui/styles/text.module.css';
import css from './key-sheet.module.css';

/** The `?` sheet. */
export function KeySheet({ opened, close }: { opened: boolean; close(): void }) {
  const actions = useAllActions();
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size="lg">
      <KeyList actions={actions} />
      <div className={css.foot}>
        <Link to="/help" onClick={close}>
          User guide
        </Link>
        <span className={text.muted}>Its pages are also in the command palette, under “Help”.</span>
      </div>
    </Modal>
  );
}
