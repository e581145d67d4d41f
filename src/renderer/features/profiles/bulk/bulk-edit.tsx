/** Group and tags of many profiles at once; what is not ticked stays as each profile has it. */
import { Checkbox, Modal, TextInput } from '@mantine/core';
import { z } from 'zod';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { useDraftForm } from '../../../lib/drafts/use-draft-form.ts';
import { Button } from '../../../ui/buttons.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { DraftNotice } from '../../../ui/form/draft-notice.tsx';
import { TagsField } from '../../../ui/form/tags-field.tsx';

type Values = { setGroup: boolean; group: string; setTags: boolean; tags: string[] };
const EMPTY: Values = { setGroup: false, group: '', setTags: false, tags: [] };
const SHAPE = { setGroup: z.boolean(), group: z.string(), setTags: z.boolean(), tags: z.array(z.string()) };

const changesOf = ({ setGroup, group, setTags, tags }: Values): JsonObject => ({
  ...(setGroup ? { group: group.trim() === '' ? null : group.trim() } : {}),
  ...(setTags ? { tags: tags as Json } : {}),
});

/**
 * @param props.amount the profiles in words
 * @param props.save applies the changes, a merge-patch of a profile
 */
export function BulkEdit(props: { amount: string; busy: boolean; save(changes: JsonObject): void; close(): void }) {
  return (
    <Modal opened onClose={props.close} title={`Edit ${props.amount}`} size={440}>
      <Fields {...props} />
    </Modal>
  );
}

function Fields({ busy, save, close }: Parameters<typeof BulkEdit>[0]) {
  const form = useDraftForm('profiles:bulk', { initial: EMPTY, version: null, shape: SHAPE });
  const { setGroup, setTags } = form.values;
  const blocked = setGroup || setTags ? null : 'Choose what to change';
  const submit = () => {
    if (blocked !== null || busy) return;
    save(changesOf(form.values));
    form.drop();
  };
  return (
    <DialogForm
      submit={submit}
      foot={
        <>
          <Button
            onClick={() => {
              form.drop();
              close();
            }}
          >
            Cancel
          </Button>
          <Button submit kind="primary" busy={busy} blocked={blocked}>
            Apply
          </Button>
        </>
      }
    >
      <DraftNotice form={form} />
      <Checkbox label="Set the group" data-autofocus {...form.toggle('setGroup')} />
      {setGroup ? <TextInput label="Group" placeholder="none" {...form.input('group')} /> : null}
      <Checkbox label="Replace the tags" {...form.toggle('setTags')} />
      {setTags ? <TagsField label="Tags" maxTags={30} placeholder="none" {...form.input('tags')} /> : null}
    </DialogForm>
  );
}
