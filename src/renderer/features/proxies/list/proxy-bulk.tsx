/** Buttons for the selected proxies. */
import { Modal } from '@mantine/core';
import { Gauge, Tags, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Input } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { DialogForm } from '../../../ui/form/dialog-form.tsx';
import { TagsField } from '../../../ui/form/tags-field.tsx';
import type { Chosen } from '../../../ui/table/navigation/use-selection.ts';
import { useProxiesBulk } from '../proxy-actions.tsx';

export function ProxyBulk({ chosen, list, done }: { chosen: Chosen; list: Input<'proxies_list'>; done(): void }) {
  const actions = useProxiesBulk(list);
  const noCheck = useCan('proxies_check');
  const noUpdate = useCan('proxies_update');
  const noDelete = useCan('proxies_delete');
  const [tagging, setTagging] = useState(false);
  return (
    <>
      <Button
        small
        blocked={noCheck}
        busy={actions.busy}
        icon={<Gauge size={13} />}
        onClick={() => actions.check(chosen, done)}
      >
        Check
      </Button>
      <Button small blocked={noUpdate} icon={<Tags size={13} />} onClick={() => setTagging(true)}>
        Tags
      </Button>
      {tagging ? (
        <BulkTags
          amount={actions.words(chosen)}
          busy={actions.busy}
          save={(changes) =>
            actions.change(chosen, changes, () => {
              setTagging(false);
              done();
            })
          }
          close={() => setTagging(false)}
        />
      ) : null}
      <Button
        small
        kind="danger"
        blocked={noDelete}
        busy={actions.busy}
        icon={<Trash2 size={13} />}
        onClick={() => actions.remove(chosen, done)}
      >
        Delete
      </Button>
    </>
  );
}

/** Replaces the tags of many proxies. */
function BulkTags(props: { amount: string; busy: boolean; save(changes: JsonObject): void; close(): void }) {
  const [tags, setTags] = useState<string[]>([]);
  return (
    <Modal opened onClose={props.close} title={`Tags of ${props.amount}`} size={440}>
      <DialogForm
        submit={() => props.save({ tags: tags as Json })}
        foot={
          <>
            <Button onClick={props.close}>Cancel</Button>
            <Button submit kind="primary" busy={props.busy}>
              Replace tags
            </Button>
          </>
        }
      >
        <TagsField label="Tags" maxTags={30} placeholder="none" value={tags} onChange={setTags} />
      </DialogForm>
    </Modal>
  );
}
