import { Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';

/** The dialog that makes a new row of a list, or edits one. */
export function EditDialog({
  id,
  what,
  size,
  close,
  children,
}: {
  /** Row to edit, `new` for a new one, `null` while the dialog is closed. */
  id: string | null;
  /** Word for a row: "profile". */
  what: string;
  size: number;
  close(): void;
  /** The form of a new row, which `null` stands for, or of the one with this id. */
  children(id: string | null): ReactNode;
}) {
  // The content stays while the dialog fades out.
  const [shown, setShown] = useState(id);
  if (id !== null && id !== shown) setShown(id);
  const isNew = shown === 'new';
  return (
    <Modal opened={id !== null} onClose={close} title={`${isNew ? 'New' : 'Edit'} ${what}`} size={size}>
      {shown === null ? null : children(isNew ? null : shown)}
    </Modal>
  );
}
